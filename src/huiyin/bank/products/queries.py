"""Products by code."""

from collections.abc import Iterable

from django.db.models import QuerySet

from huiyin.bank.products.models import Product
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.permit import paths
from huiyin.platform.tables.queries import kept


def product(code: str) -> Product | None:
    return _all().get(code)


def products(codes: Iterable[str] | None = None) -> dict[str, Product]:
    """Products by code; all of them when no codes are named."""
    known = _all()
    return dict(known) if codes is None else {code: known[code] for code in set(codes) if code in known}


@kept("products_product")
def _all() -> dict[str, Product]:
    return {product.code: product for product in Product.objects.all()}


def choices() -> list[Label]:
    """What a form offers: active products in both languages."""
    active = Product.objects.filter(active=True).order_by("code")
    return [Label(product.code, product.zh, product.en) for product in active]


def label(code: str) -> Label:
    """The product's words; the code itself where the product is unknown (imported history)."""
    found = product(code)
    return Label(code, found.zh, found.en) if found else Label(code, code, code)


def visible_to(actor: Actor) -> QuerySet[Product]:
    found = Product.objects.order_by("code")
    return found if paths(actor, "bank.read") else found.none()
