"""Hand a chat over: offered to a colleague or a unit, accepted by one person; until then the sender stays answerable."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.chats.actions.opening import tell
from huiyin.listen.chats.actions.serving import TooManyAtOnce
from huiyin.listen.chats.actions.talking import Ended, NotYours, locked, note
from huiyin.listen.chats.facts import ChatGivenBack, ChatHandedOver, ChatHandoverOffered
from huiyin.listen.chats.models import Chat, Handover
from huiyin.listen.chats.queries import mine, offer_of, offers_to, seated
from huiyin.listen.chats.rules.codes import REASON
from huiyin.listen.chats.rules.limits import AT_ONCE


class NoOffer(Refusal):
    message = _("This offer was accepted, returned or withdrawn already.")


class AlreadyOffered(Refusal):
    message = _("The chat is offered to somebody already. Withdraw that offer first.")


class NotThem(Refusal):
    status = 400
    message = _("Please choose a colleague or a unit, and a reason.")


def offer(
    *, chat: UUID, receiver: UUID | None, unit: UUID | None, reason: str, by: Actor, at: datetime
) -> Handover:  # fmt: skip
    """Ask a colleague, or whoever of a unit is first, to take over with everything said so far."""
    assert by.staff is not None
    if reason not in REASON or (receiver is None) == (unit is None) or receiver == by.staff:
        raise NotThem
    if receiver is not None and (staff.person(receiver) is None or receiver in staff.recused(chat, at)):
        raise NotThem
    path = units.path_of(unit, localdate(at)) if unit else ""
    if unit is not None and not path:
        raise NotThem
    with transaction.atomic():
        row = _mine(chat, by)
        if offer_of(chat):
            raise AlreadyOffered
        made = Handover.objects.create(
            id=new_id(), chat=row, sender_id=by.staff, receiver_id=receiver, unit_id=unit, unit_path=path,
            reason=reason, offered_at=at,
        )  # fmt: skip
        note(row, "offered", at, by.staff)
        row.save(update_fields=["last"])
        fact = ChatHandoverOffered(
            chat=chat, handover=made.pk, sender=by.staff, reason=reason, receiver=receiver, unit=unit
        )
        ledger.record(fact=fact, stream=f"matter:{chat}", by=by, at=at)
        here = [p for p in seated(at) if staff.unit_path_of(p, at).startswith(path)] if unit else []
        people: list[UUID | None] = [receiver] if receiver else [*here]
        if unit and not people:
            people = [staff.on_duty(unit, at, [by.staff])]
        tell(row, "chat_offered", people, at, key=str(made.pk))
    return made


def accept(*, chat: UUID, by: Actor, at: datetime) -> Chat:
    """Take over: from here on this colleague answers."""
    must(by, "chat.take")
    with transaction.atomic():
        row = locked(chat)
        made = offers_to(by).filter(chat=chat).first()
        if made is None or row.state != "talking":
            raise NoOffer
        if len(mine(by.staff)) >= AT_ONCE:
            raise TooManyAtOnce
        row.handler_id, row.read, row.moved_at, row.turn = by.staff, 0, at, "agent"
        found = staff.person(by.staff)
        if found:
            row.unit_path = units.path_of(found.unit_id, localdate(at)) or row.unit_path
        settle(made, "accepted", by, at, by.staff)
        note(row, "accepted", at, by.staff)
        row.save()
    return row


def give_back(*, chat: UUID, by: Actor, at: datetime) -> None:
    """Whoever has it cannot go on (the line, the shift): back into the queue at the place it had, with everything said.
    The others at the desk are told, or else the duty desk; an offer that is open lapses."""
    with transaction.atomic():
        row = _mine(chat, by)
        made = offer_of(chat)
        if made:
            settle(made, "withdrawn", by, at)
        row.state, row.handler_id, row.read, row.moved_at, row.turn = "waiting", None, 0, at, "agent"
        row.asked_again_at = None
        note(row, "requeued", at, by.staff)
        row.save()
        ledger.record(fact=ChatGivenBack(chat=chat, staff=by.staff), stream=f"matter:{chat}", by=by, at=at)
        others = [one for one in seated(at) if one != by.staff]
        tell(row, "chat_waiting", others or [staff.duty_desk(at)], at, key=f"again{row.last}")


def return_offer(*, chat: UUID, by: Actor, at: datetime) -> None:
    """Whoever was asked says no; the sender goes on."""
    with transaction.atomic():
        row = locked(chat)
        made = offers_to(by).filter(chat=chat).first()
        if made is None:
            raise NoOffer
        settle(made, "returned", by, at)
        note(row, "returned", at, row.handler_id)
        row.save(update_fields=["last"])
        tell(row, "chat_returned", [made.sender_id], at, key=str(made.pk))


def withdraw_offer(*, chat: UUID, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        row = _mine(chat, by)
        made = offer_of(chat)
        if made is None:
            raise NoOffer
        settle(made, "withdrawn", by, at)
        note(row, "returned", at, row.handler_id)
        row.save(update_fields=["last"])


def settle(made: Handover, outcome: str, by: Actor, at: datetime, receiver: UUID | None = None) -> None:
    """Write down how an offer ended; the caller holds the chat."""
    if not Handover.objects.filter(pk=made.pk, settled_at=None).update(settled_at=at, outcome=outcome):
        raise NoOffer
    fact = ChatHandedOver(chat=made.chat_id, handover=made.pk, outcome=outcome, receiver=receiver)
    ledger.record(fact=fact, stream=f"matter:{made.chat_id}", by=by, at=at)


def _mine(chat: UUID, by: Actor) -> Chat:
    row = locked(chat)
    if row.state == "ended":
        raise Ended
    if row.state != "talking" or row.handler_id != by.staff:
        raise NotYours
    return row
