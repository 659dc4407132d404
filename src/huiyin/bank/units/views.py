"""The organisation: the tree of a day, one unit with its past, and changes from a day on."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from huiyin.bank.units import actions, queries
from huiyin.bank.units.forms import CloseForm, OpenForm, PlaceForm, RenameForm
from huiyin.bank.units.models import Unit
from huiyin.bank.units.rules import KIND
from huiyin.kernel.permit import can, must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request


def tree(request: Request) -> HttpResponse:
    """The tree as it stood on a day (`?on=2025-06-30`), as far as the actor may see it."""
    must(request.actor, "bank.read")
    on = _day(request)
    words = request.GET.get("q", "").strip()[:40]
    units = queries.visible_to(request.actor, on)
    total = len(units)
    if words:
        folded = words.casefold()
        units = [unit for unit in units if folded in f"{unit.code} {unit.name} {unit.name_en}".casefold()]
    manages = bool(can(request.actor, "bank.manage"))
    return render(
        request, "units/tree.html", {"units": units, "total": total, "on": on, "words": words, "manages": manages}
    )


def unit(request: Request, code: str) -> HttpResponse:
    """One unit: where it stood when, what stands below it, and its volumes."""
    found = _found(request, code)
    on = localdate(request.now)
    here = queries.view(found.pk, on)
    below = [view for view in queries.all_units(on) if here and view.parent == found.pk]
    exposures = queries.exposure(unit=found.pk, product="").order_by("-month")[:12]
    return render(
        request,
        "units/unit.html",
        {
            "unit": found, "kind": KIND[found.kind], "here": here, "below": below,
            "chain": list(reversed(queries.above(found.pk, on))) if here else [],
            "history": list(reversed(queries.history(found.pk))), "exposures": exposures,
            "manages": bool(can(request.actor, "bank.manage")),
        },
    )  # fmt: skip


def open_unit(request: Request) -> HttpResponse:
    must(request.actor, "bank.manage")
    today = localdate(request.now)
    form = OpenForm(queries.all_units(today), today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data

        def act() -> None:
            actions.open_unit(
                code=found["code"], name=found["name"], name_en=found["name_en"], kind=found["kind"],
                parent=found["parent"], region=found["region"], from_date=found["from_date"], by=request.actor,
                at=request.now,
            )  # fmt: skip

        if _done(request, form, act, _("The unit is open.")):
            return redirect("units:unit", code=found["code"])
    return render(request, "units/change.html", {"form": form, "title": _("Open a unit"), "verb": _("Open the unit")})


def rename(request: Request, code: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found = _found(request, code)
    initial = {"name": found.name, "name_en": found.name_en, "region": found.region}
    form = RenameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.rename_unit(unit=found.pk, by=request.actor, at=request.now, **form.cleaned_data)
        messages.success(request, _("The unit has its new name."))
        return redirect("units:unit", code=code)
    return _ask(request, found, form, _("Rename"), _("Save the name"))


def move(request: Request, code: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found = _found(request, code)
    form = PlaceForm(_others(request, found), localdate(request.now), request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data

        def act() -> None:
            actions.place_unit(
                unit=found.pk, parent=new["other"], from_date=new["from_date"], by=request.actor, at=request.now
            )

        if _done(request, form, act, _("The unit moves on that day, with everything below it.")):
            return redirect("units:unit", code=code)
    return _ask(request, found, form, _("Move under another unit"), _("Move the unit"))


def merge(request: Request, code: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found = _found(request, code)
    form = PlaceForm(_others(request, found), localdate(request.now), request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data

        def act() -> None:
            actions.merge_unit(
                unit=found.pk, into=new["other"], from_date=new["from_date"], by=request.actor, at=request.now
            )

        if _done(request, form, act, _("The unit is merged on that day. Its open matters go with it.")):
            return redirect("units:unit", code=code)
    return _ask(request, found, form, _("Merge into another unit"), _("Merge the unit"))


def close(request: Request, code: str) -> HttpResponse:
    must(request.actor, "bank.manage")
    found = _found(request, code)
    form = CloseForm(localdate(request.now), request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["from_date"]

        def act() -> None:
            actions.close_unit(unit=found.pk, from_date=day, by=request.actor, at=request.now)

        if _done(request, form, act, _("The unit closes on that day. Its open matters fall to the unit above.")):
            return redirect("units:unit", code=code)
    return _ask(request, found, form, _("Close"), _("Close the unit"))


def _found(request: Request, code: str) -> Unit:
    """A unit the actor may see; one that does not exist and one outside their scope look alike."""
    must(request.actor, "bank.read")
    found = queries.by_code(code)
    if found is None or not can(request.actor, "bank.read", _Where(queries.path_of(found.pk, localdate(request.now)))):
        raise Http404
    return found


class _Where:
    def __init__(self, unit_path: str) -> None:
        self.unit_path = unit_path


def _others(request: Request, found: Unit) -> list[queries.UnitView]:
    return [view for view in queries.all_units(localdate(request.now)) if view.id != found.pk]


def _done(request: Request, form: Form, act: Callable[[], None], told: str) -> bool:
    """Do it, or show the refusal in the form."""
    try:
        act()
    except Refusal as no:
        form.add_error(None, str(no.message))
        return False
    messages.success(request, told)
    return True


def _ask(request: Request, found: Unit, form: Form, title: str, verb: str) -> HttpResponse:
    return render(request, "units/change.html", {"unit": found, "form": form, "title": title, "verb": verb})


def _day(request: Request) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return localdate(request.now)
