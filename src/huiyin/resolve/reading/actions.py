"""Keeping fingerprints of what was said lately. Nothing is written while a complaint is taken: the ledger is the queue."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.ledger import queries as ledger
from huiyin.listen.voices import queries as voices
from huiyin.resolve.reading import queries
from huiyin.resolve.reading.models import Band, Place

LEAVES = 2_000
BATCHES = 20
_STREAM = "matter:"


def keep_up(*, at: datetime) -> int:
    """Fingerprints of what was heard since the last look, and none of what is older than 60 days; returns how many
    matters were looked at. The cursor moves in the transaction of what it did: killed, the next look does it again."""
    done, since = 0, at - queries.KEPT
    Band.objects.filter(at__lt=since).delete()
    for _batch in range(BATCHES):
        leaves = list(ledger.leaves_after(queries.place(), LEAVES))
        if not leaves:
            break
        heard = [UUID(leaf.stream.removeprefix(_STREAM)) for leaf in leaves if leaf.type == "voice.heard"]
        recent = [view for view in voices.voices(heard).values() if view.received_at >= since]
        words = voices.words_many([view.id for view in recent])
        rows = [
            Band(matter=view.id, band=band, mark=mark, at=view.received_at)
            for view in recent
            for band, mark in enumerate(queries.marks(queries.whole(words[view.id])))
        ]
        with transaction.atomic():
            Band.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
            Place.objects.update_or_create(pk=1, defaults={"seq": leaves[-1].seq})
        done += len(recent)
        if len(leaves) < LEAVES:
            break
    return done


def forget(*, matter: UUID) -> None:
    Band.objects.filter(matter=matter).delete()
