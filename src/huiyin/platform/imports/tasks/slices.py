"""An upload as a job: looked at, later taken, in turns that are short enough to let other jobs through.

1. One process at a time has it: it holds a lock on the upload, which the system frees when the process dies.
2. Rows, their counts and the place in the file are one transaction. Killed anywhere, the next turn goes on behind what
   was taken: nothing twice, nothing left out, and the closing line counts right.
3. The upload is read once, in a process of its own that can be ended; the turns read the lines which that one wrote.
4. A turn acts as the person who uploaded it, with the rights they have then.
"""

import json
from collections.abc import Callable, Generator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.platform.imports import queries
from huiyin.platform.imports.models import GOING, Run
from huiyin.platform.imports.queries import Apart, Limits, Look
from huiyin.platform.imports.rules import Fault
from huiyin.platform.imports.tasks.reporting import FaultLog, Report, Tried, finish
from huiyin.platform.imports.tasks.running import Undo, Work, take_whole
from huiyin.platform.imports.tasks.sinks import SINKS, NoSink, Outcome
from huiyin.platform.tables import actions as tables

BATCH = 500
MISTAKES, FIRST = 100, 10  # that are shown before one confirms


class Stopped(Exception):
    """Called off by the person who began it, or it has ended already."""


class Gone(Refusal):
    status = 410
    message = _("This upload is no longer there. Upload the file again.")


class Bundle(Protocol):
    """Takes the files of an archive one by one, or with `dry` says what would become of each: which one (from 1), of how
    many, its name, and what became of it. Those up to `after` are passed over."""

    def __call__(
        self, source: Path, *, after: int, dry: bool, by: Actor, at: datetime
    ) -> Generator[tuple[int, int, str, Outcome]]: ...


BUNDLES: dict[str, tuple[Label, Bundle]] = {}


def bundles(label: Label) -> Callable[[Bundle], Bundle]:
    """Register what takes the archives of the kind `label.code`."""

    def register(taker: Bundle) -> Bundle:
        BUNDLES[label.code] = (label, taker)
        return taker

    return register


@dataclass
class Turn:
    """One go at a run. `now` gives the time of each sign of life, `done` says when it is enough for this turn."""

    row: Run
    by: Actor
    now: Callable[[], datetime]
    limits: Limits
    done: Callable[[], bool] = lambda: False

    def go(self) -> bool:
        """Whether it has come to the end of what it is at."""
        with tables.in_bulk() if self.row.whole > BATCH else nullcontext():
            return self.look() if self.row.state == "checking" else self.take()

    def look(self) -> bool:
        """Do it all and keep nothing but the counts, the first mistakes and the first rows."""
        told = self._told()
        before = queries.look_of(self.row.pk) if self.row.place else Look()
        archive = self.row.mapping in BUNDLES
        over = self._bundle(told, FaultLog(None), dry=True) if archive else self._rehearsed(told)
        first = [{name: _shown(value) for name, value in row.values.items()} for row in told.first]
        write_look(
            self.row.pk, Look([*before.faults, *told.faults][:MISTAKES], [*before.first, *first][:FIRST])
        )  # fmt: skip
        if over:
            queries.keys_path(self.row.pk).unlink(missing_ok=True)
            counts = _counts(told)
            Run.objects.filter(pk=self.row.pk, state="checking").update(
                state="waiting", place=0, touched_at=self.now(), **counts
            )  # fmt: skip
        return over

    def take(self) -> bool:
        """Take it for good, from where the turn before has left it."""
        if self.row.state == "queued":
            fresh = {"place": 0, "logged": 0, "read": 0, "new": 0, "changed": 0, "unchanged": 0, "rejected": 0}
            if not Run.objects.filter(pk=self.row.pk, state="queued", stop=False).update(state="running", **fresh):
                raise Stopped
            self.row.refresh_from_db()
        told = self._told()
        log = FaultLog(queries.report_path(told.run), self.row.logged)
        try:
            if self.row.mapping in BUNDLES:
                over = self._bundle(told, log, dry=False)
            elif told.mapping.atomic:
                work = self._work(told, log)
                with closing(work.sheet):
                    take_whole(work, self.row.name, self.row.partial, self.now())
                return True
            else:
                over = self._rows(told, log)
            if over:
                with transaction.atomic():
                    finish(told, self.row.name, self.row.partial, self.by, self.now())
            return over
        finally:
            log.close()

    def _told(self) -> Report:
        """The counts so far."""
        mapping = None if self.row.mapping in BUNDLES else queries.mapping(self.row.mapping)
        return _report(self.row, mapping or _none(self.row.mapping))

    def _rehearsed(self, told: Report) -> bool:
        if not told.mapping.atomic:
            with closing(Tried(queries.keys_path(self.row.pk), self.row.logged)) as tried:
                return self._rows(told, FaultLog(None), tried)
        work = self._work(told, FaultLog(None))
        try:
            with closing(work.sheet), transaction.atomic():
                work.all(each_batch_alone=False)
                raise Undo
        except Undo:
            return True

    def _rows(self, told: Report, log: FaultLog, tried: Tried | None = None) -> bool:
        work = self._work(told, log)
        work.keep = lambda: self._keep(told, tried or log, work.sheet.done())
        work.done, work.tried = self.done, tried
        with closing(work.sheet):
            return work.all(each_batch_alone=True)

    def _work(self, told: Report, log: FaultLog) -> Work:
        sink = SINKS.get(told.mapping.sink)
        if sink is None:
            raise NoSink
        return Work(told.mapping, sink, self._sheet(), told, log, self.by, self.now(), None, BATCH)

    def _sheet(self) -> Apart:
        """The rows as they were read; read now if nobody has yet."""
        rows = queries.rows_path(self.row.pk)
        if not rows.exists():
            fresh = rows.with_suffix(".half")
            fresh.unlink(missing_ok=True)
            mapping = queries.mapping(self.row.mapping)
            self.row.whole = queries.read_apart(queries.upload_path(self.row.pk), fresh, mapping, self.limits)
            fresh.rename(rows)
            Run.objects.filter(pk=self.row.pk).update(whole=self.row.whole)
        return Apart(rows, self.row.place)

    def _bundle(self, told: Report, log: FaultLog, *, dry: bool) -> bool:
        """Each file is a transaction of its own."""
        taker = BUNDLES[self.row.mapping][1](
            queries.upload_path(self.row.pk), after=self.row.place, dry=dry, by=self.by, at=self.now()
        )  # fmt: skip
        with closing(taker):
            while True:
                with transaction.atomic():
                    found = next(taker, None)
                    if found is None:
                        return True
                    which, self.row.whole, name, outcome = found
                    _count(told, log, which, name, outcome)
                    if not dry or which % 100 == 0:
                        self._keep(told, log, which)
                if self.done() and (not dry or which % 100 == 0):
                    return False

    def _keep(self, told: Report, log: FaultLog | Tried, place: int) -> None:
        """How far it is. Raises Stopped where it was called off: what is not kept by then is undone."""
        found = Run.objects.filter(pk=told.run, stop=False, state=self.row.state).update(
            place=place, logged=log.kept(), touched_at=self.now(), attempts=0, whole=self.row.whole, **_counts(told)
        )  # fmt: skip
        if not found:
            raise Stopped


