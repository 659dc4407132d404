"""Who answers for a case first. The rule never bends for want of people: it goes up (SoD17)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Chosen:
    """`how`: contact | duty | level_up; `staff` None means nobody was eligible: an incident."""

    staff: UUID | None
    how: str


def first_owner(
    *, contact: UUID | None, on_duty: Sequence[UUID | None], level_up: Iterable[UUID | None], recused: Iterable[UUID]
) -> Chosen:
    """Decision 20: who took it in person, else who is on duty, else one level up; never a recused person."""
    barred = set(recused)
    if contact is not None and contact not in barred:
        return Chosen(contact, "contact")
    for person in on_duty:
        if person is not None and person not in barred:
            return Chosen(person, "duty")
    for person in level_up:
        if person is not None and person not in barred:
            return Chosen(person, "level_up")
    return Chosen(None, "duty")


@dataclass(frozen=True)
class Told:
    staff: UUID | None
    level: str  # holder | substitute | head | desk | nobody


def recipient(
    *,
    holder: UUID | None,
    substitute: UUID | None,
    head: UUID | None,
    desk: UUID | None,
    recused: Iterable[UUID],
    away: bool = False,
    level: str = "holder",
) -> Told:
    """Decision 18: holder → substitute → unit head → duty desk, minus recusals; nobody left is an incident.

    `away` passes over the holder; `level` starts higher up for rungs that escalate.
    """
    barred = set(recused)
    ladder = [("holder", None if away else holder), ("substitute", substitute), ("head", head), ("desk", desk)]
    start = [name for name, _ in ladder].index(level)
    for name, person in ladder[start:]:
        if person is not None and person not in barred:
            return Told(person, name)
    return Told(None, "nobody")
