"""Reads of the outbox and of the staff inbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.timezone import get_default_timezone

from huiyin.platform.messages.models import Call, Delivery, Message, Notice
from huiyin.platform.messages.plugs.line import Answer as Called
from huiyin.platform.messages.plugs.line import call
from huiyin.platform.messages.rules.delivery import (
    LOST,
    ON_ITS_WAY,
    SMS,
    SMTP,
    Gateway,
    Outgoing,
    Route,
    Thread,
    TryLater,
    Undeliverable,
)  # fmt: skip
from huiyin.platform.messages.rules.quiet import parse_quiet, told_at
from huiyin.platform.vault import queries as vault

__all__ = [
    "LOST", "SMS", "SMTP", "Called", "Gateway", "Outgoing", "Route", "Thread", "TryLater", "Undeliverable", "call",
    "parse_quiet",
]  # fmt: skip

TABLE = "messages_message"

Routes = Callable[[Sequence[UUID]], Mapping[UUID, Route]]
Threads = Callable[[UUID], Thread]
Gateways = Callable[[str], Gateway | None]
_routes: list[Routes] = []
_threads: list[Threads] = []
_gateways: list[Gateways] = []
Addresses = Callable[[UUID, str, datetime], str]
_addresses: list[Addresses] = []


def routing(find: Routes) -> Routes:
    """The room that knows other ways to a customer registers here: by matter, at most one each."""
    _routes.append(find)
    return find


def threading(find: Threads) -> Threads:
    """The room that takes answers registers here what a mail must carry so that its answer finds the matter."""
    _threads.append(find)
    return find


def addressing(find: Addresses) -> Addresses:
    """The room that knows the people of the bank registers here where they are reached."""
    _addresses.append(find)
    return find


def leaving(find: Gateways) -> Gateways:
    """The room that owns other gateways registers here: the gateway of a name, or None."""
    _gateways.append(find)
    return find


def routes(matters: Sequence[UUID]) -> dict[UUID, Route]:
    found: dict[UUID, Route] = {}
    for find in _routes:
        found |= find(matters)
    return found


def thread_of(matter: UUID) -> Thread:
    return next((found for find in _threads if (found := find(matter)) != Thread()), Thread())


def other_gateway(name: str) -> Gateway | None:
    return next((found for find in _gateways if (found := find(name)) is not None), None)


@dataclass(frozen=True)
class Passage:
    """How a message fares on one outside channel. `state`: waiting | sending | sent | delivered | dead | bounced."""

    channel: str
    state: str
    why: str
    attempts: int
    settled_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """One message of a matter as its customer and its handler read it."""

    id: UUID
    matter: UUID
    purpose: str
    language: str
    item: UUID | None
    title: str
    body: str
    created_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    passages: tuple[Passage, ...]
    way: str = ""
    why: str = ""


def thread(matter: UUID) -> list[Letter]:
    """Everything we told the customer about a matter, oldest first."""
    return _letters(list(Message.objects.filter(matter=matter).order_by("created_at", "id")))


def threads(matters: Sequence[UUID], *, without: str = "") -> dict[UUID, list[Letter]]:
    """What we told about each of these matters, oldest first, but for one purpose."""
    found: dict[UUID, list[Letter]] = {}
    rows = Message.objects.filter(matter__in=matters).exclude(purpose=without).order_by("created_at", "id")
    for one in _letters(list(rows)):
        found.setdefault(one.matter, []).append(one)
    return found


def letter(id: UUID) -> Letter | None:
    found = _letters(list(Message.objects.filter(id=id)))
    return found[0] if found else None


def _letters(rows: Sequence[Message]) -> list[Letter]:
    ids = [row.id for row in rows]
    texts = vault.reveal_many(TABLE, ids)
    passages: dict[UUID, list[Passage]] = {}
    for d in Delivery.objects.filter(message_id__in=ids).order_by("channel"):
        passages.setdefault(d.message_id, []).append(Passage(d.channel, d.state, d.why, d.attempts, d.settled_at))
    return [
        Letter(
            id=row.id,
            matter=row.matter,
            purpose=row.purpose,
            language=row.language,
            item=row.item,
            title=texts.get(row.id, {}).get("title", ""),
            body=texts.get(row.id, {}).get("body", ""),
            created_at=row.created_at,
            delivered_at=row.delivered_at,
            read_at=row.read_at,
            passages=tuple(passages.get(row.id, ())),
            way=row.way,
            why=row.why,
        )
        for row in rows
    ]


def is_lost(message: Message) -> bool:
    """Neither delivered nor still on its way by another gateway."""
    if Message.objects.filter(id=message.id).exclude(delivered_at=None).exists():
        return False
    return not Delivery.objects.filter(message=message, state__in=ON_ITS_WAY).exists()


def gateways() -> tuple[str, ...]:
    """The outside channels this bank has set up."""
    found = []
    if settings.HUIYIN_SMTP_URL:
        found.append(SMTP)
    if settings.HUIYIN_SMS_URL:
        found.append(SMS)
    return tuple(found)


def stuck(at: datetime) -> QuerySet[Delivery]:
    """Deliveries whose time has come and whose job may have been lost, or whose worker died."""
    open_now = Delivery.objects.filter(state__in=("waiting", "sending"), next_try_at__lte=at)
    return open_now.exclude(state="sending", leased_until__gt=at).order_by("next_try_at", "id")


def dead_letters() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state__in=LOST).select_related("message").order_by("-settled_at", "-id")


def inbox(staff: UUID | None, at: datetime | None = None) -> QuerySet[Notice]:
    """What this person was told by then, newest first; without an instant also what waits for the end of quiet hours."""
    lines = (Notice.objects.filter(staff=staff) if staff else Notice.objects.none()).order_by("-at", "-id")
    return lines if at is None else lines.filter(at__lte=at)


def unread_count(staff: UUID | None, at: datetime | None = None) -> int:
    return inbox(staff, at).filter(read_at=None).count()


def after_quiet(at: datetime) -> datetime:
    """When a colleague hears of something that can wait: now, or at the end of the quiet hours of the institution.

    A setting that cannot be read holds nobody's call back (`check` says so)."""
    try:
        quiet = parse_quiet(settings.HUIYIN_QUIET_HOURS)
    except ValueError:
        return at
    return told_at(at, quiet, get_default_timezone())


def is_quiet(at: datetime) -> bool:
    """Hours in which no customer is asked or reminded, and no colleague is called for what can wait."""
    return after_quiet(at) > at


def uncalled(at: datetime) -> QuerySet[Call]:
    """Calls whose time has come and whose job may have been lost, or whose worker died."""
    open_now = Call.objects.filter(state__in=("waiting", "sending"), next_try_at__lte=at)
    return open_now.exclude(state="sending", leased_until__gt=at).order_by("next_try_at", "id")


def address_of(staff: UUID, channel: str, at: datetime) -> str:
    """Where a member of staff is reached by `smtp` or `sms`; empty if nowhere."""
    return next((found for find in _addresses if (found := find(staff, channel, at))), "")
