"""Cases that belong together: merged ones, and those that repeat each other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks import queries as clocks
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import Actor
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases.models import Case, Merge
from huiyin.resolve.cases.queries.records import visible_to
from huiyin.resolve.cases.rules import merging as rules


def survivor_of(case: UUID) -> UUID:
    """The case in which a matter is worked on: itself, or where its chain of merges ends."""
    chain: dict[UUID, UUID] = {}
    here = case
    while here not in chain:
        into = Merge.objects.filter(member=here, unmerged_at=None).values_list("survivor_id", flat=True).first()
        if into is None:
            break
        chain[here], here = into, into
    return rules.survivor(case, chain)


def merged_into(survivor: UUID) -> list[Case]:
    """Every case that is worked on in this one, also through others, in order of receipt."""
    found: dict[UUID, Case] = {}
    level = [survivor]
    while level:
        rows = Merge.objects.filter(survivor__in=level, unmerged_at=None).select_related("member")
        fresh = {row.member_id: row.member for row in rows if row.member_id not in found and row.member_id != survivor}
        found |= fresh
        level = list(fresh)
    return sorted(found.values(), key=lambda case: (case.received_at, case.number))


def direct_members(survivor: UUID) -> list[Merge]:
    return list(Merge.objects.filter(survivor=survivor, unmerged_at=None).select_related("member"))


def keys_of(case: UUID) -> dict[str, str]:
    """The blind indexes of what this case's customer is recognised by; equal for equal values, unreadable."""
    said = voices.words(case)
    values = {"phone": said.phone, "email": said.email, "id": said.id_number}
    return {kind: vault.blind(kind, value) for kind, value in values.items() if value}


def same_person(one: Case, other: Case) -> bool:
    people = profiles.survivors({case.customer for case in (one, other) if case.customer})
    mine, theirs = (people.get(case.customer) if case.customer else None for case in (one, other))
    return rules.one_person(keys_of(one.pk), keys_of(other.pk), mine, theirs)


@dataclass(frozen=True)
class Merging:
    """What merging would do, for the page that asks before it is done."""

    survivor: Case
    member: Case
    received_at: datetime
    due_at: datetime | None
    same_person: bool
    agreed: tuple[str, ...]


def merging(survivor: Case, member: Case) -> Merging:
    """A preview: the earliest receipt of both, the earliest legal or house limit of both."""
    dues = [
        view.due_at
        for views in clocks.clock_views([survivor.pk, member.pk]).values()
        for view in views
        if view.open and view.due_at is not None and view.family in ("REG", "TOTAL", "PROMISE")
    ]
    return Merging(
        survivor=survivor,
        member=member,
        received_at=min(survivor.received_at, member.received_at),
        due_at=min((due for due in dues if due), default=None),
        same_person=same_person(survivor, member),
        agreed=rules.agreeing(keys_of(survivor.pk), keys_of(member.pk)),
    )


def repeats(case: Case, actor: Actor, at: datetime) -> list[Case]:
    """The later cases of the same person and cause that repeat this one, as this actor may see them."""
    return list(visible_to(actor, at).filter(repeat_of=case.pk).order_by("received_at", "id")[:50])
