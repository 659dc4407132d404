"""Facts in, clock out: the whole life of a clock as a fold over its ledger entries.

The actions build facts and pass them through here; a rebuild passes the stored facts through the same
functions, so that a row can be nothing but what its history says.

A fact changes the history of a clock (`_AFTER`); due time and next ring follow from the history alone. So a fold over
many facts works them out once, at its end.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import (
    CANCELLED,
    DONE,
    MERGED,
    PAUSED,
    RUNNING,
    SOURCE,
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
    return _followed(book, *_changed(clock, fact, at, stream))


class Fold:
    """The clocks of a stream from its facts, one after another; `clocks` is what they are in the end."""

    def __init__(self, book: Book, stream: str) -> None:
        self.book, self.stream = book, stream
        self._clocks: dict[UUID, Clock] = {}
        self._open: dict[UUID, int] = {}

    def take(self, fact: facts.ClockFact, at: int) -> None:
        """Add a fact that occurred at an instant, in seconds."""
        id = fact.clock
        self._clocks[id], follows = _changed(self._clocks.get(id), fact, at, self.stream)
        if follows > self._open.get(id, NOTHING):
            self._open[id] = follows

    def clocks(self) -> dict[UUID, Clock]:
        """Every clock with what follows from all its facts."""
        for id, follows in self._open.items():
            self._clocks[id] = _followed(self.book, self._clocks[id], follows)
        self._open.clear()
        return self._clocks


NOTHING, RING, DUE = range(3)
"""What a fact leaves to be worked out: nothing, the next point at which the clock rings, or the due time too."""


def _changed(clock: Clock | None, fact: facts.ClockFact, at: int, stream: str) -> tuple[Clock, int]:
    """The clock with another history, and what follows of it has to be worked out."""
    if type(fact) is facts.ClockArmed:
        return _armed(fact, at, stream), DUE
    if type(fact) is facts.ClockAttested:
        return attested(_armed(fact, at, stream), fact.event, fact.met), DUE
    if clock is None:
        raise ValueError(f"{fact.type} of a clock that was never armed")
    change, follows = _AFTER[type(fact)]
    return change(clock, fact, at), follows


def _followed(book: Book, clock: Clock, follows: int) -> Clock:
    if follows == NOTHING:
        return clock
    return projected(book, clock) if follows == DUE else rung_next(book, clock)


def _armed(fact: facts.ClockArmed, at: int, stream: str) -> Clock:
    return Clock(
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


def _paused(clock: Clock, fact: Any, at: int) -> Clock:
    until = seconds_of(fact.until_at) if fact.until_at else None
    own = fact.own.hex if fact.own else ""
    pause = Pause(fact.reason, seconds_of(fact.from_at), None, until, own)
    return _waiting(clock, (*clock.pauses, pause))


def _resumed(clock: Clock, fact: Any, at: int) -> Clock:
    """The pauses for the named reason end (every open one without a name); another one keeps the clock stopped."""
    end = seconds_of(fact.to_at)
    pauses = tuple(
        pause._replace(end=max(end, pause.start), until=None)
        if pause.end is None and fact.reason in (None, pause.reason)
        else pause
        for pause in clock.pauses
    )
    return _waiting(clock, pauses)


def _waiting(clock: Clock, pauses: tuple[Pause, ...]) -> Clock:
    """The clock with these pauses: it stands still while one of them is open, and wakes for the first to expire."""
    ends = [pause.until for pause in pauses if pause.end is None and pause.until is not None]
    state = PAUSED if any(pause.end is None for pause in pauses) else RUNNING
    return clock._replace(state=state, pauses=pauses, resume=min(ends, default=None))


def _extended(clock: Clock, fact: Any, at: int) -> Clock:
    extension = Extension(at, fact.amount, fact.of or "")
    return clock._replace(extensions=(*clock.extensions, extension), floor=_later(clock.floor, at))


def _superseded(clock: Clock, fact: Any, at: int) -> Clock:
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
    return clock


def _rerouted(clock: Clock, fact: Any, at: int) -> Clock:
    receiver = fact.receiver.hex if fact.receiver else ""
    if fact.route == "charge":
        return clock._replace(charged=fact.sender.hex if fact.sender else "")
    if fact.route == "escalate":
        return clock._replace(helpers=(*clock.helpers, receiver))
    clock = clock._replace(holdings=(*clock.holdings, Holding(at, receiver)))
    if fact.route == "substitute":
        return clock
    return clock._replace(route=fact.route, origin=fact.origin, inherited=bool(fact.inherited))


def _merged(clock: Clock, fact: Any, at: int) -> Clock:
    return clock._replace(state=MERGED, into=fact.into, resume=None)


def _restored(clock: Clock, fact: Any, at: int) -> Clock:
    return clock._replace(state=RUNNING, into=None)


def attested(clock: Clock, event: str, met: bool | None) -> Clock:
    """The clock as a source says that it ended, at a time that it does not tell."""
    return _done(clock, None, event, met, SOURCE)


def _satisfied(clock: Clock, fact: Any, at: int) -> Clock:
    ended = seconds_of(fact.satisfied_at) if fact.satisfied_at else None
    return _done(clock, ended, fact.event, fact.met, fact.evidence)


def _done(clock: Clock, at: int | None, event: str, met: bool | None, evidence: str) -> Clock:
    return clock._replace(
        state=DONE, satisfied=at, met=met, stopped_by=event, evidence=evidence, next_rung="", next_ring=None
    )


def _unsatisfied(clock: Clock, fact: Any, at: int) -> Clock:
    state = MERGED if clock.into else RUNNING
    return clock._replace(state=state, satisfied=None, met=None, stopped_by="", evidence="")


def _breached(clock: Clock, fact: Any, at: int) -> Clock:
    floor = _later(clock.floor, at) if fact.how else clock.floor
    return clock._replace(breached=seconds_of(fact.detected_at), breach_how=fact.how or "sweep", floor=floor)


def _rung(clock: Clock, fact: Any, at: int) -> Clock:
    return clock._replace(fired=(*clock.fired, fact.rung))


def _cancelled(clock: Clock, fact: Any, at: int) -> Clock:
    return clock._replace(state=CANCELLED, stopped_by=fact.reason, resume=None)


def _excused(clock: Clock, fact: Any, at: int) -> Clock:
    return clock._replace(excused=True)


def _later(one: int | None, other: int) -> int:
    return other if one is None else max(one, other)


_AFTER: dict[type[facts.ClockFact], tuple[Callable[[Clock, Any, int], Clock], int]] = {
    facts.ClockPaused: (_paused, RING),
    facts.ClockResumed: (_resumed, DUE),
    facts.ClockExtended: (_extended, DUE),
    facts.ClockSuperseded: (_superseded, DUE),
    facts.ClockRerouted: (_rerouted, NOTHING),
    facts.ClockMerged: (_merged, RING),
    facts.ClockRestored: (_restored, DUE),
    facts.ClockSatisfied: (_satisfied, NOTHING),
    facts.ClockUnsatisfied: (_unsatisfied, DUE),
    facts.ClockBreached: (_breached, RING),
    facts.ClockRung: (_rung, RING),
    facts.ClockCancelled: (_cancelled, RING),
    facts.ClockExcused: (_excused, NOTHING),
}
