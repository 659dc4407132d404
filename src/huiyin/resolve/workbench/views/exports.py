"""A list as a file."""

from urllib.parse import parse_qsl

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huiyin.bank.staff import queries as staff
from huiyin.kernel import permit
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import actions
from huiyin.resolve.workbench.views.bulk import chosen
from huiyin.resolve.workbench.views.queue import _title

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class NoSuchFormat(Refusal):
    status = 400


@login_required
@require_POST
def export(request: Request) -> FileResponse:
    """The whole list of the page, or the cases that are ticked."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.export")
    format = request.POST.get("format", "xlsx")
    if format not in actions.FORMATS:
        raise NoSuchFormat
    asked = cases.wanted(dict(parse_qsl(request.POST.get("query", "")[:800])))
    language = get_language() or "zh-hans"
    person = staff.person(actor.staff)
    name = _title(asked)
    title = _("Complaint cases: %(name)s") % {"name": name.word(language) if hasattr(name, "word") else name}
    head = actions.Head(
        title=title,
        unit=person.unit.word(language) if person else "",
        period=_period(asked),
        preparer=f"{person.word(language)} {person.number}" if person else actor.ref,
    )
    made = actions.export(
        asked=asked, chosen=chosen(request) if not request.POST.get("whole") else [], format=format, head=head,
        language=language, by=actor, at=at,
    )  # fmt: skip
    stamp = localtime(at).strftime("%Y%m%d-%H%M")
    file = f"{_('Complaints')}-{stamp}.{format}"
    answer = FileResponse(made.file, as_attachment=True, filename=file, content_type=TYPES[format])
    answer["X-Content-SHA256"], answer["X-Huiyin-Export"] = made.sha256, str(made.id)
    answer["Cache-Control"] = "no-store"
    return answer


def _period(asked: cases.Wanted) -> str:
    if asked.since or asked.until:
        return _("%(since)s to %(until)s") % {"since": asked.since or "…", "until": asked.until or "…"}
    return _("no limit")
