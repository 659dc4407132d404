"""Legs of a matter: who holds it from when. No limit of the whole matter moves by it (clock.md §8.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.actions.changing import locked, resume_for
from huiyin.bank.clocks.actions.pen import Pen, Refused
from huiyin.bank.clocks.actions.running import load
from huiyin.bank.clocks.rules import legs as rules
from huiyin.bank.clocks.rules.arming import Start, armed_fact, started
from huiyin.bank.clocks.rules.clock import SOURCE, Clock, seconds_of
from huiyin.bank.clocks.rules.ending import ended, key_of
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.limits import Limit
from huiyin.kernel.pauses import CONSULTED

ROUTES = ("transfer", "consult", "joint", "return", "bounce", "escalate", "substitute")


@dataclass(frozen=True)
class Following:
    """Somebody else works on a matter now. `how`: transfer | substitute | bounce; empty: assigned, or taken."""

    subject: UUID
    holder: UUID
    by: Actor
    at: datetime
    how: str = ""


@transaction.atomic
def enter_leg(*, subject: UUID, holder: UUID, by: Actor, at: datetime, how: str = "") -> Clock | None:
    """Somebody takes the matter up: the first leg of a cycle. If another person's leg is open it is passed on.

    None if this person has it already, or the matter has no time limits of our own (an imported record).
    """
    return follow_many(items=[Following(subject, holder, by, at, how)]).get(subject)


@transaction.atomic
def follow_many(*, items: Sequence[Following]) -> dict[UUID, Clock]:
    """The same for many matters. Returns per matter the leg that runs because of it."""
    if not items:
        return {}
    last = max(item.at for item in items)
    pen = Pen(standards.book(), items[0].by, last)
    clocks = load({item.subject for item in items})
    found: dict[UUID, Clock] = {}
    for item in items:
        pen.by, pen.at = item.by, item.at
        mine = clocks.get(item.subject, {})
        if not mine or any(clock.evidence == SOURCE for clock in mine.values()):
            continue
        pen.last.clear()
        leg = _follow(pen, list(mine.values()), item)
        if leg is not None:
            found[item.subject] = leg
            mine.update(pen.last)
    pen.at = last
    pen.write()
    return found


def _follow(pen: Pen, clocks: list[Clock], item: Following) -> Clock | None:
    leg = _handling(clocks)
    if leg is None:
        first = clocks[0]
        return _begin(pen, clocks, item.subject, first.kind, first.stream, "enter", item.holder, None)
    if leg.holder == item.holder:
        return None
    if item.how == "substitute":
        return _substitute(pen, clocks, leg, item.holder)
    sender = next((clock.holder for clock in clocks if clock.id == leg.origin), None)
    if item.how == "bounce" and sender == item.holder:
        return _bounce(pen, clocks, leg, None)
    return _transfer(pen, clocks, leg, item.holder)


@transaction.atomic
def leave_leg(*, subject: UUID, by: Actor, at: datetime, charge: UUID | None = None) -> bool:
    """Whoever handles a matter has it no longer, and nobody has it yet. False if nobody had it.

    `charge`: it is sent back to this person, who pays for the leg if that is within four working hours.
    """
    clocks = locked(subject)
    leg = _handling(clocks)
    if leg is None:
        return False
    pen = Pen(standards.book(), by, at)
    if charge is not None and rules.is_early(pen.book.calendar(leg.calendar), leg, seconds_of(at)):
        leg = pen.tell(leg, facts.ClockRerouted(**key_of(leg), route="charge", sender=charge))
    _end(pen, leg, "step.transferred" if charge is None else "step.bounced")
    pen.write()
    return True


@transaction.atomic
def reroute(
    *, subject: UUID, route: str, by: Actor, at: datetime, receiver: UUID | None = None, leg: UUID | None = None
) -> Clock:
    """Send a matter on. Returns the leg that runs because of it (for `return` and `bounce` of a consultation: the sender's).

    transfer: `receiver` handles it from now. consult: `receiver` is asked, the handler's leg stops until the answer.
    joint: `receiver` works beside the handler. return: a consultation or joint leg has its result (`leg`).
    bounce: the holder of `leg` (the handler's, unless given) sends it back; within four working hours its time costs
    the sender. escalate: `receiver` becomes co-responsible, the leg stays. substitute: `receiver` takes over the same
    leg (`leg`, or the handler's).
    """
    if route not in ROUTES:
        raise Refused(_("“%(value)s” is not a known value.") % {"value": route})
    clocks = locked(subject)
    pen = Pen(standards.book(), by, at)
    mine = _handling(clocks)
    target = next((c for c in clocks if c.id == leg), None) if leg else mine
    if target is None or not target.open or not target.holdings:
        raise Refused(_("Nobody has this step at the moment."))
    if route in ("transfer", "consult", "joint", "escalate", "substitute"):
        if receiver is None:
            raise Refused(_("Choose who receives it."))
        if receiver == target.holder:
            raise Refused(_("This person has it already."))
    found = _ROUTE[route](pen, clocks, target, receiver)
    pen.write()
    return found


def _transfer(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    leg = _end(pen, leg, "step.transferred")
    return _begin(pen, clocks, leg.subject, leg.kind, leg.stream, "transfer", receiver, leg)


def _consult(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    if CONSULTED not in {pause.reason for pause in leg.waits}:
        pen.tell(leg, facts.ClockPaused(**key_of(leg), reason=CONSULTED, from_at=pen.at))
    return _begin(pen, clocks, leg.subject, leg.kind, leg.stream, "consult", receiver, leg)


def _joint(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    return _begin(pen, clocks, leg.subject, leg.kind, leg.stream, "joint", receiver, leg)


def _return(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    if leg.purpose == rules.HANDLE:
        raise Refused(_("Only a consultation or joint handling can be returned with its result."))
    return _go_on(pen, clocks, _end(pen, leg, "step.returned"))


def _bounce(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    origin = next((c for c in clocks if c.id == leg.origin), None)
    if origin is None or origin.holder is None:
        raise Refused(_("It was not sent by anybody, so it cannot be sent back."))
    early = rules.is_early(pen.book.calendar(leg.calendar), leg, seconds_of(pen.at))
    if early:
        leg = pen.tell(leg, facts.ClockRerouted(**key_of(leg), route="charge", sender=origin.holder))
    leg = _end(pen, leg, "step.bounced")
    if leg.purpose != rules.HANDLE:
        return _go_on(pen, clocks, leg)
    return _begin(pen, clocks, leg.subject, leg.kind, leg.stream, "bounce", origin.holder, leg)


def _escalate(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    return pen.tell(leg, facts.ClockRerouted(**key_of(leg), route="escalate", receiver=receiver, sender=leg.holder))


def _substitute(pen: Pen, clocks: list[Clock], leg: Clock, receiver: UUID | None) -> Clock:
    return pen.tell(leg, facts.ClockRerouted(**key_of(leg), route="substitute", receiver=receiver, sender=leg.holder))


_ROUTE = {
    "transfer": _transfer,
    "consult": _consult,
    "joint": _joint,
    "return": _return,
    "bounce": _bounce,
    "escalate": _escalate,
    "substitute": _substitute,
}


def _end(pen: Pen, leg: Clock, event: str) -> Clock:
    now = seconds_of(pen.at)
    return pen.tell_all(leg, ended(pen.book, leg, event, now, now, "event", None))


def _go_on(pen: Pen, clocks: list[Clock], returned: Clock) -> Clock:
    """The sender's leg runs again when its last consultation is back."""
    sender = next((c for c in clocks if c.id == returned.origin), None)
    asked = [c for c in clocks if c.open and c.purpose == rules.CONSULT and c.id != returned.id and c.holdings]
    if sender is None or not sender.open:
        return returned
    if returned.purpose == rules.CONSULT and not asked:
        return resume_for(pen, sender, CONSULTED)
    return sender


def _begin(
    pen: Pen,
    clocks: list[Clock],
    subject: UUID,
    kind: str,
    stream: str,
    route: str,
    receiver: UUID | None,
    origin: Clock | None,
) -> Clock:
    """Another leg, with what time is left for it."""
    limit = _limit(pen, rules.BEGINS[route])
    calendar = pen.book.calendar(limit.calendar)
    cycle = max((clock.cycle for clock in clocks), default=1)
    total = next((c for c in clocks if c.family == "TOTAL" and c.cycle == cycle), None)
    now = seconds_of(pen.at)
    terms, late = rules.target(limit, calendar, now, total)
    leg = started(
        pen.book, Start(limit, (), calendar), subject=subject, kind=kind, stream=stream, anchor=now, at=now, cycle=cycle,
        leg=1 + max((c.leg for c in clocks if c.family == "STEP" and c.cycle == cycle), default=0), parts=terms,
    )  # fmt: skip
    pen.arm(leg, armed_fact(leg), pen.at)
    return pen.tell(
        leg,
        facts.ClockRerouted(
            **key_of(leg), route=route, receiver=receiver, sender=origin.holder if origin else None,
            origin=origin.id if origin else None, inherited=late or None,
        ),
    )  # fmt: skip


def _limit(pen: Pen, purpose: str) -> Limit:
    pack = pen.book.pack(rules.STEPS, pen.at.astimezone(standards.HOME_ZONE).date())
    found = [limit for limit in pack.limits if limit.purpose == purpose] if pack else []
    if not found:
        raise Refused(_("There is no such time limit."))
    return found[0]


def _handling(clocks: list[Clock]) -> Clock | None:
    """The open leg of whoever handles the matter."""
    found = [leg for leg in rules.legs_of(clocks) if leg.open and leg.purpose == rules.HANDLE]
    return found[-1] if found else None
