"""Verbs of making good. Each acts on the first redress that stands where it can be done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.kernel.actor import Actor
from huiyin.resolve.cases import actions, forms, queries
from huiyin.resolve.cases.actions.refusals import WHY, Refused
from huiyin.resolve.cases.models import Case, Redress
from huiyin.resolve.cases.rules import redress as rule
from huiyin.resolve.cases.views.offers import Data, Desk, Verb

Act = Callable[[Case, dict[str, Any], Actor, datetime], str]


def _propose(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Redress(data, initial={"version": desk.case.version})


def _plain(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Versioned(data, initial={"version": desk.case.version})


def _reason(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Reason(data, initial={"version": desk.case.version})


def _evidence(desk: Desk, data: Data) -> django_forms.Form:
    return forms.Evidence(data, initial={"version": desk.case.version})


def _first(rows: list[Redress], *states: str) -> Redress | None:
    return next((row for row in rows if row.state in states), None)


def _there(*states: str) -> Callable[[Desk], Any]:
    return lambda desk: "" if _first(desk.redress, *states) else None


def _approvable(desk: Desk) -> Any:
    row = _first(desk.redress, "waiting")
    if row is None:
        return None
    if desk.actor.staff in (row.proposer_id, desk.case.handler_id):
        return WHY["own_redress"]
    roles = {scope.role for scope in desk.actor.scopes if desk.case.unit_path.startswith(scope.path)}
    known = queries.limits(row.currency)
    return WHY["above_your_limit"] if rule.needs_second(row.amount, roles, known) else ""


def _to_approve(desk: Desk) -> bool:
    return _approvable(desk) == ""


VERBS: dict[str, Verb] = {
    verb.code: verb
    for verb in (
        Verb("redress", gettext_lazy("Propose redress"), "redress", "case.redress", _propose, "cash-coin",
             hint=gettext_lazy("Above your own limit a second person must agree before the customer hears of it.")),
        Verb("redress-approve", gettext_lazy("Approve the redress"), "redress_on", "case.approve_redress", _plain, "check2-all", extra=_approvable, first=_to_approve),
        Verb("redress-return", gettext_lazy("Return the redress"), "redress_on", "case.approve_redress", _reason, "arrow-return-left", extra=_approvable),
        Verb("redress-offer", gettext_lazy("Offer it to the customer"), "redress_on", "case.redress", _plain, "envelope-check", extra=_there("ready"), first=lambda desk: _first(desk.redress, "ready") is not None),
        Verb("redress-accepted", gettext_lazy("Record that the customer takes the redress"), "redress_on", "case.note", _plain, "hand-thumbs-up", extra=_there("offered")),
        Verb("redress-declined", gettext_lazy("Record that the customer declines the redress"), "redress_on", "case.note", _plain, "hand-thumbs-down", extra=_there("offered")),
        Verb("redress-paid", gettext_lazy("Record that the redress is carried out"), "redress_on", "case.redress", _evidence, "receipt", extra=_there("accepted"), first=lambda desk: _first(desk.redress, "accepted") is not None),
        Verb("redress-drop", gettext_lazy("Drop the redress"), "redress_on", "case.redress", _plain, "trash", extra=_there("waiting", "ready", "returned", "offered"), danger=True,
             hint=gettext_lazy("It stays on record as dropped.")),
    )
}  # fmt: skip


def _row(case: Case, *states: str) -> UUID:
    found = _first(queries.redress_of(case.pk), *states)
    if found is None:
        raise Refused("already_settled")
    return found.pk


def _proposed(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    row = actions.propose_redress(
        case=case.pk, kind=data["kind"], amount=data["minor"], currency=data["currency"], text=data["text"], by=by,
        at=at, version=data["version"],
    )  # fmt: skip
    return _("It waits for approval.") if row.needs_approval else _("Within your limit: it can be offered now.")


def _approved(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.approve_redress(redress=_row(case, "waiting"), by=by, at=at)
    return _("Approved.")


def _returned(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.return_redress(redress=_row(case, "waiting"), text=data["text"], by=by, at=at)
    return _("Returned with your reason.")


def _offered(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.offer_redress(redress=_row(case, "ready"), by=by, at=at)
    return _("The customer has been written to.")


def _answered(accepted: bool) -> Act:
    def act(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
        actions.answer_redress(redress=_row(case, "offered"), accepted=accepted, by=by, at=at)
        return _("The customer's answer is on record.")

    return act


def _paid(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.pay_redress(redress=_row(case, "accepted"), evidence=data["evidence"], by=by, at=at)
    return _("Carried out, with its reference.")


def _dropped(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.drop_redress(redress=_row(case, "waiting", "ready", "returned", "offered"), by=by, at=at)
    return _("Dropped.")


ACTS: dict[str, Act] = {
    "redress": _proposed,
    "redress-approve": _approved,
    "redress-return": _returned,
    "redress-offer": _offered,
    "redress-accepted": _answered(True),
    "redress-declined": _answered(False),
    "redress-paid": _paid,
    "redress-drop": _dropped,
}
