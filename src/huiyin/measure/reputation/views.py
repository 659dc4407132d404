"""What the public says: the list with its trend, one page per post, one address per verb."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.listen.social import queries as social
from huiyin.measure.reputation import actions, queries
from huiyin.measure.reputation.forms import Decide, Filter, Link
from huiyin.measure.reputation.models import Judgement
from huiyin.measure.reputation.rules.weeks import Week, drawn
from huiyin.resolve.cases import queries as cases

PAGE = 25


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    must(request.actor, "post.read")
    form = Filter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = queries.chosen(request.actor, wanted)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    every = queries.visible_to(request.actor)
    if wanted.get("source"):
        every = every.filter(post__source=wanted["source"])
    by_day = request.GET.get("by") == "day"
    told = (queries.days if by_day else queries.weeks)(every, request.now)
    whole = Week(told[0].monday, *(sum(getattr(w, name) for w in told) for name in ("positive", "negative", "volume")))
    context = {
        "form": form, "page": page, "lines": queries.lines(page.object_list), "weeks": told, "whole": whole,
        "chart": drawn(told) if whole.volume else None, "waiting": found.filter(sure=False).count(),
        "by_day": by_day, "any": queries.visible_to(request.actor).exists(), "imports": bool(can(request.actor, "import.run")),
    }  # fmt: skip
    return render(request, "reputation/index.html", context, status=422 if form.is_bound and form.errors else 200)


@never_cache
@login_required
@require_safe
def post(request: Request, id: UUID) -> HttpResponse:
    return _shown(request, _seen(request, id))


def _seen(request: Request, id: UUID) -> Judgement:
    must(request.actor, "post.read")
    found = queries.judgement(id, request.actor)
    if found is None:
        raise Http404
    return found


def _shown(request: Request, row: Judgement, bound: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    kept = bound or {}
    (line,) = queries.lines([row])
    said = social.words(row.pk)
    first = {"sentiment": row.sentiment, "category": row.category, "cause": row.cause, "version": row.version}
    case = cases.visible_to(request.actor, request.now).filter(pk=row.case).first() if row.case else None
    context = {
        "line": line, "row": row, "link": said.link, "case": case,
        "works": bool(can(request.actor, "post.work", row.post)),
        "opens": bool(can(request.actor, "case.create", row.post)),
        "decide": kept.get("decide") or Decide(initial=first), "joining": kept.get("link") or Link(),
        "failed": next(iter(kept.values()), None),
    }  # fmt: skip
    return render(request, "reputation/post.html", context, status=status)


@never_cache
@login_required
@require_POST
def do(request: Request, id: UUID, verb: str) -> HttpResponse:
    """decide | open | link."""
    row = _seen(request, id)
    if verb not in ("decide", "open", "link"):
        raise Http404
    must(request.actor, "post.work", row.post)
    by, at = request.actor, request.now
    if verb == "open":
        case = actions.open_case(post=id, by=by, at=at)
        messages.success(request, _("A complaint has been opened from the post."))
        return redirect("cases:case", case)
    form = {"decide": Decide, "link": Link}[verb](request.POST)
    if not form.is_valid():
        return _shown(request, row, {verb: form}, status=422)
    data = form.cleaned_data
    try:
        if verb == "decide":
            actions.decide(
                post=id, mood=data["sentiment"], category=data["category"], cause=data["cause"],
                version=data["version"], by=by, at=at,
            )  # fmt: skip
            messages.success(request, _("Your reading of the post stands."))
        else:
            actions.link(post=id, number=data["number"], by=by, at=at)
            messages.success(request, _("The post belongs to the complaint now."))
    except (actions.NoCase, actions.Linked, actions.Changed) as no:
        form.add_error(None, str(no.message))
        return _shown(request, row, {verb: form}, status=no.status)
    return redirect("reputation:post", id)
