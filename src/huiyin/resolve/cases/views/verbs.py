"""One address per verb: a form, one action, and back to the page. Refusals keep what was written."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huiyin.bank.clocks import actions as clocks
from huiyin.kernel.actor import Actor
from huiyin.protect.access import actions as access
from huiyin.resolve.cases import actions, forms, queries
from huiyin.resolve.cases.actions.refusals import Gone, NotAllowed, Refused, Stale
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.views import communicating, legwork, offers, redressing
from huiyin.resolve.cases.views.page import actor_of, band, seen, shown

Act = Callable[[Case, dict[str, Any], Actor, datetime], str]


@never_cache
@login_required
@require_POST
def do(request: HttpRequest, id: UUID, verb: str) -> HttpResponse:
    case = seen(request, id)
    actor, at = actor_of(request)
    if verb in _SETTLE:
        return _settle(request, case, verb)
    if verb not in offers.VERBS:
        raise Http404
    form = offers.VERBS[verb].build(offers.look(case, actor, at), request.POST)
    if not form.is_valid():
        return shown(request, case, {verb: form}, status=422)
    try:
        said = ACTS[verb](case, form.cleaned_data, actor, at)
    except Stale:
        return _merge(request, id, verb, form)
    except (Refused, offers.Unknown, clocks.Refused) as no:
        form.add_error(None, str(no.message))
        return shown(request, seen(request, id), {verb: form}, status=no.status)
    except NotAllowed as no:
        _note_refusal(no, verb, case, actor, at)
        raise
    messages.success(request, said)
    return _back(request, id)


def _back(request: HttpRequest, id: UUID) -> HttpResponse:
    """To the case, or to the queue where this person may not see it any more."""
    actor, at = actor_of(request)
    if queries.visible_to(actor, at).filter(pk=id).exists():
        return redirect("cases:case", id)
    messages.info(request, _("You cannot see this case any more."))
    return redirect("/desk/work/")


def _merge(request: HttpRequest, id: UUID, verb: str, form: django_forms.Form) -> HttpResponse:
    """Somebody wrote first: both versions side by side, and the choice (bad input 15, T56)."""
    case = seen(request, id)
    actor, at = actor_of(request)
    desk = offers.look(case, actor, at)
    theirs = offers.VERBS[verb].build(desk, None)
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(case.version)
    mine = offers.VERBS[verb].build(desk, data)
    mine.is_valid()
    why = offers.refused(offers.VERBS[verb], desk)
    context = {
        "case": case,
        "band": band(case, at),
        "verb": offers.VERBS[verb],
        "mine": mine,
        "theirs": [
            (field.label, field.value()) for field in theirs.visible_fields() if field.value() not in (None, "")
        ],
        "why": why,
        "latest": queries.timeline(case, actor)[-5:],
    }
    return render(request, "cases/merge.html", context, status=409)


def _note_refusal(no: NotAllowed, verb: str, case: Case, actor: Actor, at: datetime) -> None:
    """An attempt against a separation-of-duties rule is itself on record."""
    if no.rule:
        access.refuse(action=f"case.{verb}", rule=no.rule, by=actor, at=at, subject=case.id)


def _take(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    if by.staff is None:
        raise Gone
    actions.assign(case=case.id, handler=by.staff, by=by, at=at, version=data["version"])
    return _("The case is yours to work on.")


def _assign(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.assign(case=case.id, handler=offers.person_of(data), by=by, at=at, version=data["version"])
    return _("The case is assigned.")


def _handover(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.offer_handover(
        case=case.id, receiver=offers.person_of(data), kind=data["kind"], reason=data["reason"], text=data["text"], by=by,
        at=at, version=data["version"],
    )  # fmt: skip
    return _("The hand-over is offered. Nothing moves before it is accepted.")


def _reply(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    made = actions.draft_reply(
        case=case.id, text=data["text"], title=data["title"], verified=data["verified"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("The reply waits for a second person.") if made.needs_approval else _("The reply is ready to send.")


def _send(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    sent = actions.send_reply(reply=_draft(case), by=by, at=at, version=data["version"])
    return _said_of(sent.state)


def _approve(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    sent = actions.approve_reply(reply=_draft(case), by=by, at=at, version=data["version"], send=True)
    return _said_of(sent.state)


def _said_of(state: str) -> str:
    if state == "delivered":
        return _("The reply has reached the customer.")
    return _("The reply is on its way; the case is answered when it arrives.")


def _return(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.return_reply(reply=_draft(case), text=data["text"], by=by, at=at, version=data["version"])
    return _("The reply is returned to its author.")


def _draft(case: Case) -> UUID:
    found = queries.open_reply(case)
    if found is None:
        raise Refused("no_ready_reply")
    return found.pk


def _note(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.note(case=case.id, text=data["text"], by=by, at=at)
    return _("The note is kept.")


def _update(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.update_customer(case=case.id, text=data["text"], by=by, at=at)
    return _("The customer has been written to.")


def _material(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.ask_for_material(case=case.id, text=data["text"], by=by, at=at)
    return _("The customer has been asked for it.")


def _classify(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.classify(
        case=case.id, category=data["category"], cause=data["cause"], complexity=data["complexity"],
        severity=data["severity"], by=by, at=at, version=data["version"],
    )  # fmt: skip
    return _("Category and cause are decided; the limits follow the complexity.")


def _law(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.set_law(
        case=case.id, topic=data["topic"], source=data["source"], by=by, at=at, version=data["version"]
    )  # fmt: skip
    return _("The rule packs of this case are decided, and with them its time limits.")


def _reclassify(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.reclassify(case=case.id, kind=data["choice"], by=by, at=at, version=data["version"])
    return _("The matter is reclassified; an answer is still due.")


def _extend(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.request_extension(case=case.id, reason=data["choice"], by=by, at=at, version=data["version"])
    return _("The extension waits for approval.")


def _grant(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    done = actions.approve_extension(extension=_extension(case), by=by, at=at)
    if done.outcome == "applied":
        return _("The limit is extended and the customer has been told.")
    return _("Granted. It counts once the notice has reached the customer.")


def _deny(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.refuse_extension(extension=_extension(case), by=by, at=at)
    return _("The extension is refused.")


def _extension(case: Case) -> UUID:
    found = queries.open_extension(case.id)
    if found is None:
        raise Refused("already_settled")
    return found.pk


def _pause(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.pause(
        case=case.id, reason=data["reason"], until=data["until"], told=data["told"], text=data["text"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("The limits that may stop for this stand still; the others run on.")


def _resume(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.resume(case=case.id, reason=data["choice"], by=by, at=at, version=data["version"])
    return _("The pause has ended.")


def _excuse(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.request_excuse(
        case=case.id, clock=UUID(data["clock"]), reason=data["reason"], text=data["text"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("The request waits for another person's decision.")


def _decide_excuse(case: Case, by: Actor, at: datetime, grant: bool) -> str:
    waiting = queries.open_excuse(case.id)
    if waiting is None:
        raise Refused("already_settled")
    actions.decide_excuse(excuse=waiting.pk, grant=grant, by=by, at=at)
    return _("The missed limit is excused.") if grant else _("The missed limit is not excused.")


def _grant_excuse(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    return _decide_excuse(case, by, at, True)


def _deny_excuse(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    return _decide_excuse(case, by, at, False)


def _confirm(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    done = actions.confirm(case=case.id, by=by, at=at, version=data["version"])
    return (
        _("Recorded, and the case is closed.")
        if done.state == "closed"
        else _("Recorded. Enter the cause to close it.")
    )


def _dispute(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.dispute(case=case.id, text=data["text"], by=by, at=at, version=data["version"])
    return _("Recorded. Somebody else handles the next cycle.")


def _close(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.close(case=case.id, outcome=data["choice"], by=by, at=at, version=data["version"])
    return _("The case is closed.")


def _accuse(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.accuse(case=case.id, person=offers.person_of(data), by=by, at=at)
    return _("They and their manager no longer see this case.")


def _withdraw(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.withdraw(case=case.id, by=by, at=at)
    return _("The withdrawal is recorded and the case is closed.")


def _needs(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.mark_needs(
        case=case.id, needs=data["needs"], source=data["source"], text=data["text"], by=by, at=at,
        version=data["version"],
    )  # fmt: skip
    return _("What the customer needs is marked; limits, wording and letters follow.")


def _split(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    made = actions.split(case=case.id, text=data["text"], by=by, at=at, version=data["version"])
    return _("Case %(number)s is made of that part.") % {"number": made.number}


def _unmerge(case: Case, data: dict[str, Any], by: Actor, at: datetime) -> str:
    actions.unmerge(member=case.id, by=by, at=at)
    return _("The case is on its own again; its limits run on.")


ACTS: dict[str, Act] = {
    "take": _take,
    "assign": _assign,
    "handover": _handover,
    "reply": _reply,
    "send": _send,
    "approve": _approve,
    "return": _return,
    "note": _note,
    "update": _update,
    "material": _material,
    "classify": _classify,
    "law": _law,
    "reclassify": _reclassify,
    "extend": _extend,
    "grant": _grant,
    "deny": _deny,
    "pause": _pause,
    "resume": _resume,
    "excuse": _excuse,
    "grant-excuse": _grant_excuse,
    "deny-excuse": _deny_excuse,
    "confirm": _confirm,
    "dispute": _dispute,
    "close": _close,
    "accuse": _accuse,
    "withdraw": _withdraw,
    "split": _split,
    "needs": _needs,
    "unmerge": _unmerge,
}
for _more in (communicating, legwork, redressing):
    offers.VERBS |= _more.VERBS
    ACTS |= _more.ACTS
_SETTLE = ("accept", "decline", "cancel")


def _settle(request: HttpRequest, case: Case, verb: str) -> HttpResponse:
    """Accept, return or take back the hand-over that is waiting."""
    actor, at = actor_of(request)
    try:
        waiting = UUID(request.POST.get("handover", ""))
    except ValueError as error:
        raise Http404 from error
    if waiting not in {row.pk for row in queries.handovers(case.id)}:
        raise Http404
    if verb == "accept":
        actions.accept_handover(handover=waiting, by=actor, at=at)
        messages.success(request, _("You have taken it over."))
    elif verb == "cancel":
        actions.cancel_handover(handover=waiting, by=actor, at=at)
        messages.success(request, _("The offer is taken back."))
    else:
        form = forms.Wrong(request.POST)
        if not form.is_valid():
            return shown(request, case, {"decline": form}, status=422)
        said = form.cleaned_data
        actions.return_handover(handover=waiting, text=said["text"], error=said["error"], by=actor, at=at)
        messages.success(request, _("The hand-over is returned with your reason."))
    return _back(request, case.id)
