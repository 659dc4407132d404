"""Verbs of this room: tell a customer, tell a colleague."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger import actions as ledger
from huiyin.platform.messages import tasks
from huiyin.platform.messages.facts import (
    MessageConfirmed,
    MessageDelivered,
    MessageFailed,
    MessageQueued,
    MessageRead,
)  # fmt: skip
from huiyin.platform.messages.models import Call, Delivery, Message, Notice
from huiyin.platform.messages.queries import TABLE, gateways, is_lost, routes, stuck, uncalled
from huiyin.platform.messages.rules.delivery import CAP, LOST, ON_ITS_WAY, PORTAL, SMS, SMTP
from huiyin.platform.present.queries import now
from huiyin.platform.tables import actions as tables
from huiyin.platform.tables.queries import marks, rows
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

_CHUNK = 500
_VALUE = {SMTP: "email", SMS: "phone"}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message to send. `number` and `link` are all that a mail or a text message says about the matter."""

    matter: UUID
    subject: UUID
    purpose: str
    language: str
    title: str
    body: str
    key: str
    at: datetime
    by: Actor | None = None
    item: UUID | None = None
    phone: str = ""
    email: str = ""
    number: str = ""
    link: str = ""
    id: UUID | None = None
    way: str = ""
    why: str = ""


def send(
    *, matter: UUID, subject: UUID, purpose: str, language: str, title: str, body: str, by: Actor, at: datetime,
    key: str, item: UUID | None = None, phone: str | None = None, email: str | None = None, number: str = "",
    link: str = "",
) -> Message:  # fmt: skip
    """Put a message on the tracking page and, where there is an address and a gateway, on its way.

    Part of the caller's transaction. The same key is the same message: it is sent once.
    """
    draft = Draft(
        matter=matter, subject=subject, purpose=purpose, language=language, title=title, body=body, key=key, at=at,
        item=item, phone=phone or "", email=email or "", number=number, link=link,
    )  # fmt: skip
    (message,) = send_many(drafts=[draft], by=by, recorded_at=at)
    return message


def send_many(*, drafts: Sequence[Draft], by: Actor, recorded_at: datetime) -> list[Message]:
    """Send a batch, each with its own time. Delivered at once where the portal is the only way (decision 20)."""
    open_channels = gateways()
    with transaction.atomic(savepoint=False):
        sent_before = _known([draft.key for draft in drafts])
        others = routes([draft.matter for draft in drafts])
        messages: dict[str, Message] = {}
        values: list[tuple[UUID, str, UUID, dict[str, str]]] = []
        deliveries: list[Delivery] = []
        told: list[ledger.Happening] = []
        for draft in drafts:
            if draft.key in sent_before or draft.key in messages:
                continue
            ways = [(c, a) for c, a in ((SMTP, draft.email), (SMS, draft.phone)) if a and c in open_channels]
            if route := others.get(draft.matter):
                ways.append((route.gateway, route.address))
            message = tables.new(
                Message, id=draft.id or new_id(), key=draft.key, matter=draft.matter, subject=draft.subject,
                purpose=draft.purpose, language=draft.language, item=draft.item, number=draft.number, way=draft.way,
                why=draft.why,
                created_at=draft.at, delivered_at=None if ways else draft.at,
            )  # fmt: skip
            messages[draft.key] = message
            sealed_now = {"title": draft.title, "body": draft.body, "link": draft.link}
            sealed_now |= {_VALUE.get(channel, "route"): address for channel, address in ways}
            values.append((draft.subject, TABLE, message.id, {k: v for k, v in sealed_now.items() if v}))
            who = draft.by or by
            for channel, address in ways:
                kind = "phone" if channel == SMS else "email"  # a route's address is compared as it stands
                target = sealed.blind(kind, address)
                deliveries.append(Delivery(message=message, channel=channel, target=target, next_try_at=draft.at))
                told.append(_told(MessageQueued, message, channel, who, draft.at))
            if not ways:
                told.append(_told(MessageDelivered, message, PORTAL, who, draft.at))
        _store(list(messages.values()), deliveries, values)
        over = _over_the_cap(deliveries, recorded_at)
        told += _give_up([d for d in deliveries if d.id in over], by, recorded_at)
        if told:
            ledger.record_many(happenings=told, recorded_at=recorded_at)
        for delivery in deliveries:
            if delivery.id not in over:
                tasks.deliver.enqueue(str(delivery.id))
    known = sent_before | messages
    return [known[draft.key] for draft in drafts]


