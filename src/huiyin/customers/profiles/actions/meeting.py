"""Meet a person: somebody we know by strong keys, else somebody new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from huiyin.customers.profiles.facts import CustomerMet
from huiyin.customers.profiles.models import Customer, Key, Meeting
from huiyin.customers.profiles.queries import FIELD, TABLE, clusters
from huiyin.customers.profiles.rules import KINDS, match
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger import actions as ledger
from huiyin.platform.tables import actions as tables
from huiyin.platform.tables.queries import as_id, marks, rows
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

_CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody as they named themselves. `id` is the id to give them if they are new to us."""

    name: str = ""
    phone: str = ""
    email: str = ""
    id_number: str = ""
    customer_number: str = ""  # the bank's own; only from a channel that knows who it speaks to
    id_verified: bool = False
    id: UUID | None = None

    def values(self) -> dict[str, str]:
        known = {
            "name": self.name, "phone": self.phone, "email": self.email, "id_number": self.id_number,
            "customer_number": self.customer_number,
        }  # fmt: skip
        return {field: value for field, value in known.items() if value}


def meet(
    *, name: str = "", phone: str = "", email: str = "", id_number: str = "", customer_number: str = "",
    id_verified: bool = False, by: Actor, at: datetime,
) -> UUID:  # fmt: skip
    """The customer this person is: one we know by strong keys, else a new one."""
    person = Person(
        name=name, phone=phone, email=email, id_number=id_number, customer_number=customer_number,
        id_verified=id_verified,
    )  # fmt: skip
    (customer,) = meet_many(people=[person], by=by, at=at)
    return customer


def meet_many(*, people: Sequence[Person], by: Actor, at: datetime | Sequence[datetime]) -> list[UUID]:
    """Meet many in the order given; a person may be recognised as somebody met earlier in the same batch.

    `at` is one instant for all or one per person.
    """
    times = [at] * len(people) if isinstance(at, datetime) else list(at)
    keys = [_blinds(person) for person in people]
    with transaction.atomic(savepoint=False):
        contacts = {blind for blinds in keys for kind, blind in blinds if kind != "name"}
        _one_at_a_time(contacts)
        holders = _holders(contacts)
        same, ids, named = _one_as_merged({customer for known in holders.values() for customer, _kind in known})
        customers: list[Customer] = []
        learnt: list[Key] = []
        meetings: list[Meeting] = []
        values: list[tuple[UUID, dict[str, str]]] = []
        told: list[ledger.Happening] = []
        result: list[UUID] = []
        for person, blinds, when in zip(people, keys, times, strict=True):
            given_id = next((blind for kind, blind in blinds if kind == "id"), None)
            found = [hit for kind, blind in blinds if kind != "name" for hit in holders.get(blind, ())]
            name = next((blind for kind, blind in blinds if kind == "name"), "")
            found += [
                (near, "name") for near in {near for near, _kind in found} if name in _known_of(near, same, named)
            ]
            other = {
                customer: frozenset({"id"})
                for customer, _kind in found
                if given_id and _known_of(customer, same, ids) and given_id not in _known_of(customer, same, ids)
            }
            known = match(found, id_verified=person.id_verified, refused=other, same=same)
            customer = known.customer if known else person.id or new_id()
            if not known:
                customers.append(tables.new(Customer, id=customer, met_at=when))
            for kind, blind in blinds:
                if kind == "name":
                    if blind in named.get(customer, ()):
                        continue
                    named.setdefault(customer, set()).add(blind)
                elif (customer, kind) in holders.get(blind, ()):
                    continue
                else:
                    holders.setdefault(blind, []).append((customer, kind))
                learnt.append(tables.new(Key, customer_id=customer, kind=kind, blind=blind, since_at=when))
                if kind == "id":
                    ids.setdefault(customer, set()).add(blind)
            new_values = person.values() if not known else _fresh(person, known.agreed)
            if new_values:
                values.append((customer, new_values))
            how = "matched" if known else "new"
            agreed = "+".join(known.agreed) if known else ""
            meetings.append(tables.new(Meeting, customer_id=customer, how=how, agreed=agreed, at=when))
            fact = CustomerMet(customer=customer, how=how)
            told.append(ledger.Happening(fact, f"customer:{customer}", by, when))
            result.append(customer)
        tables.insert(customers)
        tables.insert(learnt)
        tables.insert(meetings)
        _seal(values, {customer.id for customer in customers})
        if told:
            ledger.record_many(happenings=told, recorded_at=times[-1])
    return result


