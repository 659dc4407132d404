"""Facts become entries: chained, sealed, and never changed."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import FACTS, Fact, Term, _plan, is_code
from huiyin.ledger import actions, queries
from huiyin.ledger.actions import Conflict, Happening
from huiyin.ledger.models import Checkpoint, Entry, Leaf, Tile
from huiyin.ledger.news import REACTIONS, on
from huiyin.ledger.rules import entries, merkle
from huiyin.ledger.tests.afresh import unguarded
from huiyin.ledger.tests.stories import BY, Settled, fill, happenings, matter, stream

pytestmark = pytest.mark.django_db


def settled(n: int = 1) -> Settled:
    return Settled(alert=matter(n), outcome="merged")


def test_an_entry_hash_covers_every_meaningful_column(at: datetime) -> None:
    actions.record(fact=settled(), stream=stream(1), by=BY, at=at, recorded_at=at + timedelta(hours=1))
    (entry,) = queries.entries_of(stream(1))
    assert json.loads(entry.body) == {
        "actor": "machine:portal",
        "alg": "sha256",
        "occurred_us": entry.occurred_us,
        "payload": {"alert": str(matter(1)), "outcome": "merged"},
        "prev": "0" * 64,
        "recorded_us": entry.occurred_us + 3_600_000_000,
        "schema": 1,
        "stream": stream(1),
        "type": "test.settled",
        "version": 1,
    }
    assert entry.hash == sha256(b"huiyin-entry/1\n" + entry.body.encode()).digest()
    assert entries.canonical(json.loads(entry.body)) == entry.body


def test_a_stream_is_a_chain(at: datetime) -> None:
    for _ in range(3):
        actions.record(fact=settled(), stream=stream(1), by=BY, at=at)
    first, second, third = queries.entries_of(stream(1))
    assert (first.version, second.version, third.version) == (1, 2, 3)
    assert (second.prev_hash, third.prev_hash) == (first.hash, second.hash)


def test_one_by_one_and_in_a_batch_give_the_same_entries(at: datetime) -> None:
    batch = happenings(4, at)
    for h in batch:
        actions.record(fact=h.fact, stream=h.stream, by=h.by, at=h.at, recorded_at=at)
    single = [queries.entries_of(stream(n)) for n in range(4)]
    with transaction.atomic(), unguarded():
        Leaf.objects.all().delete()
        Entry.objects.all()._raw_delete("default")
    actions.record_many(happenings=batch, recorded_at=at, fresh=True)
    many = [queries.entries_of(stream(n)) for n in range(4)]
    assert [[e[1:] for e in s] for s in single] == [[e[1:] for e in s] for s in many]


@pytest.mark.django_db(transaction=True)
def test_what_another_process_recorded_in_a_copy_is_taken_over_as_it_was(at: datetime, tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite is copied")
    actions.record(fact=settled(7), stream=stream(7), by=BY, at=at)  # the founding: both have it
    actions.record_many(happenings=happenings(2, at), recorded_at=at)
    actions.record(fact=settled(7), stream=stream(7), by=BY, at=at)
    theirs = [entry[1:] for n in (0, 1, 7) for entry in queries.entries_of(stream(n))]
    with closing(sqlite3.connect(tmp_path / "theirs")) as copy:
        connection.connection.backup(copy)
    with unguarded(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id > 1")
        cursor.execute("DELETE FROM ledger_leaf WHERE entry_id > 1")
    actions.record_many(happenings=happenings(4, at)[-3:], recorded_at=at)  # what we did in the meantime
    connection.connection.execute("ATTACH ? AS theirs", [str(tmp_path / "theirs")])
    try:
        assert actions.take_over(base="theirs", after=1) == len(theirs) - 1
        with pytest.raises(Conflict):
            actions.take_over(base="theirs", after=1)
    finally:
        connection.connection.execute("DETACH theirs")
    assert [entry[1:] for n in (0, 1, 7) for entry in queries.entries_of(stream(n))] == theirs
    actions.checkpoint(at=at)
    assert queries.verify_ledger().ok


def test_a_batch_continues_streams_that_exist(at: datetime) -> None:
    for _ in range(2):
        actions.record_many(happenings=happenings(3, at), recorded_at=at)
    assert [e.version for e in queries.entries_of(stream(2))] == [1, 2, 3, 4, 5, 6]


def test_a_broken_promise_of_freshness_is_a_conflict(at: datetime) -> None:
    actions.record(fact=settled(), stream=stream(1), by=BY, at=at)
    with pytest.raises(Conflict), transaction.atomic():
        actions.record_many(happenings=[Happening(settled(), stream(1), BY, at)], recorded_at=at, fresh=True)
    assert len(queries.entries_of(stream(1))) == 1


def test_the_tree_is_that_of_rfc_6962_over_the_entry_hashes(at: datetime) -> None:
    fill(300, at)  # 900 entries: three tiles and a rest
    leaves = [entries.leaf_hash(leaf.hash) for leaf in queries.leaves_after(0)]
    size, root = queries.head()
    assert size == len(leaves) == 900
    assert root == merkle.root(900, merkle.over(leaves))
    assert Tile.objects.filter(level=0).count() == 3
    assert [leaf.seq for leaf in queries.leaves_after(890, 5)] == [891, 892, 893, 894, 895]


def test_entries_are_given_as_lines_of_json_too(at: datetime) -> None:
    fill(3, at)
    leaves, lines = list(queries.leaves_after(4)), list(queries.lines_after(4, shift=100))
    assert [(leaf.seq + 100, leaf.type) for leaf in leaves] == [(seq, type) for seq, type, _line in lines]
    for leaf, (seq, _type, line) in zip(leaves, lines, strict=True):
        own = {
            "@seq": seq, "@stream": leaf.stream, "@key": leaf.stream.partition(":")[2], "@type": leaf.type,
            "@version": leaf.version, "@actor": leaf.actor, "@occurred_at": leaf.occurred_us,
            "@recorded_at": leaf.recorded_us,
        }  # fmt: skip
        assert json.loads(line) == own | json.loads(leaf.payload)


def test_tiles_do_not_depend_on_how_entries_came(at: datetime) -> None:
    batch = happenings(180, at)
    for start in range(0, len(batch), 7):
        actions.record_many(happenings=batch[start : start + 7], recorded_at=at)
    actions.checkpoint(at=at)
    leaves = [entries.leaf_hash(leaf.hash) for leaf in queries.leaves_after(0)]
    assert [bytes(tile.hashes) for tile in Tile.objects.filter(level=0).order_by("index")] == [
        b"".join(leaves[:256]),
        b"".join(leaves[256:512]),
    ]
    assert queries.head()[1] == merkle.root(540, merkle.over(leaves))


@pytest.mark.parametrize("model", [Entry, Leaf, Tile, Checkpoint])
@pytest.mark.parametrize("verb", ["update", "delete", "truncate", "replace"])
def test_the_database_refuses_to_change_history(at: datetime, model: type, verb: str) -> None:
    fill(90, at)
    table = model._meta.db_table  # type: ignore[attr-defined]
    key = model._meta.pk.column  # type: ignore[attr-defined]
    statement = {
        "update": f"UPDATE {table} SET {key} = {key}",
        "delete": f"DELETE FROM {table}",
        "truncate": f"TRUNCATE {table} CASCADE",
        "replace": f"REPLACE INTO {table} SELECT * FROM {table}",
    }[verb]
    if (connection.vendor == "sqlite" and verb == "truncate") or (
        connection.vendor == "postgresql" and verb == "replace"
    ):
        pytest.skip("not a statement of this database")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert model.objects.exists()  # type: ignore[attr-defined]


def test_a_rolled_back_business_transaction_leaves_nothing(at: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.record(fact=settled(), stream=stream(1), by=BY, at=at)
        raise RuntimeError
    assert queries.head()[0] == 0 and queries.waiting() == 0
    actions.record(fact=settled(), stream=stream(1), by=BY, at=at)
    actions.checkpoint(at=at)
    assert [leaf.seq for leaf in queries.leaves_after(0)] == [1]


def test_reactions_nest_in_the_order_in_which_things_happened(at: datetime) -> None:
    class Bell(Fact):
        type: ClassVar[str] = "test.bell"
        n: int

    def echo(news) -> None:  # type: ignore[no-untyped-def]
        if news.fact.n < 3:
            actions.record(fact=Bell(n=news.fact.n + 1), stream=news.stream, by=news.by, at=news.at)

    try:
        on(Bell)(echo)
        actions.record(fact=Bell(n=1), stream="test:1", by=BY, at=at)
        assert [e.payload for e in queries.entries_of("test:1")] == ['{"n":1}', '{"n":2}', '{"n":3}']
    finally:
        del REACTIONS[Bell], FACTS["test.bell"]


def test_a_stream_and_an_actor_have_a_form(at: datetime) -> None:
    with pytest.raises(ValueError, match="stream"):
        actions.record(fact=settled(), stream="张三的投诉", by=BY, at=at)
    with pytest.raises(ValueError, match="pseudonym"):
        actions.record(fact=settled(), stream=stream(1), by=Actor("staff", "王 丽"), at=at)


# No personal data and no free text: what a fact may hold.


def test_every_fact_holds_only_ids_codes_terms_times_and_whole_numbers() -> None:
    """Walks all facts of the house; `_plan` refuses any other type of field."""
    assert len(FACTS) > 40
    for fact in FACTS.values():
        _plan(fact)


def test_a_fact_with_a_decimal_or_an_object_is_refused() -> None:
    class Bad(Fact):
        type: ClassVar[str] = "test.bad"
        share: float

    try:
        with pytest.raises(TypeError, match="whole numbers"):
            Bad(share=0.5).canonical()
    finally:
        del FACTS["test.bad"]


@pytest.mark.parametrize(
    "text",
    [
        "张三",
        "Zhang San",
        "我要投诉",
        "13800138000",
        "11010119900307451X",
        "zhang@example.com",
        "",
        "a" * 201,
        "a\nb",
        "\ud800",
    ],
)
def test_a_name_a_number_of_a_person_or_a_sentence_is_no_code(text: str) -> None:
    assert not is_code(text)
    with pytest.raises(ValueError):
        Settled(alert=matter(1), outcome=text).canonical()


@pytest.mark.parametrize("text", ["portal", "TS-2026-000123", "HO/B01/O0101/", "cfpb:1234567", "0.0123", "a" * 200])
def test_codes_are_taken(text: str) -> None:
    assert is_code(text)


def test_a_term_may_have_words_but_only_one_line() -> None:
    class Named(Fact):
        type: ClassVar[str] = "test.named"
        company: Term | None = None

    try:
        assert Named(company="JPMORGAN CHASE & CO.").canonical() == '{"company":"JPMORGAN CHASE & CO."}'
        assert Named().canonical() == "{}"
        for text in ("two\nlines", "x" * 201, "\ud800", ""):
            with pytest.raises(ValueError):
                Named(company=text).canonical()
    finally:
        del FACTS["test.named"]


json_values = st.recursive(
    st.one_of(st.booleans(), st.none(), st.integers(-(2**53) + 1, 2**53 - 1), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)


@given(value=json_values)
def test_canonical_json_keeps_the_meaning_and_has_one_form(value: object) -> None:
    try:
        text = entries.canonical(value)
    except UnicodeEncodeError:
        return  # lone surrogates are no text
    assert json.loads(text) == value
    assert entries.canonical(json.loads(text)) == text


def test_canonical_json_orders_keys_as_rfc_8785_does() -> None:
    """The example of RFC 8785 §3.2.3, by UTF-16 code units."""
    names = ["€", "\r", "\ufb33", "1", "😀", "\x80", "ö"]
    ordered = ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]
    assert list(json.loads(entries.canonical(dict.fromkeys(names, 1)))) == ordered
    assert entries.canonical('\u20ac$\u000f\nA\'B"\\\\"/') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    with pytest.raises(ValueError):
        entries.canonical(1.5)
    with pytest.raises(ValueError):
        entries.canonical(2**53)


def test_ids_sort_by_time() -> None:
    assert matter(1) < matter(2) and isinstance(matter(1), UUID) and matter(1).version == 7
