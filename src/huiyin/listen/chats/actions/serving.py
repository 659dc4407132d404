"""Somebody at the desk takes a chat. Two who reach for the same one: the first has it, the second is told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.chats.actions.opening import tell
from huiyin.listen.chats.actions.talking import Ended, NoSuchChat, locked, note
from huiyin.listen.chats.facts import ChatPersonAsked, ChatTaken
from huiyin.listen.chats.models import Chat, Seat
from huiyin.listen.chats.queries import mine, waiting_for
from huiyin.listen.chats.rules.limits import AT_ONCE


class AlreadyTaken(Refusal):
    message = _("Somebody else has just taken this chat.")


class TooManyAtOnce(Refusal):
    message = _("You have five chats going on. Please end or hand over one before you take the next.")


def sit(*, by: Actor, is_open: bool, at: datetime) -> None:
    """Say whether one answers chats now."""
    must(by, "chat.take")
    assert by.staff is not None
    Seat.objects.update_or_create(staff_id=by.staff, defaults={"is_open": is_open, "seen_at": at})


def take(*, chat: UUID, by: Actor, at: datetime) -> Chat:
    """Take a waiting chat: from here on this colleague is the one first asked (首问负责)."""
    must(by, "chat.take")
    assert by.staff is not None
    with transaction.atomic():
        seat, _made = Seat.objects.get_or_create(staff_id=by.staff, defaults={"is_open": True, "seen_at": at})
        Seat.objects.select_for_update().get(pk=seat.pk)  # one take after the other, so that the limit holds
        row = locked(chat)
        if row.state != "waiting":
            if row.state == "talking" and row.handler_id == by.staff:
                return row  # pressed twice
            raise AlreadyTaken
        if not waiting_for(by, at).filter(pk=chat).exists():
            raise NoSuchChat
        if len(mine(by.staff)) >= AT_ONCE:
            raise TooManyAtOnce
        row.state, row.handler_id, row.taken_at, row.moved_at, row.turn = "talking", by.staff, at, at, "agent"
        if row.everywhere:
            row.unit_path = _desk_of(by.staff, at) or row.unit_path
        note(row, "taken", at, by.staff)
        row.save()
        waited = int((at - row.opened_at).total_seconds())
        fact = ChatTaken(chat=chat, staff=by.staff, waited=waited)
        ledger.record(fact=fact, stream=f"matter:{chat}", by=by, at=at)
    return row


def ask_for_a_person(*, chat: UUID, by: Actor, at: datetime) -> None:
    """The customer wants somebody else, or asks again while waiting: a supervisor is told at once, and nothing is lost."""
    with transaction.atomic():
        row = locked(chat)
        if row.state == "ended":
            raise Ended
        boss = staff.manager_of(row.handler_id, at) if row.handler_id else None
        tell(row, "chat_person", [boss or staff.duty_desk(at)], at, key=str(row.last // 20))
        note(row, "person_asked", at)
        row.save(update_fields=["last"])
        ledger.record(fact=ChatPersonAsked(chat=chat), stream=f"matter:{chat}", by=by, at=at)


def fetched(*, chat: UUID, upto: int, by: Actor, at: datetime) -> None:
    """The agent's page has fetched the lines up to this number, and its agent is there."""
    Chat.objects.filter(pk=chat, handler=by.staff, read__lt=upto).update(read=upto)
    Seat.objects.filter(staff=by.staff, is_open=True).update(seen_at=at)


def _desk_of(person: UUID | None, at: datetime) -> str:
    found = staff.person(person)
    return units.path_of(found.unit_id, localdate(at)) if found else ""
