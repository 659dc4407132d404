"""Running an import: read, map, hand over in batches, report what was not taken."""

import csv
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.platform.imports import queries
from huiyin.platform.imports.facts import ImportFinished
from huiyin.platform.imports.models import Run, Seen
from huiyin.platform.imports.queries import COMMAND_LINE, Limits, Sheet, read_sheet, reason
from huiyin.platform.imports.rules import LISTS, Fault, Mapped, Mapping, Row
from huiyin.platform.imports.tasks.ahead import BATCHES, Ahead, helping, write_worked_out

NEW, CHANGED, UNCHANGED = "new", "changed", "unchanged"
Outcome = str | Fault
Progress = Callable[[int, int, int], None]
SHOWN = 200


class Sink(Protocol):
    """Takes a batch of rows into its room and says for each what became of it."""

    def __call__(self, rows: Sequence[Row], *, by: Actor, at: datetime) -> Sequence[Outcome]: ...


SINKS: dict[str, Sink] = {}
READY: dict[str, Callable[[Sequence[Row]], None]] = {}  # of sinks that another process may work rows out for


class NoSink(Refusal):
    status = 400
    message = gettext_lazy("Nobody takes this kind of import.")


def takes(name: str, *, ready: Callable[[Sequence[Row]], None] | None = None) -> Callable[[Sink], Sink]:
    """Register the sink that mappings name.

    `ready` says that a second process may work batches out, and gives the rows beforehand what only a writer can give
    out (numbers). Such a sink must not read what it has itself written.
    """

    def register(sink: Sink) -> Sink:
        SINKS[name] = sink
        if ready is not None:
            READY[name] = ready
        return sink

    return register


def lists(name: str) -> Callable[[Callable[[], Sequence[Label]]], Callable[[], Sequence[Label]]]:
    """Register the words of a list that columns of kind `listed` name: the bank's own, in both languages."""

    def register(words: Callable[[], Sequence[Label]]) -> Callable[[], Sequence[Label]]:
        LISTS[name] = words
        return words

    return register


@dataclass
class Report:
    """How an import ended. `faults` are the first ones; all of them stand in the report file."""

    run: UUID
    mapping: Mapping
    sha256: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    applied: bool = True
    report_path: Path | None = None
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    first: list[Row] = field(default_factory=list)

    @property
    def line(self) -> str:
        """The closing line."""
        return queries.closing_line(self)


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
            try:
                with transaction.atomic():
                    work.all(each_batch_alone=False)
                    if told.rejected and not partial:
                        raise Undo
                    finish(told, name, partial, by, at)
            except Undo:
                told.applied, told.new, told.changed = False, 0, 0
                with transaction.atomic():
                    keep_run(told, name, partial, "refused", by, at)
        else:
            work.all(each_batch_alone=True)
            with transaction.atomic():
                finish(told, name, partial, by, at)
    finally:
        told.report_path = log.close()
        if isinstance(source, Path):
            sheet.close()
    return told


@contextmanager
def two_hands(*, mapping: Mapping, by: Actor, at: datetime) -> Iterator[Ahead | None]:
    """A helper for an import by this mapping, where its sink allows one and the machine has two processors."""
    if mapping.sink not in READY or mapping.atomic or not mapping.remember:
        yield None
        return
    with helping(SINKS[mapping.sink], by=by, at=at) as ahead:
        yield ahead


def rehearse(*, mapping: Mapping, source: Path, by: Actor, at: datetime, limits: Limits) -> Report:
    """Do it all and keep nothing: what the preview shows."""
    sheet = read_sheet(source, mapping, limits)
    told = Report(new_id(), mapping, sheet.sha256)
    work = Work(mapping, SINKS[mapping.sink], sheet, told, FaultLog(None), by, at, None, 2000)
    try:
        with transaction.atomic():
            work.all(each_batch_alone=False)
            raise Undo
    except Undo:
        told.applied = False
    finally:
        sheet.close()
    return told


