"""Pages of call-backs: a caller's day, one call, the lists, the script. What cannot be seen does not exist."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.ids import new_id
from huiyin.kernel.request import Request
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import queries as messages
from huiyin.platform.vault import queries as vault
from huiyin.protect.access import actions as access
from huiyin.resolve.callbacks import actions, forms, queries, rules
from huiyin.resolve.callbacks.models import Call
from huiyin.resolve.cases import queries as cases


@never_cache
@login_required
@require_safe
def today(request: Request) -> HttpResponse:
    """A caller's day: the call in hand or the next one, and how far they are."""
    permit.must(request.actor, "callback.read")
    now = request.now
    context = {
        "today": queries.today(request.actor, now),
        "may_call": bool(permit.can(request.actor, "callback.call")),
        "open_now": rules.may_call(queries.hours(), now),
        "opens_at": rules.opens_at(queries.hours(), now),
        "may_draw": bool(permit.can(request.actor, "callback.draw")),
    }
    return render(request, "callbacks/today.html", context)


@never_cache
@login_required
@require_POST
def take(request: Request) -> HttpResponse:
    try:
        row = actions.take_next(by=request.actor, at=request.now)
    except actions.Refused as no:
        flash.warning(request, str(no.message))
        return redirect("callbacks:today")
    return redirect("callbacks:call", row.pk)


@never_cache
@login_required
@require_safe
def call(request: Request, id: UUID) -> HttpResponse:
    return _page(request, _seen(request, id))


def _seen(request: Request, id: UUID) -> Call:
    row = queries.visible_to(request.actor, request.now).filter(pk=id).first()
    if row is None:
        raise actions.Gone
    return row


def _page(
    request: Request, row: Call, form: django_forms.Form | None = None, shown: dict[str, str] | None = None
) -> HttpResponse:
    """What the caller needs to know: the matter, what was answered, what earlier calls gave, and the script."""
    mine = row.state == "held" and row.holder_id == request.actor.staff
    said, found = voices.words(row.case), cases.case(row.case)
    script = queries.script(row.script if row.state == "done" else None)
    contact = queries.contact_of(row.pk)
    sent = [letter.body for letter in messages.thread(row.case) if letter.purpose == "reply"]
    if form is None and mine and row.revealed_at:
        form = forms.Conclude(script=script, initial={"version": row.version})
    context = {
        "row": row,
        "state": rules.STATES[row.state],
        "outcome": rules.OUTCOME.get(row.outcome),
        "case": found,
        "category": standards.label("category", found.category) if found and found.category else None,
        "person": vault.masked({"name": said.name, "phone": said.phone}),
        "shown": shown or {},
        "asked": cases.hide_numbers(said.title or said.text[:300]),
        "reply": cases.hide_numbers(sent[-1] if sent else ""),
        "tries": [(one, rules.OUTCOME[one.outcome], rules.PARTS[one.part]) for one in queries.tries(row.pk)],
        "contact": contact,
        "contact_state": rules.CONTACT_STATES[contact.state] if contact else None,
        "contact_choice": rules.CHOICE.get(contact.choice) if contact else None,
        "contact_words": cases.hide_numbers(queries.contact_words(contact.pk)) if contact else "",
        "script": script,
        "mine": mine,
        "form": form if mine else None,
        "may_release": row.state == "held"
        and (mine or bool(permit.can(request.actor, "callback.draw", queries.sight(row, request.now)))),
        "open_case": cases.visible_to(request.actor, request.now).filter(pk=row.case).exists(),
    }
    return render(request, "callbacks/call.html", context, status=422 if form is not None and form.errors else 200)


@never_cache
@login_required
@require_POST
def reveal(request: Request, id: UUID) -> HttpResponse:
    """The number once, in the answer to this very request; it is in no address and in no later page."""
    row = _seen(request, id)
    _must(request, "callback.call", row)
    try:
        shown = actions.reveal(call=id, by=request.actor, at=request.now)
    except actions.Refused as no:
        flash.warning(request, str(no.message))
        return redirect("callbacks:call", id)
    return _page(request, _seen(request, id), shown=shown)


@never_cache
@login_required
@require_POST
def conclude(request: Request, id: UUID) -> HttpResponse:
    row = _seen(request, id)
    _must(request, "callback.call", row)
    form = forms.Conclude(request.POST, script=queries.script())
    if form.is_valid():
        said = form.cleaned_data
        try:
            done = actions.conclude(
                call=id, outcome=said["outcome"], by=request.actor, at=request.now, version=said["version"],
                solved=said["solved"], satisfied=int(said["satisfied"]) if said["satisfied"] else None,
                more=said["more"], extra=[said[name] for name in form.extra], agreed_at=said["agreed_at"],
                never_again=said["never_again"],
            )  # fmt: skip
        except actions.Refused as no:
            form.add_error(None, str(no.message))
        else:
            followed = rules.FOLLOWED.get(done.followed)
            flash.success(request, followed.word(request.LANGUAGE_CODE) if followed else _("Recorded."))
            return redirect("callbacks:today")
    return _page(request, row, form=form)


