"""What the ledger hands out: receipts, proofs, checkpoints and tiles."""

import io
from datetime import UTC, datetime

import segno
from django.conf import settings
from django.db import connection

from huiyin.ledger import keys
from huiyin.ledger.models import Checkpoint, Leaf
from huiyin.ledger.queries.entries import Entry
from huiyin.ledger.rules import entries, merkle, receipts
from huiyin.ledger.tree import tree

RECEIPT_LIMIT = receipts.LIMIT


def receipt(entry: Entry) -> str:
    """The signed timestamp of an entry. The time is the moment of recording, so that a receipt is the same each time."""
    return receipts.receipt(entry.body, datetime.fromtimestamp(entry.recorded_us / 1_000_000, UTC), keys.signer())


def proof(entry: Entry) -> str:
    """The `.tlog-proof` of an entry under the newest checkpoint that covers it; "" while there is none yet."""
    leaf = Leaf.objects.filter(entry_id=entry.id).first()
    last = Checkpoint.objects.order_by("-size").first()
    if leaf is None or last is None or leaf.seq > last.size:
        return ""
    return receipts.proof(entry.body, leaf.seq - 1, tree().inclusion(leaf.seq - 1, last.size), last.note)


def verify_address(entry: Entry) -> str:
    """Where the QR of a receipt leads."""
    return f"{settings.HUIYIN_BASE_URL.rstrip('/')}/verify/?entry={entry.hash.hex()}"


def receipt_qr(entry: Entry) -> str:
    """The QR of a receipt as inline SVG: the address and the entry's hash, nothing about a person."""
    drawn = io.BytesIO()
    code = segno.make(verify_address(entry), error="m")
    code.save(drawn, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, omitsize=True, light="#fff")
    return drawn.getvalue().decode().replace("<svg", '<svg role="img" aria-hidden="true" focusable="false"', 1)


def read_receipt(text: str) -> receipts.Receipt | receipts.Proof:
    """What a receipt or proof says that was verified before."""
    return receipts.read(text)


def is_intact(entry: Entry) -> bool:
    """Does the entry still match its hash, and its hash the tree under the newest checkpoint that covers it?"""
    if entries.entry_hash(entry.body) != entry.hash:
        return False
    seq = place_of(entry)
    if seq is None:
        return True
    log = tree()
    path, root = log.inclusion(seq - 1), log.root()
    if not merkle.includes(entries.leaf_hash(entry.hash), seq - 1, log.size, path, root):
        return False
    last = Checkpoint.objects.filter(size__gte=seq).order_by("-size").first()
    return last is None or (last.size <= log.size and log.root_at(last.size) == bytes(last.root))


def newest_checkpoint() -> str:
    """The newest signed checkpoint; "" before the first one."""
    last = Checkpoint.objects.order_by("-size").first()
    return last.note if last else ""


def checkpoint_words() -> tuple[int, str]:
    """The newest checkpoint as it is quoted on paper: how many entries, and the root in hexadecimal digits; (0, "")
    before the first one."""
    last = Checkpoint.objects.order_by("-size").first()
    return (last.size, bytes(last.root).hex()) if last else (0, "")


def vkeys() -> list[str]:
    """The public keys in C2SP form, the present one first."""
    return [str(key) for key in keys.verifiers()]


def place_of(entry: Entry) -> int | None:
    """The entry's number in the log, counted from 1."""
    return Leaf.objects.filter(entry_id=entry.id).values_list("seq", flat=True).first()


def tile(level: int, index: int, width: int) -> bytes | None:
    """A tile of the log in the form of C2SP tlog-tiles; None if the log does not hold so much of it."""
    log = tree()
    available = (log.size >> (8 * level)) - index * merkle.WIDTH if level < 8 else 0
    if not 0 < width <= merkle.WIDTH or available < width:
        return None
    return b"".join(log.tile(level, index)[:width])


def bundle(index: int, width: int) -> bytes | None:
    """An entry bundle of C2SP tlog-tiles: the log's leaves are the 32-byte hashes of entries."""
    start = index * merkle.WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.hash FROM ledger_leaf l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.seq > %s AND l.seq <= %s ORDER BY l.seq",
            [start, start + width],
        )
        hashes = [bytes(hash) for (hash,) in cursor.fetchall()]
    return b"".join(b"\0\x20" + hash for hash in hashes) if 0 < width == len(hashes) else None
