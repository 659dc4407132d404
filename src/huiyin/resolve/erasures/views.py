"""Erasing a person: what is waiting, one page per person, one address per verb."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.request import Request
from huiyin.platform.vault import queries as vault
from huiyin.protect.access import actions as access
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.erasures import actions, forms, queries, rules
from huiyin.resolve.erasures.models import Erasure

MOST = 200


@never_cache
@login_required
@require_safe
def board(request: Request) -> HttpResponse:
    """What waits for a second person, and what was settled. Of an erased person only the date and the count are left."""
    permit.must(request.actor, "erasure.read")
    rows = list(queries.visible_to(request.actor, request.now)[:MOST])
    people = queries.people(rows)
    lines: list[dict[str, Any]] = [
        {
            "row": row, "state": rules.STATES[row.state], "reason": queries.reason(row),
            "name": people.get(row.customer_id, {}).get("name", ""),
        }
        for row in rows
    ]  # fmt: skip
    waiting = [line for line in lines if line["row"].state == "asked"]
    return render(
        request,
        "erasures/board.html",
        {"waiting": waiting, "settled": [line for line in lines if line not in waiting]},
    )


@never_cache
@login_required
@require_safe
def person(request: Request, customer: UUID) -> HttpResponse:
    return _page(request, _seen(request, customer))


def _seen(request: Request, customer: UUID) -> UUID:
    """The record in front. Whoever may not read requests about this person finds nobody."""
    permit.must(request.actor, "erasure.read")
    if profiles.profile(customer) is None:
        raise Http404
    survivor = profiles.survivor_of(customer)
    if not permit.can(request.actor, "erasure.read", queries.sight(survivor, request.now)):
        raise Http404
    return survivor


def _page(request: Request, customer: UUID, bound: dict[str, django_forms.Form] | None = None) -> HttpResponse:
    actor, bound = request.actor, bound or {}
    about = queries.about(customer, request.now)
    row = queries.waiting(customer)
    sight = queries.sight(customer, request.now, row)
    one = profiles.profile(customer)
    may = {verb: bool(permit.can(actor, f"erasure.{verb}", sight)) for verb in ("ask", "decide", "hold")}
    free = not about.bars and not about.erased
    past = [(one, rules.STATES[one.state], queries.reason(one)) for one in queries.history(customer)]
    context: dict[str, Any] = {
        "customer": customer,
        "name": vault.masked({"name": one.name}).get("name", "") if one else "",
        "about": about,
        "row": row,
        "reason": queries.reason(row) if row else None,
        "past": past,
        "holds": [(hold, rules.GROUND[hold.ground]) for hold in queries.holds(customer)],
        "ask": bound.get("ask") or (forms.Ask() if may["ask"] and free and row is None else None),
        "agree": bound.get("agree") or (forms.CarryOut() if may["decide"] and free and row else None),
        "may_decline": may["decide"] and row is not None,
        "mine": row is not None and row.asked_by == actor.ref,
        "keep": bound.get("hold") or (forms.Keep() if may["hold"] and not about.erased else None),
        "may_hold": may["hold"],
        "opens": cases.cases_of(customer, actor, request.now).exists(),
        "failed": next(iter(bound.values()), None),
    }
    return render(request, "erasures/person.html", context, status=422 if bound else 200)


@never_cache
@login_required
@require_POST
def do(request: Request, customer: UUID, verb: str) -> HttpResponse:
    """ask, agree, decline, withdraw, hold, lift."""
    if verb not in _VERBS:
        raise Http404
    found = _seen(request, customer)
    try:
        return _VERBS[verb](request, found) or redirect("erasures:person", found)
    except permit.Denied as no:
        if no.verdict.rule:
            access.refuse(
                action=f"erasure.{verb}", rule=no.verdict.rule, by=request.actor, at=request.now, subject=found
            )
        raise


def _ask(request: Request, customer: UUID) -> HttpResponse | None:
    form = forms.Ask(request.POST)
    if not form.is_valid():
        permit.must(request.actor, "erasure.ask", queries.sight(customer, request.now))
        return _page(request, customer, {"ask": form})
    actions.ask(customer=customer, reason=form.cleaned_data["reason"], by=request.actor, at=request.now)
    flash.success(request, _("Asked. A second person decides."))
    return None


def _waiting(customer: UUID) -> Erasure:
    row = queries.waiting(customer)
    if row is None:
        raise actions.Refused("settled")
    return row


def _agree(request: Request, customer: UUID) -> HttpResponse | None:
    form, row = forms.CarryOut(request.POST), _waiting(customer)
    if not form.is_valid():
        permit.must(request.actor, "erasure.decide", queries.sight(customer, request.now, row))
        return _page(request, customer, {"agree": form})
    actions.carry_out(erasure=row.pk, by=request.actor, at=request.now)
    flash.success(request, _("Erased for good. Nothing of this person can be read any more."))
    return None


def _decline(request: Request, customer: UUID) -> HttpResponse | None:
    actions.decline(erasure=_waiting(customer).pk, by=request.actor, at=request.now)
    flash.success(request, _("Declined. Tell the customer why, and where they may object."))
    return None


def _withdraw(request: Request, customer: UUID) -> HttpResponse | None:
    actions.withdraw(erasure=_waiting(customer).pk, by=request.actor, at=request.now)
    flash.success(request, _("Taken back."))
    return None


def _hold(request: Request, customer: UUID) -> HttpResponse | None:
    form = forms.Keep(request.POST)
    if not form.is_valid():
        permit.must(request.actor, "erasure.hold", queries.sight(customer, request.now))
        return _page(request, customer, {"hold": form})
    actions.hold(customer=customer, ground=form.cleaned_data["ground"], by=request.actor, at=request.now)
    flash.success(request, _("On record: nothing of this person is destroyed until it is lifted."))
    return None


def _lift(request: Request, customer: UUID) -> HttpResponse | None:
    found = {str(hold.pk): hold.pk for hold in queries.holds(customer)}
    chosen = found.get(request.POST.get("hold", ""))
    if chosen is None:
        raise actions.Refused("not_held")
    actions.lift(hold=chosen, by=request.actor, at=request.now)
    flash.success(request, _("Lifted."))
    return None


_VERBS = {
    "ask": _ask,
    "agree": _agree,
    "decline": _decline,
    "withdraw": _withdraw,
    "hold": _hold,
    "lift": _lift,
}
