"""Running clocks and the points at which they rang. Every column is a projection of ledger facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from huiyin.bank.clocks.rules.clock import Clock, when
from huiyin.bank.clocks.rules.rows import CHANGING, COLUMNS, TABLE, clock_of, row_of, sqlite_moment
from huiyin.platform.tables.actions import write_prepared
from huiyin.platform.tables.queries import marks, rows

BATCH = 2_000
Ring = tuple[UUID, int, str, int, bool]
"""A point that rang: clock, cycle, rung, seconds, collapsed."""


@dataclass
class _Memory:
    """Clocks by matter, and what is not in their rows yet."""

    known: dict[UUID, dict[UUID, Clock]] = field(default_factory=dict)
    new: dict[UUID, Clock] = field(default_factory=dict)
    changed: dict[UUID, Clock] = field(default_factory=dict)
    rings: list[Ring] = field(default_factory=list)


_MEMORY: ContextVar[_Memory | None] = ContextVar("remembered clocks", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, the clocks of a matter stay in memory once they were read or armed, and each row is written once, at the end or
    when somebody asks for rows: for a process that writes alone, in transactions of which no part is taken back."""
    token = _MEMORY.set(_Memory())
    try:
        yield
        write_remembered()
    finally:
        _MEMORY.reset(token)


def remember_none(subjects: Iterable[UUID]) -> None:
    """These matters are known to have no clocks yet."""
    memory = _MEMORY.get()
    if memory is not None:
        memory.known.update((subject, {}) for subject in subjects)


def write_clocks(new: Mapping[UUID, Clock], changed: Mapping[UUID, Clock], rings: Sequence[Ring]) -> None:
    """Rows of clocks that were armed and changed, and claims of points that rang. A second claim is an IntegrityError."""
    memory = _MEMORY.get()
    if memory is None:
        _write(new, changed, rings)
        return
    written = [*new.items(), *changed.items()]
    _read_unknown(memory.known, [*{clock.subject for _id, clock in written}])
    for id, clock in written:
        memory.known[clock.subject][id] = clock
        (memory.new if id in new or id in memory.new else memory.changed)[id] = clock
    memory.rings += rings


def write_remembered() -> None:
    memory = _MEMORY.get()
    if memory is not None:
        new, changed, rings = memory.new, memory.changed, memory.rings
        memory.new, memory.changed, memory.rings = {}, {}, []
        _write(new, changed, rings)


def _write(new: Mapping[UUID, Clock], changed: Mapping[UUID, Clock], rings: Sequence[Ring]) -> None:
    rows = ClockQuerySet(ClockRow)
    if new:
        rows.insert_clocks(new.values())
    if changed:
        rows.update_clocks(changed.values())
    if rings:
        _insert_rungs(rings)


class ClockManager(models.Manager["ClockRow"]):
    """Whoever asks for rows finds them as they stand."""

    def get_queryset(self) -> "ClockQuerySet":
        write_remembered()
        return ClockQuerySet(self.model, using=self._db)


