"""Several matters become one, one becomes two, and back again (clock.md §8.12)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.actions.changing import locked
from huiyin.bank.clocks.actions.pen import Pen, Refused
from huiyin.bank.clocks.rules import joining as rules
from huiyin.bank.clocks.rules.arming import armed_fact, clock_id
from huiyin.bank.clocks.rules.clock import MERGED, PAUSED, RUNNING, Clock, seconds_of
from huiyin.bank.clocks.rules.ending import breached, key_of
from huiyin.bank.clocks.rules.story import told
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.ledger import queries as ledger


@transaction.atomic
def merge(*, survivor: UUID, members: Sequence[UUID], by: Actor, at: datetime) -> list[Clock]:
    """The survivor runs on for all: per family with the earliest due time of any of them, and its anchor.

    The members' open clocks ring no more and keep whatever was said about them. A limit that only a member has open is
    carried by the survivor as one more leg. A member's clock is still judged by its own due time: pass the answer to a
    member's complainant to `happened` with the member as subject. Twice is once. Returns the survivor's changed clocks.
    """
    if survivor in members:
        raise Refused(_("A matter cannot be merged into itself."))
    pen = Pen(standards.book(), by, at)
    clocks = {subject: locked(subject) for subject in sorted({survivor, *members})}
    if any(clock.state == MERGED for clock in clocks[survivor]):
        raise Refused(_("This matter has been merged into another one itself."))
    given: list[Clock] = []
    for member in dict.fromkeys(members):
        for clock in clocks[member]:
            if clock.state == MERGED and clock.into != survivor:
                raise Refused(_("This matter has been merged into another one itself."))
            if not clock.open:
                continue
            clock = _known_late(pen, _run(pen, clock))
            pen.tell(clock, facts.ClockMerged(**key_of(clock), into=survivor))
            if clock.family not in rules.APART:
                given.append(clock)
    changed = _take_over(pen, survivor, clocks[survivor], given)
    pen.write()
    return changed


def _take_over(pen: Pen, survivor: UUID, mine: list[Clock], given: list[Clock]) -> list[Clock]:
    changed = []
    for kind in dict.fromkeys(rules.kind_of(clock) for clock in given):
        offered = [clock for clock in given if rules.kind_of(clock) == kind]
        own = next((clock for clock in mine if clock.open and rules.kind_of(clock) == kind), None)
        if own is None:
            changed.append(_carry(pen, survivor, mine, rules.earliest(offered)))
            continue
        own = _run(pen, own) if own.state == PAUSED and rules.earliest(offered).due != own.due else own
        best = rules.earliest([own, *offered])
        if best is not own and best.due != own.due:
            changed.append(_adopt(pen, own, best, "merge", best.subject))
    return changed


def _known_late(pen: Pen, clock: Clock) -> Clock:
    """It rings no more after this, so what the next sweep would have found is said now."""
    now = seconds_of(pen.at)
    if clock.due is None or clock.breached is not None or now <= clock.due:
        return clock
    return pen.tell(clock, breached(clock, now))


def _run(pen: Pen, clock: Clock) -> Clock:
    """A pause that is open has no length; it ends where its matter is merged."""
    if clock.state != PAUSED:
        return clock
    draft = facts.ClockResumed(**key_of(clock), to_at=pen.at, due_at=None)
    after = told(pen.book, clock, draft, seconds_of(pen.at))
    return pen.tell(clock, replace(draft, due_at=after.due_at))


def _adopt(pen: Pen, clock: Clock, terms: Clock, why: str, source: UUID | None) -> Clock:
    """Go on with the whole terms of another clock. Late under them: one breach and one notice, now."""
    values = {**key_of(clock), "why": why, "old_due_at": clock.due_at, "source": source, **rules.terms_of(terms)}
    draft = facts.ClockSuperseded(**values, due_at=None)
    after = told(pen.book, clock, draft, seconds_of(pen.at))
    clock = pen.tell(clock, replace(draft, due_at=after.due_at))
    if clock.due is not None and clock.breached is None and seconds_of(pen.at) > clock.due:
        clock = pen.tell(clock, breached(clock, seconds_of(pen.at), why))
        clock = pen.tell(clock, facts.ClockRung(**key_of(clock), rung="superseded", due_at=clock.due_at))
    return clock


def _carry(pen: Pen, survivor: UUID, mine: Iterable[Clock], clock: Clock) -> Clock:
    """A limit of a member that the survivor has not open itself: one more leg of that family."""
    mine = list(mine)
    first = mine[0] if mine else clock
    return _copy(pen, clock, survivor, first.stream if mine else f"matter:{survivor}", mine, "carry")


def _copy(pen: Pen, clock: Clock, subject: UUID, stream: str, mine: Iterable[Clock], how: str) -> Clock:
    """The same limit with the same history for another matter, told in that matter's own stream."""
    alike = [c for c in mine if rules.kind_of(c) == rules.kind_of(clock)]
    cycle = max((c.cycle for c in mine), default=1)
    leg = 1 + max((c.leg for c in alike if c.cycle == cycle), default=0)
    made = clock._replace(
        id=clock_id(subject, clock.pack, clock.family, clock.purpose, cycle, leg), subject=subject, stream=stream,
        cycle=cycle, leg=leg, armed=seconds_of(pen.at), breached=None, breach_how="", floor=None, fired=(), pauses=(),
        extensions=(), state=RUNNING, resume=None, into=None, adopted=False, holdings=(), excused=False,
    )  # fmt: skip
    fact = armed_fact(made)
    made = told(pen.book, None, fact, seconds_of(pen.at), stream)
    fact = armed_fact(made)
    pen.arm(made, fact, pen.at)
    return _adopt(pen, made, clock, how, clock.subject)


