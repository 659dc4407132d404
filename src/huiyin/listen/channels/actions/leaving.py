"""How messages leave by channels: platform/messages asks here, because what answers belong to is known here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from huiyin.listen.channels.models import Channel, Sender
from huiyin.listen.channels.plugs import PLUGS, plug
from huiyin.listen.channels.queries import SENDERS, config, references_of, thread_token
from huiyin.platform.messages import queries as messages
from huiyin.platform.messages.queries import Outgoing, Route, Thread
from huiyin.platform.vault import queries as vault


@messages.threading
def thread(matter: UUID) -> Thread:
    """What a mail carries so that its answer finds the matter: a signed reference, and our address to answer to."""
    channel = Channel.objects.filter(kind="email", enabled=True).order_by("code").first()
    tag = thread_token(matter) if channel else ""
    if channel is None or not tag:
        return Thread()
    address = str(channel.settings.get("address", ""))
    name, _at, domain = address.rpartition("@")
    last, references = references_of(matter)
    return Thread(
        tag=tag, reply_to=f"{name}+{tag}@{domain}" if channel.settings.get("plus") == "1" else address,
        in_reply_to=last, references=references, loop=address,
    )  # fmt: skip


@messages.routing
def routes(matters: Sequence[UUID]) -> Mapping[UUID, Route]:
    """How the customers of these matters last spoke, where that channel takes answers."""
    kinds = [kind for kind in PLUGS if plug(kind).outbox]
    if not kinds or not Channel.objects.filter(enabled=True, kind__in=kinds).exists():
        return {}
    rows = Sender.objects.filter(matter__in=matters, channel__enabled=True, channel__kind__in=kinds)
    latest = {
        row.matter: row for row in rows.select_related("channel").order_by("at", "id")
        if plug(row.channel.kind).sends(config(row.channel))
    }  # fmt: skip
    kept = vault.reveal_many(SENDERS, [row.id for row in latest.values()])
    return {
        matter: Route(plug(row.channel.kind).outbox, f"{row.channel_id} {kept[row.id]['address']}")
        for matter, row in latest.items() if kept.get(row.id, {}).get("address")
    }  # fmt: skip


@messages.leaving
def gateway(name: str) -> "Outbox | None":
    return Outbox(name) if any(plug(kind).outbox == name for kind in PLUGS) else None


class Outbox:
    """A Gateway of platform/messages that hands on to the plug of the channel named in the address."""

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, outgoing: Outgoing) -> str:
        channel, _sep, address = outgoing.to.partition(" ")
        row = Channel.objects.filter(id=channel, enabled=True).first()
        if row is None:
            raise messages.Undeliverable("no_channel")
        return plug(row.kind).send(replace(outgoing, to=address), config(row))
