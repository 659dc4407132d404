"""Who is calling: the agent's own calls, what this reader may see of the caller, and the next step.

The number is in clear, for the agent has it on the line. Of matters the reader may not see they learn how many there are.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.permit import must
from huiyin.kernel.request import Request
from huiyin.listen.calls import actions, queries
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases

MOST = 5


@dataclass(frozen=True)
class Caller:
    """A call with what this reader may know of who is calling."""

    call: queries.CallView
    names: list[str] = field(default_factory=list)
    known: bool = False
    open: list[dict[str, Any]] = field(default_factory=list)
    past: list[dict[str, Any]] = field(default_factory=list)
    hidden: int = 0


@never_cache
@login_required
@require_safe
def calls(request: Request) -> HttpResponse:
    must(request.actor, "case.create")
    log = [{"call": one, "outcome": queries.OUTCOME.get(one.outcome)} for one in queries.log_of(request.actor)]
    return render(
        request, "calls/calls.html", _now(request) | {"log": log, "board": queries.board(request.actor, request.now)}
    )


@never_cache
@login_required
@require_safe
def now(request: Request) -> HttpResponse:
    """The piece that the page asks for every two seconds."""
    must(request.actor, "case.create")
    return render(request, "calls/now.html", _now(request))


@never_cache
@login_required
@require_POST
def take(request: Request, id: UUID) -> HttpResponse:
    """On to the form, with what the call tells filled in. The address holds an id, never the number."""
    must(request.actor, "case.create")
    begun = actions.take(call=id, language=get_language() or "zh-hans", by=request.actor, at=request.now)
    return redirect(f"{reverse('voices:new')}?{urlencode({'begun': begun})}")


@never_cache
@login_required
@require_POST
def settle(request: Request, id: UUID) -> HttpResponse:
    must(request.actor, "case.create")
    actions.settle(call=id, outcome=request.POST.get("outcome", ""), by=request.actor, at=request.now)
    messages.success(request, _("The call is settled."))
    return redirect("calls:calls")


def _now(request: Request) -> dict[str, Any]:
    found = [_caller(one, request) for one in queries.now_at_hand(request.actor, request.now)]
    return {"callers": found, "outcomes": queries.OUTCOMES}


def _caller(call: queries.CallView, request: Request) -> Caller:
    people = profiles.who_has("phone", call.phone) if call.phone else []
    heard = [view for person in people[:10] for view in voices.of_customer(person)]
    mine = cases.visible_to(request.actor, request.now).filter(pk__in=[view.id for view in heard])
    rows = list(mine.order_by("-received_at", "-id"))
    readable = {case.pk for case in rows}
    theirs = {view.customer for view in heard if view.customer and view.id in readable}
    named = [vault.mask_name(one.name) for one in profiles.profiles(theirs).values() if one.name]
    words = voices.words_many([row.pk for row in rows[: MOST * 2]])
    lines = [
        {"case": row, "title": words[row.pk].title or words[row.pk].text[:60], "open": row.state != "closed"}
        for row in rows[: MOST * 2]
    ]
    return Caller(
        call=call, names=sorted(named), known=bool(people), hidden=len({view.id for view in heard}) - len(readable),
        open=[line for line in lines if line["open"]][:MOST], past=[line for line in lines if not line["open"]][:MOST],
    )  # fmt: skip
