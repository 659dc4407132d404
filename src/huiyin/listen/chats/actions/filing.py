"""A chat becomes a matter of its own: the same id, the same stream, the same sealed words."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.chats.actions.talking import NotYours, locked, note
from huiyin.listen.chats.facts import ChatFiled
from huiyin.listen.chats.models import Chat
from huiyin.listen.chats.queries import TABLE, transcript
from huiyin.listen.chats.rules.codes import KIND
from huiyin.listen.voices import actions as voices
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed

TEXT = 5000


class AlreadyFiled(Refusal):
    message = _("This chat is a case already.")


class NothingSaid(Refusal):
    status = 400
    message = _("The customer has not said anything yet, so there is nothing to register.")


def file_chat(
    *, chat: UUID, kind: str, by: Actor, at: datetime, name: str = "", phone: str = "", email: str = ""
) -> None:
    """The agent registers what the customer said as a complaint or enquiry; the agent is answerable for it first."""
    with transaction.atomic():
        row = locked(chat)
        if row.handler_id is None or row.handler_id != by.staff:
            raise NotYours
        hear(row, kind, {"name": name, "phone": phone, "email": email}, by, at)
        row.save()


def hear(row: Chat, kind: str, told: dict[str, str], by: Actor, at: datetime) -> None:
    """Hear the chat as a voice, counted from the instant the chat was opened; the caller holds and saves it.

    The voice holds the customer's own words; the whole conversation stays with the chat and is shown with the case.
    """
    if row.filed_at is not None:
        raise AlreadyFiled
    if kind not in KIND:
        raise NothingSaid
    words = "\n".join(said.text for said in transcript(row.pk) if said.side == "customer" and said.text)
    if not words.strip():
        raise NothingSaid
    fresh = {field: value for field, value in told.items() if value}
    if fresh:
        vault.keep(subject=row.pk, table=TABLE, row=row.pk, values=fresh)
    known = sealed.reveal(TABLE, row.pk)
    row.filed_at = at
    note(row, "filed", at, row.handler_id)
    ledger.record(fact=ChatFiled(chat=row.pk, kind=kind), stream=f"matter:{row.pk}", by=by, at=at)
    item = voices.Heard(
        id=row.pk, kind=kind, channel="chat", received_at=row.opened_at, language=row.language, unit=row.unit_id,
        product=row.product, taken_by=row.handler_id,
        words=voices.Words(
            text=words[:TEXT], name=known.get("name", ""), phone=known.get("phone", ""), email=known.get("email", "")
        ),
    )  # fmt: skip
    voices.hear(item=item, by=by, at=at)
