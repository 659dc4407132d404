"""The ledger's SQL, in both dialects: the hottest statements of the product, so they are written by hand."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

ENTRY = "id, stream, version, type, schema, actor, occurred_us, recorded_us, payload, prev_hash, hash"
Head = tuple[int, bytes]


def heads(cursor: CursorWrapper, streams: Iterable[str]) -> dict[str, Head]:
    """The last version and hash of each stream that has entries."""
    names = list(streams)
    if len(names) == 1:
        cursor.execute(
            "SELECT stream, version, hash FROM ledger_entry WHERE stream = %s ORDER BY version DESC LIMIT 1", names
        )
    elif connection.vendor == "sqlite":
        cursor.execute(
            "SELECT e.stream, e.version, e.hash FROM json_each(%s) s CROSS JOIN ledger_entry e ON e.stream = s.value"
            " AND e.version = (SELECT MAX(version) FROM ledger_entry WHERE stream = s.value)",
            [json.dumps(names)],
        )
    else:
        cursor.execute(
            "SELECT e.stream, e.version, e.hash FROM unnest(%s::text[]) s(name) CROSS JOIN LATERAL"
            " (SELECT stream, version, hash FROM ledger_entry WHERE stream = s.name ORDER BY version DESC LIMIT 1) e",
            [names],
        )
    return {stream: (version, bytes(hash)) for stream, version, hash in cursor.fetchall()}


def new_ids(cursor: CursorWrapper, count: int) -> Sequence[int]:
    """Ids for entries about to be written. SQLite: the write lock is ours, so the next ones; PostgreSQL: the sequence."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM ledger_entry")
        first = cursor.fetchone()[0] + 1
        return range(first, first + count)
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)", [count]
    )
    return [id for (id,) in cursor.fetchall()]


def insert_entries(cursor: CursorWrapper, rows: Sequence[tuple[Any, ...]]) -> None:
    _insert(cursor, "ledger_entry", ENTRY, rows)


def insert_waiting(cursor: CursorWrapper, ids: Sequence[int]) -> None:
    _insert(cursor, "ledger_unsealed", "entry_id", [(id,) for id in ids])


def insert_leaves(cursor: CursorWrapper, rows: Sequence[tuple[int, int, bytes]]) -> None:
    _insert(cursor, "ledger_leaf", "seq, entry_id, hash", rows)


def insert_tile(cursor: CursorWrapper, level: int, index: int, root: bytes, hashes: bytes) -> None:
    _insert(cursor, "ledger_tile", 'level, "index", root, hashes', [(level, index, root, hashes)])


def size(cursor: CursorWrapper) -> int:
    """Leaves in the log."""
    cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM ledger_leaf")
    return int(cursor.fetchone()[0])


def leaf_hashes(cursor: CursorWrapper, start: int, end: int) -> list[bytes]:
    """The leaf hashes of the C2SP indexes start to end."""
    cursor.execute("SELECT hash FROM ledger_leaf WHERE seq > %s AND seq <= %s ORDER BY seq", [start, end])
    return [bytes(hash) for (hash,) in cursor.fetchall()]


def tile(cursor: CursorWrapper, level: int, index: int) -> bytes | None:
    cursor.execute('SELECT hashes FROM ledger_tile WHERE level = %s AND "index" = %s', [level, index])
    row = cursor.fetchone()
    return bytes(row[0]) if row else None


def tile_roots(cursor: CursorWrapper, level: int, start: int, end: int) -> list[bytes]:
    cursor.execute(
        'SELECT root FROM ledger_tile WHERE level = %s AND "index" >= %s AND "index" < %s ORDER BY "index"',
        [level, start, end],
    )
    return [bytes(root) for (root,) in cursor.fetchall()]


def _insert(cursor: CursorWrapper, table: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if connection.vendor == "postgresql" and len(rows) > 50:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(rows[0]))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
    if len(rows) == 1:
        cursor.execute(statement, rows[0])
    else:
        cursor.executemany(statement, rows)
