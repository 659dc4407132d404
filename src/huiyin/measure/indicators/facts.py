"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date
from typing import ClassVar

from huiyin.kernel.fact import Fact


class FiguresPublished(Fact):
    """A month was published: its figures never change again. Stream `indicator:<code>`."""

    type: ClassVar[str] = "indicator.published"
    indicator: str
    version: int
    month: date
    num: int
    den: int


class LimitsRebased(Fact):
    """From this day on the limits come from newer points. Stream `indicator:<code>`."""

    type: ClassVar[str] = "indicator.rebased"
    indicator: str
    from_date: date
