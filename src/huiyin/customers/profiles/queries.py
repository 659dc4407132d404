"""Reads of customers. Personal values come out of the vault and are masked by whoever shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.customers.profiles.models import Apart, Consent, Customer, Key, Meeting, Merge
from huiyin.customers.profiles.rules import (
    CONTACTS,
    GROUNDS,
    KIND,
    PROOFS,
    PURPOSE,
    PURPOSES,
    SOURCES,
    Known,
    Statement,
    is_likely,
    is_strong,
    may,
    newest,
    survivor,
)
from huiyin.platform.tables.queries import as_id, marks, rows
from huiyin.platform.vault import queries as vault

__all__ = ["GROUNDS", "KIND", "PROOFS", "PURPOSE", "PURPOSES", "SOURCES", "Statement", "is_strong"]

TABLE = "profiles_customer"
FIELD = {"phone": "phone", "email": "email", "id": "id_number", "number": "customer_number", "name": "name"}
_CHUNK = 500


@dataclass(frozen=True)
class Profile:
    """One customer in clear. Pages mask it with `vault.queries.masked` unless the reader has unmasked it."""

    id: UUID
    met_at: datetime
    name: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    customer_number: str = ""


@dataclass(frozen=True)
class Met:
    """One meeting: when we recognised the customer, and by which keys."""

    id: UUID
    how: str
    agreed: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Alike:
    """A record that may be the same person's, and what agrees. `differs`: the identity numbers do not."""

    id: UUID
    agreed: tuple[str, ...]
    differs: bool

    @property
    def strong(self) -> bool:
        return is_strong(self.agreed)


def profile(id: UUID) -> Profile | None:
    return profiles([id]).get(id)


def profiles(ids: Iterable[UUID]) -> dict[UUID, Profile]:
    wanted = list(set(ids))
    rows = {customer.id: customer for customer in Customer.objects.filter(id__in=wanted)}
    known = vault.reveal_many(TABLE, list(rows))
    return {id: Profile(id=id, met_at=row.met_at, **known.get(id, {})) for id, row in rows.items()}


def meetings(customer: UUID) -> list[Met]:
    """The newest first."""
    rows = Meeting.objects.filter(customer_id=customer).order_by("-at", "-id")
    return [Met(row.id, row.how, tuple(filter(None, row.agreed.split("+"))), row.at) for row in rows]


def who_has(kind: str, value: str) -> list[UUID]:
    """The customers known by this phone, e-mail, identity number, customer number or name, for a look-up by staff."""
    blind = vault.blind(kind, value)
    rows = Key.objects.filter(kind=kind, blind=blind).order_by("customer_id").values_list("customer_id", flat=True)
    return list(rows.distinct())


# Records that a person merged


def survivors(customers: Iterable[UUID]) -> dict[UUID, UUID]:
    """Through which record each of these is read: itself unless it was merged."""
    wanted = set(customers)
    into: dict[UUID, UUID] = {}
    ask = wanted
    while ask:
        found = _edges("member_id", ask)
        into |= found
        ask = set(found.values()) - into.keys()
    return {id: survivor(id, into) for id in wanted}


def survivor_of(customer: UUID) -> UUID:
    return survivors([customer])[customer]


