"""Making a file: an entry point like a view, that may be run twice, late, or die half-way.

1. The row is claimed by one worker at a time; a claim without a sign of life for ten minutes may be taken over.
2. The file is read together outside any transaction, as the person who asked may see it at that moment.
3. Content, hash, fact and notice are one transaction: no file without its entry in the ledger.
"""

import hashlib
import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django_tasks import task

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import Denied
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.platform.messages import actions as messages
from huiyin.platform.present.queries import now
from huiyin.platform.vault import actions as vault
from huiyin.protect.access import queries as access
from huiyin.protect.identity import queries as identity
from huiyin.resolve.papers import queries
from huiyin.resolve.papers.models import Paper
from huiyin.resolve.papers.rules import ATTEMPTS, KEPT, SILENT

log = logging.getLogger("huiyin.papers")


@task()
def make_paper(paper: str) -> str:
    """Make a file that somebody asked for; the second run finds it made."""
    made = build(UUID(paper), now())
    if made and made.state == "made":
        link = "/desk/papers/"
        note = messages.Note(
            staff=made.staff_id, kind="paper_made", matter=made.case, params={}, link=link, at=now(), key=f"paper:{made.pk}"
        )  # fmt: skip
        messages.notify_many(notes=[note])
    return made.state if made else "gone"


def build(id: UUID, at: datetime) -> Paper | None:
    """The finished row; None where somebody else is at it, or it is done with."""
    if not _claim(id, at):
        return Paper.objects.filter(pk=id).defer("content").first()
    paper = Paper.objects.get(pk=id)
    by = _actor(paper, at)
    try:
        if by is None:
            raise queries.NotYours
        with translation.override(paper.language):
            made = queries.MAKERS[paper.kind](paper, by, at, lambda done, total: _tell(id, done, total))
    except (Refusal, Denied):
        Paper.objects.filter(pk=id).update(state="failed", touched_at=at)
        return Paper.objects.get(pk=id)
    except Exception:
        log.exception("paper of kind %s could not be made", paper.kind)
        Paper.objects.filter(pk=id).update(state="failed" if paper.attempts >= ATTEMPTS else "waiting", touched_at=at)
        raise
    _keep(paper, made, by, at)
    return paper


def _claim(id: UUID, at: datetime) -> bool:
    free = Q(state="waiting") | Q(state="making", touched_at__lt=at - SILENT)
    claimed = Paper.objects.filter(free, pk=id).update(
        state="making", touched_at=at, attempts=F("attempts") + 1, done=0
    )
    return bool(claimed)


def _keep(paper: Paper, made: queries.Made, by: Actor, at: datetime) -> None:
    digest = hashlib.sha256(made.content).hexdigest()
    with transaction.atomic():
        sealed = vault.seal_bytes(
            subject=queries.subject_of(paper), table=queries.SUBJECTS, row=paper.pk, content=made.content
        )
        values = {
            "state": "made", "name": made.name[:120], "rows": made.rows, "size": len(made.content), "sha256": digest,
            "made_at": at, "until": at + KEPT, "content": sealed, "touched_at": at,
        }  # fmt: skip
        if not Paper.objects.filter(pk=paper.pk, state="making").update(**values):
            return  # somebody took it over and was quicker
        for name, value in values.items():
            setattr(paper, name, value)
        record(fact=made.fact(digest), stream=made.stream, by=by, at=at)


def _tell(id: UUID, done: int, total: int) -> None:
    Paper.objects.filter(pk=id, state="making").update(done=done, total=total, touched_at=now())


def _actor(paper: Paper, at: datetime) -> Actor | None:
    """Whoever asked, with the rights they have now."""
    kind, _colon, id = paper.asked_by.partition(":")
    user = identity.user(int(id)) if kind == "staff" and id.isdigit() else None
    return access.actor_for(user, at) if user is not None and user.is_active else None
