"""How good triage is, what it has learnt from people, and the way back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.standards.queries import facet as labels_of
from huiyin.kernel.label import Label
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.resolve.triage import actions
from huiyin.resolve.triage.forms import GoBack
from huiyin.resolve.triage.plugs.shelf import BrokenModel
from huiyin.resolve.triage.queries import quality as figures
from huiyin.resolve.triage.rules import quality
from huiyin.resolve.triage.rules.words import FACETS, ORIGINS, OUTCOMES, STAGES


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    must(request.actor, "triage.read")
    facet = request.GET.get("facet", "")
    if facet not in FACETS:
        facet = "category"
    known = {label.code: label for label in labels_of(facet)}
    found = figures.pairs(facet, request.now)
    bands = quality.reliability(found)
    run = figures.last_run()
    context = {
        "facet": FACETS[facet], "facets": FACETS.values(), "days": figures.DAYS, "most": figures.MOST,
        "overall": quality.whole(found), "sure": quality.when_sure(found), "abstained": figures.abstained(request.now),
        "lines": [(known.get(line.label), known.get(line.instead), line) for line in quality.by_label(found)],
        "bands": bands, "error": quality.calibration_error(bands), "chart": quality.drawn(bands) if bands else None,
        "posts": figures.posts(found), "versions": [(ORIGINS.get(one.origin), one) for one in figures.versions(facet)],
        "changes": figures.changes(facet), "run": run, "stage": STAGES.get(run.stage) if run else None, "outcome": _outcome(run),
        "waiting": figures.waiting(facet), "manages": bool(can(request.actor, "triage.manage")),
    }  # fmt: skip
    return render(request, "triage/index.html", context)


def _outcome(run: Any) -> Label | None:
    return OUTCOMES.get(run.outcome) if run else None


@login_required
@require_POST
def learn(request: Request) -> HttpResponse:
    if actions.learn_again(by=request.actor, at=request.now):
        messages.success(request, _("Learning has been asked for. It runs in the background."))
    else:
        messages.info(request, _("Learning waits or runs already."))
    return redirect("triage:index")


@login_required
@require_POST
def stop(request: Request, id: UUID) -> HttpResponse:
    actions.stop_learning(run=id, by=request.actor, at=request.now)
    messages.info(request, _("Learning stops at its next step. The version in use stays."))
    return redirect("triage:index")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: Request) -> HttpResponse:
    """A page of its own that asks for the reason; nothing is said about a version that is not one."""
    must(request.actor, "triage.manage")
    sent = request.method == "POST"
    form = (
        GoBack(request.POST)
        if sent
        else GoBack(initial={name: request.GET.get(name, "") for name in GoBack.base_fields})
    )
    status = 200
    if sent and form.is_valid():
        data = form.cleaned_data
        try:
            actions.roll_back(**data, by=request.actor, at=request.now)
        except (actions.UnknownVersion, actions.Moved, actions.NoReason, BrokenModel) as no:
            form.add_error(None, str(no.message))
            status = no.status
        else:
            messages.success(request, _("The earlier version answers again."))
            return redirect(f"{reverse('triage:index')}?facet={data['facet']}")
    elif sent:
        status = 422
    value = form["facet"].value() or ""
    context = {"form": form, "facet": FACETS.get(str(value)), "version": form["version"].value()}
    return render(request, "triage/back.html", context, status=status)
