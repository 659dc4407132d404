"""The columns as tables that can be asked in SQL, and who may not see which matter."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import FACTS
from huiyin.measure.history.plugs.store import Manifest, Store
from huiyin.measure.history.rules import views
from huiyin.measure.history.rules.fold import FOLDS
from huiyin.measure.history.rules.schema import BASE, event_columns, fingerprint

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Freshness:
    """How far the columns are: the last leaf copied, and the instant up to which everything known was copied."""

    cursor: int
    as_of: datetime | None


@dataclass
class Columns:
    """The columns as one manifest names them: a DuckDB of its own in memory, so that readers never see half a change."""

    store: Store
    manifest: Manifest
    answers: dict[Any, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def database(self) -> "duckdb.DuckDBPyConnection":
        # DuckDB is imported here: the web process starts without it.
        import duckdb

        con = duckdb.connect(config={"threads": 2})
        con.execute("SET memory_limit = '1GB'")
        con.execute("SET preserve_insertion_order = false")
        for sql in self._views():
            con.execute(sql)
        return con

    def cursor(self) -> "duckdb.DuckDBPyConnection":
        """A connection for one thread."""
        with self._lock:
            return self.database.cursor()

    @property
    def as_of(self) -> datetime | None:
        return datetime.fromisoformat(self.manifest.as_of) if self.manifest.as_of else None

    def _views(self) -> list[str]:
        known = self.manifest
        if not known.base or known.columns != fingerprint(event_columns(FACTS) | FOLDS):
            # Nothing copied yet, or by a version that folded otherwise: the next copy makes it anew.
            return views.empty({**BASE, **event_columns(FACTS)}, settings.TIME_ZONE)
        found = [views.files("events", self.store.paths(known.events))]
        for name in FOLDS:
            base = str(self.store.root / known.base[name])
            delta = str(self.store.root / known.delta[name]) if name in known.delta else ""
            found.append(views.table(name, base, delta, str(self.store.root / known.touched)))
        found.append(views.files("units", [str(self.store.root / known.base["units"])]))
        return found


_current: Columns | None = None
_current_stamp: tuple[object, ...] = ()
_guard = threading.Lock()


def columns() -> Columns:
    """The newest columns. One DuckDB per process and manifest; a page that began earlier keeps the one it has."""
    global _current, _current_stamp
    store = Store(root_of_columns())
    stamp = (str(store.root), *store.stamp())
    with _guard:
        if _current is None or stamp != _current_stamp:
            _current, _current_stamp = Columns(store, store.manifest()), stamp
        return _current


def root_of_columns() -> Path:
    return Path(settings.HUIYIN_HOME) / "columns"


@contextmanager
def connect(known: Columns | None = None) -> Iterator["duckdb.DuckDBPyConnection"]:
    """A DuckDB connection with the views events, matters, clocks, closings, spells, answers, surveyed, handovers,
    rectifications, alerts, posts, reviews and units. Instants are naive UTC, days are the institution's."""
    cursor = (known or columns()).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


def freshness() -> Freshness:
    known = columns()
    return Freshness(known.manifest.cursor, known.as_of)


def hidden(actor: Actor, at: datetime) -> list[str]:
    """The matters this person is recused from: no figure drawn for them may contain one."""
    if actor.staff is None:
        return []
    subjects = staff.recused_subjects(actor.staff, at).values_list("subject", flat=True)
    return sorted({str(subject) for subject in subjects})