def _known(keys: Sequence[str]) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        sent = [key for (key,) in rows(f"SELECT key FROM huiyin_messages_message WHERE key IN ({marks(part)})", part)]
        if sent:
            found |= {message.key: message for message in Message.objects.filter(key__in=sent)}
    return found


def _store(
    messages: Sequence[Message],
    deliveries: Sequence[Delivery],
    values: Sequence[tuple[UUID, str, UUID, dict[str, str]]],
) -> None:
    if messages:
        tables.insert(messages)
        vault.keep_many(values)
    if deliveries:
        tables.insert(deliveries)


def _told(
    kind: type[MessageQueued] | type[MessageDelivered], message: Message, channel: str, by: Actor, at: datetime
) -> ledger.Happening:
    fact = kind(message=message.id, matter=message.matter, channel=channel, purpose=message.purpose, item=message.item)
    return ledger.Happening(fact, f"matter:{message.matter}", by, at)


def _over_the_cap(deliveries: Sequence[Delivery], at: datetime) -> set[UUID]:
    """Deliveries to an address that had its fill today: somebody may be using us to bomb it (reliability §2)."""
    over: set[UUID] = set()
    for delivery in deliveries:
        since = at - timedelta(days=1)
        same = Delivery.objects.filter(target=delivery.target, message__created_at__gt=since)
        if same.exclude(why="cap").count() > CAP:
            over.add(delivery.id)
    return over


def _give_up(deliveries: Sequence[Delivery], by: Actor, at: datetime) -> list[ledger.Happening]:
    """Bury what is over the cap; a message that has no other way left has failed."""
    if not deliveries:
        return []
    Delivery.objects.filter(id__in=[d.id for d in deliveries]).update(state="dead", why="cap", settled_at=at)
    lost = [d for d in deliveries if is_lost(d.message)]
    found = {}
    for d in lost:
        m = d.message
        fact = MessageFailed(
            message=m.id, matter=m.matter, channel=d.channel, purpose=m.purpose, item=m.item, why="cap"
        )
        found[m.id] = ledger.Happening(fact, f"matter:{m.matter}", by, at)
    return list(found.values())


def read(*, matter: UUID, by: Actor, at: datetime) -> int:
    """The customer opened the tracking page: what was unread is read. Recorded once per message, never a condition."""
    if not Message.objects.filter(matter=matter, read_at=None).exists():
        return 0  # most views: no lock is taken to find that out
    with transaction.atomic():
        unread = list(Message.objects.select_for_update().filter(matter=matter, read_at=None).order_by("created_at"))
        if not unread:
            return 0
        Message.objects.filter(id__in=[m.id for m in unread]).update(read_at=at)
        told = [
            ledger.Happening(
                MessageRead(message=m.id, matter=m.matter, channel=PORTAL, purpose=m.purpose, item=m.item),
                f"matter:{m.matter}", by, at,
            )
            for m in unread
        ]  # fmt: skip
        ledger.record_many(happenings=told, recorded_at=at)
        return len(unread)


def reported(
    *, outcome: str, channel: str, by: Actor, at: datetime, message: UUID | None = None, remote: str = "",
    to: str = "", why: str = "",
) -> UUID | None:  # fmt: skip
    """A gateway or a mail server tells what became of a message it took: delivered | bounced | delayed.

    Found by our id or by the gateway's; `to`, where given, must be whom we wrote to. Told twice it counts once. Sent back
    and on no other way, the message has failed after all, and its matter's room hears so. The matter, or None if unknown.
    """
    with transaction.atomic():
        known = Delivery.objects.select_for_update().select_related("message").filter(channel=channel)
        found = known.filter(message_id=message) if message else known.filter(remote=remote) if remote else known.none()
        row = found.first()
        if row is None or (to and channel == SMTP and sealed.blind("email", to) != row.target):
            return None
        m = row.message
        if outcome == "delivered" and row.state in ("sending", "sent"):
            Delivery.objects.filter(id=row.id).update(state="delivered", settled_at=at, leased_until=None, why="")
            fact = MessageConfirmed(message=m.id, matter=m.matter, channel=channel, purpose=m.purpose, item=m.item)
            ledger.record(fact=fact, stream=f"matter:{m.matter}", by=by, at=at)
        elif outcome == "bounced" and row.state in ("sending", "sent", "delivered"):
            Delivery.objects.filter(id=row.id).update(
                state="bounced", settled_at=at, leased_until=None, why=(why or "bounced")[:32]
            )
            others = Delivery.objects.filter(message=m).exclude(id=row.id)
            if not others.filter(state__in=ON_ITS_WAY).exists():
                Message.objects.filter(id=m.id).update(delivered_at=None)
                failed = MessageFailed(
                    message=m.id, matter=m.matter, channel=channel, purpose=m.purpose, item=m.item, why="bounced"
                )
                ledger.record(fact=failed, stream=f"matter:{m.matter}", by=by, at=at)
        return m.matter