class ClockQuerySet(models.QuerySet["ClockRow"]):
    """Rows as values; writing in bulk without going through model instances."""

    def values_of(self) -> list[Clock]:
        """The clocks themselves, read without model instances."""
        statement, params = self.values_list(*COLUMNS).query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            sqlite = connection.vendor == "sqlite"
            return [clock_of(row, sqlite) for row in cursor.fetchall()]

    def insert_clocks(self, clocks: Iterable[Clock]) -> None:
        marks = ", ".join(["%s"] * len(COLUMNS))
        sqlite = connection.vendor == "sqlite"
        rows = (row_of(clock, sqlite) for clock in clocks)
        write_rows(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES ({marks})", rows)

    def update_clocks(self, clocks: Iterable[Clock]) -> None:
        """Write everything about these clocks that can change."""
        sets = ", ".join(f"{name} = %s" for name in CHANGING)
        first = len(COLUMNS) - len(CHANGING)
        sqlite = connection.vendor == "sqlite"
        rows = ((row := row_of(clock, sqlite))[first:] + row[:1] for clock in clocks)
        write_rows(f"UPDATE {TABLE} SET {sets} WHERE id = %s", rows)


def clocks_of_subjects(subjects: Sequence[UUID], *, lock: bool = False) -> list[Clock]:
    """The clocks of some matters, in the order they were armed: the hottest look-up, so its SQL is written once."""
    memory = _MEMORY.get()
    if memory is not None:
        _read_unknown(memory.known, subjects)
        return [clock for one in subjects for clock in sorted(memory.known[one].values(), key=_armed)]
    return _read(subjects, lock) if subjects else []


def _read_unknown(known: dict[UUID, dict[UUID, Clock]], subjects: Sequence[UUID]) -> None:
    unknown = [subject for subject in subjects if subject not in known]
    known.update((subject, {}) for subject in unknown)
    for clock in _read(unknown, False) if unknown else ():
        known[clock.subject][clock.id] = clock


def _armed(clock: Clock) -> tuple[int, int]:
    return clock.armed, clock.id.int


def _read(subjects: Sequence[UUID], lock: bool) -> list[Clock]:
    sqlite = connection.vendor == "sqlite"
    found = rows(
        f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE subject IN ({marks(subjects)}) ORDER BY armed_at, id"
        + (" FOR UPDATE" if lock and not sqlite else ""),
        subjects,
    )
    return [clock_of(row, sqlite) for row in found]


class ClockRow(models.Model):
    """One clock. `account` holds its own terms, pauses, extensions and fired rungs, empty for most."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField()
    kind = models.CharField(max_length=16)
    stream = models.CharField(max_length=64)
    pack = models.CharField(max_length=48)
    family = models.CharField(max_length=12)
    purpose = models.CharField(max_length=24)
    cycle = models.SmallIntegerField()
    leg = models.SmallIntegerField()
    anchor_at = models.DateTimeField()
    armed_at = models.DateTimeField()
    definition = models.CharField(max_length=96)
    calendar = models.CharField(max_length=64)
    state = models.CharField(max_length=12)
    due_at = models.DateTimeField(null=True)
    due_date = models.DateField(null=True)
    provisional = models.BooleanField()
    next_rung = models.CharField(max_length=24, blank=True)
    next_rung_at = models.DateTimeField(null=True)
    resume_at = models.DateTimeField(null=True)
    satisfied_at = models.DateTimeField(null=True)
    met = models.BooleanField(null=True)
    stopped_by = models.CharField(max_length=48, blank=True)
    evidence = models.CharField(max_length=12, blank=True)
    breached_at = models.DateTimeField(null=True)
    excused = models.BooleanField()
    account = models.TextField(blank=True)

    objects = ClockManager.from_queryset(ClockQuerySet)()

    class Meta:
        db_table = "clocks_clock"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "pack", "family", "purpose", "cycle", "leg"], name="one_clock_per_key"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused", "done", "cancelled", "merged"]), name="clock_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=["running", "paused"]), name="clock_due_open"),
            models.Index(
                fields=["next_rung_at", "id"], condition=Q(next_rung_at__isnull=False), name="clock_next_rung"
            ),
        ]


class ClockRung(models.Model):
    """A point that rang. The unique insert is the claim to ring it."""

    clock = models.ForeignKey(ClockRow, models.CASCADE, related_name="+", db_index=False)
    cycle = models.SmallIntegerField()
    rung = models.CharField(max_length=24)
    rung_at = models.DateTimeField()
    collapsed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "cycle", "rung"], name="one_ring_per_rung")]
        ordering = ["rung_at", "id"]


class ClockQuarantine(models.Model):
    """A clock whose ringing failed: set aside so that it does not hold up the others, and tried again later."""

    clock = models.OneToOneField(ClockRow, models.CASCADE, primary_key=True, related_name="+")
    since_at = models.DateTimeField()
    retry_at = models.DateTimeField(db_index=True)
    tries = models.IntegerField()
    error = models.CharField(max_length=200)

    class Meta:
        ordering = ["since_at", "clock_id"]


def _insert_rungs(rungs: Sequence[Ring]) -> None:
    sqlite = connection.vendor == "sqlite"
    rows = (
        (id.hex if sqlite else id, cycle, rung, sqlite_moment(at) if sqlite else when(at), collapsed)
        for id, cycle, rung, at, collapsed in rungs
    )
    table = ClockRung._meta.db_table
    write_rows(f"INSERT INTO {table} (clock_id, cycle, rung, rung_at, collapsed) VALUES (%s, %s, %s, %s, %s)", rows)


def write_rows(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    rest = iter(rows)
    while batch := [*islice(rest, BATCH)]:
        write_prepared(statement, batch)
