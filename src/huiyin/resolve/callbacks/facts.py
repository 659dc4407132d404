"""What this room says upwards. A draw has its own stream `draw:<id>`; a call is in that of its matter."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class CallTried(Fact):
    """Somebody called. `outcome`: reached | no_answer | later | refused | wrong_number; `part` of the day."""

    type: ClassVar[str] = "call.tried"
    call: UUID
    matter: UUID
    caller: UUID
    outcome: str
    part: str


@dataclass(frozen=True, kw_only=True)
class CallAnswered(Fact):
    """What the customer said on the telephone about a closed matter. `satisfied`: 1 to 5."""

    type: ClassVar[str] = "call.answered"
    call: UUID
    matter: UUID
    cycle: int
    unit: UUID
    caller: UUID
    solved: str  # yes | partly | no
    satisfied: int
    followed: str | None = None  # reopened | new_matter


@dataclass(frozen=True, kw_only=True)
class ScriptWritten(Fact):
    """A new version of what callers ask. Stream `script:callback`."""

    type: ClassVar[str] = "script.written"
    version: int
