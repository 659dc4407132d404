"""Reads of channels and of what arrived."""

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.permit import can, paths
from huiyin.listen.channels.models import Arrival, Channel, Raw, Sender
from huiyin.listen.channels.plugs import PLUGS
from huiyin.listen.channels.rules.contract import (
    Answer,
    Attached,
    Base,
    Call,
    Config,
    Fetched,
    Landed,
    Parsed,
    Received,
    Report,
    Setting,
    Unreachable,
    Unreadable,
    Unverified,
)  # fmt: skip
from huiyin.listen.channels.rules.placing import is_genuine, token, tokens_in
from huiyin.listen.channels.rules.states import unreachable
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault

__all__ = [
    "PLUGS", "Answer", "Attached", "Base", "Call", "Config", "Fetched", "Landed", "Parsed", "Received", "Report",
    "Setting", "Unreachable", "Unreadable", "Unverified", "unreachable",
]  # fmt: skip

RAW = "channels_raw"
SECRETS = "channels_channel"
SENDERS = "channels_sender"
AWAITED = "channels_awaited"


@dataclass(frozen=True)
class Record:
    """What a room's register is told of: the fields and words of an arrival, and the unit its channel belongs to."""

    channel: UUID
    unit: UUID | None
    fields: Mapping[str, str]
    text: str = ""


class Taking(Protocol):
    def __call__(self, told: Record, *, by: Actor, at: datetime) -> tuple[UUID, bool]: ...


@dataclass(frozen=True)
class Register:
    """A room that keeps what is no voice. `take` gives the id of its record and whether it told anything new, or raises
    Unreadable; `rows` are its records by id, for the reconciliation."""

    take: Taking
    rows: Callable[[], QuerySet]


_registers: dict[str, Register] = {}


def registers() -> Mapping[str, Register]:
    """Every register by the code under which plugs name it."""
    return _registers


def keeps(code: str, rows: Callable[[], QuerySet]) -> Callable[[Taking], Taking]:
    """A room's reaction says with this that it keeps the records of a code."""

    def known(take: Taking) -> Taking:
        _registers[code] = Register(take, rows)
        return take

    return known


def channel(code: str) -> Channel | None:
    return Channel.objects.filter(code=code).first()


def channels() -> QuerySet[Channel]:
    return Channel.objects.select_related("unit").order_by("code")


def config(channel: Channel) -> Config:
    """The channel with its secrets in clear, for its plug alone."""
    return Config(channel.id, channel.code, channel.settings, vault.reveal(SECRETS, channel.id))


def secrets_set(channel: UUID) -> set[str]:
    """Which secrets a channel has, never what they are."""
    return {name for name, value in vault.reveal(SECRETS, channel).items() if value}


def raw(arrival: UUID) -> bytes | None:
    """The bytes as they came; None once the person was erased."""
    row = Raw.objects.filter(arrival=arrival).first()
    return vault.unseal_bytes(arrival, RAW, arrival, bytes(row.sealed)) if row else None


def landed(arrival: UUID) -> Landed:
    row = Arrival.objects.get(id=arrival)
    matter = voices.voice(row.matter) if row.matter else None
    return Landed(
        row.id, row.state, False, row.why, row.matter, matter.number if matter else "",
        voices.link(matter.id) if matter else "",
    )  # fmt: skip


def open_now(at: datetime) -> QuerySet[Arrival]:
    """Stored and not decided, and their next try has come."""
    return Arrival.objects.filter(state__in=("received", "retry"), next_try_at__lte=at).order_by("next_try_at", "id")


def address_mark(kind: str, address: str) -> str:
    """The blind index of an address of this kind of channel; a mail address and a telephone have the same everywhere."""
    if not address:
        return ""
    if kind in ("email", "phone"):
        return vault.blind(kind, address)
    return vault.blind("email", f"{kind}:{address.encode().hex()}")


def keys() -> list[str]:
    """The server's keys, the present one first."""
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def thread_token(matter: UUID) -> str:
    """The reference that our messages carry; an answer that brings it back belongs to the matter."""
    found = voices.voice(matter)
    return token(found.number, matter, settings.SECRET_KEY) if found else ""


def matter_of(text: str) -> UUID | None:
    """The matter that a genuine token in a text names. A made-up one, or one of another matter, names nothing."""
    for number, whole in tokens_in(text):
        found = voices.by_number(number)
        if found and is_genuine(whole, number, found.id, keys()):
            return found.id
    return None


def is_contact(matter: UUID, kind: str, addresses: Sequence[str]) -> bool:
    """Whether one of these addresses is the customer's: left with the matter, or they spoke from it before."""
    marks = {address_mark(kind, one) for one in addresses} - {""}
    if Sender.objects.filter(matter=matter, address__in=marks).exists():
        return True
    said = voices.words(matter)
    left = said.email if kind == "email" else said.phone if kind == "phone" else ""
    return bool(left) and address_mark(kind, left) in marks


def references_of(matter: UUID) -> tuple[str, tuple[str, ...]]:
    """The customer's last mail in a matter and those before it, for the headers of our answer."""
    one = Sender.objects.filter(matter=matter, channel__kind="email").order_by("-at").first()
    kept = vault.reveal(SENDERS, one.id) if one else {}
    last = kept.get("last", "")
    return (last, (*kept.get("references", "").split(), last)[-10:]) if last.startswith("<") else ("", ())


def print_of(kind: str, id: str, text: str) -> str:
    """A keyed hash of the sender's own id of an item and its words: equal only for the same item sent again."""
    content = "\0".join((kind, id, " ".join(text.split()))).encode("utf-8", "replace")
    return hmac.digest(settings.SECRET_KEY.encode(), b"huiyin.print" + content, "sha256").hex()


