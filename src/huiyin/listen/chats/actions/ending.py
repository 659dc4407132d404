"""End a chat, ask how it was, or leave a message instead of waiting."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.chats.actions.filing import hear
from huiyin.listen.chats.actions.handing import settle
from huiyin.listen.chats.actions.talking import Ended, NotYours, locked, note, say
from huiyin.listen.chats.facts import ChatEnded
from huiyin.listen.chats.models import Chat, Line
from huiyin.listen.chats.queries import TABLE, offer_of
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.surveys import queries as asked
from huiyin.listen.voices import actions as voices
from huiyin.platform.vault import queries as sealed


class AlreadyRated(Refusal):
    message = _("You have already rated this chat. Thank you.")


class NotToRate(Refusal):
    message = _("A chat is rated once it has ended.")


def end(*, chat: UUID, side: str, by: Actor, at: datetime) -> None:
    """Either side ends it. Ending what has ended is harmless."""
    with transaction.atomic():
        row = locked(chat)
        if row.state == "ended":
            return
        if side == "agent" and row.handler_id != by.staff:
            raise NotYours
        how = "abandoned" if row.state == "waiting" else side
        if how == "abandoned" and row.filed_at is None and has_words(row):
            hear(row, row.kind, {}, by, at)
        finish(row, how, by, at)


def leave_message(
    *, chat: UUID, text: str, key: str, by: Actor, at: datetime, name: str = "", phone: str = "", email: str = ""
) -> None:  # fmt: skip
    """Rather than wait: what was said becomes a matter with a tracking code, and the chat ends."""
    with transaction.atomic():
        row = locked(chat)
        if row.state == "ended" and row.how == "message":
            return  # sent twice
        if row.state != "waiting":
            raise Ended
        if text:
            say(chat=chat, side="customer", text=text, key=key, by=by, at=at)
            row.refresh_from_db()
        hear(row, row.kind, {"name": name, "phone": phone, "email": email}, by, at)
        finish(row, "message", by, at)


def finish(row: Chat, how: str, by: Actor, at: datetime) -> None:
    """1. an open offer lapses; 2. the state and its note; 3. whoever was served is asked how it was; 4. the fact."""
    made = offer_of(row.pk)
    if made:
        settle(made, "withdrawn", by, at)
    row.state, row.ended_at, row.how = "ended", at, how
    note(row, f"ended_{how}", at, row.handler_id if how == "agent" else None)
    if row.taken_at is not None:
        handler = row.handler
        secret = surveys.invite(
            matter=row.pk, kind="chat", by=by, at=at, channel="chat", language=row.language,
            unit=row.unit_id or (handler.unit_id if handler else None), handler=row.handler_id, product=row.product,
        )  # fmt: skip
        invitation = asked.by_secret(secret)
        row.invitation = invitation.id if invitation else None
    row.save()
    fact = ChatEnded(chat=row.pk, how=how, lines=row.last, staff=row.handler_id)
    ledger.record(fact=fact, stream=f"matter:{row.pk}", by=by, at=at)


def rate(*, chat: UUID, score: object, comment: str, by: Actor, at: datetime) -> UUID | None:
    """The customer rates the chat, once. A low score is heard as a matter of its own, whose id is returned."""
    with transaction.atomic():
        row = locked(chat)
        if row.invitation is None:
            raise NotToRate
        try:
            surveys.answer(invitation=row.invitation, score=score, comment=comment, by=by, at=at)
        except surveys.AlreadyAnswered as twice:
            raise AlreadyRated from twice
        if int(str(score)) > asked.LOW:
            return None
        known = sealed.reveal(TABLE, row.pk)
        words = voices.Words(
            text=comment, name=known.get("name", ""), phone=known.get("phone", ""), email=known.get("email", "")
        )
        item = voices.Heard(
            kind="low_score", channel="chat", received_at=at, language=row.language, words=words, product=row.product,
            unit=row.unit_id, raised_by=row.pk,
        )  # fmt: skip
        return voices.hear(item=item, by=by, at=at).id


def has_words(row: Chat) -> bool:
    """Has the customer said anything that can be registered?"""
    return Line.objects.filter(chat=row, side="customer", file=None).exists()
