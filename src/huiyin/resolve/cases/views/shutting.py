"""Days that were shut against their calendar: asked for by one person, decided by another."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from huiyin.bank.standards import queries as standards
from huiyin.bank.units.queries import whole_bank
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.resolve.cases import actions, forms, queries
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.models import ShutDay
from huiyin.resolve.cases.rules.words import SHUT_OUTCOMES


def shut_days(request: Request) -> HttpResponse:
    """The form, what waits with the cases it concerns, and what was decided."""
    must(request.actor, "standards.read")
    proposes = bool(can(request.actor, "standards.propose", whole_bank()))
    codes = sorted({code for code in standards.book().calendars if "/" not in code and code != "natural"})
    form = forms.ShutDay(request.POST or None, calendars=codes)
    if request.method == "POST":
        must(request.actor, "standards.propose", whole_bank())
        if form.is_valid():
            said = form.cleaned_data
            try:
                row = actions.ask_shut_day(
                    calendar=said["calendar"], day=said["day"], reason=said["reason"], text=said["text"],
                    by=request.actor, at=request.now,
                )  # fmt: skip
            except Refused as no:
                form.add_error(None, str(no.message))
            else:
                found = len(row.clocks)
                told = ngettext(
                    "%(n)s miss is named. A second person decides.", "%(n)s misses are named. A second person decides.", found
                )  # fmt: skip
                messages.success(request, told % {"n": found})
                return redirect("cases:shut-days")
    rows = queries.shut_days()
    grounds = queries.grounds_of(rows)
    context = {
        "form": form,
        "proposes": proposes,
        "approves": bool(can(request.actor, "standards.approve", whole_bank())),
        "me": request.actor.staff,
        "lines": [_line(row, grounds, request) for row in rows],
    }
    return render(request, "cases/shut_days.html", context, status=422 if form.errors else 200)


def _line(row: ShutDay, grounds: dict[UUID, str], request: Request) -> dict[str, Any]:
    named = queries.cases_named(row) if row.outcome == "waiting" else {}
    seen = queries.visible_to(request.actor, request.now).filter(pk__in=list(named)[:200]).order_by("number")
    return {
        "row": row,
        "reason": standards.label("excuse_reason", row.reason),
        "state": SHUT_OUTCOMES[row.outcome],
        "grounds": grounds.get(row.pk, ""),
        "misses": len(row.clocks),
        "cases": [(case, named[case.pk]) for case in seen[:50]],
    }


@require_POST
def decide_shut_day(request: Request, id: UUID, verb: str) -> HttpResponse:
    """grant | refuse."""
    must(request.actor, "standards.approve", whole_bank())
    if verb not in ("grant", "refuse"):
        raise Http404
    row = actions.decide_shut_day(shut=id, grant=verb == "grant", by=request.actor, at=request.now)
    told = ngettext("%(n)s miss is excused.", "%(n)s misses are excused.", row.excused) % {"n": row.excused}
    messages.success(request, told if row.outcome == "granted" else _("Nothing is excused."))
    return redirect("cases:shut-days")
