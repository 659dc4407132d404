"""What this room says upwards. Ids, codes, times and whole numbers only."""

from dataclasses import dataclass
from typing import ClassVar

from huiyin.kernel.fact import Fact


@dataclass(frozen=True, kw_only=True)
class ProductListed(Fact):
    """A product was added, changed or withdrawn. Stream `product:<code>`."""

    type: ClassVar[str] = "product.listed"
    product: str
    category: str
    active: bool
    parent: str | None = None
    owner: str | None = None  # code of the unit that answers for it
