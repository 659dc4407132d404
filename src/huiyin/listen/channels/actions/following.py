"""Where a conversation ends, and where it goes on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from huiyin.listen.channels.models import Sender


def conversations_ended(*, matters: Sequence[UUID], at: datetime) -> None:
    """The matters are closed: what their people send from now on is a matter of its own."""
    for start in range(0, len(matters), 500):
        Sender.objects.filter(matter__in=matters[start : start + 500], ended_at=None).update(ended_at=at)


def conversations_go_on(*, matters: Sequence[UUID]) -> None:
    """The matters were opened again."""
    for start in range(0, len(matters), 500):
        Sender.objects.filter(matter__in=matters[start : start + 500]).exclude(ended_at=None).update(ended_at=None)
