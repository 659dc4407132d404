"""Whose time it was: the shares of one cycle, person by person, as the case page shows them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.staff import queries as staff
from huiyin.kernel.label import Label, Named
from huiyin.resolve.cases.rules.words import ROUTES


@dataclass(frozen=True)
class Share:
    """`person` None: nobody had taken it up."""

    person: Named | None
    units: int
    business_s: int


@dataclass(frozen=True)
class Leg:
    person: Named | None
    route: Label
    clock: ClockView
    late: bool
    inherited: bool
    charged: Named | None
    answerable: tuple[Named, ...]


@dataclass(frozen=True)
class Shown:
    unit: str
    consumed: int
    business_s: int
    shares: tuple[Share, ...]
    legs: tuple[Leg, ...]


def shown(case: UUID, at: datetime) -> Shown | None:
    """None while nobody has passed the matter on: there is nothing to divide."""
    found = clocks.attribution(case, at)
    if found is None or not found.legs:
        return None
    ids = {share.staff for share in found.shares} | {line.staff for line in found.legs}
    ids |= {id for line in found.legs for id in line.answerable}
    ids |= {UUID(line.clock.charged) for line in found.legs if line.clock.charged}
    people = staff.people(ids)

    def person(id: UUID | None) -> Named | None:
        return people.get(id) if id else None

    return Shown(
        unit=found.unit,
        consumed=found.consumed,
        business_s=found.business_s,
        shares=tuple(Share(person(share.staff), share.units, share.business_s) for share in found.shares),
        legs=tuple(
            Leg(
                person=person(line.staff),
                route=ROUTES[line.route],
                clock=line.clock,
                late=line.late,
                inherited=line.clock.inherited,
                charged=person(UUID(line.clock.charged)) if line.clock.charged else None,
                answerable=tuple(one for id in line.answerable if (one := person(id))),
            )
            for line in found.legs
        ),
    )
