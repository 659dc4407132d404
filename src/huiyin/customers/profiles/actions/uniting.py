"""Two records, one person: a colleague decides, the records stay as they were, and it can be taken back."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.customers.profiles import queries
from huiyin.customers.profiles.facts import CustomerMerged, CustomersToldApart, CustomerUnmerged, CustomerVerified
from huiyin.customers.profiles.models import Apart, Customer, Key, Merge
from huiyin.customers.profiles.queries import FIELD, TABLE
from huiyin.customers.profiles.rules import CONTACTS, PROOFS, why_not_one
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Coded, Refusal
from huiyin.ledger.actions import record
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

LONGEST = 80
WHY = {
    "unknown": _("Choose from the list."),
    "empty": _("Enter the detail."),
    "no_ground": _("Say how you know that they are the same person."),
    "ids_differ": _("Their identity numbers differ: these are two people."),
    "nothing_agrees": _("No strong detail agrees. A name alone never makes two records one."),
    "not_enough": _(
        "Only one detail agrees, and families and companies share telephones. See the customer's document or call them"
        " first."
    ),
    "same": _("These are already one customer."),
    "changed": _("One of the two has been merged or taken apart meanwhile. Look again."),
    "not_merged": _("This record is not merged."),
    "erased": _("The data of one of them has been erased."),
}


class Refused(Coded):
    words = WHY


class Gone(Refusal):
    status = 404
    message = _("There is no such customer.")


def lock(*, customers: Iterable[UUID]) -> None:
    """Hold these records until the transaction ends: nobody merges, parts or changes them meanwhile."""
    locked(*customers)


def locked(*customers: UUID) -> None:
    """These customers, in a fixed order, until the transaction ends."""
    found = Customer.objects.select_for_update().filter(pk__in=customers).order_by("id")
    if len(list(found)) != len(set(customers)):
        raise Gone


@transaction.atomic
def merge(*, member: UUID, survivor: UUID, ground: str, by: Actor, at: datetime) -> None:
    """Everything of `member` is read through `survivor` from now on. Both must stand for themselves (no record is
    merged twice, and no chain can bite its tail). Asking again for what is done is harmless."""
    locked(member, survivor)
    into = queries.survivors({member, survivor})
    if member != survivor and into[member] == survivor:
        return
    if into[member] == into[survivor]:
        raise Refused("same")
    if into[member] != member or into[survivor] != survivor:
        raise Refused("changed")
    if sealed.is_erased(member) or sealed.is_erased(survivor):
        raise Refused("erased")
    mine, theirs = queries.known(survivor), queries.known(member)
    no = why_not_one(mine, theirs, ground)
    if no:
        raise Refused(no)
    agreed = "+".join(mine.agrees(theirs))
    Merge.objects.create(
        member_id=member, survivor_id=survivor, ground=ground, agreed=agreed, merged_by=by.ref[:80], merged_at=at
    )
    Apart.objects.filter(one=min(member, survivor), other=max(member, survivor)).delete()
    fact = CustomerMerged(member=member, into=survivor, ground=ground, agreed=agreed)
    record(fact=fact, stream=f"customer:{member}", by=by, at=at)


@transaction.atomic
def unmerge(*, member: UUID, by: Actor, at: datetime) -> None:
    """Taken apart again: each record has what it had, and what arrived meanwhile under its own details."""
    locked(member)
    row = Merge.objects.select_for_update().filter(member=member, unmerged_at=None).first()
    if row is None:
        raise Refused("not_merged")
    row.unmerged_at, row.unmerged_by = at, by.ref[:80]
    row.save(update_fields=["unmerged_at", "unmerged_by"])
    fact = CustomerUnmerged(member=member, into=row.survivor_id)
    record(fact=fact, stream=f"customer:{member}", by=by, at=at)


@transaction.atomic
def tell_apart(*, one: UUID, other: UUID, by: Actor, at: datetime) -> None:
    """Two people who look alike: the suggestion does not come back."""
    locked(one, other)
    into = queries.survivors({one, other})
    if into[one] == into[other]:
        raise Refused("same")
    low, high = min(one, other), max(one, other)
    _row, made = Apart.objects.get_or_create(
        one_id=low, other_id=high, defaults={"said_by": by.ref[:80], "said_at": at}
    )
    if made:
        record(fact=CustomersToldApart(one=low, other=high), stream=f"customer:{low}", by=by, at=at)


@transaction.atomic
def verify(*, customer: UUID, kind: str, value: str, how: str, by: Actor, at: datetime) -> None:
    """A colleague made sure of a telephone, e-mail, identity or customer number. It never merges by itself."""
    if kind not in CONTACTS or how not in PROOFS:
        raise Refused("unknown")
    value = value.replace("\x00", "").strip()[:LONGEST]
    blind = sealed.blind(kind, value)
    if not blind:
        raise Refused("empty")
    locked(customer)
    vault.keep(subject=customer, table=TABLE, row=customer, values={FIELD[kind]: value})
    key, made = Key.objects.get_or_create(
        customer_id=customer, kind=kind, blind=blind, defaults={"since_at": at, "verified_at": at}
    )
    if not made and key.verified_at is not None:
        return
    Key.objects.filter(pk=key.pk).update(verified_at=at)
    record(fact=CustomerVerified(customer=customer, kind=kind, how=how), stream=f"customer:{customer}", by=by, at=at)


@transaction.atomic
def erase(*, customer: UUID, by: Actor, at: datetime) -> None:
    """Erase the person: every record of theirs, whichever of them was asked for. Merges and consents stay (ids only)."""
    found = queries.identities(customer)
    locked(*found)
    for id in found:
        vault.erase(subject=id, by=by, at=at)
