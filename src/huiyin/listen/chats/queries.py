"""Reads of chats: what a customer and an agent see, who waits, and what each actor may see at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate, make_aware

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.secret import secret_hash, sent
from huiyin.listen.chats.models import Chat, Handover, Line, Seat
from huiyin.listen.chats.rules import waits
from huiyin.listen.chats.rules.codes import ANSWER, ENDINGS, KIND, NOTES, REASONS, STATE
from huiyin.listen.chats.rules.limits import AT_ONCE, SEAT_LASTS
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import queries as files
from huiyin.platform.vault import queries as vault

__all__ = ["ANSWER", "AT_ONCE", "ENDINGS", "KIND", "REASONS", "STATE"]

TABLE, LINES = "chats_chat", "chats_line"


@dataclass(frozen=True)
class Sight:
    """A chat as the permission matrix looks at it."""

    unit_path: str
    handler: UUID | None
    recused: frozenset[UUID]


@dataclass(frozen=True)
class Said:
    """A line as it is read. `note` is set for our own notes, `file` for a file; `name` is the colleague."""

    seq: int
    side: str
    text: str
    at: datetime
    name: staff.Staff | None
    note: Label | None
    file: files.FileView | None

    def words(self, language: str) -> str:
        """A note in a language, with the colleague's name in it."""
        if self.note is None:
            return ""
        return self.note.word(language).replace("{name}", self.name.word(language) if self.name else "")


@dataclass(frozen=True)
class Queue:
    """Where a waiting customer stands. `seconds` is None where it cannot honestly be told."""

    ahead: int
    seconds: float | None
    desks: int


def chat(id: UUID) -> Chat | None:
    return Chat.objects.filter(pk=id).select_related("handler__unit", "unit").first()


def chats_of(matters: Iterable[UUID]) -> list[Chat]:
    """The chats that became these matters, for whoever may see the matters; the newest first."""
    found = Chat.objects.filter(pk__in=list(matters)).select_related("handler", "unit")
    return list(found.order_by("-opened_at", "-id"))


def ended_between(since: datetime, until: datetime) -> list[Chat]:
    """The chats that a colleague had and that ended in a span of time, in order of their end."""
    rows = Chat.objects.filter(ended_at__gte=since, ended_at__lt=until, handler__isnull=False)
    return list(rows.order_by("ended_at", "id"))


def number_of(chat: Chat) -> str:
    """How people name a chat: its day and the end of its id. CH20260305-0C4F21AA."""
    return f"CH{localdate(chat.opened_at):%Y%m%d}-{chat.pk.hex[-8:].upper()}"


def by_number(number: str) -> Chat | None:
    """The chat of a number as `number_of` writes it."""
    try:
        day = datetime.strptime(number[:10], "CH%Y%m%d").date()
    except ValueError:
        return None
    first = make_aware(datetime(day.year, day.month, day.day))
    of_day = Chat.objects.filter(opened_at__gte=first, opened_at__lt=first + timedelta(days=1))
    return next((one for one in of_day.order_by("opened_at", "id") if number_of(one) == number), None)


def hands(id: UUID) -> set[UUID]:
    """Everybody of ours who had a part in a chat: who took it, said something in it, or passed it on."""
    people = set(Line.objects.filter(chat=id, staff__isnull=False).values_list("staff_id", flat=True))
    people |= set(Handover.objects.filter(chat=id).values_list("sender_id", flat=True))
    people |= set(Chat.objects.filter(pk=id, handler__isnull=False).values_list("handler_id", flat=True))
    return {person for person in people if person}


def by_secret(secret: str) -> Chat | None:
    """The chat that a customer's link opens, looked up by hash."""
    return Chat.objects.filter(secret_hash=secret_hash(secret)).select_related("handler__unit", "unit").first()


def secret(id: UUID) -> str:
    """The secret of a chat's link."""
    stored = Chat.objects.filter(pk=id).values_list("secret_hash", flat=True)
    return sent(b"huiyin.chat", id.bytes, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, stored.first)


