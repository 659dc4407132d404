"""How a clock ends: the verdict, and what has to be said before it."""

from collections.abc import Iterator
from typing import Any

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import PAUSED, SOURCE, Clock, when
from huiyin.bank.clocks.rules.story import told
from huiyin.kernel.limits import Book


def key_of(clock: Clock) -> dict[str, Any]:
    """The fields every fact about this clock begins with."""
    return {
        "clock": clock.id,
        "subject": clock.subject,
        "kind": clock.kind,
        "pack": clock.pack,
        "family": clock.family,
        "purpose": clock.purpose,
        "cycle": clock.cycle,
        "leg": clock.leg if clock.leg > 1 else None,
    }


def concerns(book: Book, clock: Clock, event: str) -> bool:
    """Does this event end this clock?"""
    limit = book.limit(clock.definition)
    return event in limit.stop or event in limit.cancel


def stops(book: Book, clock: Clock, event: str) -> bool:
    """Does this event end this clock with a verdict?"""
    limit = book.limit(clock.definition)
    return event in limit.stop and event not in limit.cancel


def ended(
    book: Book, clock: Clock, event: str, occurred: int, detected: int, evidence: str, met: bool | None
) -> Iterator[facts.ClockFact]:
    """The facts by which an event ends this clock; none if the event is not its business.

    A pause still open is counted up to the event first (vector V18). Late and not yet known to be late: the
    breach is recorded before the verdict, in the same breath (V19).
    """
    if not clock.undecided:
        return
    limit = book.limit(clock.definition)
    if event in limit.cancel:
        yield facts.ClockCancelled(**key_of(clock), reason=event)
        return
    if event not in limit.stop:
        return
    if clock.state == PAUSED:
        resumed = facts.ClockResumed(**key_of(clock), to_at=when(occurred), due_at=None)
        clock = told(book, clock, resumed, occurred)
        yield facts.ClockResumed(**key_of(clock), to_at=when(occurred), due_at=clock.due_at)
    if evidence == SOURCE:
        yield facts.ClockSatisfied(**key_of(clock), event=event, met=met, due_at=clock.due_at, evidence=SOURCE)
        return
    in_time = clock.due is None or occurred <= clock.due
    if clock.due is not None and not in_time and clock.breached is None:
        yield breached(clock, detected)
    calendar = book.calendar(clock.calendar)
    yield facts.ClockSatisfied(
        **key_of(clock),
        event=event,
        met=in_time and clock.breach_how != "supersession",
        due_at=clock.due_at,
        satisfied_at=when(occurred),
        lag_s=0 if clock.due is None else max(0, occurred - clock.due),
        elapsed_s=max(0, occurred - clock.anchor),
        business_s=calendar.between(clock.anchor, occurred),
        extended=bool(clock.extensions),
        evidence=evidence,
    )


def breached(clock: Clock, detected: int, how: str | None = None) -> facts.ClockBreached:
    """Lag is from the due time to the moment of noticing, except where a stricter limit was already past."""
    assert clock.due is not None
    lag = 0 if how == "supersession" else max(0, detected - clock.due)
    return facts.ClockBreached(**key_of(clock), due_at=when(clock.due), detected_at=when(detected), lag_s=lag, how=how)


def unended(clock: Clock) -> facts.ClockUnsatisfied:
    return facts.ClockUnsatisfied(**key_of(clock), event=clock.stopped_by)