@transaction.atomic
def unmerge(*, survivor: UUID, member: UUID, by: Actor, at: datetime, remaining: Sequence[UUID] = ()) -> list[Clock]:
    """The member's clocks run again as if they had never stopped; the survivor's go back to its own terms and those of
    the members that stay (`remaining`). What was breached stays breached. Returns the member's clocks that run again."""
    pen = Pen(standards.book(), by, at)
    clocks = {subject: locked(subject) for subject in sorted({survivor, member, *remaining})}
    found = []
    for clock in clocks[member]:
        if clock.state == MERGED and clock.into == survivor:
            draft = facts.ClockRestored(**key_of(clock), due_at=None)
            after = told(pen.book, clock, draft, seconds_of(at))
            found.append(pen.tell(clock, replace(draft, due_at=after.due_at)))
    if not found:
        raise Refused(_("This matter is not merged into that one."))
    staying = [c for m in remaining if m != member for c in clocks[m] if c.state == MERGED and c.into == survivor]
    _give_back(pen, survivor, clocks[survivor], staying)
    pen.write()
    return found


def _give_back(pen: Pen, survivor: UUID, mine: list[Clock], staying: list[Clock]) -> None:
    own: dict[UUID, Clock] = {}
    for stream in dict.fromkeys(clock.stream for clock in mine):
        own.update(rules.alone(pen.book, stream, _entries(stream)))
    for clock in mine:
        if not clock.adopted or not clock.open:
            continue
        clock = _run(pen, clock)
        offered = [other for other in staying if rules.kind_of(other) == rules.kind_of(clock)]
        if clock.id in own:
            offered.insert(0, _as_if_run(pen, own[clock.id]))
        if not offered:
            pen.tell(clock, facts.ClockCancelled(**key_of(clock), reason="unmerged"))
            continue
        best = rules.earliest(offered)
        if best.subject == survivor or not rules.same_terms(best, clock):
            _adopt(pen, clock, best, "unmerge", None if best.subject == survivor else best.subject)


def _entries(stream: str) -> Iterable[tuple[str, int, dict[str, object]]]:
    return ((e.type, e.occurred_us // 1_000_000, json.loads(e.payload)) for e in ledger.entries_of(stream))


@transaction.atomic
def split(*, subject: UUID, into: UUID, by: Actor, at: datetime, stream: str = "") -> list[Clock]:
    """Another matter made from part of this one has the same open limits, counted from the same moment, with the same
    pauses and extensions. It has its own legs. Returns the new matter's clocks."""
    if locked(into):
        raise Refused(_("The new matter has time limits already."))
    pen = Pen(standards.book(), by, at)
    found: list[Clock] = []
    for clock in locked(subject):
        if clock.open and clock.family != "STEP":
            clock = _as_if_run(pen, clock)
            found.append(_copy(pen, clock, into, stream or f"matter:{into}", found, "split"))
    if not found:
        raise Refused(_("No time limit is running for this matter."))
    pen.write()
    return found


def _as_if_run(pen: Pen, clock: Clock) -> Clock:
    """The clock as it would be if its pause ended now; the matter it belongs to stays paused."""
    if clock.state != PAUSED:
        return clock
    draft = facts.ClockResumed(**key_of(clock), to_at=pen.at, due_at=None)
    return told(pen.book, clock, draft, seconds_of(pen.at))
