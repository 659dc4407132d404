"""Cases, and who may see them."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.bank.staff import queries as staff
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.platform.tables.queries import as_id, as_time, load, marks, rows
from huiyin.platform.vault import queries as vault
from huiyin.protect.access import queries as access
from huiyin.resolve.cases.models import (
    Case,
    Closure,
    Dispute,
    Escalation,
    Excuse,
    Extension,
    Handover,
    Leg,
    Note,
    Reply,
    Telling,
)
from huiyin.resolve.cases.rules import limits, steps

REPLY_TABLE = "cases_reply"
NOTE_TABLE = "cases_note"
HANDOVER_TABLE = "cases_handover"
DISPUTE_TABLE = "cases_dispute"


@dataclass(frozen=True)
class Sight:
    """A case as the permission matrix looks at it."""

    unit_path: str
    owner: UUID | None = None
    handler: UUID | None = None
    author: UUID | None = None
    requester: UUID | None = None
    extends_to_days: int = 0
    helpers: frozenset[UUID] = frozenset()
    recused: frozenset[UUID] = frozenset()
    masked: frozenset[UUID] = frozenset()


def case(id: UUID) -> Case | None:
    return Case.objects.select_related("owner", "handler", "unit").filter(pk=id).first()


def lock(id: UUID) -> Case | None:
    """The case for a room above that is about to do something with it, locked against anybody else."""
    return Case.objects.select_for_update().filter(pk=id).first()


_REMEMBERED: ContextVar[dict[UUID, Case] | None] = ContextVar("remembered cases", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, `cases` reads each row once: for a process that writes alone, and changes cases only by verbs that were given
    what `cases` gave. The version of a row tells who did otherwise."""
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def cases(ids: Iterable[UUID]) -> dict[UUID, Case]:
    wanted, known = set(ids), _REMEMBERED.get()
    if known is None:
        return {case.pk: case for case in load(Case, "id", wanted)}
    known.update((case.pk, case) for case in load(Case, "id", wanted - known.keys()))
    return {id: known[id] for id in wanted if id in known}


def remembered(id: UUID) -> Case | None:
    """The case if it is in memory: who writes its row without it keeps it as the row is."""
    return (_REMEMBERED.get() or {}).get(id)


def in_states(states: Collection[str]) -> QuerySet[Case]:
    return Case.objects.filter(state__in=states)


def unassigned(kind: str, before: datetime) -> list[Case]:
    """New matters of a kind that arrived before an instant and wait for somebody to take them, oldest first."""
    return list(Case.objects.filter(kind=kind, state="new", received_at__lt=before).order_by("received_at", "id"))


def version_of(id: UUID) -> int | None:
    """How often the case has been written to: what two people who meet on it compare."""
    return Case.objects.filter(pk=id).values_list("version", flat=True).first()


def by_number(number: str) -> Case | None:
    return Case.objects.filter(number=number.strip().upper()).first()


def visible_to(actor: Actor, at: datetime, action: str = "case.read") -> QuerySet[Case]:
    """The cases this actor may see: their units' and their own, never those they are recused from."""
    found = Case.objects.all()
    if actor.kind == "machine" and not actor.scopes:
        return found  # the product itself; a token has the scopes it was given
    if actor.kind == "customer" or not actor.scopes:
        return found.none()
    prefixes = permit.paths(actor, action)
    if not any(_is_root(path) for path in prefixes):
        reach = Q(pk__in=())
        for path in prefixes:
            reach |= Q(unit_path__startswith=path)
        if permit.own(actor, action):
            # Read first: a subquery inside an OR keeps the database from using the indexes of the other parts.
            offered = Handover.objects.filter(receiver=actor.staff, settled_at=None).order_by()
            asked = Leg.objects.filter(holder=actor.staff, left_at=None).order_by()
            lent = {*offered.values_list("case", flat=True), *asked.values_list("case", flat=True)}
            reach |= Q(owner=actor.staff) | Q(handler=actor.staff)
            if lent:
                reach |= Q(pk__in=lent)
        found = found.filter(reach)
    return found.exclude(pk__in=staff.recused_subjects(actor.staff, at)) if actor.staff else found


