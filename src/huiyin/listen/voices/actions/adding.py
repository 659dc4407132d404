"""What happens to a matter after it was told: more words, and taking it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.voices.facts import VoiceAdded, VoiceWithdrawn
from huiyin.listen.voices.models import Addition, Voice
from huiyin.listen.voices.queries import ADDITIONS
from huiyin.platform.vault import actions as vault


class NothingSaid(Refusal):
    status = 400
    message = _("Please write something or choose a file first.")


class AlreadyWithdrawn(Refusal):
    message = _("This complaint has been withdrawn; nothing can be added to it. You can send a new one.")


def add_words(*, voice: UUID, text: str, by: Actor, at: datetime) -> UUID:
    """The customer says more. `text` has passed the intake rules."""
    if not text.strip():
        raise NothingSaid
    with transaction.atomic():
        still_open(voice)
        item = Addition.objects.create(id=new_id(), voice_id=voice, what="message", by=by.ref, at=at)
        vault.keep(subject=voice, table=ADDITIONS, row=item.id, values={"text": text})
        fact = VoiceAdded(voice=voice, what="message", item=item.id)
        ledger.record(fact=fact, stream=f"matter:{voice}", by=by, at=at)
        return item.id


def withdraw(*, voice: UUID, by: Actor, at: datetime) -> None:
    """The customer takes the matter back; the procedure ends the same day (domain.md §1.1, art. 15)."""
    with transaction.atomic():
        if not Voice.objects.filter(id=voice, withdrawn_at=None).update(withdrawn_at=at):
            raise AlreadyWithdrawn
        ledger.record(fact=VoiceWithdrawn(voice=voice), stream=f"matter:{voice}", by=by, at=at)


def still_open(voice: UUID) -> None:
    if not Voice.objects.select_for_update().filter(id=voice, withdrawn_at=None).exists():
        raise AlreadyWithdrawn
