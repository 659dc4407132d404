"""The worker's side of the outbox. A job is an entry point like a view: it may be run twice, late, or die half-way."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django_tasks import task

from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.platform.messages.facts import MessageDelivered, MessageFailed, MessageSent
from huiyin.platform.messages.models import Call, Delivery, Message
from huiyin.platform.messages.plugs.sms import SmsWebhook
from huiyin.platform.messages.plugs.smtp import SmtpServer
from huiyin.platform.messages.queries import TABLE, address_of, is_lost, other_gateway, thread_of
from huiyin.platform.messages.rules.delivery import (
    ATTEMPTS,
    LEASE,
    SMS,
    SMTP,
    Gateway,
    Outgoing,
    TryLater,
    Undeliverable,
    wait,
)  # fmt: skip
from huiyin.platform.messages.rules.wording import notice_text, outside_text
from huiyin.platform.present.queries import now
from huiyin.platform.vault import queries as vault

WORKER = machine("messages")


@task()
def deliver(delivery: str) -> str:
    """Carry one delivery to its gateway: claim, send, mark.

    1. Claim by a conditional update with a lease. Two workers: one wins; the count of attempts is the fencing token.
    2. Send outside any transaction. A crash here or before step 3 sends again after the lease, with the same
       message id, so a receiver can drop the double: at least once, at most one duplicate per crash.
    3. Mark by a conditional update on the token: a worker that slept past its lease cannot overwrite the winner.
    """
    id = UUID(delivery)
    at = now()
    row = _claim(id, at)
    if row is None:
        return "nothing to do"
    try:
        remote = _gateway(row.channel).send(_outgoing(row))
    except Undeliverable as refused:
        return _bury(row, refused.why)
    except TryLater as busy:
        if row.attempts >= ATTEMPTS:
            return _bury(row, busy.why)
        return _postpone(row, busy.why)
    return _mark_sent(row, remote)


@task()
def call(id: str) -> str:
    """Carry one line of a colleague's inbox to their mail or telephone, as `deliver` carries a message: claim, send, mark.

    Whoever has read the line meanwhile, or has left, is not called. The line itself stays in the inbox whatever happens.
    """
    at = now()
    if not _claimed(Call.objects.filter(id=UUID(id)), at):
        return "nothing to do"
    row = Call.objects.select_related("notice").get(id=id)
    state, why, again = "sent", "", at
    try:
        if row.notice.read_at is not None:
            raise Undeliverable("read")
        _gateway(row.channel).send(_spoken(row, at))
    except Undeliverable as refused:
        state, why = "dead", refused.why
    except TryLater as busy:
        state, why, again = "waiting", busy.why, at + wait(row.attempts, random.random())
        if row.attempts >= ATTEMPTS:
            state = "dead"
    mine = Call.objects.filter(id=row.id, state="sending", attempts=row.attempts)
    settled = None if state == "waiting" else at
    done = mine.update(state=state, why=why, next_try_at=again, leased_until=None, settled_at=settled)
    return state if done else "overtaken"


def _spoken(row: Call, at: datetime) -> Outgoing:
    """The fixed words of the line with its link; never what somebody wrote."""
    notice, language = row.notice, settings.LANGUAGE_CODE
    to = address_of(notice.staff, row.channel, at)
    if not to:
        raise Undeliverable("no_address")
    words = notice_text(notice.kind, notice.params, language)
    link = f"{settings.HUIYIN_BASE_URL}{notice.link}"
    return Outgoing(
        id=row.id, to=to, subject=words, text=f"{words} {link}", language=language, at=at, matter=notice.matter,
        purpose="notice",
    )  # fmt: skip


def _claimed(rows: QuerySet[Any], at: datetime) -> bool:
    """One worker takes it, with a lease; the count of attempts is the fencing token."""
    free = Q(state="waiting", next_try_at__lte=at) | Q(state="sending", leased_until__lt=at)
    return bool(rows.filter(free).update(state="sending", attempts=F("attempts") + 1, leased_until=at + LEASE))


def _claim(id: UUID, at: datetime) -> Delivery | None:
    won = _claimed(Delivery.objects.filter(id=id), at)
    return Delivery.objects.select_related("message").get(id=id) if won else None


def _gateway(channel: str) -> Gateway:
    if channel == SMTP:
        return SmtpServer(url=settings.HUIYIN_SMTP_URL, sender=settings.HUIYIN_MAIL_FROM)
    if channel == SMS:
        allowed = tuple(settings.HUIYIN_OUTBOUND_ALLOW)
        return SmsWebhook(url=settings.HUIYIN_SMS_URL, secret=settings.HUIYIN_SMS_SECRET, allowed=allowed)
    found = other_gateway(channel)
    if found is None:
        raise Undeliverable("no_gateway")
    return found


def _outgoing(row: Delivery) -> Outgoing:
    message = row.message
    values = vault.reveal(TABLE, message.id)
    to = values.get({SMTP: "email", SMS: "phone"}.get(row.channel, "route"), "")
    if not to:
        raise Undeliverable("erased")
    chinese, english = settings.HUIYIN_BANK_NAME, settings.HUIYIN_BANK_NAME_EN
    bank = chinese if message.language.startswith("zh") else english or chinese
    subject, text = outside_text(
        message.purpose, message.language, bank, message.number,
        values.get("link") or f"{settings.HUIYIN_BASE_URL}/track/", settings.HUIYIN_HOTLINE,
        spoken=message.way == "call",
    )  # fmt: skip
    return Outgoing(
        id=message.id, to=to, subject=subject, text=text, language=message.language, at=now(), matter=message.matter,
        purpose=message.purpose, thread=thread_of(message.matter) if row.channel == SMTP else None,
    )  # fmt: skip


def _mark_sent(row: Delivery, remote: str = "") -> str:
    at = now()
    with transaction.atomic():
        if not _mine(row).update(state="sent", settled_at=at, leased_until=None, why="", remote=remote[:120]):
            return "overtaken"
        m = row.message
        about: dict[str, Any] = {
            "message": m.id,
            "matter": m.matter,
            "channel": row.channel,
            "purpose": m.purpose,
            "item": m.item,
        }
        ledger.record(fact=MessageSent(**about), stream=f"matter:{m.matter}", by=WORKER, at=at)
        if Message.objects.filter(id=m.id, delivered_at=None).update(delivered_at=at):
            ledger.record(fact=MessageDelivered(**about), stream=f"matter:{m.matter}", by=WORKER, at=at)
    return "sent"


def _bury(row: Delivery, why: str) -> str:
    """A dead letter: it stays in the table with its reason until a person takes it up again.

    The message itself has failed only when no other way is left open and none has delivered it.
    """
    at = now()
    with transaction.atomic():
        if not _mine(row).update(state="dead", settled_at=at, leased_until=None, why=why):
            return "overtaken"
        m = row.message
        if not is_lost(m):
            return "dead"
        fact = MessageFailed(
            message=m.id, matter=m.matter, channel=row.channel, purpose=m.purpose, item=m.item, why=why
        )
        ledger.record(fact=fact, stream=f"matter:{m.matter}", by=WORKER, at=at)
    return "dead"


def _postpone(row: Delivery, why: str) -> str:
    at = now()
    again = at + wait(row.attempts, random.random())
    with transaction.atomic():
        if not _mine(row).update(state="waiting", next_try_at=again, leased_until=None, why=why):
            return "overtaken"
        deliver.using(run_after=again).enqueue(str(row.id))
    return "later"


def _mine(row: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(id=row.id, state="sending", attempts=row.attempts)
