"""Half of the cases, lived through by a second process in a copy of the founded bank, and brought home.

The customers are divided, so that a person's matters stay together; every stream of the ledger belongs to one matter
or one person, so the two halves never write to the same stream. Only on SQLite: a PostgreSQL is shared anyway.
"""

import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from os import environ
from pathlib import Path
from threading import Thread
from typing import IO

from django.conf import settings
from django.db import connection, transaction

from huiyin.kernel.ids import seeded
from huiyin.ledger import actions as ledger
from huiyin.listen.voices import actions as voices
from huiyin.platform.tables import actions as tables
from huiyin.protect.access import queries as access
from huiyin.site.demo import matters
from huiyin.site.demo.columns import Ahead
from huiyin.site.demo.found import Founded
from huiyin.site.demo.plan import CasePlan

SHARE = 53  # of a hundred customers are the second's: the first process has the counters' ratings to write as well
FIRST_NUMBER = 300  # a day's numbers of the second half begin behind those of the first
NOT_OURS = ("ledger_", "django_", "auth_", "tables_", "sqlite_", "voices_counter", "search_terms")
CODE = "from huiyin.site.cli.house import open_house; open_house(); from huiyin.site.demo.second import live; live()"


@dataclass
class Errand:
    """What the second process is given."""

    seed: int
    end: datetime
    founded: Founded
    plans: Sequence[CasePlan]


class Second:
    """The second process, in a home of its own. It waits for its errand; `bring_home` waits for it and takes over what it
    wrote."""

    def __init__(self, home: Path) -> None:
        first, self.home, self.base = settings.HUIYIN_HOME, home, home / "huiyin.sqlite3"
        shutil.copy(first / "huiyin.toml", home)
        (home / "keys").symlink_to(first / "keys")
        self.process = subprocess.Popen(
            [sys.executable, "-c", CODE], env=dict(environ) | {"HUIYIN_HOME": str(home)}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def set_out(self, errand: Errand, progress: Callable[[int], object]) -> None:
        """From here on it works, in a copy of the bank as it stands."""
        with closing(sqlite3.connect(self.base)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
            self.founded = _last_rows(copy)
            self.told, self.sealed = (_last_row(copy, table) for table in ("ledger_entry", "ledger_leaf"))
        (self.home / "errand").write_bytes(pickle.dumps(errand))
        self.reader = Thread(target=_read, args=(self.process.stdout, progress), daemon=True)
        self.reader.start()
        assert self.process.stdin is not None
        self.process.stdin.close()

    def bring_home(self, ahead: Ahead) -> None:
        """Wait, then copy every row that is not of the founding. A failure of either half is a failure of the whole."""
        self.reader.join()
        if self.process.wait() != 0:
            raise RuntimeError("the second half of the demonstration bank was not finished")
        with closing(sqlite3.connect(self.base)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            theirs = _last_row(other, "ledger_leaf")
        self.first = _last_row(connection.connection, "ledger_leaf")
        ahead.begin(self.home, self.sealed, theirs, shift=self.first - self.sealed)
        connection.connection.execute("ATTACH ? AS second", [str(self.base)])
        try:
            with transaction.atomic():
                for table, last in self.founded.items():
                    _take(table, last)
                ledger.take_over(base="second", after=self.told)
        finally:
            connection.connection.execute("DETACH second")
        tables.empty_log()


@contextmanager
def beside() -> Iterator[Second | None]:
    """The second process, started while the first one still plans, and its home as long as anybody reads there.

    At the end, also when the first process was interrupted, however often, no orphan lives on and no half of a bank lies
    about. None on PostgreSQL, which has no copy to work in.
    """
    if connection.vendor != "sqlite":
        yield None
        return
    home = settings.HUIYIN_HOME / "second"
    home.mkdir(mode=0o700)
    second = Second(home)
    try:
        yield second
    finally:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            second.process.kill()
            second.process.wait()
            shutil.rmtree(home)
        finally:
            signal.signal(signal.SIGINT, before)


def divide(plans: Sequence[CasePlan]) -> tuple[list[CasePlan], list[CasePlan]]:
    """The cases of the first and of the second half of the customers."""
    halves: tuple[list[CasePlan], list[CasePlan]] = ([], [])
    for plan in plans:
        halves[plan.person.id.int % 100 < SHARE].append(plan)
    return halves


@contextmanager
def working(
    second: Second | None, errand: Errand, ahead: Ahead, progress: Callable[[int], object]
) -> Iterator[None]:  # fmt: skip
    """While the first process works, so does the second; at the end its rows are brought home.

    Without a second process its half is lived through afterwards.
    """
    if second is None:
        yield
        _live(errand, progress)
        return
    second.set_out(errand, progress)
    yield
    second.bring_home(ahead)


def live() -> None:
    """In the second process: wait for the errand, then live through its half, saying how many cases are done."""
    sys.stdin.read()
    told = settings.HUIYIN_HOME / "errand"
    if not told.exists():
        return  # the first process is gone
    errand: Errand = pickle.loads(told.read_bytes())
    first = errand.plans[0].received_at
    days = [first + timedelta(days=n) for n in range((errand.end - first).days + 2)]
    voices.next_numbers([day for day in days for _ in range(FIRST_NUMBER)])

    def progress(count: int) -> None:
        sys.stdout.write(f"{count}\n")
        sys.stdout.flush()

    with (
        tables.in_bulk(),
        tables.unsynced(),
        tables.unlogged(),
        seeded(f"{errand.seed} second", int(errand.end.timestamp() * 1000)),
    ):
        _live(errand, progress)


def _live(errand: Errand, progress: Callable[[int], object]) -> None:
    actors = {a.staff: a for a in access.actors_for(errand.founded.accounts, errand.end).values() if a.staff}
    matters.live_through(
        errand.plans, founded=errand.founded, actors=actors, seed=f"{errand.seed} second", end=errand.end,
        progress=progress,
    )  # fmt: skip


def _read(lines: IO[bytes], progress: Callable[[int], object]) -> None:
    for line in lines:
        progress(int(line))


def _last_rows(db: sqlite3.Connection) -> dict[str, int]:
    """The last row of each table at the founding, of those whose new rows are brought home as they are."""
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: _last_row(db, name) for name in names if not name.startswith(NOT_OURS)}


def _last_row(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f'SELECT COALESCE(MAX(rowid), 0) FROM "{table}"').fetchone()[0])


def _take(table: str, last: int) -> None:
    """Copy the new rows. A number that only counts rows goes on from ours; nothing refers to those numbers."""
    db = connection.connection
    columns = db.execute(f'PRAGMA table_info("{table}")').fetchall()
    names = [column[1] for column in columns if not (column[5] and column[2].upper() == "INTEGER")]
    listed = ", ".join(f'"{name}"' for name in names)
    db.execute(
        f'INSERT INTO main."{table}" ({listed}) SELECT {listed} FROM second."{table}" WHERE rowid > ? ORDER BY rowid',
        [last],
    )
