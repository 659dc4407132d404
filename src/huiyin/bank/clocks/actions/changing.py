"""Everything that moves a running clock: pause, extension, another limit, another calendar, a new cycle."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.actions.pen import Pen, Refused
from huiyin.bank.clocks.models import ClockRow, clocks_of_subjects
from huiyin.bank.clocks.rules.arming import armed_fact, halved, started, starts
from huiyin.bank.clocks.rules.clock import DONE, RUNNING, Clock, Part, part_text, seconds_of, when
from huiyin.bank.clocks.rules.ending import breached, key_of, unended
from huiyin.bank.clocks.rules.judging import pinned
from huiyin.bank.clocks.rules.project import added, is_of, parts
from huiyin.bank.clocks.rules.story import told
from huiyin.bank.standards import queries as standards
from huiyin.kernel import pauses
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import Calendar, due
from huiyin.kernel.limits import Limit, holds

LONGEST_PAUSE_DAYS = 3 * 365
OWN_PAUSES = 2


@transaction.atomic
def pause(
    *,
    subject: UUID,
    reason: str,
    by: Actor,
    at: datetime,
    until: datetime | None = None,
    customer_told: bool = False,
    evidence: UUID | None = None,
    holder: UUID | None = None,
) -> list[Clock]:
    """Stop the clocks that this reason stops (the matrix of the pack); the others run on. Returns the stopped ones.

    `until` is the expected end, at which the clocks run on by themselves: some reasons have one of their own, an
    agreed wait and an order need one. `evidence`: the note, message or file it rests on. `holder`: who has the step
    now; nobody pauses their own step more than twice in a cycle, the third time a supervisor does it.
    """
    one_of("pause_reason", reason)
    if reason == pauses.CONSULTED:
        raise Refused(_("A step waits for another department when that department is asked, not by a pause."))
    if until is None and reason in pauses.DATED:
        raise Refused(_("Say until when it is expected to pause."))
    if until is not None and not 0 < (until - at).total_seconds() < LONGEST_PAUSE_DAYS * 86_400:
        raise Refused(_("A pause must end after it begins, within three years."))
    pen = Pen(standards.book(), by, at)
    found = []
    clocks = locked(subject)
    own = by.staff if by.staff is not None and by.staff == holder else None
    if own and _own_pauses(clocks, own) >= OWN_PAUSES:
        raise Refused(_("You have paused your own step twice already. A supervisor decides the next pause."))
    for clock in clocks:
        limit = pen.book.limit(clock.definition)
        stops = reason in limit.pause or (customer_told and reason in limit.pause_told)
        if clock.open and stops and reason not in {wait.reason for wait in clock.waits}:
            ends = until or _review_at(pen.book.calendar(clock.calendar), reason, at)
            fact = facts.ClockPaused(
                **key_of(clock), reason=reason, from_at=at, until_at=ends, evidence=evidence, own=own
            )
            found.append(pen.tell(clock, fact))
    pen.write()
    return found


def _own_pauses(clocks: list[Clock], staff: UUID) -> int:
    """How often this person has paused their own step in the present cycle, however many clocks stopped."""
    cycle = max((clock.cycle for clock in clocks), default=1)
    return len({(p.start, p.reason) for c in clocks if c.cycle == cycle for p in c.pauses if p.own == staff.hex})


def _review_at(calendar: Calendar, reason: str, at: datetime) -> datetime | None:
    term = pauses.review_after(reason)
    return when(due(calendar, term, seconds_of(at)).at) if term else None


@transaction.atomic
def resume(*, subject: UUID, by: Actor, at: datetime, reason: str | None = None) -> list[Clock]:
    """End the pauses of a matter (those for one reason, if given). A clock runs again when its last pause has ended.

    A leg that waits for another department waits until that department returns it.
    """
    pen = Pen(standards.book(), by, at)
    found = []
    for clock in locked(subject):
        reasons = dict.fromkeys(wait.reason for wait in clock.waits if wait.reason != pauses.CONSULTED)
        wanted = [one for one in reasons if reason in (None, one)]
        for one in wanted:
            clock = resume_for(pen, clock, one)
        if wanted:
            found.append(clock)
    pen.write()
    return found


def resume_for(pen: Pen, clock: Clock, reason: str) -> Clock:
    """One clock's pauses for one reason end now."""
    draft = facts.ClockResumed(**key_of(clock), to_at=pen.at, due_at=None, reason=reason)
    after = told(pen.book, clock, draft, seconds_of(pen.at))
    return pen.tell(clock, replace(draft, due_at=after.due_at))


