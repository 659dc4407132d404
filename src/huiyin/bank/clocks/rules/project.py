"""What follows from a clock's history: its due time and the next point at which it rings.

Due times and rungs of day limits depend on the anchor's date only, so the many clocks of one day share one
computation (`lru_cache`); hours are a bisection each.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from huiyin.bank.clocks.rules.clock import PAUSED, RUNNING, SOURCE, Clock, Extension, Part
from huiyin.kernel.calendar import Calendar, Due, Span, Term, due, earliest, moment
from huiyin.kernel.limits import Book, Limit, Rung

RESUME, BREACH = "resume", "breach"


def parts(book: Book, clock: Clock) -> tuple[Part, ...]:
    """The clock's own terms, or those of its definition."""
    return clock.parts or plain_parts(book.limit(clock.definition))


@lru_cache(maxsize=4096)
def plain_parts(limit: Limit) -> tuple[Part, ...]:
    return tuple(Part(term) for term in limit.terms)


def projected(book: Book, clock: Clock) -> Clock:
    """The clock with due time and next ring computed from its history. An open pause has no length yet."""
    end = ends(book, clock)
    if end is None:
        clock = clock._replace(due=None, due_date=None, provisional=False)
    elif book.limit(clock.definition).warn_only:
        clock = clock._replace(due=None, due_date=None, provisional=end.provisional)
    else:
        clock = clock._replace(due=end.at, due_date=end.date, provisional=end.provisional)
    return rung_next(book, clock)


def ends(book: Book, clock: Clock) -> Due | None:
    """When the clock's term ends, all pauses and extensions counted."""
    terms = parts(book, clock)
    calendar = book.calendar(clock.calendar)
    if not terms:
        return None
    if not clock.pauses and not clock.extensions and terms[0].term.in_days:
        return _due_by_day(calendar, terms, calendar.day_of(clock.anchor))
    return which_ends(calendar, terms, clock.anchor, clock.spans(), clock.extensions)[1]


@lru_cache(maxsize=65_536)
def _due_by_day(calendar: Calendar, terms: tuple[Part, ...], day: int) -> Due:
    return which_ends(calendar, terms, calendar.start_of(date.fromordinal(day)), (), ())[1]


def which_ends(
    calendar: Calendar, terms: Sequence[Part], anchor: int, pauses: Sequence[Span], extensions: Sequence[Extension]
) -> tuple[int, Due]:
    """Which part ends first, and when."""
    return earliest(calendar, [(part.term, added(part, extensions)) for part in terms], anchor, pauses)


def added(part: Part, extensions: Iterable[Extension]) -> int:
    """What extensions add to a part: those of its own family, or unnamed ones."""
    return sum(x.amount for x in extensions if not x.of or not part.of or is_of(part.of, x.of))


def is_of(part: str, extended: str) -> bool:
    """Is the term that a promise took over the one that was lengthened? A family alone stands for whichever pack has it."""
    return part == extended or (
        ("/" in part) != ("/" in extended) and part.partition("/")[0] == extended.partition("/")[0]
    )


def rung_next(book: Book, clock: Clock) -> Clock:
    """Set the next point that has not rung. A paused clock waits for its end, an imported one never rings."""
    if clock.state == PAUSED and clock.evidence != SOURCE:
        code, ring = next_warning(book, clock)
        if clock.resume is not None and (ring is None or clock.resume <= ring):
            code, ring = RESUME, clock.resume
        return clock._replace(next_rung=code, next_ring=ring)
    if clock.state != RUNNING or clock.evidence == SOURCE:
        return clock._replace(next_rung="", next_ring=None) if clock.next_ring is not None else clock
    code, ring = next_ring(book, clock)
    return clock._replace(next_rung=code, next_ring=ring)


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


def next_warning(book: Book, clock: Clock) -> tuple[str, int | None]:
    """A regulator's clock warns even while it is paused (§8.6): of the time as it was before the pause began."""
    if not clock.legal:
        return "", None
    terms = parts(book, clock)
    rungs = rungs_of(book.limit(clock.definition), book.calendar(clock.calendar), terms, clock)
    ahead = [(at, code) for code, at in rungs if is_warning(code) and code not in clock.fired]
    at, code = min(ahead, default=(None, ""))
    return code, at


def is_warning(code: str) -> bool:
    """A point before the due time."""
    return not code.startswith(("due", "after", "100%"))


def rungs_of(limit: Limit, calendar: Calendar, terms: tuple[Part, ...], clock: Clock) -> list[tuple[str, int]]:
    """Every rung of the present round with its moment. An extension begins another round of rungs.

    Points at or before the floor are void: the clock came in late, was extended, or met a stricter limit.
    """
    if not limit.ladder or not terms:
        return []
    if not clock.pauses and not clock.extensions and terms[0].term.in_days:
        by_day = _rungs_by_day(limit, calendar, terms, calendar.day_of(clock.anchor))
        found = [(code, max(at, clock.anchor)) for code, at in by_day]
    else:
        found = _rungs(limit.ladder, calendar, terms, clock.anchor, clock.spans(), clock.extensions)
    if clock.extensions:
        found = [(f"{code}+{len(clock.extensions)}", at) for code, at in found]
    return found if clock.floor is None else [(code, at) for code, at in found if at > clock.floor]


@lru_cache(maxsize=65_536)
def _rungs_by_day(limit: Limit, calendar: Calendar, terms: tuple[Part, ...], day: int) -> tuple[tuple[str, int], ...]:
    return tuple(_rungs(limit.ladder, calendar, terms, calendar.start_of(date.fromordinal(day)), (), ()))


def _rungs(
    ladder: Sequence[Rung],
    calendar: Calendar,
    terms: tuple[Part, ...],
    anchor: int,
    spans: tuple[Span, ...],
    extensions: tuple[Extension, ...],
) -> list[tuple[str, int]]:
    place, end = which_ends(calendar, terms, anchor, spans, extensions)
    term = terms[place].term
    total = term.amount + added(terms[place], extensions)
    return [(rung.code, _ring(rung, calendar, term, anchor, spans, total, end)) for rung in ladder]


def _ring(rung: Rung, calendar: Calendar, term: Term, anchor: int, spans: Sequence[Span], total: int, end: Due) -> int:
    """A point on the way, with the arithmetic of the due time itself (pitfall T5)."""
    if rung.point == "due":
        return end.at
    if rung.point == "after":
        if not term.in_days:
            return due(calendar, Term(term.unit, rung.amount), end.at).at
        return max(end.at, moment(calendar, term, anchor, spans, total + rung.amount, late=True))
    amount = total * rung.amount // 100 if rung.point == "percent" else max(0, total - rung.amount)
    return min(moment(calendar, term, anchor, spans, amount), end.at)
