"""Running clocks and the points at which they rang. Every column is a projection of ledger facts."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from huiyin.bank.clocks.rules.clock import (
    Clock,
    Extension,
    Holding,
    Part,
    Pause,
    maybe,
    part_of,
    part_text,
    seconds_of,
    when,
)
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

    clock = models.ForeignKey(ClockRow, models.CASCADE, related_name="+")
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


TABLE = "clocks_clock"
FIXED = ["id", "subject", "kind", "stream", "pack", "family", "purpose", "cycle", "leg", "armed_at"]
CHANGING = [
    "anchor_at",  # another's, after a merge
    "definition",
    "calendar",
    "state",
    "due_at",
    "due_date",
    "provisional",
    "next_rung",
    "next_rung_at",
    "resume_at",
    "satisfied_at",
    "met",
    "stopped_by",
    "evidence",
    "breached_at",
    "excused",
    "account",
]
COLUMNS = (*FIXED, *CHANGING)


def _insert_rungs(rungs: Sequence[Ring]) -> None:
    sqlite = connection.vendor == "sqlite"
    rows = (
        (id.hex if sqlite else id, cycle, rung, _sqlite_moment(at) if sqlite else when(at), collapsed)
        for id, cycle, rung, at, collapsed in rungs
    )
    table = ClockRung._meta.db_table
    write_rows(f"INSERT INTO {table} (clock_id, cycle, rung, rung_at, collapsed) VALUES (%s, %s, %s, %s, %s)", rows)


def write_rows(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    rest = iter(rows)
    while batch := [*islice(rest, BATCH)]:
        write_prepared(statement, batch)


def row_of(clock: Clock, sqlite: bool) -> tuple[Any, ...]:
    """The clock as database values, in the order of COLUMNS."""
    moment = _sqlite_moment if sqlite else maybe
    return (
        clock.id.hex if sqlite else clock.id,
        clock.subject.hex if sqlite else clock.subject,
        clock.kind,
        clock.stream,
        clock.pack,
        clock.family,
        clock.purpose,
        clock.cycle,
        clock.leg,
        moment(clock.armed),
        moment(clock.anchor),
        clock.definition,
        clock.calendar,
        clock.state,
        moment(clock.due),
        clock.due_date.isoformat() if sqlite and clock.due_date else clock.due_date,
        clock.provisional,
        clock.next_rung,
        moment(clock.next_ring),
        moment(clock.resume),
        moment(clock.satisfied),
        clock.met,
        clock.stopped_by,
        clock.evidence,
        moment(clock.breached),
        clock.excused,
        account_of(clock),
    )


def clock_of(row: Sequence[Any], sqlite: bool) -> Clock:
    """The clock of a raw database row in the order of COLUMNS."""
    uuid, seconds = (_sqlite_uuid, _sqlite_seconds) if sqlite else (_same, _seconds)
    account = json.loads(row[26]) if row[26] else {}
    return Clock(
        id=uuid(row[0]),
        subject=uuid(row[1]),
        kind=row[2],
        stream=row[3],
        pack=row[4],
        family=row[5],
        purpose=row[6],
        cycle=row[7],
        leg=row[8],
        armed=seconds(row[9]),  # type: ignore[arg-type]
        anchor=seconds(row[10]),  # type: ignore[arg-type]
        definition=row[11],
        calendar=row[12],
        state=row[13],
        due=seconds(row[14]),
        due_date=row[15],
        provisional=bool(row[16]),
        next_rung=row[17],
        next_ring=seconds(row[18]),
        resume=seconds(row[19]),
        satisfied=seconds(row[20]),
        met=None if row[21] is None else bool(row[21]),
        stopped_by=row[22],
        evidence=row[23],
        breached=seconds(row[24]),
        excused=bool(row[25]),
        floor=account.get("floor"),
        breach_how=account.get("how", ""),
        parts=tuple(part_of(text) for text in account.get("terms", ())),
        pauses=_read_pauses(account.get("pauses", ()), seconds(row[19])),
        extensions=tuple(Extension(*extension) for extension in account.get("extensions", ())),
        fired=tuple(account.get("fired", ())),
        holdings=tuple(Holding(*held) for held in account.get("held", ())),
        route=account.get("route", ""),
        origin=UUID(account["origin"]) if "origin" in account else None,
        charged=account.get("charged", ""),
        inherited=account.get("inherited", False),
        helpers=tuple(account.get("helpers", ())),
        into=UUID(account["into"]) if "into" in account else None,
        adopted=account.get("adopted", False),
    )


def _read_pauses(values: Sequence[Sequence[Any]], resume: int | None) -> tuple[Pause, ...]:
    """The only open pause of a clock has its expected end in the row itself."""
    found = [Pause(*pause) for pause in values]
    waits = [n for n, pause in enumerate(found) if pause.end is None]
    if len(waits) == 1:
        found[waits[0]] = found[waits[0]]._replace(until=resume)
    return tuple(found)


def _pauses(pauses: tuple[Pause, ...]) -> list[list[Any]]:
    """Without what is empty, and without an expected end that the row has already."""
    alone = sum(pause.end is None for pause in pauses) == 1
    found: list[list[Any]] = []
    for pause in pauses:
        if pause.own:
            found.append(list(pause))
        elif pause.until is not None and not alone:
            found.append(list(pause[:4]))
        else:
            found.append(list(pause[:3]))
    return found


def account_of(clock: Clock) -> str:
    """What only some clocks have, as JSON; empty for the others."""
    found: dict[str, Any] = {}
    if clock.parts:
        found["terms"] = _texts(clock.parts)
    if clock.pauses:
        found["pauses"] = _pauses(clock.pauses)
    if clock.extensions:
        found["extensions"] = clock.extensions
    if clock.fired:
        found["fired"] = clock.fired
    if clock.floor is not None:
        found["floor"] = clock.floor
    if clock.breach_how:
        found["how"] = clock.breach_how
    if clock.holdings:
        found |= _leg(clock)
    if clock.into:
        found["into"] = clock.into.hex
    if clock.adopted:
        found["adopted"] = True
    return json.dumps(found, separators=(",", ":")) if found else ""


def _leg(clock: Clock) -> dict[str, Any]:
    found: dict[str, Any] = {"held": clock.holdings, "route": clock.route}
    if clock.origin:
        found["origin"] = clock.origin.hex
    if clock.charged:
        found["charged"] = clock.charged
    if clock.inherited:
        found["inherited"] = True
    if clock.helpers:
        found["helpers"] = clock.helpers
    return found


def _texts(parts: tuple[Part, ...]) -> list[str]:
    return [part_text(part) for part in parts]


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds_of(at)


@lru_cache(maxsize=8192)
def _sqlite_uuid(text: str) -> UUID:
    return UUID(text)


def _same(value: UUID) -> UUID:
    return value


@lru_cache(maxsize=65_536)
def _sqlite_seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds_of(at.replace(tzinfo=UTC))


@lru_cache(maxsize=65_536)
def _sqlite_moment(seconds: int | None) -> str | None:
    """As Django keeps an instant in SQLite: naive UTC text."""
    return None if seconds is None else str(when(seconds).replace(tzinfo=None))
