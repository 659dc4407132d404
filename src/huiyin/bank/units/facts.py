"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class UnitPlaced(Fact):
    """A unit opened, moved or closed from a day on. Stream `unit:<unit>`."""

    type: ClassVar[str] = "unit.placed"
    unit: UUID
    code: str
    kind: str
    from_date: date
    parent: UUID | None = None
    until_date: date | None = None
