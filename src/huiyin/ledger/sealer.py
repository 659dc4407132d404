"""The one who puts entries into the Merkle log and signs it. At most one at a time.

1. Leaves are numbered without a gap, in the order of entry ids (of a stream's entries: in the order of versions).
2. Each time 256 hashes of one level are complete, a tile is written, so that proofs read few rows.
3. A checkpoint is signed only if the tree still contains, unchanged, the tree signed last.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain

from django.db import connection, transaction

from huiyin.ledger import keys, tables
from huiyin.ledger.models import Checkpoint
from huiyin.ledger.rules import entries, merkle, notes
from huiyin.ledger.tree import tree

_LOCK = 0x4875_6979_696E  # "Huiyin": the advisory lock of the sealer
_EPOCH_US = 1_000_000


class Inconsistent(Exception):
    """The log no longer contains the tree that was signed last. Nothing is signed; `huiyin verify --ledger` says more."""


def alone() -> bool:
    """Take the sealer's lock if nobody has it. On SQLite the write transaction is the lock."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def wait_alone() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def seal_waiting(limit: int) -> int:
    """PostgreSQL: give the waiting entries their leaves. Entries of transactions still open are taken next time.

    In short questions by id: as one statement it joins row by row while the statistics say that the tables are empty,
    which takes minutes right after a large import. The sealer is alone, so nothing comes between them.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ledger_unsealed ORDER BY entry_id LIMIT %s", [limit])
        due = [id for (id,) in cursor.fetchall()]
        cursor.execute("DELETE FROM ledger_unsealed WHERE entry_id = ANY(%s)", [due])
        cursor.execute("SELECT id, hash FROM ledger_entry WHERE id = ANY(%s) ORDER BY id", [due])
        rows = [(id, bytes(hash)) for id, hash in cursor.fetchall()]
        if rows:
            add_leaves(rows)
        return len(rows)


def add_leaves(rows: Sequence[tuple[int, bytes]]) -> None:
    """Append (entry id, entry hash) pairs to the log and complete the tiles they fill."""
    before = tables.size()
    leaves = [(before + n, id, entries.leaf_hash(hash)) for n, (id, hash) in enumerate(rows, start=1)]
    tables.insert_leaves(leaves)
    fill_tiles(before, [leaf[2] for leaf in leaves])


def fill_tiles(before: int, new: Sequence[bytes]) -> None:
    """Write the tiles that are completed by these leaf hashes, which stand in the log behind its first `before`."""
    after, level = before + len(new), 0
    while before // merkle.WIDTH < after // merkle.WIDTH:
        first, last = before // merkle.WIDTH, after // merkle.WIDTH
        if level == 0:
            known = tables.leaf_hashes(first * merkle.WIDTH, before)
        else:
            known = tables.tile_roots(level - 1, first * merkle.WIDTH, before)
        run = list(chain(known, new))
        new = roots = []
        for index in range(first, last):
            hashes = run[(index - first) * merkle.WIDTH : (index - first + 1) * merkle.WIDTH]
            roots.append(merkle.complete(hashes))
            tables.insert_tile(level, index, roots[-1], b"".join(hashes))
        before, after, level = first, last, level + 1


def sign(at: datetime, *, not_before: timedelta) -> str:
    """Sign the log as it stands, unless it has not grown or was signed a moment ago; returns the newest note."""
    last = Checkpoint.objects.order_by("-size").first()
    now_us = round(at.timestamp() * _EPOCH_US)
    log = tree()
    if last is not None:
        if log.size < last.size or log.root_at(last.size) != bytes(last.root):
            raise Inconsistent(f"the tree signed at size {last.size} is not a beginning of the present log")
        if log.size == last.size or now_us - last.signed_us < not_before / timedelta(microseconds=1):
            return last.note
    kept = keys.last_signed()
    if kept is not None and not (kept.size <= log.size and log.root_at(kept.size) == kept.root):
        raise Inconsistent(f"the checkpoint kept beside the keys (size {kept.size}) is not a beginning of this log")
    signer = keys.signer()
    note = notes.sign(notes.checkpoint(signer.name, log.size, log.root()), signer)
    Checkpoint.objects.create(size=log.size, root=log.root(), signed_us=now_us, note=note)
    transaction.on_commit(lambda: keys.keep_signed(note))
    return note
