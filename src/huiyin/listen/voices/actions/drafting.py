"""A form being filled in: each step is kept (sealed), so that nothing typed is lost and going back works."""

from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.listen.voices.models import Draft
from huiyin.listen.voices.queries import DRAFTS
from huiyin.listen.voices.rules.limits import DRAFT_LIFE
from huiyin.platform.files import actions as files
from huiyin.platform.files import queries as kept
from huiyin.platform.vault import actions as vault


def start_draft(*, kind: str, language: str, at: datetime) -> UUID:
    """An empty form. Its id will be the id of the matter."""
    return Draft.objects.create(kind=kind, language=language, started_at=at, touched_at=at).id


def keep_step(*, draft: UUID, values: dict[str, str], at: datetime, kind: str = "") -> None:
    """Keep the answers of one step; an answer taken out again is kept as empty. `kind`: what it has become."""
    more = {"kind": kind} if kind else {}
    with transaction.atomic():
        if Draft.objects.filter(id=draft, sent_at=None).update(touched_at=at, **more):
            vault.keep(subject=draft, table=DRAFTS, row=draft, values=values)


def attach(*, draft: UUID, name: str, content: IO[bytes], by: Actor, at: datetime) -> None:
    """Keep a file with the form. The same file sent again is there already."""
    with transaction.atomic():
        Draft.objects.select_for_update().filter(id=draft).first()  # pressed twice, the second finds the first
        if not kept.kept_before(draft, name, content):
            files.keep_file(matter=draft, subject=draft, name=name, content=content, by=by, at=at)


def is_draft(id: UUID) -> bool:
    """Whether this form is still being filled in."""
    return Draft.objects.filter(id=id, sent_at=None).exists()


def sent_draft(*, draft: UUID, at: datetime) -> None:
    """The form was sent; its answers live on in the voice, so the copy is blanked."""
    with transaction.atomic():
        if Draft.objects.filter(id=draft, sent_at=None).update(sent_at=at, touched_at=at):
            blank = dict.fromkeys(DRAFT_FIELDS, "")
            vault.keep(subject=draft, table=DRAFTS, row=draft, values=blank)


DRAFT_FIELDS = (
    "text", "want", "wish", "unit", "where", "product", "occurred_at", "about", "name", "phone", "email",
    "representing", "representative", "mandate", "privacy",
)  # fmt: skip


def purge_drafts(*, by: Actor, at: datetime, limit: int = 500) -> int:
    """Forms that nobody sent are erased for good after two days. For the tick."""
    old = Draft.objects.filter(sent_at=None, touched_at__lt=at - DRAFT_LIFE).order_by("touched_at", "id")
    gone = 0
    for id in list(old.values_list("id", flat=True)[:limit]):
        discard_draft(draft=id, by=by, at=at)
        gone += 1
    return gone


def discard_draft(*, draft: UUID, by: Actor, at: datetime) -> None:
    """The customer (or time) throws a form away: its key is destroyed, with whatever was attached."""
    with transaction.atomic():
        if Draft.objects.filter(id=draft, sent_at=None).delete()[0]:
            vault.erase(subject=draft, by=by, at=at)
