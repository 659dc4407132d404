"""Every clock again from the ledger, compared with its row: what `huiyin clock recompute` does.

1. The rows are cut into pieces of neighbouring streams, which worker processes take one after another.
2. A piece is read in one snapshot: its rows, and the ledger entries about clocks in those streams, in stream order.
3. The entries are folded by the same functions that wrote the rows, and the fold is made a row once more: the two must be
   equal, column by column, the account letter by letter.
4. A stream that differs is looked at once more under a lock, so that a write in between is not taken for a difference.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, connections, transaction

from huiyin.bank.clocks.actions.rebuilding import Difference, differences
from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.clocks.rules.clock import Clock
from huiyin.bank.clocks.rules.replay import replayed
from huiyin.bank.clocks.rules.rows import COLUMNS, TABLE, account_of, clock_of, row_of
from huiyin.bank.standards import queries as standards
from huiyin.ledger import queries as ledger

PIECE = 2_000
STREAM = COLUMNS.index("stream")


class Piece(NamedTuple):
    """Streams from `first` (included) to `after` (left out); None is no bound."""

    first: str | None
    after: str | None


@dataclass(frozen=True)
class Recomputed:
    """How many were compared, and what differs, in the order of their streams."""

    clocks: int
    entries: int
    seconds: float
    differences: tuple[Difference, ...]


def recompute(
    *, workers: int | None = None, repair: bool = False, progress: Callable[[int, int], None] = lambda done, all: None
) -> Recomputed:
    """Recompute every clock and compare. With `repair` the rows that differ are rewritten from the ledger."""
    started = time.monotonic()
    pieces = _pieces()
    many = min(workers or os.cpu_count() or 1, len(pieces))
    clocks = entries = 0
    found: list[str] = []
    for n, (some, read, streams) in enumerate(_compared(pieces, many), start=1):
        clocks, entries = clocks + some, entries + read
        found += streams
        progress(n, len(pieces))
    wrong = tuple(d for stream in found for d in _settled(stream, repair))
    return Recomputed(clocks, entries, time.monotonic() - started, wrong)


def _compared(pieces: list[Piece], workers: int) -> Iterator[tuple[int, int, list[str]]]:
    if workers <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(_compare, pieces)
        return
    standards.book()  # read once, before there are several of us
    connections.close_all()  # a connection belongs to one process
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from pool.imap(_compare, pieces)


def _pieces() -> list[Piece]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT stream FROM (SELECT stream, row_number() OVER (ORDER BY stream) AS n FROM {TABLE}) AS numbered"
            f" WHERE n %% {PIECE:d} = 0 ORDER BY stream",
            [],
        )
        cuts = list(dict.fromkeys(stream for (stream,) in cursor.fetchall()))
    return [Piece(first, after) for first, after in zip([None, *cuts], [*cuts, None], strict=True)]


def _compare(piece: Piece) -> tuple[int, int, list[str]]:
    """Clocks and entries of a piece, and the streams in which something differs."""
    book, sqlite = standards.book(), connection.vendor == "sqlite"
    with transaction.atomic():
        stored = _stored(piece, sqlite)
        entries = ledger.entries_like("clock.", piece.first, piece.after)
    payloads = json.loads(f"[{','.join(payload for *_, payload in entries)}]")  # one reading for all of them
    told: dict[str, dict[Any, Row]] = {}
    for stream, group in groupby(zip(entries, payloads, strict=True), key=lambda pair: pair[0][0]):
        clocks = replayed(book, stream, ((kind, at, payload) for (_, kind, at, _), payload in group))
        told[stream] = {row[0]: row for row in (row_of(clock, sqlite) for clock in clocks.values())}
    wrong = [stream for stream in sorted(stored.keys() | told.keys()) if stored.get(stream) != told.get(stream)]
    return sum(map(len, stored.values())), len(entries), wrong


Row = tuple[Any, ...]
"""The values of a row as the database gives them, in the order of COLUMNS."""


def _stored(piece: Piece, sqlite: bool) -> dict[str, dict[Any, Row]]:
    """The rows of a piece, by stream and id. SQLite's are taken as they lie there: `+` keeps a value from being read."""
    columns = ", ".join(f"+{name}" if sqlite else name for name in COLUMNS)
    bounds = [(sign, value) for sign, value in ((">=", piece.first), ("<", piece.after)) if value is not None]
    where = " AND ".join(f"stream {sign} %s" for sign, _ in bounds) or "1 = 1"
    found: dict[str, dict[Any, Row]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {TABLE} WHERE {where}", [value for _, value in bounds])
        for row in cursor.fetchall():
            found.setdefault(row[STREAM], {})[row[0]] = row
    return found


def _read(stream: str) -> dict[UUID, tuple[Clock | None, str]]:
    """The rows of a stream as clocks (None: it cannot be read as one), each with its account as it is written."""
    sqlite = connection.vendor == "sqlite"
    found: dict[UUID, tuple[Clock | None, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE stream = %s", [stream])
        for row in cursor.fetchall():
            id = row[0] if isinstance(row[0], UUID) else UUID(row[0])
            try:
                clock = clock_of(row, sqlite)
            except (ValueError, KeyError, TypeError):
                clock = None
            found[id] = (clock, row[-1])
    return found


@transaction.atomic
def _settled(stream: str, repair: bool) -> list[Difference]:
    """What differs in one stream when nobody can write to it."""
    list(ClockRow.objects.select_for_update().filter(stream=stream).values_list("id"))
    stored = _read(stream)
    entries = ((e.type, e.occurred_us // 1_000_000, json.loads(e.payload)) for e in ledger.entries_of(stream))
    told = replayed(standards.book(), stream, entries)
    found = [Difference(id, "unreadable", text) for id, (clock, text) in stored.items() if clock is None]
    readable = {id: clock for id, (clock, _) in stored.items() if clock is not None}
    found += differences(readable, {id: clock for id, clock in told.items() if id in readable or id not in stored})
    named = {difference.clock for difference in found}
    for id, (_, text) in stored.items():
        if id in told and id not in named and text != account_of(told[id]):
            found.append(Difference(id, "account", text, account_of(told[id])))
    if repair and found:
        ClockRow.objects.filter(id__in=stored.keys() - told.keys()).delete()
        ClockRow.objects.all().insert_clocks(told[id] for id in told.keys() - stored.keys())
        ClockRow.objects.all().update_clocks(told[id] for id in told.keys() & stored.keys())
    return found
