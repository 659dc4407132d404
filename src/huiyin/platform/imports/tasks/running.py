"""Running an import: read, map, hand over in batches, report what was not taken."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import connection, transaction

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.platform.imports import queries
from huiyin.platform.imports.models import Seen
from huiyin.platform.imports.queries import COMMAND_LINE, Limits, Sheet, read_sheet
from huiyin.platform.imports.rules import Fault, Mapped, Mapping, Row
from huiyin.platform.imports.tasks.ahead import BATCHES, Ahead, helping, write_worked_out
from huiyin.platform.imports.tasks.reporting import FaultLog, Report, Tried, finish, keep_run
from huiyin.platform.imports.tasks.sinks import READY, SINKS, UNCHANGED, NoSink, Outcome, Sink

Progress = Callable[[int, int, int], None]


class Undo(Exception):
    """Leaves a transaction without keeping anything."""


def run(
    *,
    mapping: Mapping,
    source: Path | BinaryIO,
    by: Actor,
    at: datetime,
    sink: Sink | None = None,
    progress: Progress | None = None,
    partial: bool = False,
    batch: int = 1000,
    report: Path | None = None,
    limits: Limits = COMMAND_LINE,
    name: str = "",
    id: UUID | None = None,
    ahead: Ahead | None = None,
) -> Report:
    """Import a file. Row by row: each batch is kept as it goes. Atomic: everything or nothing, unless `partial`.

    `ahead` is a second process that works batches out while those before are written (see `two_hands`).
    """
    taker = sink or SINKS.get(mapping.sink)
    if taker is None:
        raise NoSink
    sheet = read_sheet(source, mapping, limits)
    name = name or (source.name if isinstance(source, Path) else "upload.csv")
    told = Report(id or new_id(), mapping, sheet.sha256)
    log = FaultLog(report or queries.report_path(told.run))
    work = Work(mapping, taker, sheet, told, log, by, at, progress, batch, ahead)
    try:
        if mapping.atomic:
            take_whole(work, name, partial, at)
        else:
            work.all(each_batch_alone=True)
            with transaction.atomic():
                finish(told, name, partial, by, at)
    finally:
        told.report_path = log.close()
        sheet.close()
    return told


def take_whole(work: "Work", name: str, partial: bool, at: datetime) -> None:
    """Everything or, unless the good rows are wanted alone, nothing."""
    told = work.told
    try:
        with transaction.atomic():
            work.all(each_batch_alone=False)
            if told.rejected and not partial:
                raise Undo
            finish(told, name, partial, work.by, at)
    except Undo:
        told.applied, told.new, told.changed = False, 0, 0
        with transaction.atomic():
            keep_run(told, name, partial, "refused", work.by, at)


@contextmanager
def two_hands(*, mapping: Mapping, by: Actor, at: datetime) -> Iterator[Ahead | None]:
    """A helper for an import by this mapping, where its sink allows one and the machine has two processors."""
    if mapping.sink not in READY or mapping.atomic or not mapping.remember:
        yield None
        return
    with helping(SINKS[mapping.sink], by=by, at=at) as ahead:
        yield ahead


@dataclass
class Work:
    mapping: Mapping
    sink: Sink
    sheet: Sheet
    told: Report
    log: FaultLog
    by: Actor
    at: datetime
    progress: Progress | None
    batch: int
    ahead: Ahead | None = None
    keep: Callable[[], None] | None = None  # inside the transaction of each batch, when it has been counted
    done: Callable[[], bool] = lambda: False  # after each batch: leave it at that for now?
    tried: Tried | None = None  # of a rehearsal: each batch is undone

    def all(self, *, each_batch_alone: bool) -> bool:
        """Whether it came to the end of the file."""
        shape = self.mapping.shape_of(self.sheet.header)
        if shape is None:
            raise queries.WrongHeader
        mapped = Mapped(self.mapping, shape, self.sheet.header)
        self._where: dict[str, int] | None = {} if self.mapping.atomic else None
        self._begun: deque[tuple[list[Row], list[bytes]]] = deque()
        rows: list[Row] = []
        for line, cells in self.sheet.rows():
            self.told.read += 1
            found = [cells] if isinstance(cells, Fault) else mapped.row(line, cells)
            if isinstance(found, list):
                self._reject(line, found)
            else:
                rows.append(found)
            if each_batch_alone and len(rows) >= self.batch:  # organisation files refer to their own later lines
                self._begin(rows)
                rows = []
                if not self.ahead or len(self._begun) > BATCHES:
                    self._hand_over(each_batch_alone)
                    if self.done():
                        return False
        self._begin(rows)
        while self._begun:
            self._hand_over(each_batch_alone)
        return True

    def _begin(self, rows: list[Row]) -> None:
        """Send what is not known yet to the helper, if there is one."""
        sent: list[bytes] = []
        if self.ahead:
            once, _again = self._once(rows)
            fresh = self._fresh(once)[0]
            sent = [key for _row, key in fresh]
            if fresh:
                with transaction.atomic():
                    READY[self.mapping.sink]([row for row, _key in fresh])
                self.ahead.send([row for row, _key in fresh])
        self._begun.append((rows, sent))

    def _hand_over(self, alone: bool) -> None:
        rows, sent = self._begun.popleft()
        if len(self.told.first) < 10:
            self.told.first.extend(rows[: 10 - len(self.told.first)])
        try:
            with transaction.atomic() if alone else nullcontext():
                self._count(self._take(rows, sent))
                if self.tried:
                    raise Undo
                if self.keep:
                    self.keep()
        except Undo:
            if self.keep:
                self.keep()
        if self.progress:
            self.progress(self.told.read, self.sheet.done(), self.sheet.size)

    def _count(self, outcomes: list[tuple[Row, Outcome]]) -> None:
        for row, outcome in outcomes:
            if isinstance(outcome, Fault):
                self._reject(row.line, [outcome])
            else:
                self.told.count(outcome)

    def _take(self, rows: list[Row], sent: list[bytes]) -> list[tuple[Row, Outcome]]:
        rows, outcomes = self._once(rows)
        if not self.mapping.remember:
            return outcomes + list(zip(rows, self.sink(rows, by=self.by, at=self.at), strict=True))
        fresh, known = self._fresh(rows)
        outcomes += [(row, UNCHANGED) for row in known]
        taken = self._taken_ahead(sent, [key for _row, key in fresh]) if sent else None
        if taken is None:
            taken = self.sink([row for row, _key in fresh], by=self.by, at=self.at) if fresh else []
        remember = []
        for (row, key), outcome in zip(fresh, taken, strict=True):
            outcomes.append((row, outcome))
            if not isinstance(outcome, Fault):
                remember.append((key, row.content))
        _remember(remember)
        return outcomes

    def _fresh(self, rows: list[Row]) -> tuple[list[tuple[Row, bytes]], list[Row]]:
        """Those not seen before, or with another content, each with its hash; and those that are as they were."""
        digests = [_digest(self.mapping.code, row.key) for row in rows]
        seen = dict(_seen(digests))
        both = list(zip(rows, digests, strict=True))
        return (
            [(row, key) for row, key in both if seen.get(key) != row.content],
            [row for row, key in both if seen.get(key) == row.content],
        )

    def _taken_ahead(self, sent: list[bytes], fresh: list[bytes]) -> Sequence[Outcome] | None:
        """What the helper worked out, written, if it is still about the same rows and the same bank."""
        found = self.ahead.receive() if self.ahead else None
        if found is None or sent != fresh or not write_worked_out(found):
            return None
        return found.outcomes

    def _once(self, rows: list[Row]) -> tuple[list[Row], list[tuple[Row, Outcome]]]:
        """The same key twice in one file: in an organisation file a mistake; in a log the same line again is unchanged."""
        if self._where is None:
            batch: dict[str, Row] = {}
            again: list[tuple[Row, Outcome]] = []
            hashes = {row.key: _digest(self.mapping.code, row.key) for row in rows} if self.tried else {}
            before = self.tried.again(hashes) if self.tried else ()
            for row in rows:
                if row.key in before:
                    again.append((row, UNCHANGED))
                    continue
                known = batch.setdefault(row.key, row)
                if known is not row:
                    same = known.content == row.content
                    again.append((row, UNCHANGED if same else Fault("", "twice", {"line": known.line})))
            return list(batch.values()), again
        kept, again = [], []
        for row in rows:
            if row.key in self._where:
                again.append((row, Fault("", "twice", {"line": self._where[row.key]})))
            else:
                self._where[row.key] = row.line
                kept.append(row)
        return kept, again

    def _reject(self, line: int, faults: list[Fault]) -> None:
        self.told.reject(line, faults)
        for fault in faults:
            self.log.write(line, fault)


def _digest(mapping: str, key: str) -> bytes:
    return hashlib.blake2b(f"{mapping}\0{key}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _seen(digests: list[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for start in range(0, len(digests), 500):
        for key, content in Seen.objects.filter(key__in=digests[start : start + 500]).values_list("key", "content"):
            yield bytes(key), bytes(content)


def _remember(rows: list[tuple[bytes, bytes]]) -> None:
    """The hot path of a large import: one prepared statement for the batch."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(
                'INSERT INTO imports_seen ("key", "content") VALUES (%s, %s)'
                ' ON CONFLICT ("key") DO UPDATE SET "content" = excluded."content"',
                rows,
            )
