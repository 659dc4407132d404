"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class RectificationOpened(Fact):
    """Stream `rectification:<rectification>`."""

    type: ClassVar[str] = "rectification.opened"
    rectification: UUID
    number: str
    how: str  # rule | hand
    owner: UUID
    verifier: UUID | None = None
    unit: UUID | None = None
    alert: UUID | None = None
    indicator: str | None = None
    value_before: str | None = None
    due_date: date | None = None


class RectificationStepped(Fact):
    """planned | done | verified | returned | effective | not_effective | unsettled | closed | reopened | redated | appointed | cancelled."""

    type: ClassVar[str] = "rectification.stepped"
    rectification: UUID
    step: str
    value: str | None = None
    n: int | None = None
    round: int | None = None
    verdict: str | None = None


class RectificationEscalated(Fact):
    """A rung of the deadline rang: who was told."""

    type: ClassVar[str] = "rectification.escalated"
    rectification: UUID
    clock: UUID
    rung: str
    to: UUID | None
    level: str  # holder | substitute | head | above | desk | nobody