def pump(*, by: Actor, at: datetime, limit: int = 500) -> int:
    """Find deliveries whose job was lost or whose worker died, and enqueue them again. Called by the tick."""
    late = list(stuck(at - timedelta(seconds=30)).values_list("id", flat=True)[:limit])
    for id in late:
        tasks.deliver.enqueue(str(id))
    calls = list(uncalled(at - timedelta(seconds=30)).values_list("id", flat=True)[:limit])
    for id in calls:
        tasks.call.enqueue(str(id))
    return len(late) + len(calls)


def try_again(*, delivery: UUID, by: Actor, at: datetime) -> bool:
    """Take a dead letter up again, by hand."""
    fresh = Delivery.objects.filter(id=delivery, state__in=LOST).update(
        state="waiting", attempts=0, next_try_at=at, settled_at=None, why=""
    )
    if fresh:
        tasks.deliver.enqueue(str(delivery))
    return bool(fresh)


def notify(
    *, staff: UUID, kind: str, matter: UUID | None, params: Mapping[str, Any], link: str, by: Actor, at: datetime,
    key: str, channels: Sequence[str] = (),
) -> None:  # fmt: skip
    """Tell a member of staff, in the app and by `channels` (mail | sms). The same key is told once.

    With an `at` to come (the end of quiet hours) it is kept until then: on record now, told once, whoever dies meanwhile.
    """
    note = Note(
        staff=staff, kind=kind, matter=matter, params=params, link=link, at=at, key=key, channels=tuple(channels)
    )
    notify_many(notes=[note])


@dataclass(frozen=True, kw_only=True)
class Note:
    """A line for somebody's inbox. `params`: numbers and codes for the wording of `kind`, never personal data."""

    staff: UUID
    kind: str
    matter: UUID | None
    params: Mapping[str, Any]
    link: str
    at: datetime
    key: str
    channels: tuple[str, ...] = ()


_GATEWAY = {"mail": SMTP, "sms": SMS}


def notify_many(*, notes: Sequence[Note]) -> None:
    lines = [
        tables.new(
            Notice, key=f"{note.staff}:{note.key}"[:160], staff=note.staff, kind=note.kind, matter=note.matter,
            params=dict(note.params), link=note.link, at=note.at,
        )
        for note in notes
    ]  # fmt: skip
    tables.insert(lines, or_ignore=True)
    known = gateways()
    for line, note in zip(lines, notes, strict=True):
        ways = [_GATEWAY[one] for one in note.channels if _GATEWAY.get(one) in known]
        kept = Notice.objects.filter(key=line.key).first() if ways else None
        if kept is not None:
            for gateway in ways:
                call, new = Call.objects.get_or_create(notice=kept, channel=gateway, defaults={"next_try_at": kept.at})
                if new and kept.at <= now():  # what waits for the morning is found by `pump`
                    tasks.call.enqueue(str(call.id))


def mark_read(*, staff: UUID, notices: Sequence[UUID] | None, by: Actor, at: datetime) -> int:
    """Mark some lines of one's own inbox as read, or all of them (`notices=None`)."""
    lines = Notice.objects.filter(staff=staff, read_at=None, at__lte=at)
    if notices is not None:
        lines = lines.filter(id__in=notices)
    return lines.update(read_at=at)


def forget(*, subject: UUID) -> None:
    """The person was erased: the blind indexes of their addresses and what they need go, what was on its way is not sent."""
    Delivery.objects.filter(message__subject=subject).exclude(target="").update(target="")
    Message.objects.filter(subject=subject).exclude(why="").update(why="", way="")
