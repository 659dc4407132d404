"""What happens to a matter after it was told: more words, and taking it back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.voices.facts import VoiceAdded, VoiceWithdrawn
from huiyin.listen.voices.models import Addition, Trial, Voice
from huiyin.listen.voices.queries import ADDITIONS
from huiyin.platform.vault import actions as vault


class NothingSaid(Refusal):
    status = 400
    message = _("Please write something or choose a file first.")


class AlreadyWithdrawn(Refusal):
    message = _("This complaint has been withdrawn; nothing can be added to it. You can send a new one.")


class EnoughForToday(Refusal):
    status = 429
    message = _("You have added a great deal today. Please go on tomorrow, or call us.")


PER_DAY = 30


def add_words(*, voice: UUID, text: str, by: Actor, at: datetime) -> UUID:
    """The customer says more. `text` has passed the intake rules."""
    if not text.strip():
        raise NothingSaid
    with transaction.atomic():
        still_open(voice)
        if Addition.objects.filter(voice_id=voice, at__gt=at - timedelta(days=1)).count() >= PER_DAY:
            raise EnoughForToday
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


def failed_trial(*, origin: str, at: datetime) -> None:
    """Count a wrong guess of number and figures, by sender and minute; old minutes are cleared on the way."""
    minute = at.replace(second=0, microsecond=0)
    with transaction.atomic():
        row, _fresh = Trial.objects.select_for_update().get_or_create(origin=origin, minute_at=minute)
        Trial.objects.filter(pk=row.pk).update(failures=F("failures") + 1)
        Trial.objects.filter(minute_at__lt=minute - timedelta(hours=1)).delete()
