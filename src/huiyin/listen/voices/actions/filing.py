"""Files that the customer adds to a matter."""

from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.ledger import actions as ledger
from huiyin.listen.voices.actions.adding import still_open
from huiyin.listen.voices.facts import VoiceAdded
from huiyin.listen.voices.models import Addition
from huiyin.platform.files import actions as files


def add_file(*, voice: UUID, name: str, content: bytes | IO[bytes], by: Actor, at: datetime) -> UUID:
    """The customer adds a file; platform/files checks and encrypts it."""
    with transaction.atomic():
        still_open(voice)
        kept = files.keep_file(matter=voice, subject=voice, name=name, content=content, by=by, at=at)
        Addition.objects.create(id=kept.id, voice_id=voice, what="file", by=by.ref, at=at)
        ledger.record(fact=VoiceAdded(voice=voice, what="file", item=kept.id), stream=f"matter:{voice}", by=by, at=at)
        return kept.id
