"""The channels and their counts, one channel's days, its settings, and what waits for a person."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.units import queries as units
from huiyin.kernel.permit import can, must, paths
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.channels import actions, queries
from huiyin.listen.channels.forms import ByHand, Setup
from huiyin.listen.channels.models import Arrival, Channel
from huiyin.listen.channels.plugs import PLUGS, plug
from huiyin.listen.channels.queries import Unreachable
from huiyin.listen.channels.rules.charsets import guessed
from huiyin.listen.channels.rules.states import STATE, reason, unreachable
from huiyin.listen.voices.queries import problem_words

DAYS = 30


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    must(request.actor, "channels.read")
    since = request.now - timedelta(days=DAYS)
    lines = [
        {
            "row": row,
            "plug": plug(row.kind),
            "counts": queries.total(queries.days(row.id, since)),
            "why": unreachable(row.why),
        }
        for row in queries.visible_to(request.actor, request.now)
    ]
    whole = units.whole_bank().unit_path in paths(request.actor, "channels.read")
    others = queries.other_ways(since) if whole else []
    context = {
        "lines": lines, "days": DAYS, "others": [{"word": o.label, "counts": o.counts} for o in others],
        "kinds": [plug(kind).label for kind in PLUGS] if can(request.actor, "channels.manage") else [],
    }  # fmt: skip
    return render(request, "channels/index.html", context)


@never_cache
@login_required
@require_safe
def channel(request: Request, code: str) -> HttpResponse:
    row = _seen(request, code)
    since = request.now - timedelta(days=DAYS)
    found = queries.days(row.id, since)
    waits = queries.waiting([row.id]).count()
    context = {
        "row": row, "plug": plug(row.kind), "found": found, "total": queries.total(found), "days": DAYS,
        "reasons": [(reason(code), count) for code, count in queries.rejected_by_reason(row.id, since)],
        "waits": waits, "late": queries.late(request.now).filter(channel=row).count(), "why": unreachable(row.why),
        "manages": _manages(request, row), "decides": row.id in queries.readable_by(request.actor, request.now),
    }  # fmt: skip
    return render(request, "channels/channel.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, kind: str) -> HttpResponse:
    must(request.actor, "channels.manage")
    if kind not in PLUGS:
        raise Http404
    form = Setup(request.POST if request.method == "POST" else None, kind=kind)
    if form.is_bound and form.is_valid():
        try:
            made = actions.add_channel(
                code=form.cleaned_data["code"], kind=kind, by=request.actor, at=request.now, **_given(form, request.now)
            )
            return redirect("channels:channel", made.code)
        except Refusal as no:
            form.add_error(None, str(no.message))
    context = {"form": form, "plug": plug(kind), "row": None}
    return render(request, "channels/setup.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: Request, code: str) -> HttpResponse:
    must(request.actor, "channels.manage")
    row = _seen(request, code)
    if not _manages(request, row):
        raise Http404
    form = Setup(request.POST if request.method == "POST" else None, kind=row.kind, channel=row)
    if form.is_bound and form.is_valid():
        try:
            version = int(request.POST.get("version", "0") or 0)
            actions.set_channel(
                channel=row.id, version=version, by=request.actor, at=request.now, **_given(form, request.now)
            )
            messages.success(request, _("The channel was changed."))
            return redirect("channels:channel", row.code)
        except (Refusal, ValueError) as no:
            form.add_error(None, str(getattr(no, "message", "")) or _("Please look at the page again."))
    context = {"form": form, "plug": plug(row.kind), "row": row}
    return render(request, "channels/setup.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def test(request: Request, code: str) -> HttpResponse:
    must(request.actor, "channels.manage")
    row = _seen(request, code)
    if not _manages(request, row):
        raise Http404
    try:
        actions.test_channel(channel=row.id, by=request.actor, at=request.now)
    except Unreachable as no:
        messages.error(request, _("It does not work: %(why)s") % {"why": unreachable(no.why).word(_language(request))})
    else:
        messages.success(request, _("The other side answered and let us in."))
    return redirect("channels:channel", row.code)


@never_cache
@login_required
@require_safe
def waiting(request: Request, code: str) -> HttpResponse:
    must(request.actor, "case.assign")
    row = queries.channel(code)
    if row is None or row.id not in queries.readable_by(request.actor, request.now):
        raise Http404
    rows = [{"row": one, "state": STATE[one.state], "why": reason(one.why)} for one in queries.waiting([row.id])[:200]]
    aside = [{"row": one, "state": STATE[one.state], "why": reason(one.why)} for one in queries.set_aside(row.id)[:50]]
    return render(request, "channels/waiting.html", {"row": row, "rows": rows, "aside": aside})


VERBS = ("again", "leave", "new", "assign", "enter", "raw")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def arrival(request: Request, id: UUID) -> HttpResponse:
    """One item: why it waits, what it seems to say, and the four things that can be done with it."""
    must(request.actor, "case.assign")
    row = queries.arrival_of(id, request.actor, request.now)
    if row is None:
        raise Http404
    form = ByHand(request.POST if request.POST.get("verb") == "enter" else None)
    verb = request.POST.get("verb", "")
    if request.method == "POST":
        if verb not in VERBS:
            raise Http404
        if verb == "raw":
            return _download(row, actions.open_raw(arrival=row.id, by=request.actor, at=request.now))
        try:
            problem = _decide(request, row, verb, form)
        except Refusal as no:
            messages.error(request, str(no.message))
            return redirect("channels:arrival", row.id)
        if not problem:
            return redirect("channels:waiting", row.channel.code)
        for one in problem:
            name = one.field.removeprefix("customer.")
            form.add_error(name if name in form.fields else None, problem_words(one))
    content = queries.raw(row.id) or b""
    context = {
        "row": row, "state": STATE[row.state], "why": reason(row.why), "form": form, "shown": guessed(content[:6000])[:4000],
        "cut": len(content) > 6000, "open": row.state in ("unreadable", "held", "retry"), "aside": row.state == "rejected" and row.matter is None,
        "named": queries.number_of(row.matter) if row.state == "held" else "",
    }  # fmt: skip
    return render(request, "channels/arrival.html", context, status=422 if form.is_bound else 200)


def _decide(request: Request, row: Arrival, verb: str, form: ByHand) -> list[Any]:
    by, at = request.actor, request.now
    if verb == "again":
        state = actions.try_again(arrival=row.id, by=by, at=at)
        messages.info(request, _("It was read again: %(state)s.") % {"state": STATE[state].word(_language(request))})
    elif verb == "leave":
        actions.leave(arrival=row.id, by=by, at=at)
    elif verb == "new":
        actions.hear_as_new(arrival=row.id, by=by, at=at)
    elif verb == "assign":
        actions.assign(arrival=row.id, number=request.POST.get("number", "")[:40], by=by, at=at)
    else:
        found = actions.enter(arrival=row.id, raw_words=form.raw(), by=by, at=at)
        return found if isinstance(found, list) else []
    return []


def _download(row: Arrival, content: bytes) -> HttpResponse:
    """As it came, for the reader's own tools; no browser runs or shows it."""
    response = HttpResponse(content, content_type="application/octet-stream")
    suffix = "eml" if row.channel.kind == "email" else "bin"
    response["Content-Disposition"] = f'attachment; filename="{row.id}.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _seen(request: Request, code: str) -> Channel:
    must(request.actor, "channels.read")
    row = next((one for one in queries.visible_to(request.actor, request.now) if one.code == code), None)
    if row is None:
        raise Http404
    return row


def _manages(request: Request, row: Channel) -> bool:
    return bool(can(request.actor, "channels.manage", queries.place_of(row, request.now)))


def _given(form: Setup, at: datetime) -> dict[str, Any]:
    data = form.cleaned_data
    unit = units.by_code(data["unit"].strip()) if data.get("unit", "").strip() else None
    if data.get("unit", "").strip() and unit is None:
        raise actions.NoUnit
    return {
        "name": data["name"], "name_en": data["name_en"], "enabled": data["enabled"], "unit": unit.pk if unit else None,
        "settings": form.settings(), "secrets": form.secrets(),
    }  # fmt: skip


def _language(request: Request) -> str:
    return str(getattr(request, "LANGUAGE_CODE", "zh-hans"))