@transaction.atomic
def extend(
    *,
    clock: UUID,
    reason: str,
    by: Actor,
    at: datetime,
    notice: UUID | None,
    amount: int | None = None,
    to: int | None = None,
    role: str | None = None,
    attrs: Mapping[str, Any] | None = None,
) -> list[Clock]:
    """Lengthen a clock by `amount` days, or `to` so many in all: before it is due, with a reason and a delivered notice.

    The caller has checked who may grant it; `role`, if given, must be the one the definition names for that
    length. The promise to the customer follows the term that was lengthened. Returns the changed clocks.
    """
    one_of("extension_reason", reason)
    row = ClockRow.objects.filter(id=clock).values_of()
    if not row:
        raise Refused(_("There is no such time limit."))
    mine = {found.id: found for found in locked(row[0].subject)}
    target = mine[clock]
    pen = Pen(standards.book(), by, at)
    limit = pen.book.limit(target.definition)
    if not target.open or target.due is None or not limit.extension:
        raise Refused(_("This time limit cannot be extended."))
    if seconds_of(at) > target.due or target.breached is not None:
        raise Refused(_("An extension must be granted before the limit has passed."))
    if notice is None:
        raise Refused(_("The customer must be told of the extension before it counts."))
    part = parts(pen.book, target)[0]
    now = part.term.amount + added(part, target.extensions)
    more = (to - now) if to is not None else (amount or 0)
    if more <= 0:
        raise Refused(_("An extension must make the limit longer."))
    step = next((s for s in limit.extension if now + more <= s.to and holds(s.when, attrs or {})), None)
    if step is None:
        raise Refused(_("The limit cannot be extended that far."), most=limit.extension[-1].to)
    if role is not None and role != step.role:
        raise Refused(_("An extension of this length must be granted by another function."), role=step.role)
    changed = [_extend(pen, target, more, reason, notice, "")]
    for other in mine.values():
        of = f"{target.family}/{target.pack}"
        follows = other.open and other.cycle == target.cycle and any(is_of(p.of, of) for p in other.parts)
        if follows and target.family in pen.book.limit(other.definition).earliest_of:
            changed.append(_extend(pen, other, more, reason, notice, of))
    pen.write()
    return changed


def _extend(pen: Pen, clock: Clock, amount: int, reason: str, notice: UUID, of: str) -> Clock:
    part = next(p for p in parts(pen.book, clock) if not of or is_of(p.of, of))
    values = {**key_of(clock), "amount": amount, "unit": part.term.unit, "notice": notice, "reason": reason}
    draft = facts.ClockExtended(**values, due_at=None, of=of or None)
    after = told(pen.book, clock, draft, seconds_of(pen.at))
    return pen.tell(clock, facts.ClockExtended(**values, due_at=after.due_at, of=of or None))


@transaction.atomic
def supersede(
    *, subject: UUID, attrs: Mapping[str, Any], by: Actor, at: datetime, why: str = "complexity"
) -> list[Clock]:
    """Re-select the definitions after the matter changed. Anchor, pauses and extensions are kept.

    A stricter limit that is already past: one breach and one notice, dated now. A looser one removes nothing.
    """
    pen = Pen(standards.book(), by, at)
    clocks = locked(subject)
    changed = []
    packs = pinned(clocks)
    for clock in clocks:
        limit, terms = _now_chosen(pen, clock, packs, attrs) if clock.open else (None, ())
        if limit is None or (limit.ref == clock.definition and terms == clock.parts):
            continue
        changed.append(move(pen, clock, why, limit.ref, None, terms))
    pen.write()
    return changed


def _now_chosen(
    pen: Pen, clock: Clock, packs: list[str], attrs: Mapping[str, Any]
) -> tuple[Limit | None, tuple[Part, ...]]:
    """The definition this clock would have today, and its terms where they are not the definition's own."""
    here = pen.book.limit(clock.definition)
    if clock.family == "STEP" or (here.chosen_date and clock.parts):
        return None, ()
    on = clock.anchor_at.astimezone(standards.HOME_ZONE).date()
    for start in starts(pen.book, packs, on, here.arm[0], clock.kind, attrs):
        if (start.limit.pack, start.limit.family, start.limit.purpose) == (clock.pack, clock.family, clock.purpose):
            return start.limit, halved(start) if clock.cycle > 1 else start.parts
    return None, ()


