"""Which clocks an event starts, with what terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from math import ceil
from typing import Any
from uuid import UUID

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import Clock, Part, part_text, when
from huiyin.bank.clocks.rules.project import plain_parts, projected
from huiyin.kernel.calendar import Calendar, Term
from huiyin.kernel.ids import id_from
from huiyin.kernel.limits import Book, Limit, Pack, chosen

DEFAULTS: Mapping[str, str] = {"kind": "complaint", "complexity": "simple", "severity": "ordinary", "topic": "general"}


@dataclass(frozen=True, eq=False)
class Start:
    """One clock to be started: its definition, and its terms where they are not the definition's own."""

    limit: Limit
    parts: tuple[Part, ...]
    calendar: Calendar


@lru_cache(maxsize=4096)
def _start(limit: Limit, parts: tuple[Part, ...], calendar: Calendar) -> Start:
    """The same start for the same definition, so that what follows from it can be remembered."""
    return Start(limit, parts, calendar)


def starts(book: Book, packs: Sequence[str], on: date, event: str, kind: str, attrs: Mapping[str, Any]) -> list[Start]:
    """One start per family and purpose. A promise takes the terms of the families it is the earlier of."""
    return started_by([pack for code in packs if (pack := book.pack(code, on))], book, event, kind, attrs)


def started_by(packs: Sequence[Pack], book: Book, event: str, kind: str, attrs: Mapping[str, Any]) -> list[Start]:
    """The same, for packs whose versions are settled."""
    limits = [limit for pack in packs for limit in pack.limits]
    found = chosen(limits, event, kind, {**DEFAULTS, **attrs})
    made = []
    for limit in found:
        if limit.earliest_of:
            parts = tuple(
                Part(term, _of(family, other, found))
                for family in limit.earliest_of
                for other in found
                if other.family == family and other.anchor == limit.anchor and not other.warn_only
                for term in other.terms
            )
            if parts:
                made.append(_start(limit, parts, book.calendar(limit.calendar)))
        else:
            made.append(_start(limit, (), book.calendar(limit.calendar)))
    return made


def _of(family: str, limit: Limit, found: Sequence[Limit]) -> str:
    """What a promise calls the term it takes over: by family, and by pack too where several packs have that family."""
    packs = {other.pack for other in found if other.family == family}
    return family if len(packs) == 1 else f"{family}/{limit.pack}"


def chosen_term(limit: Limit, calendar: Calendar, anchor: int, on: date) -> tuple[Part, ...]:
    """The term that ends on a date chosen by a person, counted as the definition counts."""
    return (Part(replace(limit.terms[0], amount=on.toordinal() - calendar.day_of(anchor))),)


def halved(start: Start) -> tuple[Part, ...]:
    """The budget of a later cycle: half of the first, days rounded up (decision 17)."""
    parts = start.parts or plain_parts(start.limit)
    return tuple(Part(_half(part.term), part.of) for part in parts)


def _half(term: Term) -> Term:
    return replace(term, amount=ceil(term.amount / 2))


@lru_cache(maxsize=1024)
def _tail(pack: str, family: str, purpose: str, cycle: int, leg: int) -> bytes:
    return f"/{pack}/{family}/{purpose}/{cycle}/{leg}".encode()


def clock_id(subject: UUID, pack: str, family: str, purpose: str, cycle: int, leg: int) -> UUID:
    """The clock's id follows from its key, so that arming twice cannot make two, and replays agree."""
    digest = sha256(subject.bytes + _tail(pack, family, purpose, cycle, leg)).digest()
    return id_from(subject.int >> 80, digest)


def started(
    book: Book,
    start: Start,
    *,
    subject: UUID,
    kind: str,
    stream: str,
    anchor: int,
    at: int,
    cycle: int = 1,
    leg: int = 1,
    parts: tuple[Part, ...] = (),
    evidence: str = "",
) -> Clock:
    """The clock as it stands when it is armed."""
    limit, calendar = start.limit, start.calendar
    clock = Clock(
        id=clock_id(subject, limit.pack, limit.family, limit.purpose, cycle, leg),
        subject=subject,
        kind=kind,
        stream=stream,
        pack=limit.pack,
        family=limit.family,
        purpose=limit.purpose,
        cycle=cycle,
        leg=leg,
        definition=limit.ref,
        calendar=calendar.ref,
        anchor=anchor,
        armed=at,
        evidence=evidence,
        parts=parts or start.parts,
    )
    if parts:
        return projected(book, clock)
    terms = start.parts or plain_parts(limit)
    if not terms:
        return clock
    if not terms[0].term.in_days:
        return projected(book, clock)
    return _fresh(book, start, calendar.day_of(anchor), clock)


def _fresh(book: Book, start: Start, day: int, clock: Clock) -> Clock:
    """A new clock counting days has the due time and first rung of every other one of its date."""
    due, due_date, provisional, rung, ring = _dated(book, start, day)
    if clock.evidence:  # what a record attests never rings
        return clock._replace(due=due, due_date=due_date, provisional=provisional)
    if ring is not None and ring < clock.anchor:
        return projected(book, clock)
    return clock._replace(due=due, due_date=due_date, provisional=provisional, next_rung=rung, next_ring=ring)


@lru_cache(maxsize=65_536)
def _dated(book: Book, start: Start, day: int) -> tuple[int | None, date | None, bool, str, int | None]:
    midnight = start.calendar.start_of(date.fromordinal(day))
    one = started(
        book,
        start,
        subject=_NOBODY,
        kind="",
        stream="",
        anchor=midnight,
        at=midnight,
        parts=start.parts or plain_parts(start.limit),
    )
    return one.due, one.due_date, one.provisional, one.next_rung, one.next_ring


_NOBODY = UUID(int=0)


def attested_fact(clock: Clock, event: str, met: bool | None) -> facts.ClockAttested:
    return facts.ClockAttested(**vars(armed_fact(clock)), event=event, met=met)


def armed_fact(clock: Clock) -> facts.ClockArmed:
    return facts.ClockArmed(
        clock=clock.id,
        subject=clock.subject,
        kind=clock.kind,
        pack=clock.pack,
        family=clock.family,
        purpose=clock.purpose,
        cycle=clock.cycle,
        leg=clock.leg if clock.leg > 1 else None,
        definition=clock.definition,
        calendar=clock.calendar,
        anchor_at=when(clock.anchor),
        due_at=clock.due_at,
        due_date=clock.due_date,
        provisional=clock.provisional,
        terms=tuple(part_text(part) for part in clock.parts) or None,
        evidence=clock.evidence or None,
    )
