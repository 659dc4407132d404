"""First commit: the bytes are safe, under a key that makes them arrive once. Then they may be understood."""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.channels.actions.hearing import understand
from huiyin.listen.channels.facts import ArrivalStored
from huiyin.listen.channels.models import Arrival, Channel, Once, Raw
from huiyin.listen.channels.plugs import plug
from huiyin.listen.channels.queries import RAW, config, landed
from huiyin.listen.channels.rules.contract import Answer, Call, Landed, Received, Unverified
from huiyin.listen.channels.rules.placing import retry_after
from huiyin.platform.vault import actions as vault


class KeyReused(Refusal):
    """Same key, other bytes."""

    message = _("This delivery id was used before with another content.")


class TooLarge(Refusal):
    status = 413
    message = _("This is larger than the channel takes.")


class TooFast(Refusal):
    status = 429
    message = _("This channel takes no more for the moment. Please send the same again in a minute.")


class NoChannel(Refusal):
    status = 404
    message = _("There is no such channel.")


def called(*, code: str, call: Call) -> Answer:
    """A request at a channel's own address: judged, stored, understood, answered.

    Not inside another transaction. If understanding fails the bytes are safe and the tick goes on: the caller is told
    that it arrived. A repeated delivery gets the same answer and changes nothing.
    """
    channel = Channel.objects.filter(code=code, enabled=True).first()
    if channel is None:
        raise NoChannel
    way, known = plug(channel.kind), config(channel)
    if len(call.raw) > way.limit:
        raise TooLarge
    try:
        received = way.receive(call, known)
    except Unverified as no:
        return Answer(no.status, no.why.encode())
    if received.answer is not None:
        return received.answer
    if received.once and not _first_time(channel, received, call.at):
        return Answer(403, b"replayed")
    _not_too_fast(channel, way.per_minute(known), received.key, call.at)
    kept = arrive(channel=channel, key=received.key, raw=received.raw, by=machine(channel.kind), at=call.at)
    if kept.state == "received":
        understand(arrival=kept.id, at=call.at)
        kept = replace(landed(kept.id), fresh=kept.fresh)
    return way.answer(call, kept, known)


def arrive(*, channel: Channel, key: str, raw: bytes, by: Actor, at: datetime, id: UUID | None = None) -> Landed:
    """Store what came. The same key with the same bytes is the same arrival; other bytes are refused (decision 12)."""
    digest = _digest(raw)
    before = _before(channel, key, digest)
    if before:
        return before
    arrival = id or new_id()
    try:
        with transaction.atomic():
            row = Arrival.objects.create(
                id=arrival, channel=channel, key=key, received_at=at, size=len(raw), digest=digest,
                next_try_at=at + retry_after(0),
            )  # fmt: skip
            sealed = vault.seal_bytes(subject=arrival, table=RAW, row=arrival, content=raw)
            Raw.objects.create(arrival=row, sealed=sealed)
            fact = ArrivalStored(arrival=arrival, channel=channel.id, size=len(raw), digest=digest)
            ledger.record(fact=fact, stream=f"arrival:{arrival}", by=by, at=at)
    except IntegrityError:
        before = _before(channel, key, digest)  # the same delivery, a moment ago
        if before is None:
            raise
        return before
    return Landed(arrival, "received", True)


def _first_time(channel: Channel, received: Received, at: datetime) -> bool:
    """A nonce comes with one content; the same again is a repeated delivery."""
    Once.objects.filter(at__lt=at - timedelta(hours=1)).delete()
    digest = _digest(received.raw)
    row, _fresh = Once.objects.get_or_create(
        channel=channel, value=received.once[:100], defaults={"digest": digest, "at": at}
    )
    return hmac.compare_digest(row.digest, digest)


def _not_too_fast(channel: Channel, most: int, key: str, at: datetime) -> None:
    """What is here already is answered whatever the pace: a retry must never be what a sender is refused for."""
    if not most or Arrival.objects.filter(channel=channel, key=key).exists():
        return
    if Arrival.objects.filter(channel=channel, received_at__gt=at - timedelta(minutes=1)).count() >= most:
        raise TooFast


def _before(channel: Channel, key: str, digest: str) -> Landed | None:
    row = Arrival.objects.filter(channel=channel, key=key).first()
    if row is None:
        return None
    if not hmac.compare_digest(row.digest, digest):
        raise KeyReused
    return landed(row.id)


def _digest(raw: bytes) -> str:
    """A keyed hash, so that a leaked table cannot be searched for a guessed text."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"huiyin.arrival" + raw, "sha256").hex()
