"""Put products on the list and take them off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.products.facts import ProductListed
from huiyin.bank.products.models import Product
from huiyin.bank.products.rules import is_code
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many


class WrongProduct(Refusal):
    status = 400
    message = _("A product needs a code of letters, digits, dots or hyphens, and a name.")


class UnknownProduct(Refusal):
    status = 404
    message = _("There is no such product.")


@dataclass(frozen=True)
class NewProduct:
    code: str
    name: str
    category: str
    name_en: str = ""
    parent_code: str = ""
    owner_code: str = ""


def add_product(
    *,
    code: str,
    name: str,
    category: str,
    by: Actor,
    at: datetime,
    name_en: str = "",
    parent_code: str = "",
    owner_code: str = "",
) -> Product:
    """Put a product on the list. `owner_code` names the unit that answers for it (归口部门)."""
    line = NewProduct(code, name, category, name_en, parent_code, owner_code)
    return add_many(products=[line], by=by, at=at)[0]


@transaction.atomic
def add_many(*, products: Iterable[NewProduct], by: Actor, at: datetime) -> list[Product]:
    """Add products, or give known codes their new names and category. Unchanged ones say nothing."""
    lines = list(products)
    known = Product.objects.in_bulk([line.code for line in lines])
    made, told = [], []
    for line in lines:
        if not is_code(line.code) or not line.name:
            raise WrongProduct(code=line.code)
        row = Product(
            code=line.code,
            name=line.name,
            name_en=line.name_en,
            category=line.category,
            parent_code=line.parent_code,
            owner_code=line.owner_code,
            active=True,
        )
        made.append(row)
        if line.code not in known or _words(known[line.code]) != _words(row):
            told.append(_listed(row, by, at))
    Product.objects.bulk_create(
        made,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_en", "category", "parent_code", "owner_code", "active"],
    )
    if told:
        record_many(happenings=told, recorded_at=at)
    return made


@transaction.atomic
def withdraw_product(*, code: str, by: Actor, at: datetime) -> None:
    """No longer offered in forms; past matters keep it."""
    row = Product.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise UnknownProduct
    if row.active:
        row.active = False
        row.save(update_fields=["active"])
        told = _listed(row, by, at)
        record(fact=told.fact, stream=told.stream, by=by, at=at)


def _words(row: Product) -> tuple[str, str, str, str, str, bool]:
    return (row.name, row.name_en, row.category, row.parent_code, row.owner_code, row.active)


def _listed(row: Product, by: Actor, at: datetime) -> Happening:
    fact = ProductListed(
        product=row.code,
        category=row.category,
        active=row.active,
        parent=row.parent_code or None,
        owner=row.owner_code or None,
    )
    return Happening(fact, f"product:{row.code}", by, at)
