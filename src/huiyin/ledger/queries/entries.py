"""Reading entries: by stream, by what a receipt carries, and in the order of the log."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from huiyin.ledger import tables
from huiyin.ledger.rules import entries
from huiyin.ledger.tree import tree

_STEP = 5_000


class Entry(NamedTuple):
    """An entry as it was recorded; times are microseconds since 1970 UTC."""

    id: int
    stream: str
    version: int
    type: str
    schema: int
    actor: str
    occurred_us: int
    recorded_us: int
    payload: str
    prev_hash: bytes
    hash: bytes

    @property
    def body(self) -> str:
        """The canonical text that the hash covers."""
        return entries.body(
            self.actor,
            self.occurred_us,
            self.payload,
            self.prev_hash,
            self.recorded_us,
            self.schema,
            self.stream,
            self.type,
            self.version,
        )


class Leaf(NamedTuple):
    """An entry in the log. `hash` is the entry's hash; `seq` counts from 1 without a gap."""

    seq: int
    entry_id: int
    stream: str
    version: int
    type: str
    schema: int
    actor: str
    occurred_us: int
    recorded_us: int
    payload: str
    hash: bytes


def head() -> tuple[int, bytes]:
    """The size and the root of the log as it stands."""
    log = tree()
    return log.size, log.root()


def leaves_after(seq: int, limit: int | None = None) -> Iterator[Leaf]:
    """Sealed entries after a cursor, in the order of the log."""
    left = limit
    while left is None or left > 0:
        rows = tables.leaves_with_entries(seq, min(left or _STEP, _STEP))
        for place, _leaf, id, *entry, _prev, hash in rows:
            if id is not None:  # else the entry was deleted: the audit names it
                yield Leaf._make((place, id, *entry, hash))
        if len(rows) < _STEP:
            return
        seq = rows[-1][0]
        if left is not None:
            left -= len(rows)


def lines_after(seq: int, *, shift: int = 0) -> Iterator[tuple[int, str, str]]:
    """Sealed entries after a cursor, in the order of the log: seq, type and the entry as one line of JSON, for columns.

    A line holds the fields of the fact behind the entry's own: @seq, @stream, @type, @actor, @key (the stream without its
    kind), @version, @occurred_at and @recorded_at (microseconds since 1970 UTC). No field of a fact begins with @. `shift` is
    added to every seq.
    """
    while True:
        rows = tables.leaf_lines(seq, _STEP, shift)
        for place, type, line in rows:
            if type is not None and line is not None:  # else the entry was deleted: the audit names it
                yield place, type, line
        if len(rows) < _STEP:
            return
        seq = rows[-1][0] - shift


def entries_of(stream: str) -> list[Entry]:
    """A stream's entries in the order of their versions."""
    return _entries("WHERE stream = %s ORDER BY version", [stream])


def entries_like(start: str, first: str | None, after: str | None) -> list[tuple[str, str, int, str]]:
    """Entries whose type starts with some letters, in the streams from `first` to before `after`, in stream order.

    Each is (stream, type, occurred in seconds, payload): what a fold over many streams needs.
    """
    bounds = [(sign, value) for sign, value in ((">=", first), ("<", after)) if value is not None]
    where = "".join(f" AND stream {sign} %s" for sign, _ in bounds)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream, type, occurred_us / 1000000, payload FROM ledger_entry"
            f" WHERE type LIKE %s{where} ORDER BY stream, version",
            [f"{start}%", *(value for _, value in bounds)],
        )
        return list(cursor.fetchall())


def first_entry(stream: str) -> Entry | None:
    """What opened a stream: for a matter, the entry whose receipt the customer is handed."""
    found = _entries("WHERE stream = %s ORDER BY version LIMIT 1", [stream])
    return found[0] if found else None


def first_entry_by_hash(hash: bytes) -> Entry | None:
    """What opened some stream, by its hash: what the QR of a receipt leads to. Later entries have no index of hashes."""
    found = _entries("WHERE hash = %s AND version = 1", [hash])
    return found[0] if found else None


def entry_of_body(body: str) -> Entry | None:
    """The entry whose canonical text a verified receipt or proof carries, if the ledger holds this very one."""
    said = json.loads(body)
    found = _entries("WHERE stream = %s AND version = %s", [said["stream"], said["version"]])
    return found[0] if found and found[0].hash == entries.entry_hash(body) else None


def newest_recorded() -> datetime | None:
    """When the last of the newest entries was recorded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(recorded_us) FROM (SELECT recorded_us FROM ledger_entry ORDER BY id DESC LIMIT 1000) newest"
        )
        last = cursor.fetchone()[0]
    return datetime.fromtimestamp(last / 1_000_000, UTC) if last is not None else None


def waiting() -> int:
    """Entries not yet in the Merkle log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM ledger_unsealed")
        return int(cursor.fetchone()[0])


def _entries(where: str, params: list[Any]) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tables.ENTRY} FROM ledger_entry {where}", params)
        return [
            Entry._make((*row[:9], bytes(row[9]), bytes(row[10])))  # PostgreSQL hands out views of memory
            for row in cursor.fetchall()
        ]
