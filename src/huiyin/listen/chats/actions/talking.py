"""Say something in a chat. Every line has its number; the same key of the same side is the same line."""

from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.chats.facts import ChatSaid
from huiyin.listen.chats.models import Chat, Line
from huiyin.listen.chats.queries import LINES
from huiyin.listen.chats.rules import limits
from huiyin.platform.files import actions as files
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed


class NoSuchChat(Refusal):
    status = 404
    message = _("There is no such chat.")


class Ended(Refusal):
    message = _("This chat has ended; your message was not sent. You can open a new chat or send us a message.")


class NotYours(Refusal):
    status = 403
    message = _("Somebody else is answering this chat.")


class KeyReused(Refusal):
    """Same key, other words."""

    message = _("This message was sent before with other words. Please send it again.")


class Flood(Refusal):
    status = 429
    message = _("That were many messages in a short time. Please wait a minute; your text is still in the box.")


class Full(Refusal):
    message = _("This chat has become very long. Please end it and open a new one; nothing said is lost.")


def say(*, chat: UUID, side: str, text: str, key: str, by: Actor, at: datetime) -> Line:
    """One message, `text` as the intake rules left it. A repeated key gives the line there is and writes nothing."""
    with transaction.atomic():
        row = locked(chat)
        before = _before(row, side, key)
        if before is not None:
            if sealed.reveal(LINES, before.pk).get("text") != text:
                raise KeyReused
            return before
        _may_speak(row, side, by, at)
        line = _spoken(row, side, key, by, at)
        vault.keep(subject=chat, table=LINES, row=line.pk, values={"text": text})
        return line


def send_file(
    *, chat: UUID, side: str, name: str, content: bytes | IO[bytes], key: str, by: Actor, at: datetime
) -> Line:
    """One file, judged and encrypted by platform/files."""
    with transaction.atomic():
        row = locked(chat)
        before = _before(row, side, key)
        if before is not None:
            return before
        _may_speak(row, side, by, at)
        kept = files.keep_file(matter=chat, subject=chat, name=name, content=content, by=by, at=at)
        return _spoken(row, side, key, by, at, kept.pk)


def sign_of_life(*, chat: UUID, at: datetime) -> None:
    """The customer's page asked for news. Written at most every twenty seconds."""
    live = Chat.objects.filter(pk=chat).exclude(state="ended")
    live.filter(seen_at=None).update(seen_at=at)
    live.filter(seen_at__lt=at - timedelta(seconds=20)).update(seen_at=at)


def locked(chat: UUID) -> Chat:
    """The chat, held until the transaction ends: whatever happens in it happens one after the other."""
    row = Chat.objects.select_for_update().filter(pk=chat).first()
    if row is None:
        raise NoSuchChat
    return row


def note(row: Chat, code: str, at: datetime, staff: UUID | None = None) -> None:
    """A line of ours in the log; the caller holds the chat and saves it."""
    row.last += 1
    Line.objects.create(
        id=new_id(), chat=row, seq=row.last, side="note", key=f"{code}:{row.last}", staff_id=staff, note=code, at=at
    )


def _before(row: Chat, side: str, key: str) -> Line | None:
    return Line.objects.filter(chat=row, side=side, key=key).first()


def _may_speak(row: Chat, side: str, by: Actor, at: datetime) -> None:
    if row.state == "ended":
        raise Ended
    if side == "agent" and (row.state != "talking" or row.handler_id != by.staff):
        raise NotYours
    if row.last >= limits.LINES:
        raise Full
    fresh = Line.objects.filter(chat=row, side=side, at__gt=at - timedelta(minutes=1))
    if fresh.count() >= limits.PER_MINUTE:
        raise Flood


def _spoken(row: Chat, side: str, key: str, by: Actor, at: datetime, file: UUID | None = None) -> Line:
    row.last += 1
    row.moved_at, row.asked_again_at = at, None
    row.turn = "agent" if side == "customer" else "customer"
    row.save(update_fields=["last", "moved_at", "asked_again_at", "turn"])
    line = Line.objects.create(
        id=new_id(), chat=row, seq=row.last, side=side, key=key, staff_id=by.staff, file=file, at=at
    )
    fact = ChatSaid(chat=row.pk, line=line.pk, seq=line.seq, side=side, file=file)
    ledger.record(fact=fact, stream=f"matter:{row.pk}", by=by, at=at)
    return line