@dataclass
class Work:
    mapping: Mapping
    sink: Sink
    sheet: Sheet
    told: Report
    log: "FaultLog"
    by: Actor
    at: datetime
    progress: Progress | None
    batch: int
    ahead: Ahead | None = None
    keep: Callable[[], None] | None = None  # inside the transaction of each batch, when it has been counted
    done: Callable[[], bool] = lambda: False  # after each batch: leave it at that for now?
    dry: bool = False  # each batch is undone
    after: int = 0  # what stands before this place of the file was taken in an earlier slice

    def all(self, *, each_batch_alone: bool) -> bool:
        """Whether it came to the end of the file."""
        shape = self.mapping.shape_of(self.sheet.header)
        if shape is None:
            raise queries.WrongHeader
        mapped = Mapped(self.mapping, shape, self.sheet.header)
        self._where: dict[str, int] | None = {} if self.mapping.atomic else None
        self._begun: deque[tuple[list[Row], list[bytes]]] = deque()
        self._undone: set[str] = self._keys_before(mapped) if self.dry and self._where is None else set()
        rows: list[Row] = []
        for line, cells in self.sheet.rows(after=self.after):
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

    def _keys_before(self, mapped: Mapped) -> set[str]:
        """Of what an earlier slice has tried: those rows are here when it is done in earnest."""
        keys: set[str] = set()
        if self.after:
            for line, cells in self.sheet.rows():
                found = None if isinstance(cells, Fault) else mapped.row(line, cells)
                if isinstance(found, Row):
                    keys.add(found.key)
                if self.sheet.done() >= self.after:
                    break
        return keys

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
            with transaction.atomic() if alone else _Nothing():
                self._count(self._take(rows, sent))
                if self.keep and not self.dry:
                    self.keep()
                if self.dry:
                    raise Undo
        except Undo:
            if self.keep:
                self.keep()
        if self.progress:
            self.progress(self.told.read, self.sheet.done(), self.sheet.size)

    def _count(self, outcomes: list[tuple[Row, Outcome]]) -> None:
        for row, outcome in outcomes:
            if isinstance(outcome, Fault):
                self._reject(row.line, [outcome])
            elif outcome == NEW:
                self.told.new += 1
            elif outcome == CHANGED:
                self.told.changed += 1
            else:
                self.told.unchanged += 1

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
            for row in rows:
                if row.key in self._undone:
                    again.append((row, UNCHANGED))
                    continue
                known = batch.setdefault(row.key, row)
                if known is not row:
                    same = known.content == row.content
                    again.append((row, UNCHANGED if same else Fault("", "twice", {"line": known.line})))
            if self.dry:
                self._undone |= batch.keys()
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
        self.told.rejected += 1
        for fault in faults:
            self.log.write(line, fault)
            if len(self.told.faults) < SHOWN:
                self.told.faults.append((line, fault))


class _Nothing:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *_error: object) -> None:
        pass


class FaultLog:
    """The report file: line, column, reason. It comes to be with the first fault. `size`: so much of it is from before."""

    def __init__(self, path: Path | None, size: int = 0) -> None:
        self._path, self._size = path, size
        self._file: TextIO | None = None

    def write(self, line: int, fault: Fault) -> None:
        if self._path is None:
            return
        if self._file is None:
            self._open(self._path)
        self._writer.writerow([line, queries.safe_cell(fault.column), queries.safe_cell(reason(fault))])

    def kept(self) -> int:
        """How long it is, everything in it being on the disk."""
        if self._file is None:
            return self._size
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> Path | None:
        if self._file is None:
            return self._path if self._size else None
        self._file.close()
        return self._path

    def _open(self, path: Path) -> None:
        """What a killed slice wrote beyond what was kept is cut off: those rows come again."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self._size and path.exists():
            os.truncate(path, self._size)
        self._file = path.open("a" if self._size else "w", encoding="utf-8" if self._size else "utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        if not self._size:
            self._writer.writerow([_("line"), _("column"), _("reason")])


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


def keep_run(told: Report, name: str, partial: bool, state: str, by: Actor, at: datetime) -> None:
    Run.objects.update_or_create(
        id=told.run,
        defaults={
            "mapping": told.mapping.code, "name": name[-120:], "sha256": told.sha256, "state": state,
            "partial": partial, "read": told.read, "new": told.new, "changed": told.changed,
            "unchanged": told.unchanged, "rejected": told.rejected, "actor": by.ref, "at": at,
        },
    )  # fmt: skip


def finish(told: Report, name: str, partial: bool, by: Actor, at: datetime, state: str = "finished") -> None:
    keep_run(told, name, partial, state, by, at)
    fact = ImportFinished(
        run=told.run, mapping=told.mapping.code, sha256=told.sha256, read=told.read, new=told.new,
        unchanged=told.unchanged, rejected=told.rejected, changed=told.changed or None,
        stopped=state == "stopped" or None,
    )  # fmt: skip
    record(fact=fact, stream=f"import:{told.run}", by=by, at=at)
