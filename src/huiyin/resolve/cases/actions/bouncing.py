"""退单 and information errors (row R6): what came over wrong or incomplete is said once, with a reason code."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.actions.stepping import step_given_up
from huiyin.resolve.cases.facts import CaseAssigned, CaseBounced, HandoverMarked
from huiyin.resolve.cases.models import Case, Handover, Note
from huiyin.resolve.cases.queries.legs import taken_from
from huiyin.resolve.cases.queries.records import HANDOVER_TABLE, NOTE_TABLE


def one_of_the_errors(error: str) -> str:
    if error not in {label.code for label in standards.facet("handover_error")}:
        raise Refused("reason_missing")
    return error


@transaction.atomic
def mark_handover(*, handover: UUID, error: str, text: str, by: Actor, at: datetime) -> Handover:
    """The receiver keeps the case, but says that what came with it was wrong or incomplete. Counted once."""
    offer = Handover.objects.select_for_update().filter(pk=handover).first()
    if offer is None:
        raise Gone
    one_of_the_errors(error)
    case = ground.held(offer.case_id, "mark")
    if by.kind != "machine" and by.staff != offer.receiver_id:
        raise Refused("not_handed_to_you")
    ground.allow(by, "case.note", case, at)
    marked = Handover.objects.filter(pk=handover, outcome="accepted", error="").update(error=error, marked_at=at)
    if not marked:
        raise Refused("already_settled")
    offer.error, offer.marked_at = error, at
    vault.keep(subject=case.id, table=HANDOVER_TABLE, row=handover, values={"marked": ground.text_of(text)})
    ground.write(case)
    ground.tell_history(case, HandoverMarked(case=case.id, handover=handover, error=error), by, at)
    ground.notify(
        offer.sender_id, "handover_marked", case, by, at, f"marked:{handover}",
        zh="您移交的工单 {number} 被登记信息差错", en="What you handed over with case {number} was marked as wrong",
    )  # fmt: skip
    return offer


@transaction.atomic
def bounce(*, case: UUID, error: str, text: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """The handler gives the case back to whoever handed it over, or to its owner if it was assigned.

    Within four business hours the time is charged to the sender, later to the one who sat on it (§8.9).
    """
    one_of_the_errors(error)
    found = ground.held(case, "bounce", version)
    ground.allow(by, "case.reply", found, at)
    sender = ground.only_staff(by)
    if found.handler_id != sender:
        raise Refused("not_holder")
    offer = taken_from(found)
    receiver = offer.sender_id if offer else None
    back_to = receiver or found.owner_id
    if back_to is None or back_to == sender:
        raise Refused("nothing_to_bounce")
    if receiver is not None:
        ground.fit(receiver, found, at)
    words = ground.text_of(text)
    charged = back_to if clocks.sent_back_early(case, at) else sender
    ground.write(found, handler_id=receiver, state="working" if receiver else "new")
    fact = CaseBounced(
        case=case, sender=sender, receiver=receiver, charged=charged, error=error, handover=offer.pk if offer else None
    )
    ground.tell_history(found, fact, by, at)
    if offer is not None:
        _mark(offer, found, error, words, by, at)
        person = CaseAssigned(case=case, handler=offer.sender_id, how="bounce")
        ground.tell_history(found, person, by, at)
    else:
        step_given_up(case=case, by=by, at=at, charge=back_to)
        note = Note.objects.create(case=found, author_id=sender, written_at=at)
        vault.keep(subject=case, table=NOTE_TABLE, row=note.id, values={"text": words})
    ground.notify(back_to, "handover_returned", found, by, at, f"bounced:{case}:{found.version}")
    return found


def _mark(offer: Handover, case: Case, error: str, words: str, by: Actor, at: datetime) -> None:
    if Handover.objects.filter(pk=offer.pk, error="").update(error=error, marked_at=at):
        ground.tell_history(case, HandoverMarked(case=case.id, handover=offer.pk, error=error), by, at)
    vault.keep(subject=case.id, table=HANDOVER_TABLE, row=offer.pk, values={"returned": words})