def move(
    pen: Pen, clock: Clock, why: str, definition: str, calendar: str | None, terms: tuple[Part, ...] | None
) -> Clock:
    """Record another definition or calendar, and the breach if the clock is past due under it."""
    texts = None if not terms else tuple(part_text(part) for part in terms)
    values = {**key_of(clock), "definition": definition, "why": why, "old_due_at": clock.due_at}
    draft = facts.ClockSuperseded(**values, due_at=None, calendar=calendar, terms=texts)
    after = told(pen.book, clock, draft, seconds_of(pen.at))
    fact = facts.ClockSuperseded(**values, due_at=after.due_at, calendar=calendar, terms=texts)
    clock = pen.tell(clock, fact)
    if clock.state == RUNNING and clock.due is not None and clock.breached is None and seconds_of(pen.at) > clock.due:
        clock = pen.tell(clock, breached(clock, seconds_of(pen.at), "supersession"))
        clock = pen.tell(clock, facts.ClockRung(**key_of(clock), rung="superseded", due_at=clock.due_at))
    return clock


@transaction.atomic
def reopen(*, subject: UUID, by: Actor, at: datetime, attrs: Mapping[str, Any] | None = None) -> list[Clock]:
    """The next cycle: half the budget of the first, from now; the verdicts of earlier cycles stay as they are."""
    pen = Pen(standards.book(), by, at)
    clocks = [clock for clock in locked(subject) if clock.family != "STEP"]
    if not clocks:
        return []
    first = clocks[0]
    cycle = max(clock.cycle for clock in clocks) + 1
    on = first.anchor_at.astimezone(standards.HOME_ZONE).date()
    event = pen.book.limit(first.definition).arm[0]
    found = []
    for start in starts(pen.book, pinned(clocks), on, event, first.kind, attrs or {}):
        limit = start.limit
        alike = [c for c in clocks if (c.pack, c.family, c.purpose) == (limit.pack, limit.family, limit.purpose)]
        if limit.reopen == "none" or not alike or any(c.open for c in alike):
            continue
        goes_on = limit.reopen == "continue"
        clock = started(
            pen.book,
            start,
            subject=subject,
            kind=first.kind,
            stream=first.stream,
            anchor=min(c.anchor for c in alike) if goes_on else seconds_of(at),
            at=seconds_of(at),
            cycle=cycle,
            parts=start.parts if goes_on else halved(start),
        )
        pen.arm(clock, armed_fact(clock), at)
        found.append(clock)
    pen.write()
    return found


@transaction.atomic
def unhappened(*, subject: UUID, event: str, by: Actor, at: datetime) -> list[Clock]:
    """The event did not happen after all (the delivery failed): its clocks run as if it never had."""
    pen = Pen(standards.book(), by, at)
    ended = [clock for clock in locked(subject) if clock.state == DONE and clock.stopped_by == event]
    last = max((clock.cycle for clock in ended), default=0)
    found = [pen.tell(clock, unended(clock)) for clock in ended if clock.cycle == last]
    pen.write()
    return found


@transaction.atomic
def cancel(
    *,
    subject: UUID,
    reason: str,
    by: Actor,
    at: datetime,
    families: frozenset[str] | None = None,
    packs: frozenset[str] | None = None,
) -> list[Clock]:
    """Stop the open clocks of a matter without a verdict; they ring no more (pitfall T29)."""
    pen = Pen(standards.book(), by, at)
    wanted = [
        c
        for c in locked(subject)
        if c.open and (families is None or c.family in families) and (packs is None or c.pack in packs)
    ]
    found = [pen.tell(clock, facts.ClockCancelled(**key_of(clock), reason=reason)) for clock in wanted]
    pen.write()
    return found


def locked(subject: UUID) -> list[Clock]:
    """The clocks of a matter, locked against anybody else, first cycle first."""
    return sorted(clocks_of_subjects([subject], lock=True), key=lambda clock: (clock.cycle, clock.armed, clock.id.int))


def one_of(facet: str, code: str) -> None:
    if code not in {label.code for label in standards.facet(facet)}:
        raise Refused(_("“%(value)s” is not a known value.") % {"value": code})
