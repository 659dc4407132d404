"""Products from a sheet."""

from collections.abc import Sequence
from datetime import datetime

from huiyin.bank.products.actions.catalogue import NewProduct, add_many
from huiyin.bank.products.models import Product
from huiyin.bank.products.queries import products
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.platform.imports.actions import CHANGED, NEW, UNCHANGED, Outcome, takes
from huiyin.platform.imports.queries import Fault


@takes("products")
def take_products(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """New codes are listed, known ones get the new words and category. Nothing is withdrawn by absence."""
    every = products()
    owners = units.by_codes({row.values["owner_code"] for row in rows if row.values["owner_code"]})
    named = {row.values["code"] for row in rows}
    outcomes: list[Outcome] = []
    lines = []
    for row in rows:
        value = row.values
        known = every.get(value["code"])
        owner = value["owner_code"] or (known.owner_code if known else "")  # a sheet without owners takes none away
        line = NewProduct(
            value["code"], value["name"], value["category"], value["name_en"] or "", value["parent_code"] or "", owner
        )
        if line.parent_code and (line.parent_code == line.code or line.parent_code not in every.keys() | named):
            outcomes.append(Fault("", "unknown_product", {"code": line.parent_code}))
        elif value["owner_code"] and value["owner_code"] not in owners:
            outcomes.append(Fault("", "unknown_unit", {"code": value["owner_code"]}))
        elif known is not None and _same(known, line):
            outcomes.append(UNCHANGED)
        else:
            outcomes.append(NEW if known is None else CHANGED)
            lines.append(line)
    add_many(products=lines, by=by, at=at)
    return outcomes


def _same(known: Product, line: NewProduct) -> bool:
    return known.active and (known.name, known.name_en, known.category, known.parent_code, known.owner_code) == (
        line.name,
        line.name_en,
        line.category,
        line.parent_code,
        line.owner_code,
    )
