"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class ArrivalStored(Fact):
    """Something arrived and its bytes are safe. Stream `arrival:<id>`; `digest` is a keyed hash of the bytes."""

    type: ClassVar[str] = "arrival.stored"
    arrival: UUID
    channel: UUID
    size: int
    digest: str


class ArrivalSettled(Fact):
    """What became of it: heard | message | recorded | rejected | unreadable | held, with the reason's code."""

    type: ClassVar[str] = "arrival.settled"
    arrival: UUID
    channel: UUID
    state: str
    why: str | None = None
    matter: UUID | None = None


class ArrivalOpened(Fact):
    """Somebody fetched the bytes of an arrival as they came."""

    type: ClassVar[str] = "arrival.opened"
    arrival: UUID
    channel: UUID


class ChannelSet(Fact):
    """A channel was added, changed, switched on or off. Stream `channel:<id>`."""

    type: ClassVar[str] = "channel.set"
    channel: UUID
    kind: str
    code: str
    enabled: bool
    version: int
