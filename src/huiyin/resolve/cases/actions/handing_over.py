"""Hand-overs with acceptance (clock.md §8.9): until it is accepted nothing moves, and no limit ever moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.staff import queries as staff
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import Happening, record_many
from huiyin.platform.tables import actions as tables
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.bouncing import one_of_the_errors
from huiyin.resolve.cases.actions.refusals import Gone, NotAllowed, Refused
from huiyin.resolve.cases.facts import CaseAssigned, HandoverOffered, HandoverSettled
from huiyin.resolve.cases.models import Case, Handover
from huiyin.resolve.cases.queries.records import HANDOVER_TABLE
from huiyin.resolve.cases.rules.words import HANDOVER_KINDS, HANDOVER_REASONS


@transaction.atomic
def offer_handover(
    *,
    case: UUID,
    receiver: UUID,
    reason: str,
    by: Actor,
    at: datetime,
    kind: str = "handler",
    text: str = "",
    version: int | None = None,
    id: UUID | None = None,
) -> Handover:
    """Offer ownership or handling to a colleague with a reason."""
    if reason not in HANDOVER_REASONS or kind not in HANDOVER_KINDS:
        raise Refused("reason_missing")
    found = ground.held(case, "handover", version)
    sender = _sender(found, kind, by, at)
    if receiver == sender:
        raise Refused("same_person")
    ground.fit(receiver, found, at)
    if Handover.objects.filter(case=case, kind=kind, settled_at=None).exists():
        raise Refused("already_offered")
    person = staff.person(receiver)
    offer = Handover.objects.create(
        id=id or new_id(), case=found, kind=kind, sender_id=sender, receiver_id=receiver,
        unit_id=person.unit_id if person else None, reason=reason, offered_at=at,
    )  # fmt: skip
    if text.strip():
        vault.keep(subject=case, table=HANDOVER_TABLE, row=offer.id, values={"text": ground.text_of(text)})
    fact = HandoverOffered(
        case=case, handover=offer.id, sender=sender, receiver=receiver, unit=offer.unit_id, kind=kind
    )
    ground.tell_history(found, fact, by, at)
    clocks.happened(subject=case, event="handover.offered", by=by, at=at)
    ground.write(found)
    ground.notify(receiver, "handover_offered", found, by, at, f"offered:{offer.id}")
    return offer


def _sender(case: Case, kind: str, by: Actor, at: datetime) -> UUID:
    """Who lets go: the holder, or a supervisor on the holder's behalf (who is then asked to accept)."""
    holder = case.owner_id if kind == "owner" else case.handler_id or case.owner_id
    if by.staff is not None and by.staff != holder:
        verdict = permit.can(by, "case.assign", queries.sight(case, at))
        if not verdict:
            if verdict.rule:
                raise NotAllowed(verdict.reason, verdict.rule)
            raise Refused("not_holder")
    sender = holder or by.staff
    if sender is None:
        raise Refused("not_holder")
    return sender


def accept_handover(*, handover: UUID, by: Actor, at: datetime) -> Handover:
    """The receiver takes it: only now owner or handler changes."""
    with transaction.atomic():
        offer, case = _open_offer(handover, by, at)
        ground.fit(offer.receiver_id, case, at)
        _settle(offer, case, "accepted", by, at)
        if offer.kind == "owner":
            ground.write(case, owner_id=offer.receiver_id, owner_how="handover")
        else:
            ground.write(case, handler_id=offer.receiver_id, state="working" if case.state == "new" else case.state)
            fact = CaseAssigned(case=case.id, handler=offer.receiver_id, unit=offer.unit_id, how="transfer")
            ground.tell_history(case, fact, by, at)
        ground.notify(offer.sender_id, "handover_accepted", case, by, at, f"accepted:{offer.id}")
        return offer


def return_handover(*, handover: UUID, text: str, by: Actor, at: datetime, error: str = "other") -> Handover:
    """退单: the receiver gives it back with a reason and its code; the case stays where it was."""
    one_of_the_errors(error)
    with transaction.atomic():
        offer, case = _open_offer(handover, by, at)
        vault.keep(subject=case.id, table=HANDOVER_TABLE, row=offer.id, values={"returned": ground.text_of(text)})
        _settle(offer, case, "returned", by, at, error)
        ground.write(case)
        ground.notify(offer.sender_id, "handover_returned", case, by, at, f"returned:{offer.id}")
        return offer


def cancel_handover(*, handover: UUID, by: Actor, at: datetime) -> Handover:
    """The sender takes the offer back before it is accepted."""
    with transaction.atomic():
        offer = Handover.objects.select_for_update().filter(pk=handover).select_related("case").first()
        if offer is None:
            raise Gone
        case = ground.held(offer.case_id, "note")
        if by.staff != offer.sender_id:
            ground.allow(by, "case.assign", case, at)
        _settle(offer, case, "cancelled", by, at)
        ground.write(case)
        return offer


