"""A customer asks for a person; what they answered beforehand is kept as context for whoever takes the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.secret import secret_hash
from huiyin.ledger import actions as ledger
from huiyin.listen.chats.actions.talking import note, say
from huiyin.listen.chats.facts import ChatOpened
from huiyin.listen.chats.models import Chat
from huiyin.listen.chats.queries import TABLE, opened_from, seated, secret
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault


class TooManyChats(Refusal):
    status = 429
    message = _("Many chats were opened from your network. Please use the form, where nothing is refused, or call us.")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The structured first questions, answered; every one may be left out."""

    kind: str = "enquiry"
    product: str | None = None
    unit: UUID | None = None
    language: str = "zh-hans"
    answer_by: str = "chat"
    name: str = ""
    phone: str = ""
    email: str = ""
    text: str = ""


def open_chat(*, id: UUID, asked: Opening, origin: str, by: Actor, at: datetime) -> Chat:
    """Into the queue, once per `id` however often the form is sent. Whoever answers chats now is told."""
    before = Chat.objects.filter(pk=id).first()
    if before is not None:
        return before
    limit = settings.HUIYIN_SUBMISSIONS_PER_HOUR
    if limit and opened_from(origin, at) >= limit:
        raise TooManyChats
    today = localdate(at)
    path = units.path_of(asked.unit, today) if asked.unit else units.whole_bank().unit_path
    try:
        with transaction.atomic():
            row = Chat.objects.create(
                id=id, secret_hash=secret_hash(secret(id)), kind=asked.kind,
                product=asked.product, unit_id=asked.unit, unit_path=path, everywhere=asked.unit is None,
                language=asked.language, answer_by=asked.answer_by, origin=origin, opened_at=at, moved_at=at,
            )  # fmt: skip
            known = {"name": asked.name, "phone": asked.phone, "email": asked.email}
            vault.keep(subject=id, table=TABLE, row=id, values={k: v for k, v in known.items() if v})
            fact = ChatOpened(
                chat=id, kind=asked.kind, language=asked.language, answer_by=asked.answer_by, unit=asked.unit,
                product=asked.product,
            )  # fmt: skip
            ledger.record(fact=fact, stream=f"matter:{id}", by=by, at=at)
            note(row, "opened", at)
            row.save(update_fields=["last"])
            if asked.text:
                say(chat=id, side="customer", text=asked.text, key="first", by=by, at=at)
            tell(row, "chat_waiting", seated(at) or [staff.duty_desk(at)], at)
    except IntegrityError:
        found = Chat.objects.filter(pk=id).first()  # the same form, a moment ago
        if found is None:
            raise
        return found
    row.refresh_from_db()
    return row


def tell(row: Chat, kind: str, people: Sequence[UUID | None], at: datetime, key: str = "") -> None:
    """A line in the inbox of each: codes only."""
    notes = [
        messages.Note(
            staff=person, kind=kind, matter=row.pk, params={"number": at.strftime("%H:%M")},
            link="/desk/chats/" if kind == "chat_waiting" else f"/desk/chats/{row.pk}/", at=at,
            key=f"{kind}:{row.pk}:{key}",
        )
        for person in dict.fromkeys(people)
        if person is not None
    ]  # fmt: skip
    if notes:
        messages.notify_many(notes=notes)
