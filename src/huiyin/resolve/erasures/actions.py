"""Destroy what is known of a person, for good: one asks, a second decides, and the law is asked first."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.customers.profiles import actions as profiles
from huiyin.customers.profiles import queries as profile_queries
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Coded
from huiyin.ledger.actions import record
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed
from huiyin.resolve.erasures import queries, rules
from huiyin.resolve.erasures.facts import ErasureAsked, ErasureSettled, HoldLifted, HoldPlaced
from huiyin.resolve.erasures.models import Erasure, Hold
from huiyin.resolve.referrals import actions as referrals

WHY = {
    "unknown": _("Choose from the list."),
    "barred": _("This person's data must not be destroyed now. See what stands against it."),
    "erased": _("This person's data has been erased already."),
    "asked": _("Somebody has asked for it already."),
    "settled": _("This request has been settled meanwhile."),
    "held": _("This ground is on record already."),
    "not_held": _("This hold has been lifted meanwhile."),
    "not_yours": _("Only the person who asked takes a request back."),
}


class Refused(Coded):
    words = WHY


@transaction.atomic
def ask(*, customer: UUID, reason: str, by: Actor, at: datetime) -> Erasure:
    """Ask for it. What the law wants kept cannot even be asked for: `Refused("barred", bars=…)` says until when."""
    about = _locked(customer, at)
    permit.must(by, "erasure.ask", queries.sight(about.customer, at))
    if reason not in rules.REASON:
        raise Refused("unknown")
    if about.erased:
        raise Refused("erased")
    if queries.waiting(about.customer):
        raise Refused("asked")
    if about.bars:
        raise Refused("barred", bars=about.bars, free_on=about.free_on)
    row = Erasure.objects.create(
        customer_id=about.customer, unit_path=queries.sight(about.customer, at).unit_path, reason=reason,
        asked_by=by.ref[:80], asker_id=by.staff, asked_at=at,
    )  # fmt: skip
    fact = ErasureAsked(erasure=row.pk, customer=about.customer, reason=reason)
    record(fact=fact, stream=f"customer:{about.customer}", by=by, at=at)
    return row


@transaction.atomic
def carry_out(*, erasure: UUID, by: Actor, at: datetime) -> Erasure:
    """The second person agrees: every key of the person and of their matters is destroyed in this transaction.

    1. the request, then the person, are locked: what stands against it is read again now;
    2. every record of the person loses its key, and with it everything sealed under it;
    3. so does every matter of theirs: words, contacts, letters, calls, files, what reviewers wrote; the rooms purge
       their blind indexes when they hear of it;
    4. the numbers, times and codes of the matters stay, and so does the ledger, which never had any of it.
    """
    row = _waiting(erasure)
    about = _locked(row.customer_id, at)
    permit.must(by, "erasure.decide", queries.sight(about.customer, at, row))
    if about.bars:
        raise Refused("barred", bars=about.bars, free_on=about.free_on)
    profiles.erase(customer=about.customer, by=by, at=at)
    for matter in about.matters:
        vault.erase(subject=matter, by=by, at=at)
    referrals.forget(cases=about.matters, by=by, at=at)
    return _settle(row, "done", len(about.records) + len(about.matters), by, at)


@transaction.atomic
def decline(*, erasure: UUID, by: Actor, at: datetime) -> Erasure:
    row = _waiting(erasure)
    permit.must(by, "erasure.decide", queries.sight(row.customer_id, at, row))
    return _settle(row, "declined", 0, by, at)


@transaction.atomic
def withdraw(*, erasure: UUID, by: Actor, at: datetime) -> Erasure:
    row = _waiting(erasure)
    if row.asked_by != by.ref[:80]:
        raise Refused("not_yours")
    return _settle(row, "withdrawn", 0, by, at)


@transaction.atomic
def hold(*, customer: UUID, ground: str, by: Actor, at: datetime) -> Hold:
    """A court, a regulator or an investigation needs it: nothing of this person is destroyed until it is lifted."""
    about = _locked(customer, at)
    permit.must(by, "erasure.hold", queries.sight(about.customer, at))
    if ground not in rules.GROUND:
        raise Refused("unknown")
    if about.erased:
        raise Refused("erased")
    if any(one.ground == ground for one in queries.holds(about.customer)):
        raise Refused("held")
    row = Hold.objects.create(customer_id=about.customer, ground=ground, placed_by=by.ref[:80], placed_at=at)
    fact = HoldPlaced(hold=row.pk, customer=about.customer, ground=ground)
    record(fact=fact, stream=f"customer:{about.customer}", by=by, at=at)
    return row


@transaction.atomic
def lift(*, hold: UUID, by: Actor, at: datetime) -> None:
    row = Hold.objects.select_for_update().filter(pk=hold, lifted_at=None).first()
    if row is None:
        raise Refused("not_held")
    permit.must(by, "erasure.hold", queries.sight(row.customer_id, at))
    row.lifted_at, row.lifted_by = at, by.ref[:80]
    row.save(update_fields=["lifted_at", "lifted_by"])
    fact = HoldLifted(hold=row.pk, customer=row.customer_id)
    record(fact=fact, stream=f"customer:{row.customer_id}", by=by, at=at)


@transaction.atomic
def erase_again(*, subjects: list[UUID], by: Actor, at: datetime) -> int:
    """After a restore: what was erased since the backup was made is erased again. Returns how many keys were back."""
    found = [id for id in subjects if not sealed.is_erased(id)]
    for id in found:
        vault.erase(subject=id, by=by, at=at)
    return len(found)


def _locked(customer: UUID, at: datetime) -> queries.About:
    """The person, all records locked in a fixed order, as things stand now."""
    if profile_queries.profile(customer) is None:
        raise profiles.Gone
    profiles.lock(customers=profile_queries.identities(customer))
    return queries.about(customer, at)


def _waiting(erasure: UUID) -> Erasure:
    row = Erasure.objects.select_for_update().filter(pk=erasure).first()
    if row is None or row.state != "asked":
        raise Refused("settled")
    return row


def _settle(row: Erasure, outcome: str, subjects: int, by: Actor, at: datetime) -> Erasure:
    row.state, row.subjects, row.settled_at = outcome, subjects, at
    row.settled_by, row.settler_id = by.ref[:80], by.staff
    row.save(update_fields=["state", "subjects", "settled_at", "settled_by", "settler"])
    fact = ErasureSettled(erasure=row.pk, customer=row.customer_id, outcome=outcome, subjects=subjects)
    record(fact=fact, stream=f"customer:{row.customer_id}", by=by, at=at)
    return row
