"""A clock as a value: everything a row holds, in whole UTC seconds, with the words pages and rooms use."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from huiyin.kernel.calendar import Span, Term, united

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)

SOURCE = "source"  # evidence: attested by an imported record
RUNNING, PAUSED, DONE, CANCELLED = "running", "paused", "done", "cancelled"


class Part(NamedTuple):
    """One term of a clock; `of` names the family it was taken from, where a promise is the earlier of several."""

    term: Term
    of: str = ""


class Pause(NamedTuple):
    reason: str
    start: int
    end: int | None

    @property
    def start_at(self) -> datetime:
        return when(self.start)

    @property
    def end_at(self) -> datetime | None:
        return maybe(self.end)


class Extension(NamedTuple):
    at: int
    amount: int
    of: str = ""


class Clock(NamedTuple):
    """Instants are whole seconds (`due`, `anchor` …); the properties ending in `_at` are the same as datetimes."""

    id: UUID
    subject: UUID
    kind: str
    stream: str
    pack: str
    family: str
    purpose: str
    cycle: int
    leg: int
    definition: str
    calendar: str
    anchor: int
    armed: int
    state: str = RUNNING
    due: int | None = None
    due_date: date | None = None
    provisional: bool = False
    next_rung: str = ""
    next_ring: int | None = None
    resume: int | None = None
    satisfied: int | None = None
    met: bool | None = None
    stopped_by: str = ""
    evidence: str = ""
    breached: int | None = None
    breach_how: str = ""
    excused: bool = False
    floor: int | None = None
    parts: tuple[Part, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    fired: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, int, int]:
        return self.pack, self.family, self.purpose, self.cycle, self.leg

    @property
    def open(self) -> bool:
        return self.state in (RUNNING, PAUSED)

    @property
    def legal(self) -> bool:
        """A regulator's limit, shown and counted apart from the bank's own."""
        return self.family == "REG"

    @property
    def extended(self) -> bool:
        return bool(self.extensions)

    @property
    def anchor_at(self) -> datetime:
        return when(self.anchor)

    @property
    def armed_at(self) -> datetime:
        return when(self.armed)

    @property
    def due_at(self) -> datetime | None:
        return maybe(self.due)

    @property
    def satisfied_at(self) -> datetime | None:
        return maybe(self.satisfied)

    @property
    def breached_at(self) -> datetime | None:
        return maybe(self.breached)

    @property
    def next_rung_at(self) -> datetime | None:
        return maybe(self.next_ring)

    @property
    def resume_at(self) -> datetime | None:
        return maybe(self.resume)

    @property
    def paused_since(self) -> datetime | None:
        return when(self.pauses[-1].start) if self.state == PAUSED else None

    def late(self, at: datetime) -> bool:
        """Past due and still open, at an instant."""
        return self.open and self.due is not None and (self.breached is not None or seconds_of(at) > self.due)

    def standing(self, at: datetime) -> str:
        """running | paused | late | met | missed | done | cancelled: the code of a word list."""
        if self.late(at):
            return "late"
        if self.state != DONE:
            return self.state
        if self.due is None and self.evidence != SOURCE:
            return "done"
        return "missed" if self.met is False else "met" if self.met else "done"

    def spans(self, until: int | None = None) -> tuple[Span, ...]:
        """The closed pauses, united; an open one counts up to `until`."""
        return spans_of(self.pauses, until)


def spans_of(pauses: Sequence[Pause], until: int | None = None) -> tuple[Span, ...]:
    if not pauses:
        return ()
    found = []
    for pause in pauses:
        end = pause.end if pause.end is not None else until
        if end is not None and end > pause.start:
            found.append((pause.start, end))
    return united(found) if found else ()


def seconds_of(at: datetime) -> int:
    """Whole UTC seconds; fractions are dropped, never rounded up (pitfall T13)."""
    return (at - _EPOCH) // _SECOND


@lru_cache(maxsize=65_536)
def when(seconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=seconds)


def maybe(seconds: int | None) -> datetime | None:
    return None if seconds is None else when(seconds)


@lru_cache(maxsize=4096)
def part_text(part: Part) -> str:
    """A part as a fact may hold it."""
    term = part.term
    return ",".join(
        (term.unit, str(term.amount), term.roll, term.end_of_term, "1" if term.count_start_day else "0", part.of)
    )


@lru_cache(maxsize=4096)
def part_of(text: str) -> Part:
    unit, amount, roll, end, start, of = text.split(",")
    return Part(Term(unit, int(amount), roll, end, start == "1"), of)  # type: ignore[arg-type]