def context(id: UUID) -> dict[str, str]:
    """What the customer told before the chat, in clear: name, phone, email."""
    return vault.reveal(TABLE, id)


def lines(id: UUID, *, after: int = 0) -> list[Said]:
    """The lines with a higher number, in order."""
    rows = list(Line.objects.filter(chat=id, seq__gt=after).order_by("seq"))
    texts = vault.reveal_many(LINES, [row.pk for row in rows if not row.note and row.file is None])
    people = staff.people(row.staff_id for row in rows)
    kept = {one.id: one for one in files.files_of(id)} if any(row.file for row in rows) else {}
    return [
        Said(
            row.seq, row.side, texts.get(row.pk, {}).get("text", ""), row.at,
            people.get(row.staff_id) if row.staff_id else None, NOTES.get(row.note),
            kept.get(row.file) if row.file else None,
        )
        for row in rows
    ]  # fmt: skip


def file_in(chat: UUID, seq: int) -> UUID | None:
    """The file of a line, if it has one that is still there."""
    found: UUID | None = Line.objects.filter(chat=chat, seq=seq).values_list("file", flat=True).first()
    kept = files.file_of(found) if found else None
    return found if kept is not None and not kept.erased else None


def transcript(id: UUID) -> list[Said]:
    """Everything said in the chat that a matter came from; empty for a matter of another channel."""
    return [said for said in lines(id) if said.note is None]


def visible_to(actor: Actor, at: datetime) -> QuerySet[Chat]:
    """The chats whose words this actor may read: their own, those offered to them, and those of their units."""
    if actor.kind != "staff":
        return Chat.objects.none()
    reach = Q(pk__in=())
    for path in permit.paths(actor, "chat.read"):
        reach |= Q(unit_path__startswith=path)
    if permit.own(actor, "chat.read"):
        reach |= Q(handler=actor.staff)
    offers = offers_to(actor).values("chat")
    barred = staff.recused_subjects(actor.staff, at)
    found = Chat.objects.filter(reach | Q(pk__in=offers)).exclude(pk__in=barred)
    return found.select_related("handler__unit", "unit")


def waiting_for(actor: Actor, at: datetime) -> QuerySet[Chat]:
    """The queue of chats this actor may take, whoever waits longest first. Codes only: words are read after taking."""
    paths = permit.paths(actor, "chat.take")
    if not paths:
        return Chat.objects.none()
    reach = Q(everywhere=True)
    for path in paths:
        reach |= Q(unit_path__startswith=path)
    barred = staff.recused_subjects(actor.staff, at)
    return Chat.objects.filter(reach, state="waiting").exclude(pk__in=barred).select_related("unit")


def offers_to(actor: Actor) -> QuerySet[Handover]:
    """Open offers this actor may accept."""
    reach = Q(receiver=actor.staff) if actor.staff else Q(pk__in=())
    for path in permit.paths(actor, "chat.take"):
        reach |= Q(receiver=None, unit_path__startswith=path)
    if not permit.can(actor, "chat.take"):
        return Handover.objects.none()
    return Handover.objects.filter(reach, settled_at=None).exclude(sender=actor.staff).select_related("sender")


def offer_of(chat: UUID) -> Handover | None:
    """The offer of a chat that nobody has settled yet."""
    return Handover.objects.filter(chat=chat, settled_at=None).select_related("sender", "receiver", "unit").first()


def mine(staff_id: UUID | None) -> list[Chat]:
    """The conversations somebody has going on."""
    return list(Chat.objects.filter(handler=staff_id, state="talking").order_by("opened_at", "id"))


def sight(chat: Chat, at: datetime) -> Sight:
    return Sight(chat.unit_path, chat.handler_id, frozenset(staff.recused(chat.pk, at)))


