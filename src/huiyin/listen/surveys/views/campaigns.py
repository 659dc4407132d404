"""Plan whom to ask, draw, send, watch."""

import io
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.kernel.permit import can, must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.surveys import actions
from huiyin.listen.surveys.forms import desk as forms
from huiyin.listen.surveys.models import Campaign, Contact
from huiyin.listen.surveys.queries import desk
from huiyin.listen.surveys.rules import sampling, states
from huiyin.listen.surveys.views.builder import seen
from huiyin.platform.imports import queries as sheets

STEPS = ("draw", "start", "pause", "resume", "cancel", "end")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: Request, id: UUID) -> HttpResponse:
    survey = seen(request, id)
    must(request.actor, "survey.manage")
    edition = desk.edition(id, draft=False)
    if edition is None:
        raise Http404
    language = get_language() or "zh-hans"
    mine = desk.manageable_units(request.actor, localdate(request.now))
    form = forms.Planning(
        request.POST if request.method == "POST" else None, at=request.now,
        units=[(unit.code, unit.word(language)) for unit in mine],
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        unit = next(unit for unit in mine if unit.code == form.cleaned_data["unit"])
        planned = actions.Planned(edition=edition.pk, unit=unit.id, **form.planned())
        made = actions.plan(planned=planned, by=request.actor, at=request.now)
        return redirect("surveys:campaign", made.pk)
    context = {"survey": survey, "form": form, "title": desk.content(edition).title}
    return render(request, "surveys/plan.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def campaign(request: Request, id: UUID) -> HttpResponse:
    return _shown(request, found(request, id), forms.Sheet())


@never_cache
@login_required
@require_POST
def contacts(request: Request, id: UUID) -> HttpResponse:
    row = found(request, id)
    must(request.actor, "survey.manage", desk.sight(row.unit_id, localdate(request.now)))
    form = forms.Sheet(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, row, form, 422)
    file = form.cleaned_data["file"]
    if file.size > (sheets.BROWSER.size or 0):
        form.add_error("file", str(sheets.TooLarge.message))
        return _shown(request, row, form, 413)
    try:
        report = actions.list_contacts(
            campaign=id, source=io.BytesIO(file.read()), name=file.name or "", by=request.actor, at=request.now,
            limits=sheets.BROWSER,
        )  # fmt: skip
    except Refusal as no:
        form.add_error("file", str(no.message))
        return _shown(request, row, form, no.status)
    faults = [(line, sheets.reason(fault)) for line, fault in report.faults[:50]]
    if report.new or report.unchanged:
        messages.success(request, report.line)
    return _shown(request, row, forms.Sheet(), 200 if not faults else 422, faults)


@never_cache
@login_required
@require_POST
def do(request: Request, id: UUID, verb: str) -> HttpResponse:
    if verb not in STEPS:
        raise Http404
    row = found(request, id)
    must(request.actor, "survey.manage", desk.sight(row.unit_id, localdate(request.now)))
    try:
        if verb == "draw":
            actions.draw(campaign=id, by=request.actor, at=request.now)
        else:
            actions.step(campaign=id, step=verb, by=request.actor, at=request.now)
    except (actions.NotNow, actions.NoGateway, actions.NobodyToAsk, actions.TooManyStrata) as no:
        messages.error(request, str(no.message))
    return redirect("surveys:campaign", id)


def found(request: Request, id: UUID) -> Campaign:
    must(request.actor, "survey.read")
    row = desk.campaigns_visible_to(request.actor, localdate(request.now)).filter(pk=id).first()
    if row is None:
        raise Http404
    return row


def _shown(
    request: Request, row: Campaign, sheet: forms.Sheet, status: int = 200, faults: list[tuple[int, str]] | None = None
) -> HttpResponse:
    on = localdate(request.now)
    strata = desk.strata(row.pk)
    names = desk.names_of(row, strata)
    manages = bool(can(request.actor, "survey.manage", desk.sight(row.unit_id, on)))
    whole = desk.sees_all(request.actor, row, on)
    context = {
        "row": row, "title": desk.content(row.edition).title, "state": desk.state_label(row),
        "chip_kind": states.CHIPS[row.state], "frame": sampling.FRAME[row.frame],
        "allocation": sampling.ALLOCATION[row.allocation], "channel": states.CHANNEL[row.channel],
        "by": [label for label in sampling.STRATA if label.code in row.strata],
        "strata": [(one, names[one.pk], [(sampling.WHY[w], n) for w, n in one.left_out.items()]) for one in strata] if whole else [],
        "progress": desk.progress(row.pk) if row.drawn_at and whole else None, "whole": whole,
        "listed": Contact.objects.filter(campaign=row).count() if row.frame == "list" and whole else 0,
        "manages": manages, "sheet": sheet, "faults": faults or [],
        "steps": {step for step in STEPS if states.after(step, row.state)} if manages else set(),
    }  # fmt: skip
    return render(request, "surveys/campaign.html", context, status=status)
