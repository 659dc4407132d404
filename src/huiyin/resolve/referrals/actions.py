"""A complaint that a regulator forwarded gets the stricter of all limits; what came of it goes back as a file."""

from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.listen.voices import actions as voices
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.referrals import rules, tasks
from huiyin.resolve.referrals.facts import CaseReferred
from huiyin.resolve.referrals.models import Referral, Return

WHY = {
    "no_case": _("There is no open case with this number that you can see."),
    "twice": _("This number of this body is on record already."),
    "future": _("The day of receipt lies in the future."),
    "past": _("The limit lies before the day of receipt."),
    "body": _("This body is not known."),
    "reference": _("Enter the number under which it was forwarded."),
    "layout": _("There is no file of this kind."),
    "many": _("A file holds at most 100 complaints. Choose a shorter period."),
    "none": _("There is no complaint for this file."),
}


class Refused(Refusal):
    """A step that cannot be taken. `code` is a key of WHY."""

    status = 409

    def __init__(self, code: str) -> None:
        super().__init__(WHY[code], code=code)
        self.code = code


@transaction.atomic
def refer(
    *, case: UUID, body: str, reference: str, received_on: date, due_on: date | None, by: Actor, at: datetime
) -> Referral:
    """Put the forwarding on a case: its own limit runs beside the others, and the earliest of them leads."""
    if body not in {label.code for label in standards.facet("source")}:
        raise Refused("body")
    if not reference.strip():
        raise Refused("reference")
    if received_on > localdate(at):
        raise Refused("future")
    if due_on is not None and due_on < received_on:
        raise Refused("past")
    try:
        with transaction.atomic():
            row = Referral.objects.create(
                case=case, body=body, reference=reference.strip()[:64], received_on=received_on, due_on=due_on,
                recorded_at=at, recorded_by=by.ref,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refused("twice") from twice
    case_actions.limit_by_regulator(case=case, body=body, received_on=received_on, due_on=due_on, by=by, at=at)
    fact = CaseReferred(case=case, referral=row.pk, body=body, received_on=received_on, due_on=due_on)
    record(fact=fact, stream=f"matter:{case}", by=by, at=at)
    return row


@transaction.atomic
def hear(*, heard: voices.Heard, body: str, reference: str, due_on: date | None, by: Actor, at: datetime) -> Referral:
    """A forwarded complaint that we did not know: it is heard, opened and referred in one transaction."""
    voice = voices.hear(item=heard, by=by, at=at)
    received_on = localdate(heard.received_at)
    return refer(case=voice.id, body=body, reference=reference, received_on=received_on, due_on=due_on, by=by, at=at)


def ask_for_return(*, layout: str, first: date, last: date, by: Actor, at: datetime) -> Return:
    """Have the file made by a job: the complaints that this body forwarded in the period, as far as this person may
    see them (for the CFPB: those received in the period)."""
    if layout not in rules.LAYOUTS:
        raise Refused("layout")
    visible = cases.visible_to(by, at)
    if layout == "cfpb":
        found = visible.filter(kind="complaint", received_at__date__gte=first, received_at__date__lte=last)
    else:
        referred = Referral.objects.filter(body=layout, received_on__gte=first, received_on__lte=last)
        found = visible.filter(pk__in=referred.order_by().values("case"))
    ids = [str(id) for id in found.order_by("number").values_list("pk", flat=True)[: rules.MOST_ROWS + 1]]
    if not ids or len(ids) > rules.MOST_ROWS:
        raise Refused("many" if ids else "none")
    with transaction.atomic():
        made = Return.objects.create(layout=layout, cases=ids, asked_by=by.ref, asked_at=at)
        transaction.on_commit(partial(tasks.make_return.enqueue, str(made.pk)))
    return made
