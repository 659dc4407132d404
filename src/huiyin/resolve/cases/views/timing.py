"""Forms and conditions of the verbs about time: pause, resume, excuse."""

from typing import TYPE_CHECKING, Any

from django import forms as django_forms
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.standards.queries import facet, label
from huiyin.kernel.pauses import CONSULTED
from huiyin.resolve.cases import forms, queries
from huiyin.resolve.cases.actions.refusals import WHY

if TYPE_CHECKING:
    from huiyin.resolve.cases.views.offers import Data, Desk

CHOSEN = ("customer_wait", "external", "mediation", "force_majeure", "customer_material")
"""The reasons a person may choose; a consultation stops a leg by itself, and approvals and outages stop nothing."""


def pause(desk: "Desk", data: "Data") -> django_forms.Form:
    reasons = [label("pause_reason", code) for code in CHOSEN]
    return forms.Pause(data, reasons=reasons, initial={"version": desk.case.version, "reason": CHOSEN[0]})


def resume(desk: "Desk", data: "Data") -> django_forms.Form:
    reasons = [label("pause_reason", code) for code in _waiting(desk)]
    initial = {"version": desk.case.version, "choice": reasons[0].code if reasons else ""}
    return forms.OneChoice(data, label=_("What it waited for"), labels=reasons, initial=initial)


def excuse(desk: "Desk", data: "Data") -> django_forms.Form:
    return forms.Excuse(
        data, clocks=[(str(view.id), _named(view)) for view in clocks.missed(desk.case.id)],
        reasons=facet("excuse_reason"), initial={"version": desk.case.version},
    )  # fmt: skip


def resumable(desk: "Desk") -> Any:
    return "" if _waiting(desk) else None


def excusable(desk: "Desk") -> Any:
    if not clocks.missed(desk.case.id):
        return None
    return WHY["excuse_waiting"] if queries.open_excuse(desk.case.id) else ""


def deciding(desk: "Desk") -> Any:
    """Somebody asked that a miss be excused, and it was not this person."""
    asked = queries.open_excuse(desk.case.id)
    if asked is None:
        return None
    return WHY["own_excuse"] if asked.requester_id == desk.actor.staff else ""


def _waiting(desk: "Desk") -> list[str]:
    return [reason for reason in clocks.waits(desk.case.id) if reason != CONSULTED]


def _named(view: clocks.ClockView) -> str:
    words = label("clock_family", view.family).word(get_language() or "zh-hans")
    due = view.due_at
    return f"{words} · {date_format(localtime(due), 'SHORT_DATETIME_FORMAT')}" if due else words