def cancel_handovers_of(case: Case, barred: frozenset[UUID], by: Actor, at: datetime) -> None:
    """Offers from or to a recused person end at once, with their clock."""
    for offer in Handover.objects.filter(case=case, settled_at=None):
        if {offer.sender_id, offer.receiver_id} & barred:
            _settle(offer, case, "cancelled", by, at)


def _open_offer(handover: UUID, by: Actor, at: datetime) -> tuple[Handover, Case]:
    offer = Handover.objects.select_for_update().filter(pk=handover).first()
    if offer is None:
        raise Gone
    if by.kind != "machine" and by.staff != offer.receiver_id:
        raise Refused("not_yours")
    return offer, ground.held(offer.case_id, "handover")


def _settle(offer: Handover, case: Case, outcome: str, by: Actor, at: datetime, error: str = "") -> None:
    settled = Handover.objects.filter(pk=offer.pk, settled_at=None).update(
        settled_at=at, outcome=outcome, error=error, marked_at=at if error else None
    )
    if not settled:
        raise Refused("already_settled")
    offer.settled_at, offer.outcome, offer.error = at, outcome, error
    fact = HandoverSettled(
        case=case.id, handover=offer.id, outcome=outcome, receiver=offer.receiver_id, unit=offer.unit_id,
        error=error or None,
    )  # fmt: skip
    ground.tell_history(case, fact, by, at)
    clocks.happened(subject=case.id, event=f"handover.{outcome}", by=by, at=at)


@dataclass(frozen=True)
class HandingOver:
    """One line of `handover_many`: offered and settled in one go."""

    case: UUID
    kind: str
    sender: UUID
    receiver: UUID
    reason: str
    outcome: str  # accepted | returned
    offered_at: datetime
    settled_at: datetime
    by: Actor
    receiver_by: Actor
    id: UUID | None = None
    error: str = ""  # of a returned one; "other" if nothing is said


@transaction.atomic
def handover_many(*, items: Sequence[HandingOver]) -> None:
    """Hand over a batch, for the generator: same tables and facts, no inbox lines."""
    if not items:
        return
    units = {id: person.unit_id for id, person in staff.people(item.receiver for item in items).items()}
    cases = queries.cases(item.case for item in items)
    rows, offered, settled, stops = [], [], [], []
    for item in items:
        case, unit = cases[item.case], units.get(item.receiver)
        error = one_of_the_errors(item.error or "other") if item.outcome == "returned" else ""
        row = Handover(
            id=item.id or new_id(), case=case, kind=item.kind, sender_id=item.sender, receiver_id=item.receiver,
            unit_id=unit, reason=item.reason, offered_at=item.offered_at, settled_at=item.settled_at,
            outcome=item.outcome, error=error, marked_at=item.settled_at if error else None,
        )  # fmt: skip
        rows.append(row)
        fact = HandoverOffered(
            case=case.id, handover=row.id, sender=item.sender, receiver=item.receiver, unit=unit, kind=item.kind
        )
        offered.append(Happening(fact, case.stream, item.by, item.offered_at))
        stops.append(clocks.Happened(case.id, "handover.offered", item.offered_at))
        done = HandoverSettled(
            case=case.id, handover=row.id, outcome=item.outcome, receiver=item.receiver, unit=unit, error=error or None
        )
        settled.append(Happening(done, case.stream, item.receiver_by, item.settled_at))
        stops.append(clocks.Happened(case.id, f"handover.{item.outcome}", item.settled_at))
    tables.insert(rows)
    record_many(happenings=offered, recorded_at=max(item.offered_at for item in items))
    record_many(happenings=settled, recorded_at=max(item.settled_at for item in items))
    clocks.happened_many(items=stops, by=items[0].by, at=max(item.settled_at for item in items))
    assigned: list[Happening] = []
    changes: list[tuple[Case, dict[str, object]]] = []
    for item in items:
        case = cases[item.case]
        if item.outcome != "accepted":
            changes.append((case, {"handler_id": case.handler_id}))
        elif item.kind == "owner":
            changes.append((case, {"owner_id": item.receiver, "owner_how": "handover"}))
        else:
            changes.append((case, {"handler_id": item.receiver, "state": "working"}))
            fact_ = CaseAssigned(case=item.case, handler=item.receiver, unit=units.get(item.receiver), how="transfer")
            assigned.append(Happening(fact_, f"matter:{item.case}", item.receiver_by, item.settled_at))
    for same in sorted({tuple(written) for _, written in changes}):
        ground.write_many([(case, written) for case, written in changes if tuple(written) == same], writes=2)
    if assigned:
        record_many(happenings=assigned, recorded_at=max(h.at for h in assigned))