def place_of(channel: Channel, at: datetime) -> units.Place:
    """Where an arrival stands before it is a case, as the permission matrix looks at it."""
    day = localdate(at)
    return units.Place(units.path_of(channel.unit_id, day) if channel.unit_id else units.whole_bank().unit_path)


def readable_by(actor: Actor, at: datetime) -> list[UUID]:
    """The channels whose arrivals this actor may read and decide on."""
    return [one.id for one in channels() if can(actor, "case.assign", place_of(one, at))]


def sight_of(matter: voices.VoiceView, at: datetime) -> units.Place:
    """A matter as the permission matrix looks at it: where it lies, and who keeps away from it."""
    path = units.path_of(matter.unit, localdate(at)) if matter.unit else units.whole_bank().unit_path
    return units.Place(path, frozenset(staff.recused(matter.id, at)))


def visible_to(actor: Actor, at: datetime) -> list[Channel]:
    """The channels whose figures this actor may see: those of their units."""
    mine = paths(actor, "channels.read")
    return [one for one in channels() if any(place_of(one, at).unit_path.startswith(path) for path in mine)]


def waiting(channels: Iterable[UUID]) -> QuerySet[Arrival]:
    """What a person has to look at, the oldest first."""
    found = Arrival.objects.filter(channel__in=list(channels), state__in=("unreadable", "held", "retry"))
    return found.select_related("channel").order_by("received_at", "id")


@dataclass(frozen=True)
class Day:
    """What came on one day and what became of it, counted where each thing lies, so that a loss shows as `drift`.

    `voices` and `messages` are counted in the voices and `records` in their registers, not in the arrivals; `open` are not
    decided yet.
    """

    day: date | None
    fetched: int
    voices: int
    messages: int
    records: int
    rejected: int
    waiting: int
    open: int

    @property
    def drift(self) -> int:
        return self.fetched - self.voices - self.messages - self.records - self.rejected - self.waiting - self.open


def days(channel: UUID, since: datetime) -> list[Day]:
    """Day by day, the newest first; days on which nothing came are left out."""
    rows = Arrival.objects.filter(channel=channel, received_at__gte=since).annotate(day=TruncDate("received_at"))
    counted: dict[date, dict[str, int]] = {}
    for day, state, count in rows.order_by().values_list("day", "state").annotate(n=Count("id")):
        counted.setdefault(day, {})[state] = count
    there = Exists(voices.voice_rows().filter(id=OuterRef("matter")))
    kept = Q(pk__in=())
    for code, register in _registers.items():
        kept |= Q(why=code) & Q(Exists(register.rows().filter(id=OuterRef("matter"))))
    for state, where in (("heard", there), ("message", there), ("recorded", kept)):
        found = dict(rows.filter(state=state).filter(where).order_by().values_list("day").annotate(n=Count("id")))
        for day in counted:
            counted[day][f"real_{state}"] = found.get(day, 0)
    return [
        Day(
            day, sum(n for code, n in one.items() if not code.startswith("real_")), one["real_heard"],
            one["real_message"], one["real_recorded"],
            one.get("rejected", 0), one.get("unreadable", 0) + one.get("held", 0),
            one.get("received", 0) + one.get("retry", 0),
        )
        for day, one in sorted(counted.items(), reverse=True)
    ]  # fmt: skip


def total(found: Sequence[Day]) -> Day:
    return Day(None, *(sum(getattr(one, name) for one in found) for name in _COUNTS))


_COUNTS = ("fetched", "voices", "messages", "records", "rejected", "waiting", "open")


def rejected_by_reason(channel: UUID, since: datetime) -> list[tuple[str, int]]:
    rows = Arrival.objects.filter(channel=channel, received_at__gte=since, state="rejected").order_by()
    return sorted(rows.values_list("why").annotate(n=Count("id")), key=lambda pair: -pair[1])


@dataclass(frozen=True)
class OtherWay:
    """A way in that needs no plug: what was taken there and what became of it."""

    label: Label
    counts: Day


_others: dict[str, Callable[[datetime], OtherWay]] = {}


def counts(function: Callable[[datetime], OtherWay]) -> Callable[[datetime], OtherWay]:
    """A room whose people come in by its own pages says with this what came since an instant (whole bank)."""
    _others[f"{function.__module__}.{function.__name__}"] = function
    return function


def other_ways(since: datetime) -> list[OtherWay]:
    """The form, the desk and the interface by the channel of the voice, then the rooms that count for themselves."""
    found = []
    for code, one in sorted(voices.taken_by_channel(since).items()):
        waiting, open_ = one.get("held", 0), one.get("waiting", 0)
        found.append(
            OtherWay(
                voices.CHANNEL[code],
                Day(None, one["taken"], one["voices"], 0, 0, one.get("refused", 0), waiting, open_),
            )
        )
    return found + [function(since) for _name, function in sorted(_others.items())]


def late(at: datetime) -> QuerySet[Arrival]:
    """Stored an hour ago and still not decided: something is wrong on our side."""
    return Arrival.objects.filter(state__in=("received", "retry"), received_at__lt=at - timedelta(hours=1))


def arrival_of(id: UUID, actor: Actor, at: datetime) -> Arrival | None:
    """One arrival, for whoever may read and decide on it."""
    row = Arrival.objects.select_related("channel").filter(id=id).first()
    return row if row and can(actor, "case.assign") and row.channel_id in readable_by(actor, at) else None


def set_aside(channel: UUID) -> QuerySet[Arrival]:
    """What was rejected and belongs to no matter, the newest first: a person may know better."""
    return Arrival.objects.filter(channel=channel, state="rejected", matter=None).order_by("-received_at", "-id")


def number_of(matter: UUID | None) -> str:
    found = voices.voice(matter) if matter else None
    return found.number if found else ""
