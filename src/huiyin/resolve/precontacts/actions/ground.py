"""What every verb of this room stands on."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import actions as clocks
from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import Fact
from huiyin.kernel.refusal import Coded, Refusal
from huiyin.ledger.actions import record
from huiyin.platform.messages import actions as messages
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts.facts import PrecontactHanded
from huiyin.resolve.precontacts.models import Precontact

WHY = {
    "not_now": _("The customer can be asked while somebody works on the case and no reply waits."),
    "asked_already": _("The customer was asked already. Wait for the answer, or go on without it first."),
    "nothing_asked": _("Choose at least one paper or one fact."),
    "unknown": _("Choose from the list."),
    "wrong_day": _("Choose a day within the next 30 days."),
    "text_too_long": _("The text is too long."),
    "incomplete": _("Please answer every question."),
    "over": _("These questions are answered already, or the matter has been decided meanwhile."),
}


class Refused(Coded):
    words = WHY


class Gone(Refusal):
    status = 404
    message = _("There are no such questions.")


def tell(row: Precontact, fact: Fact, by: Actor, at: datetime) -> None:
    record(fact=fact, stream=f"matter:{row.case}", by=by, at=at)


def wake(case: UUID, by: Actor, at: datetime) -> None:
    """Nothing is waited for any more: what stood still for it runs again."""
    if clocks.resume(subject=case, reason="customer_material", by=by, at=at):
        case_actions.retime_case(case=case)


def hand(row: Precontact, case: cases.Case, why: str, by: Actor, at: datetime) -> None:
    """A task for whoever has the case. A later answer of the customer still counts, until the person settles it."""
    row.state, row.why, row.handed_at, row.handed_to_id = "handed", why, at, holder_of(case)
    row.save(update_fields=["state", "why", "handed_at", "handed_to"])
    tell(row, PrecontactHanded(precontact=row.pk, matter=row.case, why=why, to=row.handed_to_id), by, at)
    if row.handed_to_id != by.staff:
        kind = "precontact_in_person" if why == "in_person" else "precontact_handed"
        notify(kind, row.handed_to_id, case, row, by, at)


def holder_of(case: cases.Case) -> UUID | None:
    return case.handler_id or case.owner_id


def notify(kind: str, to: UUID | None, case: cases.Case, row: Precontact, by: Actor, at: datetime) -> None:
    if to is not None:
        messages.notify(
            staff=to, kind=kind, matter=case.pk, params={"number": case.number},
            link=f"/desk/cases/{case.pk}/#precontacts", by=by, at=at, key=f"{kind}:{row.pk}",
        )  # fmt: skip
