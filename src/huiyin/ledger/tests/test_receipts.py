"""What an outsider holds in hand: checked with the public key alone, by our verifier and by a stranger's."""

import base64
import json
import os
import re
import stat
import subprocess
import sys
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.kernel.unfit import Unfit
from huiyin.ledger import actions, keys, queries
from huiyin.ledger.rules import entries, merkle, notes, receipts
from huiyin.ledger.tests.stories import BY, Seen, fill, matter, stream
from huiyin.ledger.views import _place

db = pytest.mark.django_db

# The example of the C2SP signed-note page.
C2SP_NOTE = (
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed è subito sera.\n"
    "\n"
    "— quasimodo.example/salvatore"
    " NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)


def a_strangers_check(note: str, vkey: str) -> bytes:
    """A C2SP signed note opened by the letter of its page, with nothing of ours; returns the text."""
    name, id, key = vkey.split("+", 2)
    public = base64.b64decode(key)[1:]
    assert sha256(name.encode() + b"\n\x01" + public).digest()[:4].hex() == id
    text, _, signatures = note.encode().rpartition(b"\n\n")
    text += b"\n"
    for line in signatures.decode().splitlines():
        dash, signer, signature = line.split(" ")
        raw = base64.b64decode(signature)
        if dash == "—" and signer == name and raw[:4].hex() == id:
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], text)
            return text
    raise AssertionError("not signed by this key")


def test_the_form_of_a_note_is_that_of_c2sp() -> None:
    assert notes.signers_of(C2SP_NOTE) == [("quasimodo.example/salvatore", "367ba04b")]


def test_a_key_is_written_as_others_read_it() -> None:
    signer = notes.Signer("example.com/log", bytes(range(32)))
    assert notes.signer(str(signer)) == signer
    assert notes.verifier(str(signer.verifier)) == signer.verifier
    assert re.fullmatch(r"example\.com/log\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", str(signer.verifier))
    assert "0001" not in repr(signer)
    for bad in (
        "",
        "x",
        "a+b+c",
        str(signer.verifier)[:-4] + "AAA=",
        f"n+00000000+{str(signer.verifier).split('+', 2)[2]}",
    ):
        with pytest.raises(notes.Malformed):
            notes.verifier(bad)


@settings(max_examples=50, deadline=None)
@given(place=st.integers(0, 400), flip=st.integers(1, 255))
def test_no_character_of_a_note_can_be_changed(place: int, flip: int) -> None:
    signer = notes.Signer("example.com/log", b"k" * 32)
    note = notes.sign(notes.checkpoint(signer.name, 7, sha256(b"x").digest()), signer).encode()
    place %= len(note)
    changed = note[:place] + bytes([note[place] ^ flip]) + note[place + 1 :]
    try:
        text = changed.decode()
    except UnicodeDecodeError:
        return
    try:
        assert notes.opened(text, [signer.verifier]) == notes.opened(note.decode(), [signer.verifier])
    except (notes.Malformed, notes.Unsigned):
        return
    raise (
        AssertionError("a changed note was accepted")
        if text.split("\n\n")[0] != note.decode().split("\n\n")[0]
        else None
    )


@pytest.mark.parametrize("size", ["01", "-1", "1e3", "", "٣", "1" * 40])
def test_a_checkpoint_has_one_way_to_write_its_size(size: str) -> None:
    root = base64.b64encode(b"r" * 32).decode()
    with pytest.raises(notes.Malformed):
        found = notes.read_checkpoint(f"log\n{size}\n{root}\n")
        assert found.size < 2**63


@db
def test_a_stranger_opens_our_checkpoint_and_receipt(at: datetime) -> None:
    fill(3, at)
    (vkey,) = queries.vkeys()
    origin, size, root, rest = a_strangers_check(queries.newest_checkpoint(), vkey).decode().split("\n")
    assert (origin, int(size), base64.b64decode(root)) == ("huiyin.example/ledger", *queries.head())
    entry = queries.entries_of(stream(2))[1]
    lines = a_strangers_check(queries.receipt(entry), vkey).decode().split("\n")
    assert lines[0] == "huiyin-receipt/1" and lines[1] == origin and lines[3] == "2026-03-05T02:00:00.000000Z"
    assert base64.b64decode(lines[2]) == sha256(b"huiyin-entry/1\n" + lines[4].encode()).digest() == entry.hash
    assert rest == ""


