"""Where a conversation ends and goes on; and the way by which an answer reaches whoever spoke through a channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huiyin.listen.channels.models import Channel, Sender
from huiyin.listen.channels.plugs import plug
from huiyin.listen.channels.queries import config
from huiyin.platform.messages import queries as messages


def conversations_ended(*, matters: Sequence[UUID], at: datetime) -> None:
    """The matters are closed: what their people send from now on is a matter of its own."""
    for start in range(0, len(matters), 500):
        Sender.objects.filter(matter__in=matters[start : start + 500], ended_at=None).update(ended_at=at)


def conversation_goes_on(*, matter: UUID) -> None:
    """The matter was opened again."""
    Sender.objects.filter(matter=matter).exclude(ended_at=None).update(ended_at=None)


class ThroughItsChannel:
    """A gateway of platform/messages: the address is `<channel>/<address there>`, as `queries.address_back` gives it."""

    def send(self, outgoing: messages.Outgoing) -> None:
        place, _slash, address = outgoing.to.partition("/")
        channel = Channel.objects.filter(id=place, enabled=True).first()
        if channel is None:
            raise messages.Undeliverable("channel_off")
        there = messages.Outgoing(**{**vars(outgoing), "to": address})
        plug(channel.kind).send(there, config(channel))


messages.carries("wechat", ThroughItsChannel())