def _seal(values: Sequence[tuple[UUID, dict[str, str]]], new: set[UUID]) -> None:
    """Somebody new may be met again in the same batch; what they said is one row."""
    first: dict[UUID, dict[str, str]] = {}
    for customer, said in values:
        if customer in new:
            first[customer] = first.get(customer, {}) | said
    if first:
        vault.keep_many([(customer, TABLE, customer, said) for customer, said in first.items()], fresh=True)
    more = [(customer, TABLE, customer, said) for customer, said in values if customer not in new]
    if more:
        vault.keep_many(more)


def _blinds(person: Person) -> list[tuple[str, str]]:
    given = {
        "phone": person.phone, "email": person.email, "id": person.id_number, "number": person.customer_number,
        "name": person.name,
    }  # fmt: skip
    blinds = [(kind, sealed.blind(kind, given[kind])) for kind in KINDS if given[kind]]
    return [(kind, blind) for kind, blind in blinds if blind]


def _fresh(person: Person, agreed: tuple[str, ...]) -> dict[str, str]:
    """A known customer keeps what we know; only what did not agree is news (a new address, a new phone)."""
    same = {FIELD[kind] for kind in agreed}
    return {name: value for name, value in person.values().items() if name not in same}


def _holders(blinds: set[str]) -> dict[str, list[tuple[UUID, str]]]:
    """Which customers are known by each blind contact."""
    wanted = sorted(blinds)
    found: dict[str, list[tuple[UUID, str]]] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        holders = f"SELECT blind, customer_id, kind FROM profiles_key WHERE blind IN ({marks(part)}) ORDER BY id"
        for blind, customer, kind in rows(holders, part):
            found.setdefault(blind, []).append((as_id(customer), kind))
    return found


def _one_as_merged(
    customers: set[UUID],
) -> tuple[dict[UUID, UUID], dict[UUID, set[str]], dict[UUID, set[str]]]:
    """Whose records are one person's by a merge (customer -> survivor), and the identity numbers and names of all."""
    groups = clusters(customers)
    same = {id: survivor for survivor, ids in groups.items() for id in ids if len(ids) > 1}
    ids, named = _ids_and_names(customers | set(same))
    return same, ids, named


def _known_of(customer: UUID, same: dict[UUID, UUID], known: dict[UUID, set[str]]) -> set[str]:
    """What is known of a customer and of every record merged with theirs."""
    survivor = same.get(customer)
    if survivor is None:
        return known.get(customer, set())
    return {blind for id, into in same.items() if into == survivor for blind in known.get(id, ())}


def _ids_and_names(customers: set[UUID]) -> tuple[dict[UUID, set[str]], dict[UUID, set[str]]]:
    """The identity numbers and names (blind) of customers who might be matched.

    Names are looked up from the person and never the other way: thousands of people share one.
    """
    wanted = sorted(customers)
    found: dict[str, dict[UUID, set[str]]] = {"id": {}, "name": {}}
    for start in range(0, len(wanted), _CHUNK):
        known = Key.objects.filter(customer_id__in=wanted[start : start + _CHUNK], kind__in=("id", "name"))
        for customer, kind, blind in known.order_by("id").values_list("customer_id", "kind", "blind"):
            found[kind].setdefault(customer, set()).add(blind)
    return found["id"], found["name"]


def _one_at_a_time(blinds: set[str]) -> None:
    """Two requests of one new person must not make two customers.

    SQLite has one writer, so there it cannot happen; PostgreSQL takes advisory locks, in a fixed order, until commit.
    A big batch is a loader that runs alone.
    """
    if connection.vendor != "postgresql" or len(blinds) > 16:
        return
    with connection.cursor() as cursor:
        for blind in sorted(blinds):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(blind[:15], 16)])
