"""Who answers for a case first. The rule never bends for want of people: it goes up (SoD17)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Chosen:
    """`how`: contact | duty | level_up; `staff` None means nobody was eligible: an incident."""

    staff: UUID | None
    how: str


def first_owner(
    *, contact: UUID | None, tiers: Iterable[tuple[str, Sequence[UUID]]], recused: Iterable[UUID]
) -> Chosen:
    """Decision 20: who took it in person, else who is on duty, else one level up; never a recused person.

    `tiers` are (how, people in the order of their turn), the nearest unit first.
    """
    barred = set(recused)
    if contact is not None and contact not in barred:
        return Chosen(contact, "contact")
    for how, people in tiers:
        for person in people:
            if person not in barred:
                return Chosen(person, how)
    return Chosen(None, "duty")


def rota(people: Sequence[UUID], on: date) -> list[UUID]:
    """Everybody takes a turn by the day; the order starts with whoever's turn it is."""
    if not people:
        return []
    turn = on.toordinal() % len(people)
    return [*people[turn:], *people[:turn]]


def chain(path: str) -> list[str]:
    """A unit's path and those above it, the nearest first: HO/B01/O0101/, HO/B01/, HO/."""
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1)] if path else []
