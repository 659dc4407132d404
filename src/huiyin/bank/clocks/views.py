"""One clock, day by day."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from huiyin.bank.clocks import queries
from huiyin.bank.staff import queries as staff
from huiyin.kernel.permit import must
from huiyin.kernel.request import Request


def clock(request: Request, id: UUID) -> HttpResponse:
    """Why is it due then? Reached from the matter's own page, whose link is sealed for its reader."""
    must(request.actor, "standards.read")
    followed = queries.may_follow(id, request.actor, request.GET.get("seal", ""))
    explanation = queries.explain(id, request.now) if followed else None
    if explanation is None or _recused(request, explanation.clock.subject):
        raise Http404
    return render(request, "clocks/clock.html", {"explanation": explanation, "rungs": queries.rungs_of(id)})


def _recused(request: Request, subject: UUID) -> bool:
    return request.actor.staff is not None and request.actor.staff in staff.recused(subject, request.now)
