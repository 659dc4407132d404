"""Products from a sheet."""

from collections.abc import Sequence
from datetime import datetime

from huiyin.bank.products.actions.catalogue import NewProduct, add_many
from huiyin.bank.products.models import Product
from huiyin.bank.products.queries import products
from huiyin.kernel.actor import Actor
from huiyin.platform.imports.actions import CHANGED, NEW, UNCHANGED, Outcome, takes
from huiyin.platform.imports.queries import Fault


@takes("products")
def take_products(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """New codes are listed, known ones get the new words and category. Nothing is withdrawn by absence."""
    every = products()
    named = {row.values["code"] for row in rows}
    outcomes: list[Outcome] = []
    lines = []
    for row in rows:
        value = row.values
        line = NewProduct(
            value["code"], value["name"], value["category"], value["name_en"] or "", value["parent_code"] or ""
        )
        known = every.get(line.code)
        if line.parent_code and (line.parent_code == line.code or line.parent_code not in every.keys() | named):
            outcomes.append(Fault("", "unknown_product", {"code": line.parent_code}))
        elif known is not None and _same(known, line):
            outcomes.append(UNCHANGED)
        else:
            outcomes.append(NEW if known is None else CHANGED)
            lines.append(line)
    add_many(products=lines, by=by, at=at)
    return outcomes


def _same(known: Product, line: NewProduct) -> bool:
    return known.active and (known.name, known.name_en, known.category, known.parent_code) == (
        line.name,
        line.name_en,
        line.category,
        line.parent_code,
    )
