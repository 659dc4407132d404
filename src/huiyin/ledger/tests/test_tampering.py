"""Whoever goes around the triggers is found out, and the first bad entry is named."""

import base64
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from huiyin.ledger import actions, keys, queries, sealer, tables
from huiyin.ledger.models import Checkpoint, Entry, Leaf, Tile
from huiyin.ledger.rules import entries, merkle
from huiyin.ledger.rules.reports import Report
from huiyin.ledger.tests.afresh import unguarded
from huiyin.ledger.tests.stories import BY, fill, happenings, stream
from huiyin.ledger.tree import tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(at: datetime, tmp_path: Path) -> str:
    """600 entries: two full tiles and a rest, one checkpoint signed; returns its note, kept elsewhere."""
    fill(200, at)
    kept = queries.newest_checkpoint()
    (tmp_path / "kept.checkpoint").write_text(kept, "utf-8")
    return kept


def attack(*statements: str) -> None:
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def verify(**options: Any) -> Report:
    return queries.verify_ledger(**options)


def said(report: Report, code: str) -> str:
    return next(line.en for line in report.findings if line.code == code)


def rebuild() -> None:
    """The patient attacker: every version, hash, leaf and tile computed anew, only the signatures cannot be."""
    with unguarded():
        rows = list(Entry.objects.order_by("id").values_list(*(name.strip() for name in tables.ENTRY.split(","))))
        heads: dict[str, tuple[int, bytes]] = {}
        new = []
        for id, name, _, type, schema, actor, occurred, recorded, payload, *_ in rows:
            version, prev = heads.get(name, (0, entries.FIRST))
            text = entries.body(actor, occurred, payload, prev, recorded, schema, name, type, version + 1)
            heads[name] = (version + 1, entries.entry_hash(text))
            new.append((id, name, version + 1, type, schema, actor, occurred, recorded, payload, prev, heads[name][1]))
        with connection.cursor() as cursor:
            for table in ("ledger_tile", "ledger_leaf", "ledger_unsealed", "ledger_entry"):
                cursor.execute(f"DELETE FROM {table}")
            tables.insert_entries(new)
            cursor.execute("DELETE FROM ledger_unsealed")
        sealer.add_leaves([(row[0], row[10]) for row in new])


def test_an_untouched_ledger_is_sound(full: str) -> None:
    seen: list[tuple[int, int]] = []
    report = verify(progress=lambda done, total: seen.append((done, total)))
    assert report.ok, report.text("en")
    assert "600 entries were hashed again" in report.text("en")
    assert "逐条重算了 600 条记录" in report.text("zh-hans")
    assert seen[-1] == (600, 600)


def test_an_empty_ledger_is_sound() -> None:
    assert verify().ok


@pytest.mark.parametrize(
    "change",
    [
        "payload = replace(payload, 'merged', 'season')",
        "actor = 'staff:1'",
        "occurred_us = occurred_us - 1",
        "recorded_us = recorded_us + 1",
        "type = 'alert.raised'",
        "schema = 2",
    ],
)
def test_an_edited_column_is_found_and_named(full: str, change: str) -> None:
    attack(f"UPDATE ledger_entry SET {change} WHERE id = (SELECT entry_id FROM ledger_leaf WHERE seq = 301)")
    report = verify()
    assert "Entry number 301" in said(report, "edited")
    assert report.findings[0].code == "edited"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL refuses a value of another type by itself")
@pytest.mark.parametrize("column", ["actor", "stream", "prev_hash", "hash", "version", "payload"])
def test_a_value_of_another_type_is_found_and_named(full: str, column: str) -> None:
    """A column of SQLite takes bytes for text and text for bytes: one more edit, and no reason to stop checking."""
    value = "'deadbeef'" if "hash" in column or column == "version" else "x'ff00'"
    attack(
        f"UPDATE ledger_entry SET {column} = {value} WHERE id = (SELECT entry_id FROM ledger_leaf WHERE seq = 301)",
        "UPDATE ledger_tile SET hashes = 'text' WHERE level = 0 AND \"index\" = 1",
        "UPDATE ledger_checkpoint SET root = 'text', note = x'ff'",
    )
    report = verify()
    assert "Entry number 301" in said(report, "edited")
    assert {"tile", "checkpoint_signature"} <= {finding.code for finding in report.findings}


