"""The ledger's SQL, in both dialects: the hottest statements of the product, so they are written by hand."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY = "id, stream, version, type, schema, actor, occurred_us, recorded_us, payload, prev_hash, hash"
Row = tuple[Any, ...]
Head = tuple[int, bytes]


def on_sqlite() -> bool:
    return connections["default"].vendor == "sqlite"


def heads(streams: Iterable[str]) -> dict[str, Head]:
    """The last version and hash of each stream that has entries."""
    names = list(streams)
    if not names:
        return {}
    if len(names) == 1:
        rows = _all(
            "SELECT stream, version, hash FROM ledger_entry WHERE stream = %s ORDER BY version DESC LIMIT 1", names
        )
    elif on_sqlite():
        rows = _all(
            "SELECT e.stream, e.version, e.hash FROM json_each(%s) s CROSS JOIN ledger_entry e ON e.stream = s.value"
            " AND e.version = (SELECT MAX(version) FROM ledger_entry WHERE stream = s.value)",
            [json.dumps(names)],
        )
    else:
        rows = _all(
            "SELECT e.stream, e.version, e.hash FROM unnest(%s::text[]) s(name) CROSS JOIN LATERAL"
            " (SELECT stream, version, hash FROM ledger_entry WHERE stream = s.name ORDER BY version DESC LIMIT 1) e",
            [names],
        )
    return {stream: (version, bytes(hash)) for stream, version, hash in rows}


def new_ids(count: int) -> Sequence[int]:
    """Ids for entries about to be written. SQLite: the write lock is ours, so the next ones; PostgreSQL: the sequence."""
    if on_sqlite():
        first = _all("SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_entry", [])[0][0]
        return range(first, first + count)
    rows = _all("SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)", [count])
    return [id for (id,) in rows]


def end_and_id(stream: str) -> tuple[dict[str, Head], Sequence[int]]:
    """`heads` and `new_ids` for a single entry, in one question."""
    next_id = (
        "(SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_entry)"
        if on_sqlite()
        else "nextval(pg_get_serial_sequence('ledger_entry', 'id'))"
    )
    ((id, version, hash),) = _all(
        f"SELECT {next_id}, e.version, e.hash FROM (SELECT 1) AS one LEFT JOIN (SELECT version, hash FROM ledger_entry"
        " WHERE stream = %s ORDER BY version DESC LIMIT 1) AS e ON TRUE",
        [stream],
    )
    return ({} if version is None else {stream: (version, bytes(hash))}), [id]


def insert_entries(rows: Sequence[Row]) -> None:
    """Write entries; on PostgreSQL they wait for the sealer from now on."""
    if on_sqlite():
        _insert("ledger_entry", ENTRY, rows)
    elif len(rows) == 1:
        marks = ", ".join(["%s"] * len(rows[0]))
        with _database().cursor() as cursor:
            cursor.execute(
                f"WITH e AS (INSERT INTO ledger_entry ({ENTRY}) VALUES ({marks}) RETURNING id)"
                " INSERT INTO ledger_unsealed (entry_id) SELECT id FROM e",
                rows[0],
            )
    else:
        _insert("ledger_entry", ENTRY, rows)
        _insert("ledger_unsealed", "entry_id", [(row[0],) for row in rows])


def copy_entries(base: str, after: int) -> tuple[int, int]:
    """SQLite: the entries behind `after` of an attached database, behind ours; returns our last id before and after."""
    ((before,),) = _all("SELECT COALESCE(MAX(id), 0) FROM ledger_entry", [])
    columns = ENTRY.removeprefix("id, ")
    _all(
        f'INSERT INTO main.ledger_entry ({ENTRY}) SELECT id - %s + %s, {columns} FROM "{base}".ledger_entry'
        " WHERE id > %s ORDER BY id",
        [after, before, after],
    )
    ((last,),) = _all("SELECT COALESCE(MAX(id), 0) FROM main.ledger_entry", [])
    return before, last


def copy_leaves(base: str, after: int, before: int) -> tuple[int, int]:
    """SQLite: the leaves of the entries that `copy_entries` has put behind `before`; returns our size before and after."""
    start = size()
    ((first,),) = _all(f'SELECT COALESCE(MIN(seq), 1) FROM "{base}".ledger_leaf WHERE entry_id > %s', [after])
    _all(
        "INSERT INTO main.ledger_leaf (seq, entry_id, hash) SELECT seq - %s + %s, entry_id - %s + %s, hash"
        f' FROM "{base}".ledger_leaf WHERE seq >= %s AND entry_id > %s ORDER BY seq',
        [first, start + 1, after, before, first, after],
    )
    return start, size()


def insert_leaves(rows: Sequence[tuple[int, int, bytes]]) -> None:
    _insert("ledger_leaf", "seq, entry_id, hash", rows)


def insert_tile(level: int, index: int, root: bytes, hashes: bytes) -> None:
    _insert("ledger_tile", 'level, "index", root, hashes', [(level, index, root, hashes)])


def size() -> int:
    """Leaves in the log."""
    return int(_all("SELECT COALESCE(MAX(seq), 0) FROM ledger_leaf", [])[0][0])


def leaf_hashes(start: int, end: int) -> list[bytes]:
    """The leaf hashes of the C2SP indexes start to end."""
    rows = _all("SELECT hash FROM ledger_leaf WHERE seq > %s AND seq <= %s ORDER BY seq", [start, end])
    return [bytes(hash) for (hash,) in rows]


def tile(level: int, index: int) -> bytes | None:
    rows = _all('SELECT hashes FROM ledger_tile WHERE level = %s AND "index" = %s', [level, index])
    return (bytes(rows[0][0]) if isinstance(rows[0][0], bytes | memoryview) else b"") if rows else None


def tile_roots(level: int, start: int, end: int) -> list[bytes]:
    rows = _all(
        'SELECT root FROM ledger_tile WHERE level = %s AND "index" >= %s AND "index" < %s ORDER BY "index"',
        [level, start, end],
    )
    return [bytes(root) for (root,) in rows]


def leaves_with_entries(after: int, limit: int) -> list[Row]:
    """Leaves in order, each with its entry (or nothing, where the entry is gone): seq, leaf hash, columns of ENTRY.

    PostgreSQL is asked twice: right after a large import its statistics still say that the tables are empty, and it
    would join them row by row, which takes minutes.
    """
    if on_sqlite():
        return _all(
            f"SELECT l.seq, l.hash, e.{ENTRY.replace(', ', ', e.')} FROM ledger_leaf l"
            " LEFT JOIN ledger_entry e ON e.id = l.entry_id WHERE l.seq > %s ORDER BY l.seq LIMIT %s",
            [after, limit],
        )
    leaves = _all("SELECT seq, hash, entry_id FROM ledger_leaf WHERE seq > %s ORDER BY seq LIMIT %s", [after, limit])
    found = _all(f"SELECT {ENTRY} FROM ledger_entry WHERE id = ANY(%s)", [[leaf[2] for leaf in leaves]])
    entry = {row[0]: row for row in found}
    gone = (None,) * len(ENTRY.split(","))
    return [(seq, hash, *entry.get(id, gone)) for seq, hash, id in leaves]


def leaf_lines(after: int, limit: int, shift: int) -> list[tuple[int, str | None, str | None]]:
    """Leaves in order: seq + shift, type of the entry and the entry as a line of JSON (None, where the entry is gone)."""
    if on_sqlite():
        line = f"""'{{"@seq":' || (l.seq + {shift:d}) || {_line("json_quote({})", "instr(e.stream, ':')")}"""
        return _all(  # type: ignore[return-value]
            f"SELECT l.seq + {shift:d}, e.type, {line} FROM ledger_leaf l"
            " LEFT JOIN ledger_entry e ON e.id = l.entry_id WHERE l.seq > %s ORDER BY l.seq LIMIT %s",
            [after, limit],
        )
    leaves = _all("SELECT seq, entry_id FROM ledger_leaf WHERE seq > %s ORDER BY seq LIMIT %s", [after, limit])
    line = _line("to_json({})::text", "position(':' in e.stream)")
    found = _all(f"SELECT id, type, {line} FROM ledger_entry e WHERE id = ANY(%s)", [[id for _seq, id in leaves]])
    entry = {id: (type, rest) for id, type, rest in found}
    lines: list[tuple[int, str | None, str | None]] = []
    for seq, id in leaves:
        type, rest = entry.get(id, (None, None))
        lines.append((seq + shift, type, rest and f'{{"@seq":{seq + shift}{rest}'))
    return lines


def _line(quote: str, colon: str) -> str:
    """SQL of an entry's own columns behind its seq, then what its fact says."""
    texts = ("stream", "e.stream"), ("type", "e.type"), ("actor", "e.actor"), ("key", f"substr(e.stream, {colon} + 1)")
    numbers = ("version", "e.version"), ("occurred_at", "e.occurred_us"), ("recorded_at", "e.recorded_us")
    own = [f"""',"@{name}":' || {quote.format(value)}""" for name, value in texts]
    own += [f"""',"@{name}":' || {value}""" for name, value in numbers]
    told = "CASE WHEN length(e.payload) > 2 THEN ',' ELSE '' END || substr(e.payload, 2)"
    return " || ".join([*own, told])


