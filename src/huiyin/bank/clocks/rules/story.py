"""Facts in, clock out: the whole life of a clock as a fold over its ledger entries.

The actions build facts and pass them through here; a rebuild passes the stored facts through the same
functions, so that a row can be nothing but what its history says.
"""

from collections.abc import Callable
from typing import Any

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import (
    CANCELLED,
    DONE,
    MERGED,
    PAUSED,
    RUNNING,
    Clock,
    Extension,
    Holding,
    Pause,
    extension_of,
    part_of,
    pause_of,
    seconds_of,
)
from huiyin.bank.clocks.rules.project import projected, rung_next
from huiyin.kernel.limits import Book


def told(book: Book, clock: Clock | None, fact: facts.ClockFact, at: int, stream: str = "") -> Clock:
    """The clock after a fact. `at` is when it occurred, in seconds."""
    if isinstance(fact, facts.ClockArmed):
        return _armed(book, fact, at, stream)
    if clock is None:
        raise ValueError(f"{fact.type} of a clock that was never armed")
    return _AFTER[type(fact)](book, clock, fact, at)


def _armed(book: Book, fact: facts.ClockArmed, at: int, stream: str) -> Clock:
    clock = Clock(
        id=fact.clock,
        subject=fact.subject,
        kind=fact.kind,
        stream=stream,
        pack=fact.pack,
        family=fact.family,
        purpose=fact.purpose,
        cycle=fact.cycle,
        leg=fact.leg or 1,
        definition=fact.definition,
        calendar=fact.calendar,
        anchor=seconds_of(fact.anchor_at),
        armed=at,
        evidence=fact.evidence or "",
        parts=tuple(part_of(text) for text in fact.terms or ()),
    )
    return projected(book, clock)


def _paused(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    until = seconds_of(fact.until_at) if fact.until_at else None
    own = fact.own.hex if fact.own else ""
    pause = Pause(fact.reason, seconds_of(fact.from_at), None, until, own)
    return rung_next(book, _waiting(clock, (*clock.pauses, pause)))


def _resumed(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    """The pauses for the named reason end (every open one without a name); another one keeps the clock stopped."""
    end = seconds_of(fact.to_at)
    pauses = tuple(
        pause._replace(end=max(end, pause.start), until=None)
        if pause.end is None and fact.reason in (None, pause.reason)
        else pause
        for pause in clock.pauses
    )
    return projected(book, _waiting(clock, pauses))


def _waiting(clock: Clock, pauses: tuple[Pause, ...]) -> Clock:
    """The clock with these pauses: it stands still while one of them is open, and wakes for the first to expire."""
    ends = [pause.until for pause in pauses if pause.end is None and pause.until is not None]
    state = PAUSED if any(pause.end is None for pause in pauses) else RUNNING
    return clock._replace(state=state, pauses=pauses, resume=min(ends, default=None))


def _extended(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    extension = Extension(at, fact.amount, fact.of or "")
    return projected(book, clock._replace(extensions=(*clock.extensions, extension), floor=_later(clock.floor, at)))


def _superseded(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    terms = clock.parts if fact.terms is None else tuple(part_of(text) for text in fact.terms)
    if fact.terms is None and (fact.definition != clock.definition or fact.anchor_at):
        terms = ()
    clock = clock._replace(definition=fact.definition, calendar=fact.calendar or clock.calendar, parts=terms)
    if fact.anchor_at:
        clock = clock._replace(
            anchor=seconds_of(fact.anchor_at),
            extensions=tuple(extension_of(text) for text in fact.extensions or ()),
            adopted=fact.source is not None and fact.why != "split",
        )
        clock = _waiting(clock, tuple(pause_of(text) for text in fact.pauses or ()))
    return projected(book, clock)


def _rerouted(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    receiver = fact.receiver.hex if fact.receiver else ""
    if fact.route == "charge":
        return clock._replace(charged=fact.sender.hex if fact.sender else "")
    if fact.route == "escalate":
        return clock._replace(helpers=(*clock.helpers, receiver))
    clock = clock._replace(holdings=(*clock.holdings, Holding(at, receiver)))
    if fact.route == "substitute":
        return clock
    return clock._replace(route=fact.route, origin=fact.origin, inherited=bool(fact.inherited))


def _merged(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    return rung_next(book, clock._replace(state=MERGED, into=fact.into, resume=None))


def _restored(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    return projected(book, clock._replace(state=RUNNING, into=None))


def _satisfied(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    ended = seconds_of(fact.satisfied_at) if fact.satisfied_at else None
    return clock._replace(
        state=DONE,
        satisfied=ended,
        met=fact.met,
        stopped_by=fact.event,
        evidence=fact.evidence,
        next_rung="",
        next_ring=None,
    )


def _unsatisfied(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    return projected(
        book,
        clock._replace(state=MERGED if clock.into else RUNNING, satisfied=None, met=None, stopped_by="", evidence=""),
    )


def _breached(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    floor = _later(clock.floor, at) if fact.how else clock.floor
    return rung_next(
        book, clock._replace(breached=seconds_of(fact.detected_at), breach_how=fact.how or "sweep", floor=floor)
    )


def _rung(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    return rung_next(book, clock._replace(fired=(*clock.fired, fact.rung)))


def _cancelled(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    return rung_next(book, clock._replace(state=CANCELLED, stopped_by=fact.reason, resume=None))


def _excused(book: Book, clock: Clock, fact: Any, at: int) -> Clock:
    return clock._replace(excused=True)


def _later(one: int | None, other: int) -> int:
    return other if one is None else max(one, other)


_AFTER: dict[type[facts.ClockFact], Callable[[Book, Clock, Any, int], Clock]] = {
    facts.ClockPaused: _paused,
    facts.ClockResumed: _resumed,
    facts.ClockExtended: _extended,
    facts.ClockSuperseded: _superseded,
    facts.ClockRerouted: _rerouted,
    facts.ClockMerged: _merged,
    facts.ClockRestored: _restored,
    facts.ClockSatisfied: _satisfied,
    facts.ClockUnsatisfied: _unsatisfied,
    facts.ClockBreached: _breached,
    facts.ClockRung: _rung,
    facts.ClockCancelled: _cancelled,
    facts.ClockExcused: _excused,
}
