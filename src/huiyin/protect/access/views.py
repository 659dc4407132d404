"""Roles in words, grants, tokens and the access log."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from huiyin.bank.units.queries import all_units
from huiyin.kernel.permit import ACTIONS, MASKED, MATRIX, OWN, ROLE, ROLES, can, must
from huiyin.kernel.request import Request
from huiyin.protect.access import actions, queries
from huiyin.protect.access.forms import GrantForm, RenewForm, TokenForm
from huiyin.protect.access.models import Grant
from huiyin.protect.access.rules import WHAT
from huiyin.protect.identity.queries import users_by_id


def home(request: Request) -> HttpResponse:
    must(request.actor, "access.read")
    today = localdate(request.now)
    counts = {
        "grants": queries.within(request.actor, "access.read", queries.standing(today), today).count(),
        "expiring": queries.within(request.actor, "access.read", queries.expiring(today), today).count(),
        "tokens": queries.within(request.actor, "access.read", queries.tokens(), today)
        .filter(revoked_at=None, until_date__gt=today)
        .count(),
    }
    return render(request, "access/home.html", {"counts": counts})


def roles(request: Request) -> HttpResponse:
    """The matrix in words: one role at a time, so that it reads on a phone."""
    must(request.actor, "access.read")
    chosen = ROLE.get(request.GET.get("role", ""), ROLES[0])
    lines = [(action, MATRIX[action.code].get(chosen.code)) for action in ACTIONS]
    told = [(action, {OWN: "own", MASKED: "masked"}.get(reach or "", reach)) for action, reach in lines]
    may = [(action, reach) for action, reach in told if reach]
    may_not = [action for action, reach in told if not reach]
    return render(request, "access/roles.html", {"roles": ROLES, "chosen": chosen, "may": may, "may_not": may_not})


def grants(request: Request) -> HttpResponse:
    """Standing grants; `?due=1` those to be re-certified, `?user=` those of one account."""
    must(request.actor, "access.read")
    today = localdate(request.now)
    due = request.GET.get("due") == "1"
    found = queries.expiring(today) if due else queries.grants(today)
    found = queries.within(request.actor, "access.read", found, today)
    who = request.GET.get("user", "")
    if who.isdecimal() and len(who) < 18:
        found = found.filter(user=int(who))
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(
        request,
        "access/grants.html",
        {"page": page, "due": due, "today": today, "manages": bool(can(request.actor, "grants.manage"))},
    )


def give(request: Request) -> HttpResponse:
    must(request.actor, "grants.manage")
    today = localdate(request.now)
    form = GrantForm(all_units(today), today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        must(request.actor, "grants.manage", _Over(queries.place(found["unit"], today)))
        try:
            actions.give(
                user=found["username"], role=found["role"], unit=found["unit"], until_date=found["until_date"],
                reason=found["reason"], by=request.actor, at=request.now,
            )  # fmt: skip
        except actions.AlreadyHeld as no:
            form.add_error("role", str(no.message))
        except actions.NotToYourself as no:
            actions.refuse(action="grants.manage", rule="SoD11", by=request.actor, at=request.now)
            form.add_error("username", str(no.message))
        else:
            messages.success(request, _("The grant holds from now on."))
            return redirect("access:grants")
    return render(request, "access/give.html", {"form": form})


def renew(request: Request, pk: UUID) -> HttpResponse:
    """Re-certify: somebody looked at it and it is still needed."""
    must(request.actor, "grants.manage")
    found = _grant(request, pk)
    form = RenewForm(localdate(request.now), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.recertify(grant=pk, until_date=form.cleaned_data["until_date"], by=request.actor, at=request.now)
        except actions.NotToYourself:
            actions.refuse(action="grants.manage", rule="SoD11", by=request.actor, at=request.now)
            raise
        messages.success(request, _("The grant is re-certified."))
        return redirect("access:grants")
    return render(request, "access/renew.html", {"grant": found, "form": form})


def end(request: Request, pk: UUID) -> HttpResponse:
    must(request.actor, "grants.manage")
    found = _grant(request, pk)
    if request.method == "POST":
        try:
            actions.end(grant=pk, by=request.actor, at=request.now)
        except actions.NotToYourself:
            actions.refuse(action="grants.manage", rule="SoD11", by=request.actor, at=request.now)
            raise
        messages.success(request, _("The grant has ended; open sessions of the account are closed."))
        return redirect("access:grants")
    return render(request, "access/end.html", {"grant": found})


@never_cache
def tokens(request: Request) -> HttpResponse:
    must(request.actor, "tokens.manage")
    today = localdate(request.now)
    found = queries.within(request.actor, "tokens.manage", queries.tokens(), today)
    return render(request, "access/tokens.html", {"tokens": found[:200], "today": today})


@never_cache
def issue(request: Request) -> HttpResponse:
    """A token's secret is shown in the answer to this form and never again."""
    must(request.actor, "tokens.manage")
    today = localdate(request.now)
    form = TokenForm(all_units(today), today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        must(request.actor, "tokens.manage", _Over(queries.place(found["unit"], today)))
        token, secret = actions.issue_token(
            name=found["name"], role=found["role"], unit=found["unit"], until_date=found["until_date"],
            by=request.actor, at=request.now,
        )  # fmt: skip
        return render(request, "access/issued.html", {"token": token, "secret": secret})
    return render(request, "access/issue.html", {"form": form})


def revoke(request: Request, pk: UUID) -> HttpResponse:
    must(request.actor, "tokens.manage")
    every = queries.within(request.actor, "tokens.manage", queries.tokens(), localdate(request.now))
    found = every.filter(pk=pk).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.revoke_token(token=pk, by=request.actor, at=request.now)
        messages.success(request, _("The token no longer works."))
        return redirect("access:tokens")
    return render(request, "access/revoke.html", {"token": found})


def log(request: Request) -> HttpResponse:
    """Who signed in, was refused, or changed who may do what."""
    must(request.actor, "access.read")
    found = queries.log_visible_to(request.actor)
    what = request.GET.get("what", "")
    if what in WHAT:
        found = found.filter(what=what)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    names = users_by_id(
        {line.user for line in page}
        | {line.actor.removeprefix("staff:") for line in page if line.actor[:6] == "staff:"}
    )
    lines = [
        (
            line,
            WHAT.get(line.what, line.what),
            names.get(line.actor.removeprefix("staff:")),
            names.get(line.user),
        )
        for line in page
    ]
    return render(request, "access/log.html", {"page": page, "lines": lines, "kinds": WHAT.values(), "what": what})


def _grant(request: Request, pk: UUID) -> Grant:
    found = queries.grant(pk)
    today = localdate(request.now)
    if found is None or found.ended_at is not None:
        raise Http404
    if not can(request.actor, "grants.manage", _Over(queries.place(found.unit_id, today))):
        raise Http404
    return found


@dataclass(frozen=True)
class _Over:
    """The unit that a grant or token is about, for `can`."""

    unit_path: str
