"""Results with how sure they are, and how far the reviewers agree."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.staff import queries as staff
from huiyin.kernel import permit
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.measure.reviews import actions, forms, queries
from huiyin.measure.reviews.rules import plots, words
from huiyin.measure.reviews.rules.agreement import Kappa
from huiyin.measure.reviews.views.scoring import seen
from huiyin.protect.access import queries as access

DAYS = 180
FEW = 5  # results below which a mean of a person is shown with the word that it is too few


@never_cache
@login_required
@require_safe
def results(request: Request) -> HttpResponse:
    permit.must(request.actor, "quality.read")
    people, units, items = queries.results(request.actor, request.now, request.now - timedelta(days=DAYS))
    context = {"people": people, "units": units, "items": items, "days": DAYS, "few": FEW}
    return render(request, "reviews/results.html", context)


@never_cache
@login_required
@require_safe
def calibration(request: Request) -> HttpResponse:
    permit.must(request.actor, "quality.plan")
    found = queries.calibrated(request.actor, request.now, request.now - timedelta(days=DAYS))
    sessions = queries.visible_to(request.actor, request.now).filter(calibration=True).order_by("-drawn_at", "-id")[:50]
    context = {
        "found": found,
        "overall": kappa_words(found.overall),
        "bands": kappa_words(found.bands),
        "bias": _bias(found),
        "kappas": _kappas(found),
        "people": [(one, kappa_words(one.passes)) for one in found.reviewers],
        "items": [(card, item, one, kappa_words(one)) for card, item, one in found.items],
        "sessions": [(row, words.STATES[row.state], words.CHIPS[row.state]) for row in sessions],
        "days": DAYS,
    }
    return render(request, "reviews/calibration.html", context)


def kappa_words(one: Kappa) -> str:
    """The figure with its interval, or why there is none."""
    if one.value is None:
        return _("cannot tell: no pairs") if one.why == "none" else _("cannot tell: both always gave the same mark")
    text = f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"
    return _("%(figure)s, too few to judge (n = %(n)s)") % {"figure": text, "n": one.n} if one.few else text


def _bias(found: queries.Calibrated) -> plots.Dots | None:
    """Each reviewer against the reference where there is one, else against the others."""
    language = get_language() or "zh-hans"
    rows = []
    for one in found.reviewers:
        mean = one.against_reference if one.against_reference.n else one.against_peers
        if mean.value is not None:
            words_ = f"{mean.value:+.1f} (n = {mean.n})"
            rows.append(plots.Row(one.person.word(language), mean.value, mean.low, mean.high, words_))
    reach = plots.room([v for row in rows for v in (row.value, row.low, row.high) if v is not None], 10)
    return plots.dots(rows, low=-min(reach, 100), high=min(reach, 100), mark=0) if rows else None


def _kappas(found: queries.Calibrated) -> plots.Dots | None:
    language = get_language() or "zh-hans"
    rows = [
        plots.Row(item.label.word(language)[:22], one.value, one.low, one.high, kappa_words(one))
        for _card, item, one in found.items
    ]
    return plots.dots(rows, low=-1, high=1, mark=0.6) if rows else None


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_session(request: Request) -> HttpResponse:
    permit.must(request.actor, "quality.plan")
    found = {one for role in queries.JUDGES for one in access.holders(role, request.now)} - {request.actor.staff}
    people = sorted(staff.people(found).values(), key=lambda one: one.number)
    form = forms.SessionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        try:
            made = actions.open_session(
                sort=said["sort"], number=said["number"], scorecard=said["scorecard"],
                reviewers=[UUID(one) for one in said["reviewers"]], by=request.actor, at=request.now,
            )  # fmt: skip
        except (actions.Gone, permit.Denied):
            form.add_error("number", _("There is nothing of this number that you could have scored."))
        except Refusal as no:
            form.add_error(None, str(no.message))
        else:
            flash.success(request, _("Everybody has been asked. Please give the reference yourself."))
            return redirect("reviews:sample", made.pk)
    return render(request, "reviews/session_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def close_session(request: Request, id: UUID) -> HttpResponse:
    row = seen(request, id)
    try:
        actions.close_session(sample=id, version=row.version, by=request.actor, at=request.now)
    except actions.Refused as no:
        flash.warning(request, str(no.message))
    else:
        flash.success(request, _("The session is over; every form can be seen."))
    return redirect("reviews:sample", id)