def test_a_home_without_its_keys_is_told_so(full: str, settings: Any) -> None:
    """Not that somebody altered the checkpoint: the key that signed it is not known here."""
    for path in (Path(settings.HUIYIN_HOME) / "keys").glob("ledger.*"):
        path.unlink()
    assert "a key that this home does not know" in said(verify(), "checkpoint_signature")


def test_an_edit_with_its_hash_fixed_is_found(full: str) -> None:
    entry = Entry.objects.get(id=Leaf.objects.get(seq=301).entry_id)
    payload = entry.payload.replace("merged", "season")
    body = entries.body(
        entry.actor, entry.occurred_us, payload, bytes(entry.prev_hash), entry.recorded_us, 1, entry.stream,
        entry.type, entry.version,
    )  # fmt: skip
    with unguarded():
        Entry.objects.filter(pk=entry.pk).update(payload=payload, hash=entries.entry_hash(body))
    report = verify()
    assert "Entry number 301" in said(report, "leaf")
    assert "Entry number 302" in said(report, "chain")


def test_a_deleted_entry_is_found(full: str) -> None:
    attack("DELETE FROM ledger_entry WHERE id = (SELECT entry_id FROM ledger_leaf WHERE seq = 302)")
    assert "Entry number 302 was deleted" in said(verify(), "missing")


def test_a_deleted_entry_with_its_leaf_is_found(full: str) -> None:
    attack(
        "DELETE FROM ledger_entry WHERE id = (SELECT entry_id FROM ledger_leaf WHERE seq = 302)",
        "DELETE FROM ledger_leaf WHERE seq = 302",
    )
    report = verify()
    assert "Entry number 302 is missing" in said(report, "gap")
    assert "version 2 was due" in said(report, "chain")


def test_an_inserted_entry_is_found(full: str, at: datetime) -> None:
    entry = Entry.objects.order_by("id").last()
    assert entry is not None
    with unguarded():
        Entry.objects.create(
            stream="matter:forged", version=1, type="case.closed", schema=1, actor="staff:1", occurred_us=0,
            recorded_us=0, payload="{}", prev_hash=entries.FIRST, hash=sha256(b"forged").digest(),
        )  # fmt: skip
    assert "matter:forged version 1" in said(verify(), "unsealed")


def test_swapped_leaves_are_found(full: str) -> None:
    a, b = Leaf.objects.get(seq=100), Leaf.objects.get(seq=101)
    attack("DELETE FROM ledger_leaf WHERE seq IN (100, 101)")
    tables.insert_leaves([(100, b.entry_id, bytes(b.hash)), (101, a.entry_id, bytes(a.hash))])
    report = verify()
    assert "Entry number 100" in said(report, "tile")


def test_a_cut_tail_is_found_by_the_checkpoint(full: str) -> None:
    attack(
        "DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM ledger_leaf WHERE seq > 590)",
        "DELETE FROM ledger_leaf WHERE seq > 590",
    )
    assert "the first one missing is number 591" in said(verify(), "checkpoint")


def test_a_cut_tail_with_the_checkpoint_is_found_by_a_kept_one(full: str, tmp_path: Path) -> None:
    attack(
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM ledger_leaf WHERE seq > 590)",
        "DELETE FROM ledger_leaf WHERE seq > 590",
    )
    assert verify().ok  # nothing left in the database shows it: that is why checkpoints are kept elsewhere
    report = verify(against=tmp_path / "kept.checkpoint")
    assert "the first one missing is number 591" in said(report, "anchor")


def test_history_rewritten_throughout_is_found_by_a_kept_checkpoint(full: str, tmp_path: Path) -> None:
    attack(
        "UPDATE ledger_entry SET payload = replace(payload, 'season', 'nobody') WHERE id = "
        "(SELECT entry_id FROM ledger_leaf WHERE seq = 300)",
    )
    rebuild()
    assert "among entries 1 to 600" in said(verify(), "checkpoint")
    attack("DELETE FROM ledger_checkpoint")
    assert verify().ok
    assert "History was rewritten" in said(verify(against=tmp_path / "kept.checkpoint"), "anchor")


