"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact, Term


class AlertRaised(Fact):
    """Stream `alert:<alert>`. Numbers that are not whole are decimal text."""

    type: ClassVar[str] = "alert.raised"
    alert: UUID
    indicator: str
    rule: str
    cell: Term
    since: date
    observed: str
    expected: str
    p: str
    unit: UUID | None = None


class AlertSettled(Fact):
    """accepted (a rectification follows) | dismissed | merged."""

    type: ClassVar[str] = "alert.settled"
    alert: UUID
    outcome: str
    reason: str | None = None
