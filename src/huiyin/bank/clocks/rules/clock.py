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
RUNNING, PAUSED, DONE, CANCELLED, MERGED = "running", "paused", "done", "cancelled", "merged"


class Part(NamedTuple):
    """One term of a clock; `of` names the family it was taken from, where a promise is the earlier of several."""

    term: Term
    of: str = ""


class Pause(NamedTuple):
    """`until` is when an open pause ends by itself; `own` who began it for a step of their own (a staff id in hex)."""

    reason: str
    start: int
    end: int | None
    until: int | None = None
    own: str = ""

    @property
    def start_at(self) -> datetime:
        return when(self.start)

    @property
    def end_at(self) -> datetime | None:
        return maybe(self.end)

    @property
    def until_at(self) -> datetime | None:
        return maybe(self.until)


class Holding(NamedTuple):
    """From `start` on a leg is with this person (a staff id in hex), or with somebody unnamed."""

    start: int
    staff: str


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
    holdings: tuple[Holding, ...] = ()  # of a leg: who had it from when
    route: str = ""  # how the leg began: enter transfer consult joint bounce
    origin: UUID | None = None  # the leg it came from
    charged: str = ""  # who pays for this leg's time instead of its holder, after an early bounce-back
    inherited: bool = False  # it came late: its breach belongs to the holders before
    helpers: tuple[str, ...] = ()  # co-responsible since an escalation
    into: UUID | None = None  # the matter that runs this clock since a merge
    adopted: bool = False  # its terms came from a merged matter

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
        return when(min(pause.start for pause in self.waits)) if self.state == PAUSED else None

    @property
    def waits(self) -> tuple[Pause, ...]:
        """The pauses that are still open; a clock runs again when the last of them ends."""
        return tuple(pause for pause in self.pauses if pause.end is None)

    @property
    def undecided(self) -> bool:
        """Can an event still decide it? A merged clock no longer rings, but has a verdict of its own to come."""
        return self.open or self.state == MERGED

    @property
    def holder(self) -> UUID | None:
        """Who has this leg now."""
        return UUID(self.holdings[-1].staff) if self.holdings and self.holdings[-1].staff else None

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


def pause_text(pause: Pause) -> str:
    """A closed pause as a fact may hold it."""
    return ",".join((pause.reason, str(pause.start), "" if pause.end is None else str(pause.end)))


def pause_of(text: str) -> Pause:
    reason, start, end = text.split(",")
    return Pause(reason, int(start), int(end) if end else None)


def extension_text(extension: Extension) -> str:
    return f"{extension.at},{extension.amount},{extension.of}"


def extension_of(text: str) -> Extension:
    at, amount, of = text.split(",")
    return Extension(int(at), int(amount), of)
