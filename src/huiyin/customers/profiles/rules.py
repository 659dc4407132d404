"""When two records are the same person: two keys that agree, or one verified identity number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

KINDS = ("phone", "email", "id", "name")
CONTACTS = frozenset({"phone", "email", "id"})


@dataclass(frozen=True)
class Match:
    """A recognised customer and the kinds of key that agreed (the reason)."""

    customer: UUID
    agreed: tuple[str, ...]


def match(
    found: Iterable[tuple[UUID, str]],
    *,
    id_verified: bool = False,
    refused: Mapping[UUID, frozenset[str]] | None = None,
) -> Match | None:
    """The one customer whose keys agree strongly enough, from (customer, kind) pairs that were found.

    Strong enough is a verified identity number, or two kinds of which one is a contact (phone, e-mail, identity
    number): families share a phone and strangers share a name, so neither is enough alone. A customer whose known
    identity number differs from the one given (`refused`) is somebody else whatever agrees. When two customers fit
    equally well nobody is matched: a wrong merge shows one person's matter to another.
    """
    agreed: dict[UUID, set[str]] = {}
    for customer, kind in found:
        agreed.setdefault(customer, set()).add(kind)
    fits: list[tuple[int, UUID, tuple[str, ...]]] = []
    for customer, kinds in agreed.items():
        if refused and "id" in refused.get(customer, frozenset()):
            continue
        by_id = id_verified and "id" in kinds
        if by_id or (len(kinds) >= 2 and kinds & CONTACTS):
            fits.append((10 if by_id else len(kinds), customer, tuple(k for k in KINDS if k in kinds)))
    fits.sort(key=lambda fit: (-fit[0], fit[1]))
    if not fits or (len(fits) > 1 and fits[0][0] == fits[1][0]):
        return None
    return Match(customer=fits[0][1], agreed=fits[0][2])