def entries_without_leaf(limit: int) -> list[Row]:
    return _all(
        "SELECT e.stream, e.version, e.type, e.recorded_us FROM ledger_entry e"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_leaf l WHERE l.entry_id = e.id) ORDER BY e.id LIMIT %s",
        [limit],
    )


def count_tiles() -> int:
    return int(_all("SELECT COUNT(*) FROM ledger_tile", [])[0][0])


def now() -> datetime:
    """The database's clock, for what is compared with recorded times."""
    if on_sqlite():
        return datetime.fromtimestamp(float(_all("SELECT (julianday('now') - 2440587.5) * 86400", [])[0][0]), UTC)
    found: datetime = _all("SELECT clock_timestamp()", [])[0][0]
    return found.astimezone(UTC)


def _insert(table: str, columns: str, rows: Sequence[Row]) -> None:
    marks = ", ".join(["%s"] * len(rows[0]))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"
    db = _database()
    if db.vendor == "sqlite":
        with db.wrap_database_errors:
            db.connection.executemany(statement.replace("%s", "?"), rows)
        return
    with db.cursor() as cursor:
        if len(rows) > 50:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(statement, rows)


def _all(statement: str, params: Sequence[Any]) -> list[Row]:
    """The rows of a query. On SQLite straight from the driver: a record is written with few microseconds to spare."""
    db = _database()
    if db.vendor == "sqlite":
        with db.wrap_database_errors:
            found: list[Row] = db.connection.execute(statement.replace("%s", "?"), params).fetchall()
            return found
    with db.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _database() -> BaseDatabaseWrapper:
    """The connection itself: its proxy `django.db.connection` is looked up anew at every dot."""
    db = connections["default"]
    if db.connection is None:
        db.ensure_connection()
    return db
