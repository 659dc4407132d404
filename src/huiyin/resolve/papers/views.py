"""Printing a case, and the files that one asked for."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.kernel import permit
from huiyin.kernel.ids import new_id
from huiyin.kernel.request import Request
from huiyin.platform.files.queries import disposition
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.papers import actions, forms, queries
from huiyin.resolve.papers.queries.dossier import Print

MIMES = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    """What I asked for, how far it is, and until when it can be fetched."""
    permit.must(request.actor, "case.export")
    found = list(queries.papers_of(request.actor)[:100])
    known = cases.cases(paper.case for paper in found if paper.case)
    lines = [
        {
            "paper": paper, "kind": queries.KINDS[paper.kind], "state": queries.STATES[paper.state],
            "chip": queries.CHIPS[paper.state], "case": known.get(paper.case) if paper.case else None,
            "reason": queries.REASONS.get(paper.reason),
        }
        for paper in found
    ]  # fmt: skip
    running = any(paper.state in ("waiting", "making") for paper in found)
    return render(request, "papers/index.html", {"lines": lines, "running": running})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: Request, id: UUID) -> HttpResponse:
    """Why is it printed, and what is in it; a small one is handed over at once, a large one is made meanwhile."""
    actor, at = request.actor, request.now
    case = cases.visible_to(actor, at).filter(pk=id).first()
    if case is None:
        raise Http404
    sight = cases.sight(case, at)
    permit.must(actor, "case.export", sight)
    may_unmask = bool(permit.can(actor, "person.unmask", sight))
    given = request.POST if request.method == "POST" else None
    form = forms.Printing(given, may_unmask=may_unmask, initial={"key": new_id()})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        asked = Print(data["reason"], data["detail"], notes=data["notes"], full=data.get("full", False))
        try:
            paper = actions.ask_for_dossier(case=id, asked=asked, by=actor, at=at, id=data["key"])
        except (actions.NoReason, actions.TooMany) as no:
            form.add_error(None, str(no.message))
        else:
            if paper.state == "made":
                return _handed(paper.name, queries.content(paper) or b"")
            messages.success(request, _("The dossier is being made. You are told in the inbox when it is ready."))
            return redirect("papers:index")
    printed = [{"paper": paper, "reason": queries.REASONS.get(paper.reason)} for paper in queries.printed(id)]
    context = {"case": case, "form": form, "printed": printed}
    return render(request, "papers/dossier.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def fetch(request: Request, id: UUID) -> HttpResponse:
    """A finished file, for whoever asked for it."""
    permit.must(request.actor, "case.export")
    paper = queries.paper_of(id, request.actor, request.now)
    content = queries.content(paper) if paper else None
    if paper is None or content is None:
        raise Http404
    return _handed(paper.name, content)


def _handed(name: str, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type=MIMES[name.rpartition(".")[2]])
    answer["Content-Disposition"] = disposition(name)
    answer["X-Content-Type-Options"], answer["Cache-Control"] = "nosniff", "no-store"
    return answer
