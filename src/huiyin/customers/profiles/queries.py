"""Reads of customers. Personal values come out of the vault and are masked by whoever shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.customers.profiles.models import Customer, Key, Meeting
from huiyin.platform.vault import queries as vault

TABLE = "profiles_customer"


@dataclass(frozen=True)
class Profile:
    """One customer in clear. Pages mask it with `vault.queries.masked` unless the reader has unmasked it."""

    id: UUID
    met_at: datetime
    name: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""


@dataclass(frozen=True)
class Met:
    """One meeting: when we recognised the customer, and by which keys."""

    id: UUID
    how: str
    agreed: tuple[str, ...]
    at: datetime


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
    """The customers known by this phone, e-mail, identity number or name, for a look-up by staff."""
    blind = vault.blind(kind, value)
    rows = Key.objects.filter(kind=kind, blind=blind).order_by("customer_id").values_list("customer_id", flat=True)
    return list(rows.distinct())
