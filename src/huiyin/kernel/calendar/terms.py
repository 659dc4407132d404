"""How long we have: units that are never converted into each other, pauses, roll, and points on the way.

Hours are counted in whole seconds, days in days. A day of a limit is a date of the calendar's zone:
the start day is not counted (Civil Code art. 201) unless the rule says so, and the term ends at 24:00,
at close of business or at a fixed time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from huiyin.kernel.calendar.days import DAY, HORIZON_DAYS, Calendar, HorizonExceeded

Unit = Literal["business_hour", "elapsed_hour", "business_day", "natural_day"]
HOUR_UNITS = frozenset({"business_hour", "elapsed_hour"})
DAY_UNITS = frozenset({"business_day", "natural_day"})
ROLLS = frozenset({"none", "next", "previous"})

Span = tuple[int, int]
_Date: TypeAlias = date


@dataclass(frozen=True)
class Term:
    """`amount` is in seconds for hours and in days for days. `end_of_term` is 24:00, close or HH:MM."""

    unit: Unit
    amount: int
    roll: str = "none"
    end_of_term: str = "24:00"
    count_start_day: bool = False

    def __post_init__(self) -> None:
        if self.unit not in HOUR_UNITS and self.unit not in DAY_UNITS:
            raise ValueError(f"unknown unit {self.unit}")
        if self.roll not in ROLLS:
            raise ValueError(f"unknown roll {self.roll}")
        if self.amount < 0:
            raise ValueError("a term cannot be negative")
        if self.end_of_term not in ("24:00", "close"):
            _wall(self.end_of_term)

    @property
    def in_days(self) -> bool:
        return self.unit in DAY_UNITS


class Due(NamedTuple):
    """`date` and `unrolled` only for day units; `rolled_by` names the rule that moved the date."""

    at: int
    date: _Date | None
    provisional: bool
    unrolled: _Date | None = None
    rolled_by: str | None = None


def seconds(hours: int | str | Decimal) -> int:
    """Decimal hours as whole seconds."""
    return int((Decimal(str(hours)) * 3600).to_integral_value())


def united(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Overlapping pauses are united, not added."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def due(calendar: Calendar, term: Term, anchor: int, pauses: Sequence[Span] = (), added: int = 0) -> Due:
    """When the term ends. `added` lengthens it in its own unit; pauses must be united."""
    amount = term.amount + added
    if term.unit in HOUR_UNITS:
        at = _spend(calendar, term.unit, anchor, amount, pauses)
        return Due(at, None, not (calendar.covers(calendar.date_of(anchor)) and calendar.covers(calendar.date_of(at))))
    start = calendar.date_of(anchor)
    day = _count_days(calendar, term, start.toordinal(), amount, pauses)
    unrolled = date.fromordinal(day)
    final, rule = _rolled(calendar, term.roll, unrolled)
    provisional = not (calendar.covers(start) and calendar.covers(unrolled) and calendar.covers(final))
    return Due(_end_of_term(calendar, term, final), final, provisional, unrolled, rule)


def earliest(
    calendar: Calendar, terms: Sequence[tuple[Term, int]], anchor: int, pauses: Sequence[Span]
) -> tuple[int, Due]:
    """The term that ends first (its place) and its due; each term comes with what extensions added to it."""
    found = [due(calendar, term, anchor, pauses, added) for term, added in terms]
    place = min(range(len(found)), key=lambda i: (found[i].at, i))
    return place, found[place]


def moment(
    calendar: Calendar, term: Term, anchor: int, pauses: Sequence[Span], amount: int, *, late: bool = False
) -> int:
    """A point on the way, in the term's own unit: after `amount` seconds, or on the `amount`-th day at opening.

    A day that is closed warns at the opening of the last open day before it, so that a warning is never
    too late; a point after the due time (`late`) waits for the next opening instead. Never before the anchor.
    """
    if term.unit in HOUR_UNITS:
        return _spend(calendar, term.unit, anchor, amount, pauses) if amount else anchor
    day = _count_days(calendar, term, calendar.date_of(anchor).toordinal(), amount, pauses)
    day = calendar.next_open_day(day) if late else calendar.previous_open_day(day)
    opening = calendar.opening(date.fromordinal(day))
    assert opening is not None
    return max(opening, anchor)


def consumed(calendar: Calendar, term: Term, anchor: int, until: int, pauses: Sequence[Span] = ()) -> int:
    """How much of the term is used at an instant: seconds, or days begun (the day of `until` counts)."""
    if until <= anchor:
        return 0
    if term.unit == "elapsed_hour":
        return until - anchor - sum(_overlap(anchor, until, p) for p in pauses)
    if term.unit == "business_hour":
        used = calendar.between(anchor, until)
        return used - sum(
            calendar.between(max(anchor, a), min(until, b)) for a, b in pauses if b > anchor and a < until
        )
    first = calendar.date_of(anchor).toordinal() + (0 if term.count_start_day else 1)
    last = calendar.date_of(until).toordinal()
    return sum(counts(calendar, term, date.fromordinal(day), pauses) for day in range(first, last + 1))


def counts(calendar: Calendar, term: Term, on: date, pauses: Sequence[Span]) -> bool:
    """Does this date count towards a term in days? Not when closed (business days) or paused at its end."""
    if term.unit == "business_day" and not calendar.spans(on):
        return False
    return not paused(calendar, on, pauses)


def paused(calendar: Calendar, on: date, pauses: Sequence[Span]) -> bool:
    """A date is paused if the united pauses cover its end, 24:00."""
    end = calendar.end_of(on)
    return any(a < end <= b for a, b in pauses)


def _spend(calendar: Calendar, unit: str, anchor: int, amount: int, pauses: Sequence[Span]) -> int:
    """Walk from pause to pause, spending the amount between them."""
    at, left = anchor, amount
    for start, end in pauses:
        if end <= at:
            continue
        if start > at:
            room = start - at if unit == "elapsed_hour" else calendar.between(at, start)
            if left <= room and (left or room):
                break
            left -= room
        at = end
    found = calendar.add(at, left) if unit == "business_hour" else at + left
    if found - anchor > HORIZON_DAYS * DAY:
        raise HorizonExceeded("more than three years after the anchor")
    return found


def _count_days(calendar: Calendar, term: Term, start: int, amount: int, pauses: Sequence[Span]) -> int:
    """The ordinal of the date on which the amount is used up."""
    if amount == 0:
        return start
    before = start - 1 if term.count_start_day else start
    if not pauses:
        found = before + amount if term.unit == "natural_day" else calendar.nth_open_day(before, amount)
    else:
        found, left = before, amount
        while left:
            found += 1
            left -= counts(calendar, term, date.fromordinal(found), pauses)
            if found - start > HORIZON_DAYS:
                break
    if found - start > HORIZON_DAYS:
        raise HorizonExceeded(f"{calendar.code}: more than three years after {date.fromordinal(start)}")
    return found


def _rolled(calendar: Calendar, roll: str, on: date) -> tuple[date, str | None]:
    """Move a closed last day (art. 203 style), naming the rule that moved it."""
    if roll == "none" or calendar.open_on(on):
        return on, None
    found = calendar.next_open_day(on.toordinal()) if roll == "next" else calendar.previous_open_day(on.toordinal())
    return date.fromordinal(found), f"roll_{roll}"


def _end_of_term(calendar: Calendar, term: Term, on: date) -> int:
    if term.end_of_term == "24:00":
        return calendar.end_of(on)
    if term.end_of_term == "close":
        return calendar.closing(on) or calendar.end_of(on)
    return calendar.clock_on(on, _wall(term.end_of_term))


def _wall(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise ValueError(f"not a time of day: {text}")
    return int(hours) * 3600 + int(minutes) * 60


def _overlap(start: int, end: int, span: Span) -> int:
    return max(0, min(end, span[1]) - max(start, span[0]))
