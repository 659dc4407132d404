"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class MessageFact(Fact):
    """About one outbound message to a customer, in the stream of its matter."""

    type: ClassVar[str] = "message"
    message: UUID
    matter: UUID
    channel: str  # portal | smtp | sms | wechat
    purpose: str  # acknowledgement | reply | update | closing | invitation ...
    item: UUID | None = None  # the reply it carries


class MessageQueued(MessageFact):
    type: ClassVar[str] = "message.queued"


class MessageSent(MessageFact):
    """The gateway took it."""

    type: ClassVar[str] = "message.sent"


class MessageDelivered(MessageFact):
    """Visible on the tracking page and, where there is an address, accepted by the gateway."""

    type: ClassVar[str] = "message.delivered"


class MessageConfirmed(MessageFact):
    """The other side reported that it reached the person's device or mailbox."""

    type: ClassVar[str] = "message.confirmed"


class MessageFailed(MessageFact):
    type: ClassVar[str] = "message.failed"
    why: str  # code


class MessageRead(MessageFact):
    type: ClassVar[str] = "message.read"
