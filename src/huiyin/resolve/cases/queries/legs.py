"""Who has a case now, who had it before, and what was handed over wrongly."""

import json
from uuid import UUID

from huiyin.ledger import queries as ledger
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases.models import Case, Handover, Leg, Redress, Reply
from huiyin.resolve.cases.rules.legs import HOLDS

LEG_TABLE = "cases_leg"


def side_legs(case: UUID) -> list[Leg]:
    return list(Leg.objects.filter(case=case).select_related("holder", "unit", "sender"))


def open_leg_of(case: UUID, staff: UUID | None) -> Leg | None:
    """The open part that this person has in a case."""
    return Leg.objects.filter(case=case, holder=staff, left_at=None).select_related("sender").first() if staff else None


def unanswered_legs(cases: list[UUID]) -> bool:
    """Does anybody who was consulted or works jointly still owe an answer?"""
    return Leg.objects.filter(case__in=cases, kind__in=("consult", "joint"), left_at=None).exists()


def leg_words(ids: list[UUID]) -> dict[UUID, dict[str, str]]:
    """What was asked and what was answered."""
    return vault.reveal_many(LEG_TABLE, ids)


def was_told_in_person(case: Case) -> bool:
    """Was the answer of this cycle told to the customer, or printed for them, beside what stands on their page?"""
    replies = {str(id) for id in Reply.objects.filter(case=case, cycle=case.cycle).values_list("id", flat=True)}
    for entry in ledger.entries_of(case.stream):
        if entry.type == "case.told_in_person" and json.loads(entry.payload)["cycle"] == case.cycle:
            return True
        if entry.type == "case.letter_printed" and json.loads(entry.payload)["reply"] in replies:
            return True
    return False


def taken_from(case: Case) -> Handover | None:
    """The hand-over by which the present handler got the case in this cycle, if it was one."""
    if case.handler_id is None:
        return None
    accepted = Handover.objects.filter(case=case, kind="handler", outcome="accepted", receiver=case.handler_id)
    return accepted.order_by("-settled_at", "-id").first()


def last_taken(case: UUID, staff: UUID | None) -> Handover | None:
    """The newest hand-over of any kind that this person accepted and has not marked."""
    if staff is None:
        return None
    accepted = Handover.objects.filter(case=case, outcome="accepted", receiver=staff, error="")
    return accepted.select_related("sender").order_by("-settled_at", "-id").first()


def hands(id: UUID) -> set[UUID]:
    """Everybody who had a part in a case so far: owners, handlers, consulted, authors and approvers (SoD15)."""
    case = Case.objects.get(pk=id)
    told = ((entry.type, json.loads(entry.payload)) for entry in ledger.entries_of(case.stream))
    found = {UUID(said[role]) for type, said in told for role in HOLDS.get(type, ()) if said.get(role)}
    for sender, receiver in Handover.objects.filter(case=id, outcome="accepted").values_list("sender", "receiver"):
        found |= {sender, receiver}
    for author, approver in Reply.objects.filter(case=id).values_list("author", "approver"):
        found |= {author, approver}
    for proposer, approver in Redress.objects.filter(case=id).values_list("proposer", "approver"):
        found |= {proposer, approver}
    return {person for person in found | {case.owner_id, case.handler_id} if person is not None}
