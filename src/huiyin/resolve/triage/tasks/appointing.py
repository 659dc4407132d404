"""Which version answers. The row is written with its fact; the file that intake reads is replaced after the commit.

A kill between the two leaves the version in use that was in use before, and a row that is not `done`; the next look of
the tick finishes it. The file is never replaced inside a transaction that could still be rolled back.
"""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from huiyin.kernel.actor import Actor
from huiyin.resolve.triage.models import Appointment
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import learnt


class Overtaken(Exception):
    """Somebody else appointed a version at the same moment."""


def newest(name: str) -> Appointment | None:
    return Appointment.objects.filter(facet=name).order_by("-number").first()


def appoint(name: str, version: str, before: str, *, by: Actor, at: datetime) -> Appointment:
    """Within the caller's transaction. `before` is what was seen in use; raises `Overtaken` if that has changed."""
    last = newest(name)
    if learnt.in_use(name) != before:
        raise Overtaken
    row = Appointment(
        facet=name, number=last.number + 1 if last else 1, version=version, before=before, by_id=by.staff, at=at
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:
        raise Overtaken from taken
    transaction.on_commit(partial(settle, name))
    return row


def settle(name: str) -> bool:
    """Let the file say what the newest row says. True where it did not yet, or could not be read."""
    row = newest(name)
    if row is None or (row.done and _legible(name)):
        return False
    while True:
        shelf.appoint(learnt.root(), name, row.version)
        Appointment.objects.filter(pk=row.pk).update(done=True)
        latest = newest(name)
        if latest is None or latest.pk == row.pk:
            return True
        row = latest  # overtaken while writing: the newer one stands


def _legible(name: str) -> bool:
    try:
        return bool(shelf.current(learnt.root(), name))
    except shelf.BrokenModel:
        return False
