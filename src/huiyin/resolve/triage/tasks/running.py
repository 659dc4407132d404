"""A run of learning that says how far it is, hears that it was called off, and is given up where its worker died."""

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huiyin.resolve.triage.models import Run

LOST_AFTER = timedelta(minutes=30)  # without a word
EVERY = 1.0  # seconds between two words about the progress


class Stopped(Exception):
    """A person called it off, or it was given up as lost."""


class Running:
    """What a run tells of itself. `of` is which part of how many it is in."""

    def __init__(self, id: UUID, now: Any) -> None:
        self.id, self.now = id, now
        self.part, self.parts, self.last = 0, 1, 0.0

    def begin(self) -> bool:
        """False where another worker has it, or it has ended."""
        at = self.now()
        waiting = Run.objects.filter(pk=self.id, is_open=True, started_at=None)
        return bool(waiting.update(started_at=at, beat_at=at))

    def say(self, facet: str, stage: str, share: float) -> None:
        """`share` of this part; raises `Stopped`. At most once a second it is written down."""
        if time.monotonic() - self.last < EVERY:
            return
        self.last = time.monotonic()
        self.check(facet=facet, stage=stage, share=round(1000 * (self.part + min(1.0, share)) / self.parts))

    def check(self, **more: Any) -> None:
        if not Run.objects.filter(pk=self.id, is_open=True, stop=False).update(beat_at=self.now(), **more):
            raise Stopped

    def end(self, outcome: str) -> None:
        done = {"share": 1000} if outcome in ("learnt", "nothing") else {}
        Run.objects.filter(pk=self.id, is_open=True).update(
            ended_at=self.now(), outcome=outcome, is_open=None, **done
        )  # fmt: skip


def give_up_lost(at: datetime) -> int:
    """A worker that was killed ends nothing: what has been silent for long is closed, so that it can be asked again."""
    silent = Run.objects.filter(is_open=True, beat_at__lt=at - LOST_AFTER)
    return silent.update(ended_at=at, outcome="lost", is_open=None)
