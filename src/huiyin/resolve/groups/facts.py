"""What this room says upwards. Stream `group:<id>`; the cases keep their own streams."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class GroupOpened(Fact):
    """`kind`: group (one complaint of several people) | event (one cause, many complaints)."""

    type: ClassVar[str] = "group.opened"
    group: UUID
    number: str
    kind: str
    unit: UUID
    people: int


class GroupJoined(Fact):
    """A case came in or went out again. It keeps its own answer, clock and receipt."""

    type: ClassVar[str] = "group.joined"
    group: UUID
    case: UUID
    joined: bool
    representative: bool


class GroupMajor(Fact):
    """Twenty people or more: a report to head office and the regulator is a duty from here on."""

    type: ClassVar[str] = "group.major"
    group: UUID
    people: int


class GroupReported(Fact):
    type: ClassVar[str] = "group.reported"
    group: UUID


class GroupAnswerStepped(Fact):
    """drafted | approved | returned."""

    type: ClassVar[str] = "group.answer_stepped"
    group: UUID
    answer: UUID
    step: str


class GroupAnswered(Fact):
    """One case of the group was sent the common wording as an answer of its own."""

    type: ClassVar[str] = "group.answered"
    group: UUID
    answer: UUID
    case: UUID
    reply: UUID
