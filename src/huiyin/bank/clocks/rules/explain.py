"""Why is it due then? A day-by-day account that adds up to what is consumed and to the whole term."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huiyin.bank.clocks.rules.clock import Clock, Extension, Pause, when
from huiyin.bank.clocks.rules.project import added, parts, which_ends
from huiyin.kernel.calendar import DAY_UNITS, Calendar, Span, Term
from huiyin.kernel.calendar.terms import counts
from huiyin.kernel.limits import Book, Limit


@dataclass(frozen=True)
class Day:
    """One date. `counted` is what it adds to the term, `used` what of that had passed; in seconds, or 0 and 1.

    `why`: start_day | closed | paused | counted | none (nothing left to count)."""

    date: date
    windows: tuple[tuple[datetime, datetime], ...]
    counted: int
    used: int
    why: str
    exception: str = ""
    kind: str = ""
    notice: str = ""
    paused: tuple[str, ...] = ()
    covered: bool = True
    today: bool = False
    due: bool = False


@dataclass(frozen=True)
class Explanation:
    """Everything a person needs to check a due time by hand."""

    clock: Clock
    limit: Limit
    calendar: Calendar
    at: datetime
    unit: str
    base: int
    added: int
    budget: int
    consumed: int
    days: tuple[Day, ...]
    pauses: tuple[Pause, ...]
    extensions: tuple[Extension, ...]
    end_of_term: str
    roll: str
    rolled_by: str | None
    unrolled: date | None
    taken_from: str
    others: tuple[tuple[str, datetime], ...]

    @property
    def in_days(self) -> bool:
        return self.unit in DAY_UNITS

    @property
    def timed(self) -> bool:
        return bool(self.unit)


def explained(book: Book, clock: Clock, at: int) -> Explanation:
    limit, calendar = book.limit(clock.definition), book.calendar(clock.calendar)
    terms = parts(book, clock)
    until = min(at, clock.satisfied) if clock.satisfied is not None else at
    if not terms:
        return Explanation(
            clock, limit, calendar, when(at), "", 0, 0, 0, max(0, until - clock.anchor), (), clock.pauses, (), "", "none",
            None, None, "", (),
        )  # fmt: skip
    open_until = until if clock.pauses and clock.pauses[-1].end is None else None
    spans = clock.spans(open_until)
    place, end = which_ends(calendar, terms, clock.anchor, spans, clock.extensions)
    part = terms[place]
    more = added(part, clock.extensions)
    days = account(calendar, part.term, part.term.amount + more, clock.anchor, end.at, until, spans, clock.pauses)
    return Explanation(
        clock=clock,
        limit=limit,
        calendar=calendar,
        at=when(at),
        unit=part.term.unit,
        base=part.term.amount,
        added=more,
        budget=part.term.amount + more,
        consumed=sum(day.used for day in days),
        days=days,
        pauses=clock.pauses,
        extensions=clock.extensions,
        end_of_term=part.term.end_of_term,
        roll=part.term.roll,
        rolled_by=end.rolled_by,
        unrolled=end.unrolled,
        taken_from=part.of.partition("/")[0],
        others=tuple(
            (
                other.of.partition("/")[0],
                when(which_ends(calendar, (other,), clock.anchor, spans, clock.extensions)[1].at),
            )
            for n, other in enumerate(terms)
            if n != place
        ),
    )


def account(
    calendar: Calendar,
    term: Term,
    budget: int,
    anchor: int,
    due: int,
    until: int,
    spans: tuple[Span, ...],
    pauses: tuple[Pause, ...],
) -> tuple[Day, ...]:
    """The dates from the anchor to the due time, or to now if that is later."""
    first = calendar.date_of(anchor)
    last_due = calendar.date_of(due - 1) if term.in_days and due > anchor else calendar.date_of(due)
    last = max(last_due, calendar.date_of(max(anchor, until)))
    days = []
    left = budget
    for n in range((last - first).days + 1):
        on = first + timedelta(days=n)
        open_ = tuple(calendar.spans(on))
        if term.in_days:
            starts = on == first and not term.count_start_day
            good = not starts and counts(calendar, term, on, spans)
            counted = int(good and left > 0)
            left -= counted
            used = int(good and on <= calendar.date_of(until)) if until > anchor else 0
            why = "start_day" if starts else "counted" if counted else _why_not(calendar, term, on, open_, spans)
        else:
            counted = _open_seconds(calendar, term, on, open_, anchor, due, spans)
            used = _open_seconds(calendar, term, on, open_, anchor, until, spans)
            why = "counted" if counted or used else _why_not(calendar, term, on, open_, spans)
        found = calendar.exceptions.get(on)
        days.append(
            Day(
                date=on,
                windows=tuple((when(a), when(b)) for a, b in open_),
                counted=counted,
                used=used,
                why=why,
                exception=found.name if found else "",
                kind=found.kind if found else "",
                notice=found.notice if found else "",
                paused=_reasons(calendar, on, pauses, until),
                covered=calendar.covers(on),
                today=on == calendar.date_of(until),
                due=on == last_due,
            )
        )
    return tuple(days)


def _open_seconds(
    calendar: Calendar, term: Term, on: date, open_: tuple[Span, ...], anchor: int, until: int, spans: tuple[Span, ...]
) -> int:
    windows = open_ if term.unit == "business_hour" else ((calendar.start_of(on), calendar.end_of(on)),)
    total = 0
    for start, end in windows:
        start, end = max(start, anchor), min(end, until)
        if end > start:
            total += end - start - sum(max(0, min(end, b) - max(start, a)) for a, b in spans)
    return total


def _why_not(calendar: Calendar, term: Term, on: date, open_: tuple[Span, ...], spans: tuple[Span, ...]) -> str:
    if term.unit in ("business_day", "business_hour") and not open_:
        return "closed"
    start, end = calendar.start_of(on), calendar.end_of(on)
    return "paused" if any(a < end and b > start for a, b in spans) else "none"


def _reasons(calendar: Calendar, on: date, pauses: tuple[Pause, ...], until: int) -> tuple[str, ...]:
    start, end = calendar.start_of(on), calendar.end_of(on)
    touching = (p for p in pauses if p.start < end and (p.end if p.end is not None else until) > start)
    return tuple(dict.fromkeys(pause.reason for pause in touching))
