"""The list on the left, one of its cases on the right. Without the script each link is a page; on a narrow screen, too."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.views.queue import lines_of

LAST = 5  # of what happened; the whole story is on the page of the case


@never_cache
@login_required
@require_safe
def split(request: Request) -> HttpResponse:
    """`case` is the one that is shown; without it the first of the list. A piece is asked for by the page's script."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.read")
    given = request.GET.dict()
    chosen = given.pop("case", "")
    asked = cases.wanted(given)
    if chosen and request.headers.get("X-Hy-Piece"):
        return render(request, "workbench/peek.html", {"peek": _peek(request, chosen)})
    part = cases.slice_of(cases.queue(asked, actor, at), asked)
    lines = lines_of(part.rows, at)
    first = str(part.rows[0].pk) if part.rows else ""
    place = {name: value for name in ("after", "before") if (value := getattr(asked, name))}
    context = {
        "lines": lines, "part": part, "asked": asked, "name": queries.title_of(asked), "chosen": chosen,
        "query": urlencode(asked.query), "here": urlencode({**asked.query, **place}),
        "peek": _peek(request, chosen or first) if lines or chosen else None,
    }  # fmt: skip
    return render(request, "workbench/split.html", context)


def _peek(request: Request, id: str) -> dict[str, Any]:
    """What one wants to know before one opens it: what is asked, how much time is left, what happened last."""
    actor, at = request.actor, request.now
    try:
        seen = cases.visible_to(actor, at).select_related("owner", "handler", "unit").filter(pk=UUID(id)).first()
    except ValueError:
        raise Http404 from None
    if seen is None:
        raise Http404
    (line,) = lines_of([seen], at)
    items = list(cases.timeline(seen, actor))
    said = next((item for item in items if item.sort == "customer"), None)
    last = [item for item in items if item is not said][-LAST:]
    sight = cases.sight(seen, at)
    return {"line": line, "said": said, "last": last, "may_reply": permit.can(actor, "case.reply", sight)}
