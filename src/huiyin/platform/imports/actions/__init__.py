"""Import a file: at once, or as a job that is looked at first, confirmed, watched and called off."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language

from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.lease import held
from huiyin.platform.imports import queries, tasks
from huiyin.platform.imports.models import GOING, Run
from huiyin.platform.imports.queries import AT_ONCE
from huiyin.platform.imports.rules import Fault
from huiyin.platform.imports.tasks.reporting import Report
from huiyin.platform.imports.tasks.running import run, two_hands
from huiyin.platform.imports.tasks.sinks import CHANGED, NEW, UNCHANGED, NoSink, Outcome, Sink, lists, takes
from huiyin.platform.imports.tasks.slices import Bundle, Gone, Turn, bundles, clear

__all__ = [
    "CHANGED",
    "NEW",
    "UNCHANGED",
    "Bundle",
    "Fault",
    "Gone",
    "NoSink",
    "Outcome",
    "Report",
    "Sink",
    "acting",
    "archives",
    "bundles",
    "confirm",
    "drop",
    "keep_up",
    "lists",
    "look",
    "put_aside",
    "run",
    "stop",
    "takes",
    "two_hands",
]
UPLOADS_KEPT = timedelta(days=1)
SILENT = timedelta(minutes=1)


def archives() -> list[Label]:
    """The kinds of archive that somebody takes."""
    return [label for label, _taker in tasks.BUNDLES.values()]


def acting(find: tasks.Acting) -> tasks.Acting:
    """Register who knows the person behind an actor's reference, with the rights they have at an instant."""
    tasks.ACTING.append(find)
    return find


def put_aside(*, content: Iterable[bytes], name: str, kind: str, by: Actor, at: datetime) -> Run:
    """Keep an upload until it has been looked at and confirmed; older ones are thrown away."""
    _throw_old_away(at)
    row = Run(
        mapping=kind, name=name[-120:], state="checking", actor=by.ref, at=at, touched_at=at,
        language=get_language() or "zh-hans",
    )  # fmt: skip
    path = queries.upload_path(row.pk)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in content:
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    row.sha256 = digest.hexdigest()
    row.save()
    return row


def look(*, upload: UUID, by: Actor, at: datetime) -> str:
    """Rehearse it: a small file at once (`waiting` is answered), a larger one as a job (`checking`). Raises the refusal of
    a small file that cannot be read."""
    row = _own(upload, ("checking",), by)
    path = queries.upload_path(upload)
    if row.mapping not in tasks.BUNDLES and path.exists() and path.stat().st_size <= (AT_ONCE.size or 0):
        try:
            with held(path) as mine:
                if mine and Turn(row, by, lambda: at, AT_ONCE).go():
                    return "waiting"
        except queries.TooLarge:
            pass  # larger than it looks: packed, or of many rows
    _enqueue(row, at)
    return "checking"


def confirm(*, upload: UUID, partial: bool, by: Actor, at: datetime) -> str:
    """Take what was looked at, once; the state it is in then. A large file is `queued` for the worker."""
    row = _own(upload, ("waiting",), by)
    if not queries.upload_path(upload).exists():
        Run.objects.filter(pk=upload, state="waiting").update(state="dropped")
        raise Gone
    if not Run.objects.filter(pk=upload, state="waiting").update(state="queued", partial=partial, touched_at=at):
        raise Gone
    row.refresh_from_db()
    if row.mapping in tasks.BUNDLES or row.whole > (AT_ONCE.rows or 0):
        _enqueue(row, at)
        return "queued"
    try:
        with held(queries.upload_path(upload)) as mine:
            if mine:
                Turn(row, by, lambda: at, AT_ONCE).go()
    except FileNotFoundError:
        raise Gone from None
    row.refresh_from_db()
    if row.state not in GOING:
        clear(upload)
    return row.state


def stop(*, upload: UUID, by: Actor, at: datetime) -> None:
    """Call it off. What a running import has taken stays; one that waits or is being looked at is thrown away."""
    row = _own(upload, GOING, by)
    Run.objects.filter(pk=row.pk, state__in=GOING).update(stop=True)
    try:
        with held(queries.upload_path(row.pk)) as mine:  # nobody is at it: it ends here
            if mine:
                tasks.end(row, "stopped", by, at)
                clear(row.pk)
    except FileNotFoundError:
        tasks.end(row, "stopped", by, at)


def drop(*, upload: UUID) -> None:
    """Throw an upload away, unless somebody has confirmed it meanwhile."""
    if Run.objects.filter(pk=upload, state__in=("waiting", "checking")).update(state="dropped"):
        clear(upload)


def keep_up(*, at: datetime) -> int:
    """Start again what has lost its worker: nobody has a hold on the upload, and nothing was heard of it for a minute."""
    _throw_old_away(at)
    lost = 0
    for row in Run.objects.filter(state__in=GOING, touched_at__lt=at - SILENT).order_by("touched_at")[:100]:
        try:
            with held(queries.upload_path(row.pk)) as free:
                if not free:
                    continue
        except FileNotFoundError:
            pass  # the turn says so
        _enqueue(row, at)
        lost += 1
    return lost


def _throw_old_away(at: datetime) -> None:
    for old in Run.objects.filter(state="waiting", at__lt=at - UPLOADS_KEPT):
        drop(upload=old.pk)


def _own(upload: UUID, states: tuple[str, ...], by: Actor) -> Run:
    row = Run.objects.filter(pk=upload, state__in=states, actor=by.ref).first()
    if row is None:
        raise Gone
    return row


def _enqueue(row: Run, at: datetime) -> None:
    """The next turn, and the only one that counts."""
    with transaction.atomic():
        Run.objects.filter(pk=row.pk).update(ticket=F("ticket") + 1, touched_at=at)
        ticket = Run.objects.values_list("ticket", flat=True).get(pk=row.pk)
        transaction.on_commit(partial(tasks.carry_on.enqueue, str(row.pk), ticket))