@db
def test_a_proof_leads_from_the_entry_to_the_signed_root(at: datetime) -> None:
    fill(150, at)
    entry = queries.entries_of(stream(77))[0]
    head, _, checkpoint = queries.proof(entry).partition("\n\n")
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    text = a_strangers_check(checkpoint, queries.vkeys()[0]).decode().split("\n")
    body = base64.b64decode(lines[1].removeprefix("extra "))
    leaf = sha256(b"\0" + sha256(b"huiyin-entry/1\n" + body).digest()).digest()
    path = [base64.b64decode(line) for line in lines[3:]]
    index = int(lines[2].removeprefix("index "))
    assert merkle.includes(leaf, index, int(text[1]), path, base64.b64decode(text[2]))
    report = queries.verify_receipt(queries.proof(entry), queries.vkeys(), anchors=checkpoint)
    assert report.ok and report.kind == "proof" and report.body["stream"] == stream(77)
    assert "number 232 of the log" in report.text("en") and "第 232 条" in report.text("zh")


@db
def test_an_entry_has_a_receipt_at_once_and_a_proof_after_the_next_checkpoint(at: datetime) -> None:
    told = actions.record(fact=Seen(subject=matter(1), reason="reply"), stream=stream(1), by=BY, at=at)
    entry = queries.first_entry_by_hash(told.hash)
    assert entry is not None and queries.first_entry(stream(1)) == entry == queries.entry_of_body(entry.body)
    assert queries.verify_receipt(queries.receipt(entry), queries.vkeys()).ok
    assert queries.receipt(entry) == queries.receipt(entry)
    assert queries.proof(entry) == ""
    actions.checkpoint(at=at)
    assert queries.verify_receipt(queries.proof(entry), queries.vkeys()).ok


@db
def test_any_change_of_a_receipt_is_refused(at: datetime) -> None:
    fill(3, at)
    entry = queries.entries_of(stream(2))[0]
    for text in (queries.receipt(entry), queries.proof(entry)):
        known = queries.vkeys()
        assert queries.verify_receipt(text.replace("\n", "\r\n"), known).ok  # saved on Windows
        assert queries.verify_receipt("\ufeff" + text + "\n\n", known).ok
        for place in range(0, len(text), 5):
            changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
            assert not queries.verify_receipt(changed, known).ok, (place, text[place])
        other = notes.Signer("huiyin.example/ledger", b"o" * 32)
        assert not queries.verify_receipt(text, str(other.verifier)).ok
    foreign = receipts.receipt(entry.body.replace("merged", "season"), at, keys.signer())
    mixed = foreign.split("\n")
    mixed[4] = entry.body
    assert not queries.verify_receipt("\n".join(mixed), queries.vkeys()).ok


@db
def test_a_proof_is_compared_with_a_kept_checkpoint(at: datetime) -> None:
    fill(3, at)
    entry = queries.entries_of(stream(2))[0]
    signer = keys.signer()
    split = notes.sign(notes.checkpoint(signer.name, 9, b"r" * 32), signer)
    report = queries.verify_receipt(queries.proof(entry), queries.vkeys(), anchors=split)
    assert [line.code for line in report.findings] == ["anchor"]
    assert "different histories" in report.text("en")
    elsewhere = notes.sign(notes.checkpoint("another.example/log", 9, b"r" * 32), signer)
    assert not queries.verify_receipt(queries.proof(entry), queries.vkeys(), anchors=elsewhere).ok


@pytest.mark.parametrize(
    "text",
    ["", "hello", "\0", "huiyin-receipt/1\n", "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\nx\n", "x" * 200_000,
     "huiyin-receipt/1\na\nb\nc\n" + "[" * 50_000 + "\n\n— a b\n", "c2sp.org/tlog-proof@v1\nindex 99999999999999999999999\n\n"],
)  # fmt: skip
def test_what_is_no_receipt_is_said_clearly(text: str) -> None:
    key = str(notes.Signer("a", b"k" * 32).verifier)
    report = receipts.verify_receipt(text, key)
    assert not report.ok and report.findings[0].code == "form"
    assert "不是" in report.text("zh-hans") and "not a Huiyin receipt" in report.text("en")
    assert receipts.verify_receipt(text, "nonsense").findings[0].code == "key"


