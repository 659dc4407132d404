"""What a clock has to say by now."""

from collections.abc import Iterator

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import PAUSED, RUNNING, Clock, when
from huiyin.bank.clocks.rules.ending import breached, key_of
from huiyin.bank.clocks.rules.project import parts, rungs_of
from huiyin.bank.clocks.rules.story import told
from huiyin.kernel.limits import Book


def due_story(book: Book, clock: Clock, now: int) -> Iterator[facts.ClockFact]:
    """What this clock has to say by now: the end of its pause, its breach, and every rung it missed.

    Each missed rung is recorded once; only the latest calls somebody, the others are collapsed into it.
    """
    if clock.state == PAUSED and clock.resume is not None and clock.resume <= now:
        ended_at = when(clock.resume)
        draft = facts.ClockResumed(**key_of(clock), to_at=ended_at, due_at=None)
        clock = told(book, clock, draft, now)
        yield facts.ClockResumed(**key_of(clock), to_at=ended_at, due_at=clock.due_at)
    if clock.state != RUNNING:
        return
    if clock.due is not None and clock.breached is None and now > clock.due:
        fact = breached(clock, now)
        clock = told(book, clock, fact, now)
        yield fact
    limit, calendar = book.limit(clock.definition), book.calendar(clock.calendar)
    rungs = rungs_of(limit, calendar, parts(book, clock), clock)
    missed = sorted((ring, n, code) for n, (code, ring) in enumerate(rungs) if ring <= now and code not in clock.fired)
    for place, (_, _, code) in enumerate(missed, start=1):
        yield facts.ClockRung(**key_of(clock), rung=code, due_at=clock.due_at, collapsed=place < len(missed))
