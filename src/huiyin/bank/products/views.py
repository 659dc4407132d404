"""The list of products."""

from operator import attrgetter

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.products import actions, queries
from huiyin.bank.products.forms import ProductForm
from huiyin.bank.standards.queries import facet, label
from huiyin.bank.units.queries import all_units, by_codes, whole_bank
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request


def products(request: Request) -> HttpResponse:
    must(request.actor, "bank.read")
    every = queries.visible_to(request.actor)
    owners = by_codes({product.owner_code for product in every if product.owner_code})
    lines = [(product, label("category", product.category), owners.get(product.owner_code)) for product in every]
    return render(
        request,
        "products/products.html",
        {"lines": lines, "manages": bool(can(request.actor, "bank.manage", whole_bank()))},
    )


def add(request: Request) -> HttpResponse:
    must(request.actor, "bank.manage", whole_bank())
    return _form(request, {})


def edit(request: Request, code: str) -> HttpResponse:
    must(request.actor, "bank.manage", whole_bank())
    found = queries.product(code)
    if found is None:
        raise Http404
    return _form(
        request,
        {
            "code": found.code, "name": found.name, "name_en": found.name_en, "category": found.category,
            "parent_code": found.parent_code, "owner_code": found.owner_code,
        },
    )  # fmt: skip


def withdraw(request: Request, code: str) -> HttpResponse:
    must(request.actor, "bank.manage", whole_bank())
    found = queries.product(code)
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.withdraw_product(code=code, by=request.actor, at=request.now)
        messages.success(request, _("The product is no longer offered in forms."))
        return redirect("products:products")
    return render(request, "products/withdraw.html", {"product": found})


def _form(request: Request, known: dict[str, str]) -> HttpResponse:
    language = get_language() or "zh-hans"
    categories = [(one.code, one.word(language)) for one in facet("category")]
    parents = [(one.code, one.word(language)) for one in queries.choices() if one.code != known.get("code")]
    named = attrgetter("name_en" if language == "en" else "name")
    owners = [(view.code, named(view) or view.name) for view in all_units(localdate(request.now))]
    form = ProductForm(categories, parents, owners, request.POST or None, initial=known)
    if known:
        form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid():
        if not known and queries.product(form.cleaned_data["code"]):
            form.add_error("code", _("There is a product with this code already."))
        else:
            actions.add_product(by=request.actor, at=request.now, **form.cleaned_data)
            messages.success(request, _("The product is on the list."))
            return redirect("products:products")
    return render(request, "products/form.html", {"form": form, "known": known})
