"""People of the bank: the list, one person, and what changes about them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from huiyin.bank.staff import actions, queries
from huiyin.bank.staff.forms import AbsentForm, EditForm, HireForm, KinForm, LeaveForm, MoveForm
from huiyin.bank.staff.models import Staff
from huiyin.bank.staff.rules import POST
from huiyin.bank.units.queries import all_units
from huiyin.kernel.permit import can, must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request


def people(request: Request) -> HttpResponse:
    """Those of the actor's units, by name or number, of a unit or a post."""
    must(request.actor, "bank.read")
    found = queries.visible_to(request.actor, request.now)
    words, post = request.GET.get("q", "").strip()[:40], request.GET.get("post", "")
    if words:
        found = found.filter(
            Q(name__icontains=words) | Q(name_en__icontains=words) | Q(number__startswith=words) | Q(unit__code=words)
        )
    if post in POST:
        found = found.filter(post=post)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    away = queries.absent_at(request.now, [person.pk for person in page])
    today = localdate(request.now)
    lines = [(person, POST[person.post], _state(person, away, today)) for person in page]
    return render(
        request,
        "staff/people.html",
        {
            "page": page, "lines": lines, "words": words, "post": post, "posts": POST.values(),
            "manages": bool(can(request.actor, "bank.manage")),
        },
    )  # fmt: skip


def person(request: Request, number: str) -> HttpResponse:
    """One colleague: post, manager, substitute, absences, postings."""
    found = _found(request, number)
    manager = queries.person(queries.manager_of(found.pk, request.now))
    now_for = queries.stand_in(found.pk, request.now)
    stand_in = queries.person(now_for) if now_for != found.pk else None
    return render(
        request,
        "staff/person.html",
        {
            "person": found, "post": POST[found.post], "manager": manager, "stand_in": stand_in,
            "nobody": now_for is None, "postings": [(p, POST[p.post]) for p in reversed(queries.postings(found.pk))],
            "absences": queries.absences(found.pk, request.now),
            "state": _state(found, queries.absent_at(request.now, [found.pk]), localdate(request.now)),
            "manages": bool(can(request.actor, "bank.manage")), "mine": found.pk == request.actor.staff,
        },
    )  # fmt: skip


def hire(request: Request) -> HttpResponse:
    must(request.actor, "bank.manage")
    today = localdate(request.now)
    form = HireForm(all_units(today), today, request.POST or None)

    def act(found: dict[str, Any]) -> None:
        actions.hire(by=request.actor, at=request.now, **found)

    if _done(request, form, act, _("The person is on the staff list.")):
        return redirect("staff:person", number=form.cleaned_data["number"])
    return _ask(request, None, form, _("Add a person"), _("Add the person"))


def edit(request: Request, number: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found = _found(request, number)
    initial = {
        "name": found.name, "name_en": found.name_en, "email": found.email, "phone": found.phone,
        "reports_to": _number_of(found.reports_to_id), "substitute": _number_of(found.substitute_id),
    }  # fmt: skip
    form = EditForm(request.POST or None, initial=initial)

    def act(new: dict[str, Any]) -> None:
        actions.edit(staff=found.pk, by=request.actor, at=request.now, **new)

    if _done(request, form, act, _("The changes are saved.")):
        return redirect("staff:person", number=number)
    return _ask(request, found, form, _("Name, contact, manager, substitute"), _("Save"))


def move(request: Request, number: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found, today = _found(request, number), localdate(request.now)
    form = MoveForm(
        all_units(today), today, request.POST or None, initial={"unit": str(found.unit_id), "post": found.post}
    )

    def act(new: dict[str, Any]) -> None:
        actions.move(staff=found.pk, by=request.actor, at=request.now, **new)

    if _done(request, form, act, _("The person has the new post.")):
        return redirect("staff:person", number=number)
    return _ask(request, found, form, _("Another post or unit"), _("Move the person"))


def absent(request: Request, number: str) -> HttpResponse:
    """Whoever maintains the staff list, and everybody for themselves."""
    found = _found(request, number)
    if found.pk != request.actor.staff:
        must(request.actor, "bank.manage")
    form = AbsentForm(request.POST or None)

    def act(new: dict[str, Any]) -> None:
        actions.absent(staff=found.pk, by=request.actor, at=request.now, **new)

    if _done(request, form, act, _("The absence is noted.")):
        return redirect("staff:person", number=number)
    return _ask(request, found, form, _("Enter an absence"), _("Save the absence"))


def leave(request: Request, number: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found = _found(request, number)
    form = LeaveForm(request.POST or None, initial={"from_date": localdate(request.now)})

    def act(new: dict[str, Any]) -> None:
        actions.leave(staff=found.pk, by=request.actor, at=request.now, **new)

    if _done(request, form, act, _("The person leaves on that day.")):
        return redirect("staff:person", number=number)
    return _ask(request, found, form, _("Leaves the bank"), _("Save the last day"))


def kin(request: Request, number: str) -> HttpResponse:
    """Everybody declares their own kin; the administrator may enter a declaration on paper."""
    found = _found(request, number)
    if found.pk != request.actor.staff:
        must(request.actor, "bank.manage")
    form = KinForm(request.POST or None)

    def act(new: dict[str, Any]) -> None:
        actions.declare_kin(staff=found.pk, other=new["other"], by=request.actor, at=request.now)

    if _done(request, form, act, _("The declaration is noted: each keeps away from complaints about the other.")):
        return redirect("staff:person", number=number)
    return _ask(request, found, form, _("Declare a relative in the bank"), _("Declare"))


def _found(request: Request, number: str) -> Staff:
    """Somebody in the actor's units, or the actor; anybody else looks like nobody."""
    must(request.actor, "bank.read")
    found = queries.by_number(number)
    if found is None:
        raise Http404
    where = SimpleNamespace(unit_path=queries.unit_path_of(found.pk, request.now))
    if found.pk != request.actor.staff and not can(request.actor, "bank.read", where):
        raise Http404
    return found


def _state(person: Staff, away: dict, today: Any) -> tuple[str, str]:
    if person.active_until and person.active_until <= today:
        return "none", _("Has left")
    if person.active_from > today:
        return "info", _("Not yet here")
    return ("warn", _("Absent")) if person.pk in away else ("ok", _("Present"))


def _number_of(id: Any) -> str:
    found = queries.person(id)
    return found.number if found else ""


def _done(request: Request, form: Form, act: Callable[[dict[str, Any]], None], told: str) -> bool:
    """Do it, or show the refusal in the form."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(dict(form.cleaned_data))
    except Refusal as no:
        form.add_error(None, str(no.message))
        return False
    messages.success(request, told)
    return True


def _ask(request: Request, found: Staff | None, form: Form, title: str, verb: str) -> HttpResponse:
    return render(request, "staff/change.html", {"person": found, "form": form, "title": title, "verb": verb})
