"""What a wave says, and its answers as a file."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.listen.surveys import actions
from huiyin.listen.surveys.queries import desk
from huiyin.listen.surveys.queries import results as reading
from huiyin.listen.surveys.rules import sampling
from huiyin.listen.surveys.views.campaigns import found

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@login_required
@require_safe
def results(request: Request, id: UUID) -> HttpResponse:
    row = found(request, id)
    context = {
        "row": row, "title": desk.content(row.edition).title, "told": reading.results(row, request.actor, localdate(request.now)),
        "by": [label for label in sampling.STRATA if label.code in row.strata],
        "exports": bool(can(request.actor, "survey.export")),
    }  # fmt: skip
    return render(request, "surveys/results.html", context)


@never_cache
@login_required
@require_POST
def export(request: Request, id: UUID) -> HttpResponse:
    found(request, id)
    must(request.actor, "survey.export")
    format = "csv" if request.POST.get("format") == "csv" else "xlsx"
    try:
        made = actions.export(
            campaign=id, format=format, language=get_language() or "zh-hans", by=request.actor, at=request.now
        )
    except actions.TooFew as no:
        messages.error(request, str(no.message))
        return redirect("surveys:results", id)
    response = HttpResponse(made.content, content_type="text/csv; charset=utf-8" if format == "csv" else XLSX)
    response["Content-Disposition"] = f'attachment; filename="survey-{localdate(request.now):%Y%m%d}.{format}"'
    return response