def sight(
    case: Case,
    at: datetime,
    *,
    author: UUID | None = None,
    requester: UUID | None = None,
    extends_to_days: int = 0,
) -> Sight:
    """What `kernel.permit.can` needs to know of a case."""
    return Sight(
        unit_path=case.unit_path,
        owner=case.owner_id,
        handler=case.handler_id,
        author=author,
        requester=requester,
        extends_to_days=extends_to_days,
        helpers=helpers(case.id),
        recused=frozenset(staff.recused(case.id, at)),
        masked=staff.masked_for(case.id, at),
    )


def helpers(case: UUID) -> frozenset[UUID]:
    """Who has an open part in a case: consulted, working jointly, or escalated to."""
    found = rows("SELECT holder_id FROM cases_leg WHERE case_id = %s AND left_at IS NULL", [case])
    return frozenset(as_id(holder) for (holder,) in found)


def cases_of(customer: UUID, actor: Actor, at: datetime) -> QuerySet[Case]:
    """A person's matters under all their merged records, the newest first, as this actor may see them."""
    mine = profiles.identities(customer)
    return visible_to(actor, at).filter(customer__in=mine).order_by("-received_at", "-id")


def customers_of(matters: Collection[UUID] | QuerySet[Any]) -> set[UUID]:
    """Whose these matters are; `matters` is a list or a query of ids."""
    known = Case.objects.filter(pk__in=matters, customer__isnull=False).order_by().values_list("customer", flat=True)
    return {customer for customer in known if customer is not None}


def unseen_of(customer: UUID, actor: Actor, at: datetime) -> int:
    """How many matters of the person this actor may not see. What they are recused from is not even counted (SoD1)."""
    every = Case.objects.filter(customer__in=profiles.identities(customer))
    if actor.staff:
        every = every.exclude(pk__in=staff.recused_subjects(actor.staff, at))
    return every.count() - cases_of(customer, actor, at).count()


def matters_of(customers: Iterable[UUID], since: datetime) -> list[tuple[UUID, UUID, str, datetime]]:
    """(case, customer, cause, received) of these people's matters since an instant, for linking repeats.

    A matter under another record of the same person is given under each of theirs that was asked for."""
    asked = set(customers)
    into = profiles.survivors(asked)
    owners: dict[UUID, list[UUID]] = {}
    for customer, person in into.items():
        owners.setdefault(person, []).append(customer)
    of = {id: owners[person] for person, ids in profiles.clusters(asked).items() for id in ids}
    wanted = sorted(of)
    found: list[tuple[UUID, UUID, str, datetime]] = []
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        earlier = rows(
            "SELECT id, customer, cause, received_at FROM cases_case"
            f" WHERE customer IN ({marks(part)}) AND received_at >= %s",
            [*part, since],
        )
        found += [(as_id(id), who, why, as_time(at)) for id, held, why, at in earlier for who in of[as_id(held)]]
    return found


def handovers(case: UUID) -> list[Handover]:
    return list(Handover.objects.filter(case=case).select_related("sender", "receiver"))


def handover(id: UUID) -> Handover | None:
    return Handover.objects.filter(pk=id).select_related("sender", "receiver", "case").first()


def waiting_handovers(staff_id: UUID) -> QuerySet[Handover]:
    return Handover.objects.filter(receiver=staff_id, settled_at=None).select_related("sender", "case")


def replies(case: UUID) -> list[Reply]:
    return list(Reply.objects.filter(case=case).select_related("author", "approver"))


def reply(id: UUID) -> Reply | None:
    return Reply.objects.filter(pk=id).select_related("author", "approver", "case").first()


def open_reply(case: Case) -> Reply | None:
    """The draft on the table in this cycle: waiting, ready, returned or failed."""
    at_hand = rows(
        "SELECT id FROM cases_reply WHERE case_id = %s AND cycle = %s"
        " AND state IN ('waiting', 'ready', 'returned', 'failed') ORDER BY drafted_at DESC, id DESC LIMIT 1",
        [case.pk, case.cycle],
    )
    return Reply.objects.select_related("author", "approver").get(pk=as_id(at_hand[0][0])) if at_hand else None


def approvers(case: Case, author: UUID | None, at: datetime) -> list[UUID]:
    """Who may approve a reply: supervisors over the unit (consumer protection when it is major), never author,
    handler or a recused person. Where no supervisor is left, consumer protection reads it (SoD17)."""
    barred = {author, case.handler_id} | set(staff.recused(case.id, at))
    for role in ("consumer_protection",) if case.severity == "major" else ("supervisor", "consumer_protection"):
        found = [person for person in access.holders(role, at, case.unit_path) if person not in barred]
        if found:
            return found
    return []


