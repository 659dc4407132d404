"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class GrantGiven(Fact):
    """Stream `user:<user>`."""

    type: ClassVar[str] = "grant.given"
    grant: UUID
    user: str
    role: str
    unit: UUID | None
    until_date: date


class GrantEnded(Fact):
    type: ClassVar[str] = "grant.ended"
    grant: UUID
    user: str


class TokenIssued(Fact):
    type: ClassVar[str] = "token.issued"
    token: UUID
    role: str
    until_date: date


class TokenRevoked(Fact):
    type: ClassVar[str] = "token.revoked"
    token: UUID


class AccessRefused(Fact):
    """Somebody tried what a separation-of-duties rule forbids. Stream `user:<user>`."""

    type: ClassVar[str] = "access.refused"
    user: str
    action: str
    rule: str
    subject: UUID | None = None
