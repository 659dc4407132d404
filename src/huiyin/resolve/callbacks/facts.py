"""What this room says upwards. A draw has its own stream `draw:<id>`; a call is in that of its matter."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class CallsDrawn(Fact):
    """A list of customers to call back was drawn by rule; rule, seed and frame give the same list again."""

    type: ClassVar[str] = "calls.drawn"
    draw: UUID
    rule: str  # dissatisfied | share | elderly | serious
    unit: UUID
    percent: int
    seed: str
    frame: int  # closed cases that the rule is about
    excluded: int
    drawn: int


class CallTried(Fact):
    """Somebody called. `outcome`: reached | no_answer | later | refused | wrong_number; `part` of the day."""

    type: ClassVar[str] = "call.tried"
    call: UUID
    matter: UUID
    caller: UUID
    outcome: str
    part: str


class CallAnswered(Fact):
    """What the customer said on the telephone about a closed matter. `satisfied`: 1 to 5."""

    type: ClassVar[str] = "call.answered"
    call: UUID
    matter: UUID
    cycle: int
    unit: UUID
    caller: UUID | None = None  # None: the customer answered a message
    solved: str  # yes | partly | no
    satisfied: int
    followed: str | None = None  # reopened | new_matter


class ScriptWritten(Fact):
    """A new version of what callers ask. Stream `script:callback`."""

    type: ClassVar[str] = "script.written"
    version: int


class OutreachStarted(Fact):
    """Everybody on a list is asked by message before anybody calls. Stream `draw:<draw>`."""

    type: ClassVar[str] = "outreach.started"
    draw: UUID


class OutreachAsked(Fact):
    """A customer was asked by message whether the matter is settled."""

    type: ClassVar[str] = "outreach.asked"
    contact: UUID
    call: UUID
    matter: UUID


class OutreachAnswered(Fact):
    """What the customer chose: yes | no (settled) | call (they want to be called)."""

    type: ClassVar[str] = "outreach.answered"
    contact: UUID
    call: UUID
    matter: UUID
    choice: str


class OutreachExpired(Fact):
    """Nobody answered, or the customer wants no messages: a person takes over."""

    type: ClassVar[str] = "outreach.expired"
    contact: UUID
    call: UUID
    matter: UUID