def test_an_entry_removed_throughout_is_found_by_its_receipt(full: str, tmp_path: Path, at: datetime) -> None:
    entry = queries.entries_of(stream(100))[0]
    (tmp_path / "mine.receipt").write_text(queries.receipt(entry), "utf-8")
    (tmp_path / "mine.tlog-proof").write_text(queries.proof(entry), "utf-8")
    assert verify(against=[tmp_path / "mine.receipt", tmp_path / "mine.tlog-proof"]).ok
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE stream = %s", [stream(100)])
        cursor.execute("DELETE FROM ledger_checkpoint")
    rebuild()
    assert verify().ok
    assert "it was deleted or rewritten" in said(verify(against=tmp_path / "mine.receipt"), "receipt")
    assert verify(against=tmp_path / "mine.receipt", at=at + timedelta(seconds=59)).ok  # still on its way
    assert "anchor" in {line.code for line in verify(against=tmp_path / "mine.tlog-proof").findings}


def test_a_tile_that_was_changed_or_lost_is_found(full: str) -> None:
    tile = Tile.objects.get(level=0, index=1)
    hashes = bytearray(bytes(tile.hashes))
    hashes[32 * 7] ^= 1
    with unguarded():
        Tile.objects.filter(pk=tile.pk).update(hashes=bytes(hashes))
    assert "Entry number 264" in said(verify(), "tile")
    attack("DELETE FROM ledger_tile WHERE level = 0")
    assert "is missing" in said(verify(), "tile")


def test_a_changed_checkpoint_is_found(full: str) -> None:
    with unguarded():
        Checkpoint.objects.update(size=599)
    assert "size 599" in said(verify(), "checkpoint_signature")


def test_every_single_byte_of_an_entry_counts(at: datetime) -> None:
    """Flip each byte of one entry's body: the hash differs every time."""
    fill(2, at)
    entry = queries.entries_of(stream(1))[1]
    body = entry.body.encode()
    for place in range(len(body)):
        changed = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert sha256(entries.DOMAIN + changed).digest() != entry.hash


def test_the_sealer_does_not_sign_a_tree_that_lost_its_past(full: str, at: datetime) -> None:
    attack("DELETE FROM ledger_leaf WHERE seq > 590")
    with pytest.raises(sealer.Inconsistent):
        actions.checkpoint(at=at)
    rebuild()
    attack("UPDATE ledger_entry SET actor = 'staff:1'")
    rebuild()
    with pytest.raises(sealer.Inconsistent):
        actions.checkpoint(at=at)


def test_the_sealer_knows_that_the_database_is_older_than_the_keys(full: str, at: datetime) -> None:
    keys.keep_signed(full)
    attack("DELETE FROM ledger_checkpoint", "DELETE FROM ledger_leaf WHERE seq > 10")
    with pytest.raises(sealer.Inconsistent):
        actions.checkpoint(at=at)
    assert "cut short" in said(verify(), "anchor")


def test_a_checkpoint_is_signed_once_a_minute_and_only_when_the_log_grew(full: str, at: datetime) -> None:
    actions.seal(at=at + timedelta(hours=1))
    assert Checkpoint.objects.count() == 1
    actions.record_many(happenings=happenings(1, at), recorded_at=at)
    actions.seal(at=at + timedelta(seconds=30))
    assert Checkpoint.objects.count() == 1
    actions.seal(at=at + timedelta(seconds=61))
    assert Checkpoint.objects.count() == 2
    first, second = Checkpoint.objects.order_by("size")
    path = tree().consistency(first.size)
    assert merkle.extends(first.size, bytes(first.root), second.size, bytes(second.root), path)
    assert base64.b64encode(bytes(second.root)).decode() in second.note
    assert verify().ok


def test_the_reports_can_be_counted_without_end(full: str) -> None:
    attack("UPDATE ledger_entry SET actor = 'staff:1'")
    report = verify()
    assert len(report.findings) < 60
    assert "and 590 more of this kind" in report.text("en")
    assert BY.ref not in report.text("en")
