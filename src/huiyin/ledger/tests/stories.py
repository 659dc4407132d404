"""A few matters, told in facts that no room reacts to and no document lists."""

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.actor import customer, machine
from huiyin.kernel.fact import FACTS, Fact
from huiyin.kernel.ids import id_from
from huiyin.ledger import actions
from huiyin.ledger.actions import Happening

BY = machine("portal")


class Settled(Fact):
    type: ClassVar[str] = "test.settled"
    alert: UUID
    outcome: str
    reason: str | None = None


class Seen(Fact):
    type: ClassVar[str] = "test.seen"
    subject: UUID
    reason: str


del FACTS["test.settled"], FACTS["test.seen"]


def matter(n: int) -> UUID:
    return id_from(1_700_000_000_000 + n, n.to_bytes(10, "big"))


def stream(n: int) -> str:
    return f"matter:{matter(n)}"


def happenings(count: int, at: datetime) -> list[Happening]:
    """Three entries a matter, of kinds that nobody reacts to."""
    batch = []
    for n in range(count):
        when = at + timedelta(seconds=n)
        batch += [
            Happening(Settled(alert=matter(n), outcome="merged"), stream(n), BY, when),
            Happening(Seen(subject=matter(n), reason="contact"), stream(n), customer(matter(n)), when),
            Happening(Settled(alert=matter(n), outcome="dismissed", reason="season"), stream(n), BY, when),
        ]
    return batch


def fill(count: int, at: datetime) -> None:
    actions.record_many(happenings=happenings(count, at), recorded_at=at)
    actions.checkpoint(at=at)
