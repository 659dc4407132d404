"""Approved texts to start from, and answers on paper."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.platform.documents.queries import MIMES
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Gone
from huiyin.resolve.cases.views.page import actor_of, seen


@never_cache
@login_required
@require_safe
def templates(request: HttpRequest, id: UUID) -> HttpResponse:
    """`?q=` → {"results": [{code, version, title, text}]}: the approved texts, filled for this case, the best first."""
    case = seen(request, id)
    actor, at = actor_of(request)
    ground.allow(actor, "case.reply", case, at)
    found = queries.offered(case, request.GET.get("q", "")[:100])
    lines = [{"code": f.code, "version": f.version, "title": f.title, "text": f.text} for f in found]
    return JsonResponse({"results": lines})


@never_cache
@login_required
@require_POST
def letter(request: HttpRequest, id: UUID, reply: UUID, form: str) -> HttpResponse:
    case = seen(request, id)
    actor, at = actor_of(request)
    if reply not in {row.pk for row in queries.replies(case.id)}:
        raise Gone
    name, content = actions.print_letter(reply=reply, form=form, by=actor, at=at)
    answer = HttpResponse(content, content_type=MIMES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
