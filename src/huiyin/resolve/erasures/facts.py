"""What this room says upwards. Stream `customer:<customer>`; what the vault destroyed it says itself (subject.erased)."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class ErasureAsked(Fact):
    """A colleague asks that everything about a person be destroyed. A second one decides."""

    type: ClassVar[str] = "erasure.asked"
    erasure: UUID
    customer: UUID
    reason: str  # request | purpose | unlawful | expired


class ErasureSettled(Fact):
    """done | declined | withdrawn. `subjects`: how many of the vault's keys were destroyed."""

    type: ClassVar[str] = "erasure.settled"
    erasure: UUID
    customer: UUID
    outcome: str
    subjects: int = 0


class HoldPlaced(Fact):
    """Nothing about this person may be destroyed: a court, a regulator or an investigation needs it."""

    type: ClassVar[str] = "hold.placed"
    hold: UUID
    customer: UUID
    ground: str  # court | regulator | inquiry


class HoldLifted(Fact):
    type: ClassVar[str] = "hold.lifted"
    hold: UUID
    customer: UUID
