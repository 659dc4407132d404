"""Requests to erase a person, what stands against them, and who may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.label import Label
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.appeals import queries as appeals
from huiyin.resolve.callbacks import queries as callbacks
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.erasures import rules
from huiyin.resolve.erasures.models import Erasure, Hold
from huiyin.resolve.erasures.rules import Bar

if TYPE_CHECKING:
    from huiyin.resolve.cases.queries import Case

_READER = machine("erasure")


@dataclass(frozen=True)
class Sight:
    """A person as the permission matrix looks at them: over the lowest unit that has all of their matters."""

    unit_path: str
    requester: UUID | None
    proposed_by: str
    recused: frozenset[UUID]


@dataclass(frozen=True)
class About:
    """A person's standing: all their records, their matters, what stands against erasing, from when it may be done."""

    customer: UUID
    records: list[UUID]
    matters: list[UUID]
    bars: list[Bar]
    free_on: date | None
    erased: bool


def about(customer: UUID, at: datetime) -> About:
    records = profiles.identities(customer)
    rows = _cases(customer, at)
    matters = list(dict.fromkeys([*(row.pk for row in rows), *_heard(records)]))
    found = rules.bars(_matters(rows), [hold.ground for hold in holds(customer)], localdate(at))
    erased = all(vault.is_erased(id) for id in records)
    return About(records[0], records, matters, found, rules.free_on(found), erased)


def _cases(customer: UUID, at: datetime) -> "list[Case]":
    return list(cases.cases_of(customer, _READER, at))


def _heard(records: Iterable[UUID]) -> list[UUID]:
    return [voice.id for record in records for voice in voices.of_customer(record)]


def _matters(rows: "Iterable[Case]") -> list[rules.Matter]:
    found = []
    called = callbacks.unfinished(row.pk for row in rows)
    for row in rows:
        unfinished = []
        if any(one.state != "told" for one in appeals.reviews_of(row.pk)):
            unfinished.append("review")
        if any(one.state == "open" for one in appeals.mediations_of(row.pk)):
            unfinished.append("mediation")
        if row.pk in called:
            unfinished.append("callback")
        closed = localdate(row.closed_at) if row.closed_at else None
        found.append(rules.Matter(row.number, row.kind, closed, tuple(unfinished)))
    return found


def holds(customer: UUID) -> list[Hold]:
    """What is held now, over all records of the person."""
    return list(Hold.objects.filter(customer__in=profiles.identities(customer), lifted_at=None))


def sight(customer: UUID, at: datetime, request: Erasure | None = None) -> Sight:
    rows = _cases(customer, at)
    away: set[UUID] = set()
    for row in rows:
        away |= set(staff.recused(row.pk, at))
    path = rules.common_path(row.unit_path for row in rows)
    return Sight(path, request.asker_id if request else None, request.asked_by if request else "", frozenset(away))


def waiting(customer: UUID) -> Erasure | None:
    return Erasure.objects.filter(customer__in=profiles.identities(customer), state="asked").first()


def history(customer: UUID) -> list[Erasure]:
    """Every request about this person, the newest first."""
    found = Erasure.objects.filter(customer__in=profiles.identities(customer))
    return list(found.select_related("asker", "settler"))


def erased_at(customer: UUID) -> datetime | None:
    done = Erasure.objects.filter(customer__in=profiles.identities(customer), state="done").first()
    return done.settled_at if done else None


def visible_to(actor: Actor, at: datetime) -> QuerySet[Erasure]:
    """The requests about people all of whose matters lie within this person's reach, none they are kept away from."""
    found = Erasure.objects.select_related("asker", "settler")
    if actor.kind == "machine" and not actor.scopes:
        return found
    if actor.kind != "staff":
        return found.none()
    reach = Q(pk__in=())
    for path in permit.paths(actor, "erasure.read"):
        reach |= Q(unit_path__startswith=path)
    away = cases.customers_of(staff.recused_subjects(actor.staff, at))
    hidden = {record for one in profiles.clusters(away).values() for record in one}
    return found.filter(reach).exclude(customer__in=hidden)


def people(rows: Iterable[Erasure]) -> dict[UUID, dict[str, str]]:
    """The masked names of those who are not erased yet."""
    found = profiles.profiles([row.customer_id for row in rows if row.state == "asked"])
    return {id: vault.masked({"name": one.name} if one.name else {}) for id, one in found.items()}


def reason(row: Erasure) -> Label:
    return rules.REASON[row.reason]
