"""A few matters of a small bank, as facts, for the ledger's tests."""

from datetime import datetime, timedelta
from uuid import UUID

from huiyin.kernel.actor import customer, machine
from huiyin.kernel.ids import id_from
from huiyin.ledger import actions
from huiyin.ledger.actions import Happening
from huiyin.measure.alerts.facts import AlertSettled
from huiyin.platform.vault.facts import Unmasked

BY = machine("portal")


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
            Happening(AlertSettled(alert=matter(n), outcome="merged"), stream(n), BY, when),
            Happening(Unmasked(subject=matter(n), row=matter(n), reason="contact"), stream(n), customer(matter(n)), when),
            Happening(AlertSettled(alert=matter(n), outcome="dismissed", reason="season"), stream(n), BY, when),
        ]
    return batch


def fill(count: int, at: datetime) -> None:
    actions.record_many(happenings=happenings(count, at), recorded_at=at)
    actions.checkpoint(at=at)
