"""A list as a file."""

from urllib.parse import parse_qsl
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.kernel import permit
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.views.bulk import chosen

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "gb18030": "text/csv; charset=gb18030",
}


class NoSuchFormat(Refusal):
    status = 400


@login_required
@require_POST
def export(request: Request) -> HttpResponseBase:
    """The whole list of the page, or the cases that are ticked: at once if it is short, by a job if it is long."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.export")
    format = request.POST.get("format", "xlsx")
    if format not in actions.FORMATS:
        raise NoSuchFormat
    asked = cases.wanted(dict(parse_qsl(request.POST.get("query", "")[:800])))
    ticked = chosen(request) if not request.POST.get("whole") else []
    only = queries.columns_of(asked.cols, actor) if request.POST.get("shown") else ()
    if actions.is_long(asked=asked, chosen=ticked, by=actor, at=at):
        return _later(request, asked, format, only)
    language = get_language() or "zh-hans"
    made = actions.export(
        asked=asked, chosen=ticked, format=format, head=queries.head_of(asked, actor, language), language=language,
        only=only, by=actor, at=at,
    )  # fmt: skip
    name = actions.file_name(format, at)
    answer = FileResponse(made.file, as_attachment=True, filename=name, content_type=TYPES[format])
    answer["X-Content-SHA256"], answer["X-Huiyin-Export"] = made.sha256, str(made.id)
    answer["Cache-Control"] = "no-store"
    return answer


def _later(request: Request, asked: cases.Wanted, format: str, only: tuple[str, ...]) -> HttpResponse:
    try:
        id = UUID(request.POST.get("key", ""))
    except ValueError:
        id = new_id()
    actions.export_later(id=id, asked=asked, format=format, only=only, by=request.actor, at=request.now)
    messages.success(request, _("The list is long and is being made. You are told in the inbox when it is ready."))
    return redirect("papers:index")
