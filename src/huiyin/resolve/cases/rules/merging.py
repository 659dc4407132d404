"""May two cases be taken for one person's? Never by a name, never by one telephone number alone (peers.md T39)."""

from collections.abc import Mapping
from uuid import UUID

STRONG = ("phone", "email", "id")
NEEDED = 2


def agreeing(mine: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, ...]:
    """The strong keys (as blind indexes) that both have and that are equal."""
    return tuple(kind for kind in STRONG if mine.get(kind) and mine.get(kind) == theirs.get(kind))


def one_person(
    mine: Mapping[str, str], theirs: Mapping[str, str], my_customer: UUID | None, their_customer: UUID | None
) -> bool:
    """Two identity documents that differ are two people, whatever else agrees. Otherwise the known customer decides,
    or two strong keys that agree."""
    if mine.get("id") and theirs.get("id") and mine["id"] != theirs["id"]:
        return False
    if my_customer is not None and my_customer == their_customer:
        return True
    return len(agreeing(mine, theirs)) >= NEEDED


def survivor(case: UUID, merged_into: Mapping[UUID, UUID]) -> UUID:
    """Where a chain of merges ends. A chain that bites its own tail ends where it began (T36)."""
    seen = {case}
    while case in merged_into:
        case = merged_into[case]
        if case in seen:
            break
        seen.add(case)
    return case