def notes(case: UUID) -> list[Note]:
    return list(Note.objects.filter(case=case).select_related("author"))


def after(id: UUID | None, limit: int) -> list[UUID]:
    """The next cases in the order of their ids, for walking through all of them."""
    found = Case.objects.filter(pk__gt=id) if id else Case.objects.all()
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def offered_to(ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who is offered each of these cases and has not answered."""
    waiting = Handover.objects.filter(case__in=list(ids), settled_at=None).order_by("offered_at", "id")
    found: dict[UUID, list[UUID]] = {}
    for case, receiver in waiting.values_list("case", "receiver"):
        found.setdefault(case, []).append(receiver)
    return found


def drafts_many(ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, datetime, str]]]:
    """(id, drafted, text) of the replies of each of these cases that have not gone out: drafts, returned and replaced."""
    drafts = Reply.objects.filter(case__in=list(ids)).exclude(state__in=("sending", "delivered"))
    kept = list(drafts.values_list("id", "case", "drafted_at"))
    texts = vault.reveal_many(REPLY_TABLE, [id for id, _case, _at in kept])
    found: dict[UUID, list[tuple[UUID, datetime, str]]] = {}
    for id, case, at in kept:
        found.setdefault(case, []).append((id, at, texts.get(id, {}).get("text", "")))
    return found


def notes_many(ids: Iterable[UUID]) -> dict[UUID, list[tuple[UUID, datetime, str]]]:
    """(id, written, text) of the notes of each of these cases."""
    kept = list(Note.objects.filter(case__in=list(ids)).values_list("id", "case", "written_at"))
    texts = vault.reveal_many(NOTE_TABLE, [id for id, _case, _at in kept])
    found: dict[UUID, list[tuple[UUID, datetime, str]]] = {}
    for id, case, at in kept:
        found.setdefault(case, []).append((id, at, texts.get(id, {}).get("text", "")))
    return found


def disputes(case: UUID) -> list[Dispute]:
    return list(Dispute.objects.filter(case=case).select_related("first_handler"))


def owner_of(case: UUID) -> UUID | None:
    """Who answers for a case, without reading the rest of it."""
    found = rows("SELECT owner_id FROM cases_case WHERE id = %s", [case])
    return as_id(found[0][0]) if found and found[0][0] else None


def disputed(case: UUID) -> list[tuple[datetime, str]]:
    """When the customer did not accept an answer, and in what words."""
    rows = list(Dispute.objects.filter(case=case).values_list("id", "disputed_at"))
    texts = vault.reveal_many(DISPUTE_TABLE, [id for id, _at in rows]) if rows else {}
    return [(at, texts.get(id, {}).get("text", "")) for id, at in rows]


def why_no_dispute(case: Case, at: datetime) -> str:
    """ "" if the customer may have it examined again now, else the code of the reason."""
    until = limits.dispute_until(case.answered_at) if case.answered_at else None
    return steps.no_dispute(case.state, case.outcome, until, at)


def closures(case: UUID) -> list[Closure]:
    return list(Closure.objects.filter(case=case))


def extensions(case: UUID) -> list[Extension]:
    return list(Extension.objects.filter(case=case).select_related("requester", "approver"))


def open_excuse(case: UUID) -> Excuse | None:
    """The request to excuse a missed limit that waits for a decision."""
    return Excuse.objects.select_related("requester").filter(case=case, outcome="waiting").first()


def excuses(case: UUID) -> list[Excuse]:
    return list(Excuse.objects.select_related("requester", "approver").filter(case=case))


def open_extension(case: UUID) -> Extension | None:
    waiting = rows(
        "SELECT id FROM cases_extension WHERE case_id = %s AND outcome IN ('waiting', 'approved')"
        " ORDER BY requested_at, id LIMIT 1",
        [case],
    )
    found = Extension.objects.select_related("requester", "approver")
    return found.get(pk=as_id(waiting[0][0])) if waiting else None


def escalations(case: UUID) -> list[Escalation]:
    return list(Escalation.objects.filter(case=case).select_related("to"))


def tellings(case: UUID) -> list[Telling]:
    return list(Telling.objects.filter(case=case))


def _is_root(path: str) -> bool:
    return path.count("/") <= 1