def queue(chat: Chat, at: datetime) -> Queue:
    """How many are before this chat, how long it will probably last, and how many desks are answering."""
    before = Q(opened_at__lt=chat.opened_at) | Q(opened_at=chat.opened_at, pk__lt=chat.pk)
    rivals = Q() if chat.everywhere else Q(everywhere=True) | Q(unit_path=chat.unit_path)
    ahead = Chat.objects.filter(before, rivals, state="waiting").count()
    waited = (at - chat.opened_at).total_seconds()
    return Queue(ahead, waits.expected(recent_waits(chat.pk, at), waited), seats(at))


def recent_waits(besides: UUID, at: datetime) -> list[waits.Wait]:
    """The waits of the last hour: answered ones, given-up ones, and those going on."""
    rows = Chat.objects.filter(opened_at__gt=at - timedelta(hours=1)).exclude(pk=besides).order_by("-opened_at", "-id")
    found = []
    for opened, taken, ended in rows.values_list("opened_at", "taken_at", "ended_at")[:300]:
        found.append((((taken or ended or at) - opened).total_seconds(), taken is not None))
    return found


def seats(at: datetime) -> int:
    """How many colleagues are answering chats now."""
    return Seat.objects.filter(is_open=True, seen_at__gt=at - SEAT_LASTS).count()


def seated(at: datetime) -> list[UUID]:
    return list(Seat.objects.filter(is_open=True, seen_at__gt=at - SEAT_LASTS).values_list("staff", flat=True))


def has_seat(staff_id: UUID | None, at: datetime) -> bool:
    return Seat.objects.filter(staff=staff_id, is_open=True, seen_at__gt=at - SEAT_LASTS).exists()


def opening(at: datetime) -> tuple[bool, datetime]:
    """Whether the chat desk is open, and if not, when it opens next (the bank's own calendar, or the one chosen)."""
    calendar = standards.calendar(settings.HUIYIN_CHAT_CALENDAR)
    now = int(at.timestamp())
    opens = calendar.snap(now)
    return opens == now, datetime.fromtimestamp(opens, at.tzinfo)


def opened_from(origin: str, at: datetime) -> int:
    """How many chats an address opened in the last hour."""
    return Chat.objects.filter(origin=origin, opened_at__gt=at - timedelta(hours=1)).count() if origin else 0


@dataclass(frozen=True)
class Day:
    """The chat desk's figures since an instant. Whoever left the queue is counted, not forgotten."""

    opened: int
    taken: int
    abandoned: int
    filed: int


def figures(actor: Actor, since: datetime) -> Day | None:
    """For whoever answers for a unit; None for everybody else."""
    paths = permit.paths(actor, "chat.read")
    if not paths:
        return None
    reach = Q(pk__in=())
    for path in paths:
        reach |= Q(unit_path__startswith=path)
    rows = Chat.objects.filter(reach, opened_at__gte=since)
    return Day(
        rows.count(), rows.exclude(taken_at=None).count(), rows.filter(how__in=("abandoned", "message")).count(),
        rows.exclude(filed_at=None).count(),
    )  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """`filed`: became a matter, `heard`: those of which there is a voice, `kept`: ended without one."""

    opened: int
    filed: int
    heard: int
    kept: int


def tally(since: datetime) -> Tally:
    """Every chat opened since an instant, whole bank."""
    rows = Chat.objects.filter(opened_at__gte=since).order_by()
    filed = rows.exclude(filed_at=None)
    heard = filed.filter(Exists(voices.voice_rows().filter(id=OuterRef("id"))))
    return Tally(rows.count(), filed.count(), heard.count(), rows.filter(filed_at=None, state="ended").count())


def wordings(language: str, query: str = "") -> list[tuple[str, str, str]]:
    """Approved wordings to answer with: code, title and text, what is not known left open for the writer."""
    zh = language.startswith("zh")
    blank = dict.fromkeys((field.code for field in standards.TEMPLATE_FIELDS), "……" if zh else "...")
    found = []
    for row in standards.templates_for(query=query)[:30]:
        title, body = (row.title_zh, row.body_zh) if zh else (row.title_en, row.body_en)
        found.append((row.code, standards.filled_places(title, blank), standards.filled_places(body, blank)))
    return found
