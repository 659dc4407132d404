"""The in-app inbox: what was told to me, newest first."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel.permit import must
from huiyin.kernel.request import Request
from huiyin.platform.messages import actions, queries
from huiyin.platform.messages.rules.wording import notice_text

PER_PAGE = 50


@never_cache
@login_required
@require_safe
def inbox(request: Request) -> HttpResponse:
    must(request.actor, "inbox.read")
    me = request.actor.staff  # an account of nobody on the staff list has an empty one: the menu leads everybody here
    rows = queries.inbox(me, request.now)
    only = request.GET.get("show") == "unread"
    if only:
        rows = rows.filter(read_at=None)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    language = get_language() or "zh-hans"
    lines = [(row, notice_text(row.kind, row.params, language)) for row in page.object_list]
    context = {"lines": lines, "page": page, "only": only, "unread": queries.unread_count(me, request.now)}
    return render(request, "messages/inbox.html", context)


@login_required
@require_POST
def read(request: Request) -> HttpResponse:
    """Mark one line as read, or all of them."""
    me, one = _me(request), request.POST.get("notice")
    actions.mark_read(staff=me, notices=[_uuid(one)] if one else None, by=request.actor, at=request.now)
    return redirect("messages:inbox")


@login_required
@require_POST
def follow(request: Request, id: UUID) -> HttpResponse:
    """Open what a line is about, which reads it."""
    me = _me(request)
    row = queries.inbox(me, request.now).filter(id=id).first()
    if row is None:
        raise Http404
    actions.mark_read(staff=me, notices=[id], by=request.actor, at=request.now)
    return redirect(row.link if row.link.startswith("/") and not row.link.startswith("//") else "messages:inbox")


def _me(request: Request) -> UUID:
    actor = request.actor
    must(actor, "inbox.read")
    if actor.staff is None:
        raise Http404
    return actor.staff


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404 from wrong
