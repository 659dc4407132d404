"""The supervisor's board."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.label import Label
from huiyin.kernel.request import Request
from huiyin.resolve.cases.queries import UnknownFilter
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.rules import forecast

KNOWN = {"unit", "lang", "mode", "theme", "density"}


@never_cache
@login_required
@require_safe
def board(request: Request) -> HttpResponse:
    actor, at = request.actor, request.now
    permit.must(actor, "case.assign")
    unit = request.GET.get("unit", "")
    scope = tuple(permit.paths(actor, "case.assign"))
    here = [view for view in units.all_units(localdate(at)) if view.path.startswith(scope)]
    if set(request.GET) - KNOWN or (unit and unit not in {view.code for view in here}):
        raise UnknownFilter
    context = {
        "board": queries.board(actor, at, unit),
        "units": [Label(view.code, view.zh, view.en) for view in here if view.kind != "desk"],
        "unit": unit,
        "enough": forecast.ENOUGH,
        "period": forecast.PERIOD_DAYS,
    }
    return render(request, "workbench/board.html", context)
