"""Plans and draws."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.measure.reviews import actions, forms, queries
from huiyin.measure.reviews.models import Plan
from huiyin.measure.reviews.rules import periods, words


@never_cache
@login_required
@require_safe
def plans(request: Request) -> HttpResponse:
    permit.must(request.actor, "quality.plan")
    found = queries.plans_of(request.actor, units.paths(localdate(request.now)))
    lines = [
        (row, words.SORTS[row.sort], words.PERIODS[row.period], standards.scorecard(row.scorecard)) for row in found
    ]
    return render(request, "reviews/plans.html", {"lines": lines})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_plan(request: Request) -> HttpResponse:
    permit.must(request.actor, "quality.plan")
    prefixes = permit.paths(request.actor, "quality.plan")
    near = [view for view in units.all_units(localdate(request.now)) if view.path.startswith(prefixes)]
    form = forms.PlanForm(request.POST or None, units=[(view.code, view) for view in near])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        unit = next(view for view in near if view.code == said["unit"])
        try:
            made = actions.make_plan(
                code=said["code"], sort=said["sort"], scorecard=said["scorecard"], unit=unit.id, period=said["period"],
                quotas=form.quotas(), by=request.actor, at=request.now, **form.settings(),
            )  # fmt: skip
        except actions.Refused as no:
            form.add_error("code" if no.code == "in_use" else None, str(no.message))
        else:
            flash.success(request, _("The plan stands; it is drawn when its period is over."))
            return redirect("reviews:plan", made.code)
    return render(request, "reviews/plan_form.html", {"form": form}, status=422 if form.errors else 200)


def _seen(request: Request, code: str) -> Plan:
    on = units.paths(localdate(request.now))
    row = next((row for row in queries.plans_of(request.actor, on) if row.code == code), None)
    if row is None:
        raise actions.Gone
    return row


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def plan(request: Request, code: str) -> HttpResponse:
    permit.must(request.actor, "quality.plan")
    row = _seen(request, code)
    form = forms.PlanForm(request.POST or None, fresh=False, initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_plan(
                code=code, version=form.cleaned_data["version"] or 0, quotas=form.quotas(), by=request.actor,
                at=request.now, **form.settings(),
            )  # fmt: skip
        except actions.Refused as no:
            form.add_error(None, str(no.message))
        else:
            flash.success(request, _("From the next draw on."))
            return redirect("reviews:plan", code)
    drawn = queries.draws(row)
    since, until = periods.last_whole(row.period, localdate(request.now))
    context = {
        "row": row,
        "form": form,
        "draws": drawn,
        "sort": words.SORTS[row.sort],
        "card": standards.scorecard(row.scorecard),
        "since": since,
        "until": until,
        "drawable": all(one.from_date != since for one in drawn),
    }
    return render(request, "reviews/plan.html", context, status=422 if form.errors else 200)


def _initial(row: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(row, name) for name in (
        "minimum", "capacity", "double", "margin", "days", "new_days", "active", "version",
    )}  # fmt: skip
    found["high_redress"] = row.high_redress // 100
    for stratum in (*words.RISKS, "base"):
        found[f"rate-{stratum}"], found[f"least-{stratum}"] = row.quotas.get(stratum, (0, 0))
    return found


@never_cache
@login_required
@require_POST
def draw_now(request: Request, code: str) -> HttpResponse:
    permit.must(request.actor, "quality.plan")
    _seen(request, code)
    try:
        made = actions.draw(plan=code, by=request.actor, at=request.now)
    except actions.Refused as no:
        flash.warning(request, str(no.message))
        return redirect("reviews:plan", code)
    return redirect("reviews:draw", made.pk)


@never_cache
@login_required
@require_safe
def draw(request: Request, id: UUID) -> HttpResponse:
    """A draw with what proves it: the seed, the frame, and the sample drawn again from them."""
    permit.must(request.actor, "quality.read")
    row = queries.draw(id)
    where = units.path_of(row.plan.unit_id, localdate(request.now)) if row else ""
    if row is None or not any(where.startswith(path) for path in permit.paths(request.actor, "quality.read")):
        raise actions.Gone
    again = queries.redrawn(row)
    samples = list(queries.visible_to(request.actor, request.now).filter(draw=row).order_by("number", "id"))
    context = {
        "row": row,
        "same": len(again.chosen) == row.chosen and again.left_out == row.left_out,
        "reasons": [(words.STRATA[code], n) for code, n in _reasons(again).items()],
        "double": sum(one.double for one in again.chosen),
        "lines": [(one, words.STATES[one.state], words.CHIPS[one.state]) for one in samples],
        "population": len(row.frame),
    }
    return render(request, "reviews/draw.html", context)


def _reasons(again: Any) -> dict[str, int]:
    found = dict.fromkeys(words.STRATA, 0)
    for one in again.chosen:
        for code in one.reasons:
            found[code] += 1
    return {code: n for code, n in found.items() if n}
