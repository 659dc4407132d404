"""What a clock has to say by now."""

from collections.abc import Iterator
from dataclasses import replace

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import PAUSED, RUNNING, Clock, when
from huiyin.bank.clocks.rules.ending import breached, key_of
from huiyin.bank.clocks.rules.project import is_warning, parts, rungs_of
from huiyin.bank.clocks.rules.story import told
from huiyin.kernel.limits import Book


def due_story(book: Book, clock: Clock, now: int) -> Iterator[facts.ClockFact]:
    """What this clock has to say by now: the end of its pause, its breach, and every rung it missed.

    Each missed rung is recorded once; only the latest calls somebody, the others are collapsed into it.
    """
    for reason in _expired(clock, now):
        ended_at = when(min(p.until for p in clock.waits if p.reason == reason and p.until is not None))
        draft = facts.ClockResumed(**key_of(clock), to_at=ended_at, due_at=None, reason=reason, how="expired")
        clock = told(book, clock, draft, now)
        yield replace(draft, due_at=clock.due_at)
    if clock.state == PAUSED and clock.legal:
        yield from _rings(book, clock, now, warnings=True)
    if clock.state != RUNNING:
        return
    if clock.due is not None and clock.breached is None and now > clock.due:
        fact = breached(clock, now)
        clock = told(book, clock, fact, now)
        yield fact
    yield from _rings(book, clock, now)


def _expired(clock: Clock, now: int) -> list[str]:
    """The reasons whose expected end has come, the earliest first."""
    over = sorted((p.until, p.reason) for p in clock.waits if p.until is not None and p.until <= now)
    return list(dict.fromkeys(reason for _, reason in over))


def _rings(book: Book, clock: Clock, now: int, *, warnings: bool = False) -> Iterator[facts.ClockFact]:
    limit, calendar = book.limit(clock.definition), book.calendar(clock.calendar)
    rungs = [r for r in rungs_of(limit, calendar, parts(book, clock), clock) if not warnings or is_warning(r[0])]
    missed = sorted((ring, n, code) for n, (code, ring) in enumerate(rungs) if ring <= now and code not in clock.fired)
    for place, (_, _, code) in enumerate(missed, start=1):
        yield facts.ClockRung(**key_of(clock), rung=code, due_at=clock.due_at, collapsed=place < len(missed))
