"""The step clocks follow the work: each change of hands that is on record moves the leg of the clock room with it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.kernel.actor import Actor
from huiyin.resolve.cases.facts import CaseAssigned, LegEnded, LegOpened
from huiyin.resolve.cases.models import Leg

ROUTE = {"consult": "consult", "joint": "joint", "escalation": "escalate"}
ENDED = {"returned": "bounce"}  # any other outcome: the result is in, or is needed no more


def step_passed_on(assigned: Sequence[tuple[CaseAssigned, Actor, datetime]]) -> None:
    """Whoever works on the case from now on has the step."""
    clocks.follow_many(
        items=[clocks.Following(fact.case, fact.handler, by, at, fact.how or "") for fact, by, at in assigned]
    )


def step_given_up(*, case: UUID, by: Actor, at: datetime, charge: UUID | None = None) -> None:
    """Nobody works on the case now. `charge`: who answers for the time if it was sent back soon enough."""
    clocks.leave_leg(subject=case, by=by, at=at, charge=charge)


def part_asked(*, fact: LegOpened, by: Actor, at: datetime) -> None:
    """A colleague was asked: their step begins, and the handler's waits for it if it is a consultation."""
    handler = next((leg for leg in clock_queries.legs(fact.case) if leg.open and leg.purpose == "handle"), None)
    if handler is not None and handler.holder != fact.holder:
        clocks.reroute(subject=fact.case, route=ROUTE[fact.kind], receiver=fact.holder, by=by, at=at)


def part_ended(*, fact: LegEnded, by: Actor, at: datetime) -> None:
    """The answer is in (or not needed): the handler's step goes on. Sent back soon, the time costs who sent it."""
    holder = Leg.objects.filter(pk=fact.part).values_list("holder", flat=True).first()
    leg = _leg(fact.case, holder)
    if leg is not None:
        route = ENDED.get(fact.outcome, "return")
        clocks.reroute(subject=fact.case, route=route, leg=leg.id, by=by, at=at)


def _leg(case: UUID, holder: UUID | None) -> clock_queries.ClockView | None:
    """The open consultation or joint leg of a person; nobody has two in one case."""
    open_legs = (leg for leg in clock_queries.legs(case) if leg.open and leg.purpose in ("consult", "joint"))
    return next((leg for leg in open_legs if leg.holder == holder), None)