def write_look(run: UUID, look: Look) -> None:
    faults = [[line, fault.column, fault.code, dict(fault.params)] for line, fault in look.faults]
    told = {"faults": faults, "first": list(look.first), "refusal": look.refusal}
    queries.look_path(run).write_text(json.dumps(told, default=str), "utf-8")
    queries.look_path(run).chmod(0o600)


def clear(run: UUID, *, look: bool = True) -> None:
    """Nothing of an upload outlasts it but its counts and the report."""
    rows = queries.rows_path(run)
    paths = [queries.upload_path(run), rows, rows.with_suffix(".half"), queries.keys_path(run)]
    for path in [*paths, *([queries.look_path(run)] if look else [])]:
        path.unlink(missing_ok=True)


def end(row: Run, state: str, by: Actor, at: datetime, why: str = "") -> None:
    """A run that did not come to its end. What it has taken by then stays and goes on record."""
    with transaction.atomic():
        row = Run.objects.select_for_update().get(pk=row.pk)
        if row.state not in GOING:
            return
        if row.state != "running":  # it has taken nothing: its counts are of a rehearsal
            Run.objects.filter(pk=row.pk).update(state="dropped" if state == "stopped" else state, why=why)
            return
        mapping = _none(row.mapping) if row.mapping in BUNDLES else queries.mapping(row.mapping)
        finish(_report(row, mapping), row.name, row.partial, by, at, state)
        Run.objects.filter(pk=row.pk).update(why=why)


def _report(row: Run, mapping: queries.Mapping) -> Report:
    """How far a run has come."""
    told = Report(row.pk, mapping, row.sha256)
    for name, count in _counts(row).items():
        setattr(told, name, count)
    return told


def _counts(told: Report | Run) -> dict[str, int]:
    return {name: getattr(told, name) for name in ("read", "new", "changed", "unchanged", "rejected")}


def _count(told: Report, log: FaultLog, which: int, name: str, outcome: Outcome) -> None:
    told.read += 1
    if isinstance(outcome, Fault):
        fault = Fault(name, outcome.code, outcome.params)
        log.write(which, fault)
        told.reject(which, [fault])
    else:
        told.count(outcome)


def _none(code: str) -> queries.Mapping:
    """Archives have no columns."""
    label = BUNDLES[code][0]
    return queries.Mapping(code=code, sink=code, zh=label.zh, en=label.en, shapes=(), key=())


def _shown(value: object) -> object:
    return value if value is None or isinstance(value, int | float | str) else str(value)


__all__ = ["BUNDLES", "Bundle", "Gone", "Stopped", "Turn", "bundles", "clear", "end", "write_look"]
