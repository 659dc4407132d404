"""Staff who listen: the short form, the slip for the customer, and the queue over the rate limit."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import must
from huiyin.kernel.request import Request
from huiyin.listen.voices import actions, queries
from huiyin.listen.voices.forms.desk import Entry
from huiyin.listen.voices.rules.intake import check
from huiyin.listen.voices.rules.text import Problem


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Write down what somebody says. Whoever writes it is answerable for it first (首问负责制)."""
    actor, at = _allowed(request, "case.create"), request.now
    me = staff.person(actor.staff)
    start = {"channel": "counter", "kind": "complaint", "unit": me.unit.code if me else ""}
    key = request.POST.get("key", "") or str(uuid4())
    begun = _begun(request)
    if begun:
        start |= begun[1]
    form = (
        Entry(request.POST, today=localdate(at))
        if request.method == "POST"
        else Entry(initial=start, today=localdate(at))
    )
    _offer_products(form)
    if request.method == "POST" and form.is_valid():
        submission = check(form.raw(), today=localdate(at))
        if not isinstance(submission, list):
            language = get_language() or "zh-hans"
            found = actions.resolve(submission=submission, language=language, at=at, taken_by=actor.staff)
            if not isinstance(found, list):
                mine = {"id": begun[0], "key": f"draft:{begun[0]}"} if begun else {"key": key[:200]}
                try:
                    taken = actions.receive(resolved=found, scope=f"desk:{actor.id}", by=actor, at=at, **mine)
                except actions.KeyReused:  # gone back in the browser, and something else typed
                    form.add_error(
                        None, _("This form was sent before. Send it again to enter it as another complaint.")
                    )
                    key, begun, found = str(uuid4()), None, []
                else:
                    if begun:
                        actions.sent_draft(draft=begun[0], at=at)
                    return redirect("voices:done", taken.id)
            submission = found
        _say(form, submission)
    branches = [unit for unit in units.all_units(localdate(at)) if unit.kind != "head"]
    context = {"form": form, "key": key, "branches": branches, "begun": begun[0] if begun else ""}
    return render(request, "voices/new.html", context, status=422 if form.is_bound and form.errors else 200)


@never_cache
@login_required
@require_safe
def done(request: Request, id: UUID) -> HttpResponse:
    """The slip: number, link and what happens next, to read out or to print for the customer."""
    actor = _allowed(request, "case.create")
    taken = queries.intake(id)
    if taken is None or taken.by != actor.ref:
        raise Http404
    return render(request, "voices/done.html", {"taken": taken, "link": queries.link(id)})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: Request) -> HttpResponse:
    """Submissions over the rate limit: let through or keep out, one by one."""
    actor = _allowed(request, "case.assign")
    if request.method == "POST":
        try:
            id = UUID(request.POST.get("intake", ""))
        except ValueError as wrong:
            raise Http404 from wrong
        verb = actions.release if request.POST.get("verb") == "release" else actions.refuse
        verb(intake=id, by=actor, at=request.now)
        return redirect("voices:held")
    return render(request, "voices/held.html", {"held": actions.held_texts(by=actor, at=request.now)})


def _allowed(request: Request, action: str) -> Actor:
    actor: Actor = request.actor
    must(actor, action)
    return actor


def _begun(request: Request) -> tuple[UUID, dict[str, str]] | None:
    """A form that another page of this person's has begun (a call): its id will be the matter's, its answers stand in it."""
    try:
        id = UUID((request.POST or request.GET).get("begun", ""))
    except ValueError:
        return None
    found = queries.draft(id)
    if found is None or found[0].kind != "desk" or found[1].get("by") != request.actor.ref:
        raise Http404
    return id, {
        name: value for name, value in found[1].items() if name in ("channel", "phone", "name", "text") and value
    }


def _offer_products(form: Entry) -> None:
    field: Any = form.fields["product"]
    field.labels = tuple(products.choices())
    field.choices = field.words()


def _say(form: Entry, problems: list[Problem]) -> None:
    for problem in problems:
        form.add_error(form.PLACES.get(problem.field), queries.problem_words(problem))
