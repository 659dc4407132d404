"""Every clock again from the ledger, compared with its row: what `huiyin clock recompute` does.

1. The rows are cut into pieces of neighbouring streams, which worker processes take one after another.
2. A piece is read in one snapshot: its rows, and the ledger entries about clocks in those streams, in stream order.
3. The entries are folded by the same functions that wrote the rows; then row and fold must be equal, field by field, and
   the account letter by letter.
4. A stream that differs is looked at once more under a lock, so that a write in between is not taken for a difference.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.db import connection, connections, transaction

from huiyin.bank.clocks.actions.rebuilding import Difference, differences
from huiyin.bank.clocks.models import COLUMNS, TABLE, ClockRow, account_of, clock_of
from huiyin.bank.clocks.rules.clock import Clock
from huiyin.bank.clocks.rules.replay import replayed
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
    book = standards.book()
    with transaction.atomic():
        stored = _stored(piece)
        told: dict[str, dict[UUID, Clock]] = {}
        count = 0
        for stream, group in groupby(ledger.entries_like("clock.", piece.first, piece.after), key=lambda e: e[0]):
            some = [(kind, at, json.loads(payload)) for _, kind, at, payload in group]
            count += len(some)
            told[stream] = dict(replayed(book, stream, some))
    wrong = []
    for stream in sorted(stored.keys() | told.keys()):
        rows, clocks = stored.get(stream, {}), told.get(stream, {})
        same = len(rows) == len(clocks) and all(
            (clock := clocks.get(id)) is not None and clock == row and account_of(clock) == text
            for id, (row, text) in rows.items()
        )
        if not same:
            wrong.append(stream)
    return sum(len(rows) for rows in stored.values()), count, wrong


Read = tuple[Clock | None, str]
"""A row as a clock (None: it cannot be read as one), and its account as it is written."""


def _stored(piece: Piece) -> dict[str, dict[UUID, Read]]:
    """The rows of a piece, by stream and id."""
    bounds = [(sign, value) for sign, value in ((">=", piece.first), ("<", piece.after)) if value is not None]
    where = " AND ".join(f"stream {sign} %s" for sign, _ in bounds) or "1 = 1"
    return _rows(where, [value for _, value in bounds])


def _rows(where: str, values: list[str]) -> dict[str, dict[UUID, Read]]:
    sqlite = connection.vendor == "sqlite"
    found: dict[str, dict[UUID, Read]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE {where}", values)
        for row in cursor.fetchall():
            id = row[0] if isinstance(row[0], UUID) else UUID(row[0])
            try:
                clock = clock_of(row, sqlite)
            except (ValueError, KeyError, TypeError):
                clock = None
            found.setdefault(row[STREAM], {})[id] = (clock, row[-1])
    return found


@transaction.atomic
def _settled(stream: str, repair: bool) -> list[Difference]:
    """What differs in one stream when nobody can write to it."""
    list(ClockRow.objects.select_for_update().filter(stream=stream).values_list("id"))
    stored = _rows("stream = %s", [stream]).get(stream, {})
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