@never_cache
@login_required
@require_POST
def release(request: Request, id: UUID) -> HttpResponse:
    row = _seen(request, id)
    if row.holder_id != request.actor.staff:
        _must(request, "callback.draw", row)
    actions.release(call=id, by=request.actor, at=request.now)
    flash.success(request, _("The call is back in the list."))
    return redirect("callbacks:today")


def _must(request: Request, action: str, row: Call) -> None:
    """An attempt against a separation-of-duties rule is itself on record."""
    verdict = permit.can(request.actor, action, queries.sight(row, request.now))
    if not verdict and verdict.rule:
        access.refuse(action=action, rule=verdict.rule, by=request.actor, at=request.now, subject=row.case)
    if not verdict:
        raise permit.Denied(verdict)


@never_cache
@login_required
@require_safe
def lists(request: Request) -> HttpResponse:
    """For whoever draws lists: how far they are, what customers say per unit, and the lists."""
    permit.must(request.actor, "callback.draw")
    satisfied, timely = queries.totals(request.actor, request.now)
    draws = list(queries.draws_visible_to(request.actor)[:50])
    context = {
        "satisfied": satisfied,
        "timely": timely,
        "satisfaction_target": rules.SATISFACTION_TARGET,
        "timeliness_target": rules.TIMELINESS_TARGET,
        "coverage": queries.coverage(request.actor, request.now),
        "draws": [(row, rules.RULE[row.rule]) for row in draws],
        "held": list(queries.visible_to(request.actor, request.now).filter(state="held")[:50]),
    }
    return render(request, "callbacks/lists.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_list(request: Request) -> HttpResponse:
    permit.must(request.actor, "callback.draw")
    on = localdate(request.now)
    first = {"key": new_id(), "rule": "share", "percent": 10, "closed_from": on - timedelta(days=7), "closed_to": on,
             "seed": new_id().hex[-12:]}  # fmt: skip
    form = forms.New(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        unit = units.by_code(said["unit"].strip().upper())
        if unit is None:
            form.add_error("unit", _("There is no unit with this code."))
        else:
            try:
                row = actions.draw(
                    id=said["key"], rule=said["rule"], unit=unit.pk, closed_from=said["closed_from"],
                    closed_to=said["closed_to"], percent=said["percent"] or 100, stratum=said["stratum"],
                    seed=said["seed"], by=request.actor, at=request.now,
                )  # fmt: skip
                return redirect("callbacks:draw", row.pk)
            except actions.Refused as no:
                form.add_error(None, str(no.message))
    return render(request, "callbacks/new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def drawn(request: Request, id: UUID) -> HttpResponse:
    """One list: rule, seed, who was left out and why, how far it is, and that it can be drawn again."""
    permit.must(request.actor, "callback.draw")
    row = queries.draws_visible_to(request.actor).filter(pk=id).first()
    if row is None:
        raise actions.Gone
    calls = list(queries.visible_to(request.actor, request.now).filter(draw=row))
    context: dict[str, Any] = {
        "row": row,
        "rule": rules.RULE[row.rule],
        "fates": queries.fates(row),
        "reproduced": queries.is_reproduced(row),
        "calls": [(one, rules.STATES[one.state], rules.OUTCOME.get(one.outcome)) for one in calls[:200]],
        "progress": queries.progress(row),
        "done": sum(one.state == "done" for one in calls),
        "satisfied": queries.satisfaction(one for one in calls if one.outcome == "reached"),
    }
    return render(request, "callbacks/draw.html", context)


@never_cache
@login_required
@require_POST
def ask_first(request: Request, id: UUID) -> HttpResponse:
    """Ask everybody on the list by message before anybody calls."""
    permit.must(request.actor, "callback.draw")
    if not queries.draws_visible_to(request.actor).filter(pk=id).exists():
        raise actions.Gone
    actions.start_run(draw=id, by=request.actor, at=request.now)
    flash.success(request, _("They are asked by message now; calls wait for the answers."))
    return redirect("callbacks:draw", id)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def script(request: Request) -> HttpResponse:
    """What callers say and ask. Whoever may writes a new version; earlier ones stay with their answers."""
    permit.must(request.actor, "callback.read")
    known = queries.script()
    may = bool(permit.can(request.actor, "callback.script"))
    if request.method == "POST":
        permit.must(request.actor, "callback.script")
    form = forms.Write(request.POST or None, script=known) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        actions.write_script(words=form.words(), extra=form.extra(), by=request.actor, at=request.now)
        flash.success(request, _("The new version is in use from now on."))
        return redirect("callbacks:script")
    bad = form is not None and bool(form.errors)
    return render(request, "callbacks/script.html", {"script": known, "form": form}, status=422 if bad else 200)
