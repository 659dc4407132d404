"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class CallNoted(Fact):
    """A step of a call. Stream `call:<id>`; who called stands in the vault. `step`: started | ended | recorded | taken |
    settled; `matter`: what the agent began to write down, `outcome`: how the agent settled it."""

    type: ClassVar[str] = "call.noted"
    call: UUID
    step: str
    agent: UUID | None = None
    matter: UUID | None = None
    outcome: str | None = None
