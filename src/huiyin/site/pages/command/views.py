"""The command menu: anything by a few letters. A page for those without a script, a piece of it for the menu."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.kernel.request import Request
from huiyin.site.pages.command.finding import found

STEPS = 40


@never_cache
@login_required
@require_safe
def go(request: Request) -> HttpResponse:
    """`q`: what was typed. `v`: the steps that the page in front offers, in words, in order."""
    q = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    steps = [text[:40] for text in request.GET.getlist("v")[:STEPS]]
    hits = found(q, steps, request)
    piece = "X-Hy-Piece" in request.headers
    return render(request, "command/list.html" if piece else "command/go.html", {"q": q, "hits": hits})