def clusters(customers: Iterable[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Per surviving record all records of that person, itself among them."""
    alone = set(customers)
    if not _merged(alone):  # nearly always, and intake asks for everybody who writes
        return {id: frozenset({id}) for id in alone}
    customers = alone
    found = {into: {into} for into in survivors(customers).values()}
    owner = {id: id for id in found}
    ask = set(found)
    while ask:
        below = _edges("survivor_id", ask)
        ask = set()
        for member, above in below.items():
            if member not in owner:
                owner[member] = owner[above]
                found[owner[above]].add(member)
                ask.add(member)
    return {into: frozenset(ids) for into, ids in found.items()}


def identities(customer: UUID) -> list[UUID]:
    """All records of the person of whom this is one; the surviving one first."""
    ((into, ids),) = clusters([customer]).items()
    return [into, *sorted(ids - {into})]


def _merged(ids: Iterable[UUID]) -> bool:
    """Does an open merge touch any of these records?"""
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        either = f"member_id IN ({marks(part)}) OR survivor_id IN ({marks(part)})"
        if rows(f"SELECT 1 FROM profiles_merge WHERE unmerged_at IS NULL AND ({either}) LIMIT 1", [*part, *part]):
            return True
    return False


def _edges(column: str, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Open merges (member -> survivor) by either end."""
    wanted = sorted(ids)
    found: dict[UUID, UUID] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        sql = (
            "SELECT member_id, survivor_id FROM profiles_merge"
            f" WHERE unmerged_at IS NULL AND {column} IN ({marks(part)})"
        )
        found |= {as_id(member): as_id(into) for member, into in rows(sql, part)}
    return found


def merges(customer: UUID) -> list[Merge]:
    """Every merge in which a record of this person has had a part, also those taken back, oldest first."""
    ids = identities(customer)
    return list((Merge.objects.filter(member__in=ids) | Merge.objects.filter(survivor__in=ids)).order_by("merged_at"))


def known(customer: UUID) -> Known:
    """What the person is recognised by, over all their records."""
    return _known(identities(customer))


def _known(ids: Iterable[UUID]) -> Known:
    keys: dict[str, set[str]] = {}
    for kind, blind in Key.objects.filter(customer__in=list(ids)).values_list("kind", "blind"):
        keys.setdefault(kind, set()).add(blind)
    return Known({kind: frozenset(blinds) for kind, blinds in keys.items()})


def verified(customer: UUID) -> frozenset[tuple[str, str]]:
    """(kind, blind index) of the details a colleague made sure of."""
    rows = Key.objects.filter(customer__in=identities(customer)).exclude(verified_at=None)
    return frozenset(rows.values_list("kind", "blind"))


def alike(customer: UUID, most: int = 10) -> list[Alike]:
    """Other people's records with a strong detail of this one: for a person to decide, the surest first.

    A detail that very many share (a company's switchboard) tells nothing and is left out."""
    mine = identities(customer)
    keys = Key.objects.filter(customer__in=mine, kind__in=CONTACTS).values_list("kind", "blind")
    others: set[UUID] = set()
    for kind, blind in set(keys):
        same = Key.objects.filter(kind=kind, blind=blind).exclude(customer__in=mine).order_by("customer_id")
        holders = list(same.values_list("customer_id", flat=True)[: most + 1])
        others |= set(holders) if len(holders) <= most else set()
    groups = clusters(others)
    told = {
        two
        for pair in (Apart.objects.filter(one__in=mine) | Apart.objects.filter(other__in=mine)).values_list(
            "one", "other"
        )
        for two in pair
    } - set(mine)
    me, found = _known(mine), []
    for into, ids in groups.items():
        if ids & told:
            continue
        them = _known(ids)
        agreed = me.agrees(them)
        if is_likely(agreed):
            found.append(Alike(into, agreed, me.differs(them)))
    return sorted(found, key=lambda one: (one.differs, not one.strong, -len(one.agreed), one.id))[:most]


@dataclass(frozen=True)
class Pair:
    """Two people's records that may be one person's."""

    one: UUID
    other: UUID
    agreed: tuple[str, ...]
    differs: bool

    @property
    def strong(self) -> bool:
        return is_strong(self.agreed)


WINDOW, WINDOWS = 2000, 10
SHARED_BY = 10  # a detail that more records share (a company's switchboard) tells nothing


def doubles(before: int | None = None) -> tuple[list[Pair], int | None]:
    """Records over the whole bank that may be one person's, those that became alike last first, and where to go on.

    Read backwards over the strong details as they were learnt, a window at a time, so that a page costs the same in a
    small bank and in a large one. Each pair stands in the window of the newest detail that both have, and only there.
    """
    for _window in range(WINDOWS):
        keys = Key.objects.filter(kind__in=CONTACTS).order_by("-id")
        newest = list((keys.filter(id__lt=before) if before else keys).values_list("id", "blind")[:WINDOW])
        if not newest:
            return [], None
        low, high = newest[-1][0], before or newest[0][0] + 1
        found = _pairs({blind for _id, blind in newest}, low, high)
        before = low if len(newest) == WINDOW else None
        if found or before is None:
            return found, before
    return [], before


def _pairs(blinds: set[str], low: int, high: int) -> list[Pair]:
    wanted, holders = sorted(blinds), dict[tuple[str, str], dict[UUID, int]]()
    for start in range(0, len(wanted), _CHUNK):
        part = Key.objects.filter(blind__in=wanted[start : start + _CHUNK], kind__in=CONTACTS)
        for id, kind, blind, customer in part.values_list("id", "kind", "blind", "customer"):
            holders.setdefault((kind, blind), {})[customer] = id
    shared = [them for them in holders.values() if 1 < len(them) <= SHARED_BY]
    groups = clusters({customer for them in shared for customer in them})
    person = {id: into for into, ids in groups.items() for id in ids}
    marks: dict[tuple[UUID, UUID], int] = {}
    for them in shared:
        people = sorted({person[customer] for customer in them})
        newest = {one: max(id for customer, id in them.items() if person[customer] == one) for one in people}
        for n, one in enumerate(people):
            for other in people[n + 1 :]:
                mark = max(newest[one], newest[other])
                marks[one, other] = max(mark, marks.get((one, other), 0))
    apart = {
        frozenset((person.get(one, one), person.get(other, other)))
        for one, other in Apart.objects.filter(one__in=list(person), other__in=list(person)).values_list("one", "other")
    }
    likely: list[tuple[int, Pair]] = []
    known = {into: _known(groups[into]) for into in {one for pair in marks for one in pair}}
    for (one, other), mark in marks.items():
        if low <= mark < high and frozenset((one, other)) not in apart:
            mine, theirs = known[one], known[other]
            likely.append((mark, Pair(one, other, mine.agrees(theirs), mine.differs(theirs))))
    likely.sort(key=lambda found: (found[1].differs, not found[1].strong, -found[0]))
    return [pair for _mark, pair in likely]


def merged_lately(most: int = 50) -> list[Merge]:
    """The merges that stand, the newest first."""
    return list(Merge.objects.filter(unmerged_at=None).order_by("-merged_at", "-id")[:most])


# What the customer allows


def consents(customer: UUID) -> list[Statement]:
    """Every statement of the person about what they allow, newest first."""
    rows = Consent.objects.filter(customer__in=identities(customer)).order_by("-at", "-id")
    return [_statement(row) for row in rows]


def standing(customer: UUID) -> dict[str, Statement]:
    """The statement that stands per purpose."""
    return newest(consents(customer))


def refusing(purpose: str, customers: Iterable[UUID | None]) -> set[UUID]:
    """Those of these customers who must not be contacted for this purpose (or have not said yes where one is needed)."""
    wanted = {customer for customer in customers if customer is not None}
    if not wanted:
        return set()
    if may(purpose, {}) and not Consent.objects.filter(purpose=purpose, given=False).exists():
        return set()
    groups = clusters(wanted)
    owner = {id: into for into, ids in groups.items() for id in ids}
    said: dict[UUID, list[Statement]] = {}
    ids = sorted(owner)
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        for row in Consent.objects.filter(customer__in=part, purpose=purpose):
            said.setdefault(owner[row.customer_id], []).append(_statement(row))
    return {id for id in wanted if not may(purpose, newest(said.get(owner[id], ())))}


def allows(purpose: str, said: Mapping[str, Statement]) -> bool:
    return may(purpose, said)


def _statement(row: Consent) -> Statement:
    return Statement(row.customer_id, row.purpose, row.given, row.source, row.at)
