"""What was scored of my own work: read it, let it stand, or object."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.measure.reviews import actions, forms, queries
from huiyin.measure.reviews.models import Sample
from huiyin.measure.reviews.rules import words
from huiyin.measure.reviews.views.scoring import compared


@never_cache
@login_required
@require_safe
def my_results(request: Request) -> HttpResponse:
    permit.must(request.actor, "quality.own")
    rows = list(queries.mine(request.actor)[:200])
    lines = [(row, words.STATES[row.state], words.CHIPS[row.state], words.SORTS[row.sort]) for row in rows]
    context = {
        "lines": lines,
        "waiting": [
            row for row in rows if row.state == "scored" and row.object_until and row.object_until >= request.now
        ],
    }
    return render(request, "reviews/mine.html", context)


def _seen(request: Request, id: UUID) -> Sample:
    row = queries.mine(request.actor).filter(pk=id).first() if request.actor.staff else None
    if row is None:
        raise actions.Gone
    permit.must(request.actor, "quality.own", queries.sight(row, request.now))
    return row


@never_cache
@login_required
@require_safe
def my_review(request: Request, id: UUID) -> HttpResponse:
    return _page(request, _seen(request, id))


def _page(request: Request, row: Sample, failed: Any = None) -> HttpResponse:
    """The standing form with its grounds; after a change also the one before. Never who scored."""
    card, found = queries.card_of(row), queries.objection(row)
    standing = queries.standing_scores([row])[row.pk]
    before = [one for one in queries.scores(row) if one.place == "first" and one.state == "in"]
    forms_shown = [*before, standing] if row.how == "changed" else [standing]
    may = row.state == "scored" and row.object_until is not None and row.object_until >= request.now
    context = {
        "row": row,
        "state": words.STATES[row.state],
        "chip": words.CHIPS[row.state],
        "sort": words.SORTS[row.sort],
        "card": card,
        "lines": compared(card, forms_shown),
        "changed": row.how == "changed",
        "note": queries.grounds(standing).get("", ""),
        "version": forms.VersionForm(initial={"version": row.version}, auto_id="read-%s")
        if row.state == "scored"
        else None,
        "object": (failed or forms.ObjectForm(initial={"version": row.version})) if may else None,
        "failed": failed,
        "objection": found,
        "objected": queries.words_of(found) if found else {},
        "outcome": words.OUTCOMES.get(found.outcome) if found else None,
    }
    return render(request, "reviews/my_review.html", context, status=422 if failed else 200)


@never_cache
@login_required
@require_POST
def acknowledge(request: Request, id: UUID) -> HttpResponse:
    _seen(request, id)
    form = forms.VersionForm(request.POST)
    if form.is_valid():
        actions.acknowledge(sample=id, version=form.cleaned_data["version"], by=request.actor, at=request.now)
        flash.success(request, _("Thank you. The score stands."))
    return redirect("reviews:my_review", id)


@never_cache
@login_required
@require_POST
def object_to(request: Request, id: UUID) -> HttpResponse:
    row = _seen(request, id)
    form = forms.ObjectForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    said = form.cleaned_data
    actions.object_to(sample=id, version=said["version"], reason=said["reason"], by=request.actor, at=request.now)
    flash.success(request, _("Your objection is with somebody who had no part in the score."))
    return redirect("reviews:my_review", id)
