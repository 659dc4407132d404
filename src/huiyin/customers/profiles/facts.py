"""What this room says upwards. Ids, codes, times and whole numbers only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


@dataclass(frozen=True, kw_only=True)
class CustomerMet(Fact):
    """A person was recognised (matched by strong keys) or is new to us. Stream `customer:<customer>`."""

    type: ClassVar[str] = "customer.met"
    customer: UUID
    how: str  # new | matched | parted
