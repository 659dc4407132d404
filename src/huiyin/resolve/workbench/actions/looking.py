"""Somebody has a case open; somebody wants no single-key shortcuts."""

from datetime import datetime, timedelta
from uuid import UUID

from huiyin.kernel.actor import Actor
from huiyin.resolve.workbench.models import Keys, Presence

FORGOTTEN = timedelta(minutes=10)


def look(*, case: UUID, by: Actor, at: datetime) -> None:
    """A sign of life, half a minute apart. Old signs of the same case go as new ones come."""
    if by.staff is None:
        return
    Presence.objects.update_or_create(case=case, staff_id=by.staff, defaults={"seen_at": at})
    Presence.objects.filter(case=case, seen_at__lt=at - FORGOTTEN).delete()


def switch_keys(*, on: bool, by: Actor, at: datetime) -> None:
    if by.staff is None:
        return
    if on:
        Keys.objects.filter(pk=by.staff).delete()
    else:
        Keys.objects.get_or_create(pk=by.staff, defaults={"off_at": at})
