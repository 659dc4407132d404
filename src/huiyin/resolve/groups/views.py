"""Complaints of several people: the list, one page per group, one address per verb."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.units import queries as units
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.groups import actions, forms, queries, rules
from huiyin.resolve.groups.models import Group


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    must(request.actor, "case.read")
    rows = queries.visible_to(request.actor, request.now)[:200]
    lines = [
        {"row": row, "kind": rules.KINDS[row.kind], "title": queries.words(row.pk).get("title", "")} for row in rows
    ]
    return render(request, "groups/index.html", {"lines": lines, "opens": bool(can(request.actor, "case.assign"))})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    must(request.actor, "case.assign")
    language, today = get_language() or "zh-hans", localdate(request.now)
    paths = units.paths(today)
    mine = [
        unit
        for unit in units.all_units(today)
        if can(request.actor, "case.assign", queries.Sight(paths.get(unit.id, "")))
    ]
    form = forms.Opening(
        request.POST if request.method == "POST" else None, units=[(unit.code, unit.word(language)) for unit in mine]
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        unit = next(unit for unit in mine if unit.code == data["unit"])
        made = actions.open_group(
            kind=data["kind"],
            title=data["title"],
            unit=unit.id,
            people=data["people"],
            by=request.actor,
            at=request.now,
        )
        messages.success(request, _("The group is open. Bring its cases in."))
        return redirect("groups:group", made.pk)
    return render(request, "groups/new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def group(request: Request, id: UUID) -> HttpResponse:
    return _shown(request, _seen(request, id))


def _seen(request: Request, id: UUID) -> Group:
    must(request.actor, "case.read")
    found = queries.visible_to(request.actor, request.now).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _shown(request: Request, found: Group, bound: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    kept, wording = bound or {}, queries.answer(found.pk)
    lines = queries.lines(found.pk, request.actor, request.now)
    words = queries.words(found.pk)
    works = bool(can(request.actor, "case.assign", queries.sight(found)))
    text = queries.answer_words(wording.pk) if wording else {}
    going = queries.going(wording)
    context = {
        "group": found, "kind": rules.KINDS[found.kind], "title": words.get("title", ""), "report": words.get("report", ""),
        "lines": lines, "open": sum(line.why is None and not line.sent for line in lines),
        "answered": sum(line.sent for line in lines), "wording": wording, "text": text,
        "going": going, "left_out": [(number, _why(code)) for number, code in going.left_out] if going else [],
        "wording_state": rules.ANSWER_STATES[wording.state] if wording else None, "works": works,
        "approves": bool(can(request.actor, "case.approve_reply", queries.sight(found))),
        "own": wording is not None and wording.author_id == request.actor.staff,
        "join": kept.get("join") or forms.Joining(), "draft": kept.get("draft") or forms.Wording(initial=text),
        "reporting": kept.get("report") or forms.Report(), "failed": next(iter(kept.values()), None),
    }  # fmt: skip
    return render(request, "groups/group.html", context, status=status)


def _why(code: str) -> str:
    """Why a case was left out, in the language of the page."""
    known = rules.LEFT_OUT.get(code)
    return known.word(get_language() or "zh-hans") if known else str(case_actions.WHY.get(code, code))


_FORMS = {"join": forms.Joining, "draft": forms.Wording, "report": forms.Report}


@never_cache
@login_required
@require_POST
def do(request: Request, id: UUID, verb: str) -> HttpResponse:
    """join | leave | draft | approve | return | send | report."""
    found = _seen(request, id)
    if verb not in ("join", "leave", "draft", "approve", "return", "send", "report"):
        raise Http404
    must(request.actor, "case.approve_reply" if verb in ("approve", "return") else "case.assign", queries.sight(found))
    form = _FORMS[verb](request.POST) if verb in _FORMS else None
    if form is not None and not form.is_valid():
        return _shown(request, found, {verb: form}, status=422)
    try:
        said = _act(request, found, verb, form.cleaned_data if form else {})
    except (actions.Refused, cases.UnknownPlace) as no:
        if form is None:
            raise
        form.add_error(None, str(no.message))
        return _shown(request, found, {verb: form}, status=no.status)
    messages.success(request, said)
    return redirect("groups:group", id)


def _act(request: Request, found: Group, verb: str, data: dict[str, Any]) -> str:
    by, at, group = request.actor, request.now, found.pk
    if verb == "join":
        case = cases.visible_to(by, at).filter(number=data["number"].strip().upper()).first()
        if case is None:
            raise actions.Refused("no_case")
        actions.join(group=group, case=case.pk, representative=data["representative"], by=by, at=at)
        return _("Case %(number)s is in the group.") % {"number": case.number}
    if verb == "leave":
        case = cases.visible_to(by, at).filter(number=request.POST.get("number", "")[:32]).first()
        if case is None:
            raise actions.Refused("no_case")
        actions.leave(group=group, case=case.pk, by=by, at=at)
        return _("The case is out of the group.")
    if verb == "draft":
        actions.draft(group=group, title=data["title"], text=data["text"], by=by, at=at)
        return _("The wording waits for a second person.")
    if verb == "report":
        actions.report(group=group, text=data["text"], by=by, at=at)
        return _("The report is on record.")
    if verb in ("approve", "return"):
        done = actions.decide(group=group, approve=verb == "approve", by=by, at=at)
        return _("The wording is approved.") if done.state == "ready" else _("The wording is returned.")
    actions.send(group=group, by=by, at=at)
    return _("The answers are going out. The page shows how far they have come.")
