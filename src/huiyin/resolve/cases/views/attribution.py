"""Who has a case now, and whose time it was: per cycle the shares that add up to what the whole limit consumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.staff import queries as staff
from huiyin.kernel.label import Label, Named
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.models import Leg as Part
from huiyin.resolve.cases.rules.words import LEG_KINDS, ROUTES


@dataclass(frozen=True)
class Now:
    """Who has it at this moment. `person` None: nobody yet, or the customer."""

    person: Named | None
    kind: Label
    since: datetime | None
    beside: bool = False


@dataclass(frozen=True)
class Share:
    """`person` None: nobody had taken it up."""

    person: Named | None
    units: int
    business_s: int


@dataclass(frozen=True)
class Leg:
    """One step of a cycle with the working time it used; `beside`: joint handling, which uses none of the matter's."""

    person: Named | None
    route: Label
    clock: ClockView
    business_s: int
    beside: bool
    late: bool
    inherited: bool
    charged: Named | None
    answerable: tuple[Named, ...]


@dataclass(frozen=True)
class Cycle:
    number: int
    unit: str
    consumed: int
    business_s: int
    shares: tuple[Share, ...]
    legs: tuple[Leg, ...]


@dataclass(frozen=True)
class Shown:
    """`cycles`: the newest first; empty for a record that came without our own limits."""

    now: tuple[Now, ...]
    cycles: tuple[Cycle, ...]


def shown(case: Case, parts: Sequence[Part], at: datetime) -> Shown:
    """`parts`: the open consultations, joint parts and escalations of the case."""
    found = [one for n in range(case.cycle, 0, -1) if (one := clocks.attribution(case.pk, at, n))]
    ids = {share.staff for one in found for share in one.shares}
    ids |= {id for one in found for line in one.legs for id in (line.staff, *line.answerable)}
    ids |= {UUID(line.clock.charged) for one in found for line in one.legs if line.clock.charged}
    people = staff.people(id for id in ids | {case.handler_id} if id)

    def person(id: UUID | None) -> Named | None:
        return people.get(id) if id else None

    handling = [line for one in found[:1] for line in one.legs if line.clock.open and line.clock.purpose == "handle"]
    now = [_lead(case, person(case.handler_id), handling[-1].entered_at if handling else None)]
    now += [Now(part.holder, LEG_KINDS[part.kind], part.entered_at, part.kind != "consult") for part in parts]
    return Shown(
        now=tuple(line for line in now if line is not None),
        cycles=tuple(
            Cycle(
                number=one.total.cycle,
                unit=one.unit,
                consumed=one.consumed,
                business_s=one.business_s,
                shares=tuple(Share(person(share.staff), share.units, share.business_s) for share in one.shares),
                legs=tuple(
                    Leg(
                        person=person(line.staff),
                        route=ROUTES[line.route],
                        clock=line.clock,
                        business_s=line.business_s,
                        beside=line.clock.purpose == "joint",
                        late=line.late,
                        inherited=line.clock.inherited,
                        charged=person(UUID(line.clock.charged)) if line.clock.charged else None,
                        answerable=tuple(who for id in line.answerable if (who := person(id))),
                    )
                    for line in one.legs
                ),
            )
            for one in found
        ),
    )


def _lead(case: Case, handler: Named | None, since: datetime | None) -> Now | None:
    if case.state == "closed":
        return None
    if case.state == "answered":
        return Now(None, LEG_KINDS["customer"], case.answered_at)
    return Now(handler, LEG_KINDS["handler" if handler else "owner"], since)