@db
def test_a_receipt_is_verified_offline_without_django(at: datetime, tmp_path: Path) -> None:
    """A bare Python, no settings, no database, the public key alone."""
    fill(2, at)
    (tmp_path / "r").write_text(queries.receipt(queries.entries_of(stream(1))[0]), "utf-8")
    (tmp_path / "k").write_text(queries.vkeys()[0], "utf-8")
    script = (
        "import sys; from pathlib import Path; from huiyin.ledger.rules.receipts import verify_receipt;"
        "r = verify_receipt(Path(sys.argv[1]).read_text('utf-8'), Path(sys.argv[2]).read_text('utf-8'));"
        "assert 'django' not in sys.modules; sys.exit(0 if r.ok else 1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "r"), str(tmp_path / "k")],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "src"}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


@db
def test_the_private_key_is_a_file_that_only_we_may_read(tmp_path: Path) -> None:
    keys.signer()
    mode = (tmp_path / "keys" / "ledger.skey").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert str(keys.signer().verifier) in (tmp_path / "keys" / "ledger.vkeys").read_text()


@db
def test_an_origin_never_changes(settings: object) -> None:
    keys.signer()
    settings.HUIYIN_LEDGER_ORIGIN = "other.example/log"  # type: ignore[attr-defined]
    with pytest.raises(Unfit, match="never changes"):
        keys.signer()


@db
def test_receipts_of_a_key_before_rotation_stay_good(at: datetime, tmp_path: Path) -> None:
    fill(2, at)
    old = queries.receipt(queries.entries_of(stream(1))[0])
    (tmp_path / "keys" / "ledger.skey").unlink()
    keys.signer()
    assert len(queries.vkeys()) == 2
    assert queries.verify_receipt(old, queries.vkeys()).ok
    assert queries.verify_ledger().ok


@db
def test_the_qr_carries_the_address_and_the_hash_and_nothing_else(at: datetime) -> None:
    fill(1, at)
    entry = queries.entries_of(stream(0))[0]
    assert queries.verify_address(entry).endswith(f"/verify/?entry={entry.hash.hex()}")
    svg = queries.receipt_qr(entry)
    assert svg.startswith("<svg") and "style=" not in svg and "<script" not in svg and len(svg) < 6000


# The log as anybody may read it.


@db
def test_the_log_is_served_in_tiles(client: Client, at: datetime) -> None:
    assert client.get("/ledger/checkpoint").status_code == 404
    fill(200, at)
    checkpoint = client.get("/ledger/checkpoint")
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8" and checkpoint["Cache-Control"] == "no-cache"
    vkey = client.get("/ledger/key").content.decode().strip()
    _, size, root, _ = a_strangers_check(checkpoint.content.decode(), vkey).decode().split("\n")
    full = [client.get(f"/ledger/tile/0/{n:03}") for n in (0, 1)]
    part = client.get("/ledger/tile/0/002.p/88")
    assert [len(tile.content) for tile in full] == [8192, 8192] and len(part.content) == 88 * 32
    assert "immutable" in full[0]["Cache-Control"]
    raw = full[0].content + full[1].content + part.content
    leaves = [raw[n : n + 32] for n in range(0, len(raw), 32)]
    assert merkle.root(int(size), merkle.over(leaves)) == base64.b64decode(root)
    above = client.get("/ledger/tile/1/000.p/2").content
    assert above == merkle.complete(leaves[:256]) + merkle.complete(leaves[256:512])
    bundle = client.get("/ledger/tile/entries/002.p/88").content
    assert [entries.leaf_hash(bundle[n + 2 : n + 34]) for n in range(0, len(bundle), 34)] == leaves[512:]


@db
@pytest.mark.parametrize(
    "place",
    ["0/003", "0/002", "0/002.p/89", "0/002.p/0", "0/002.p/256", "0/2", "00/000", "64/000", "9/000", "0/x000/000", "0/1/000",
     "entries/009", "0/000.p/", "0/000/", "x/000", "-1/000", "0/%00", "0/" + "x999/" * 9 + "999", "0/٠٠٠"],
)  # fmt: skip
def test_what_the_log_does_not_hold_is_not_found(client: Client, at: datetime, place: str) -> None:
    fill(200, at)
    assert client.get(f"/ledger/tile/{place}").status_code == 404


def test_the_place_of_a_tile_is_written_in_groups_of_three() -> None:
    assert _place("x001/x234/067") == (1234067, 256)
    assert _place("067.p/8") == (67, 8)


def test_a_body_reads_as_json() -> None:
    body = entries.body("machine:x", 1, '{"a":1}', entries.FIRST, 2, 1, "test:1", "a.b", 1)
    assert entries.canonical(json.loads(body)) == body
