"""How an import came out: its counts, the file of what was not taken, and its line on record."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO
from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.platform.imports import queries
from huiyin.platform.imports.facts import ImportFinished
from huiyin.platform.imports.models import Run
from huiyin.platform.imports.queries import reason
from huiyin.platform.imports.rules import Fault, Mapping, Row
from huiyin.platform.imports.tasks.sinks import CHANGED, NEW

SHOWN = 200
WIDTH = 16  # of a hash


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

    def count(self, outcome: str) -> None:
        if outcome == NEW:
            self.new += 1
        elif outcome == CHANGED:
            self.changed += 1
        else:
            self.unchanged += 1

    def reject(self, line: int, faults: Sequence[Fault]) -> None:
        self.rejected += 1
        self.faults += [(line, fault) for fault in faults[: SHOWN - len(self.faults)]]

    @property
    def line(self) -> str:
        """The closing line."""
        return queries.closing_line(self)


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


class Tried:
    """The rows that a rehearsal has tried, by the hashes of their keys: done in earnest they would be here. A file keeps
    them from turn to turn; `size`: so much of it counts."""

    def __init__(self, path: Path, size: int) -> None:
        path.touch(mode=0o600)
        self._file = path.open("r+b")
        before = self._file.read(size)
        self._file.truncate(len(before))
        self._known = {before[place : place + WIDTH] for place in range(0, len(before), WIDTH)}

    def again(self, hashes: dict[str, bytes]) -> set[str]:
        """Which of these keys were tried before; the others are tried now."""
        again = {key for key, hashed in hashes.items() if hashed in self._known}
        fresh = [hashed for key, hashed in hashes.items() if key not in again]
        self._known.update(fresh)
        self._file.write(b"".join(fresh))
        return again

    def kept(self) -> int:
        self._file.flush()
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


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
