"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar

from huiyin.kernel.fact import Fact


class ProductListed(Fact):
    """A product was added, changed or withdrawn. Stream `product:<code>`."""

    type: ClassVar[str] = "product.listed"
    product: str
    category: str
    active: bool
    parent: str | None = None
    owner: str | None = None  # code of the unit that answers for it
