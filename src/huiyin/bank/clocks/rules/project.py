"""What follows from a clock's history: its due time and the next point at which it rings.

Due times of day limits depend on the anchor's date only, so the many clocks of one morning share one
computation (`lru_cache`); hours are a bisection each.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from huiyin.bank.clocks.rules.clock import PAUSED, RUNNING, SOURCE, Clock, Extension, Part
from huiyin.kernel.calendar import Calendar, Due, Span, Term, due, earliest, moment
from huiyin.kernel.limits import Book, Limit, Rung

RESUME, BREACH = "resume", "breach"


def parts(book: Book, clock: Clock) -> tuple[Part, ...]:
    """The clock's own terms, or those of its definition."""
    return clock.parts or tuple(Part(term) for term in book.limit(clock.definition).terms)


def projected(book: Book, clock: Clock) -> Clock:
    """The clock with due time and next ring computed from its history. An open pause has no length yet."""
    limit = book.limit(clock.definition)
    calendar = book.calendar(clock.calendar)
    found = when_due(calendar, parts(book, clock), clock.anchor, clock.spans(), clock.extensions)
    if found is None:
        clock = replace(clock, due=None, due_date=None, provisional=False)
    elif limit.warn_only:
        clock = replace(clock, due=None, due_date=None, provisional=found[1].provisional)
    else:
        clock = replace(clock, due=found[1].at, due_date=found[1].date, provisional=found[1].provisional)
    return rung_next(book, clock)


def when_due(
    calendar: Calendar, terms: Sequence[Part], anchor: int, pauses: Sequence[Span], extensions: Sequence[Extension] = ()
) -> tuple[int, Due] | None:
    """Which part ends first, and when."""
    if not terms:
        return None
    if not pauses and not extensions:
        found = [plain_due(calendar, part.term, anchor) for part in terms]
        place = min(range(len(found)), key=lambda i: (found[i].at, i)) if len(found) > 1 else 0
        return place, found[place]
    return earliest(calendar, [(part.term, added(part, extensions)) for part in terms], anchor, pauses)


def plain_due(calendar: Calendar, term: Term, anchor: int) -> Due:
    """The due time without pauses or extensions."""
    return _due_by_day(calendar, term, calendar.day_of(anchor)) if term.in_days else due(calendar, term, anchor)


@lru_cache(maxsize=65_536)
def _due_by_day(calendar: Calendar, term: Term, day: int) -> Due:
    return due(calendar, term, calendar.start_of(date.fromordinal(day)))


def added(part: Part, extensions: Iterable[Extension]) -> int:
    """What extensions add to a part: those of its own family, or unnamed ones."""
    return sum(x.amount for x in extensions if not x.of or not part.of or x.of == part.of)


def rung_next(book: Book, clock: Clock) -> Clock:
    """Set the next point that has not rung. A paused clock waits for its end, an imported one never rings."""
    if clock.state == PAUSED and clock.resume is not None:
        return replace(clock, next_rung=RESUME, next_ring=clock.resume)
    if clock.state != RUNNING or clock.evidence == SOURCE:
        return replace(clock, next_rung="", next_ring=None) if clock.next_ring is not None else clock
    code, ring = next_ring(book, clock)
    return replace(clock, next_rung=code, next_ring=ring)


def next_ring(book: Book, clock: Clock) -> tuple[str, int | None]:
    """The earliest of the unfired rungs and of the breach (one second after the due time)."""
    rungs = rungs_of(book.limit(clock.definition), book.calendar(clock.calendar), parts(book, clock), clock)
    first, ring = "", None
    for code, at in rungs:
        if (ring is None or at < ring) and code not in clock.fired:
            first, ring = code, at
    if clock.due is not None and clock.breached is None and (ring is None or clock.due + 1 < ring):
        return BREACH, clock.due + 1
    return first, ring


def rungs_of(limit: Limit, calendar: Calendar, terms: tuple[Part, ...], clock: Clock) -> list[tuple[str, int]]:
    """Every rung of the present round with its moment. An extension begins another round of rungs.

    Points at or before the floor are void: the clock came in late, was extended, or met a stricter limit.
    """
    if not limit.ladder or not terms:
        return []
    spans = clock.spans()
    suffix = f"+{len(clock.extensions)}" if clock.extensions else ""
    if not spans and not clock.extensions and terms[0].term.in_days:
        day = calendar.day_of(clock.anchor)
        found = [(code, max(at, clock.anchor)) for code, at in _rungs_by_day(limit.ladder, calendar, terms, day)]
    else:
        found = _rungs(limit.ladder, calendar, terms, clock.anchor, spans, clock.extensions)
    floor = clock.floor
    return [(code + suffix, at) for code, at in found if floor is None or at > floor]


@lru_cache(maxsize=65_536)
def _rungs_by_day(
    ladder: tuple[Rung, ...], calendar: Calendar, terms: tuple[Part, ...], day: int
) -> tuple[tuple[str, int], ...]:
    return tuple(_rungs(ladder, calendar, terms, calendar.start_of(date.fromordinal(day)), (), ()))


def _rungs(
    ladder: Sequence[Rung],
    calendar: Calendar,
    terms: tuple[Part, ...],
    anchor: int,
    spans: tuple[Span, ...],
    extensions: tuple[Extension, ...],
) -> list[tuple[str, int]]:
    placed = when_due(calendar, terms, anchor, spans, extensions)
    assert placed is not None
    part, end = terms[placed[0]], placed[1]
    total = part.term.amount + added(part, extensions)
    return [(rung.code, _ring(rung, calendar, part.term, anchor, spans, total, end)) for rung in ladder]


def _ring(rung: Rung, calendar: Calendar, term: Term, anchor: int, spans: Sequence[Span], total: int, end: Due) -> int:
    """A point on the way, with the arithmetic of the due time itself (pitfall T5)."""
    if rung.point == "due":
        return end.at
    if rung.point == "after":
        if not term.in_days:
            return due(calendar, Term(term.unit, rung.amount), end.at).at
        return moment(calendar, term, anchor, spans, total + rung.amount, late=True)
    amount = total * rung.amount // 100 if rung.point == "percent" else max(0, total - rung.amount)
    return min(moment(calendar, term, anchor, spans, amount), end.at)
