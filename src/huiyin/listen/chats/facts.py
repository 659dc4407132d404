"""What this room says upwards. Stream `matter:<chat>`: a chat that becomes a case is the same matter from its first word."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact, Term


class ChatOpened(Fact):
    """A customer asked for a person. What they answered beforehand stands here as codes; `answer_by`: chat | phone | email."""

    type: ClassVar[str] = "chat.opened"
    chat: UUID
    kind: str
    language: str
    answer_by: str
    unit: UUID | None = None
    product: Term | None = None


class ChatSaid(Fact):
    """One message: its number in the chat and who said it (customer | agent). Its words are in the vault."""

    type: ClassVar[str] = "chat.said"
    chat: UUID
    line: UUID
    seq: int
    side: str
    file: UUID | None = None


class ChatTaken(Fact):
    """`waited`: whole seconds from the opening."""

    type: ClassVar[str] = "chat.taken"
    chat: UUID
    staff: UUID
    waited: int


class ChatPersonAsked(Fact):
    """The customer asked for somebody else than the person they are talking with, or asked again while waiting."""

    type: ClassVar[str] = "chat.person_asked"
    chat: UUID


class ChatHandoverOffered(Fact):
    """To a colleague or to a unit. Until it is accepted the sender stays answerable (首问负责)."""

    type: ClassVar[str] = "chat.handover_offered"
    chat: UUID
    handover: UUID
    sender: UUID
    reason: str
    receiver: UUID | None = None
    unit: UUID | None = None


class ChatHandedOver(Fact):
    """How an offer ended: accepted / returned / withdrawn. `receiver` is who took the chat over."""

    type: ClassVar[str] = "chat.handed_over"
    chat: UUID
    handover: UUID
    outcome: str
    receiver: UUID | None = None


class ChatGivenBack(Fact):
    """`staff` gave it back to the queue; from here on nobody answers it until it is taken again."""

    type: ClassVar[str] = "chat.given_back"
    chat: UUID
    staff: UUID | None = None


class ChatFiled(Fact):
    """The chat became a matter of its own: voice.heard follows in the same stream."""

    type: ClassVar[str] = "chat.filed"
    chat: UUID
    kind: str


class ChatEnded(Fact):
    """`how`: customer / agent / silent / abandoned (the customer left the queue) / message (left a message instead)."""

    type: ClassVar[str] = "chat.ended"
    chat: UUID
    how: str
    lines: int
    staff: UUID | None = None
