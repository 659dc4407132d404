"""Reads of this room."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from huiyin.kernel.actor import Actor
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.papers.models import Paper
from huiyin.resolve.papers.queries.dossier import dossier, pieces_of
from huiyin.resolve.papers.queries.makers import (
    MAKERS,
    SUBJECTS,
    Made,
    Maker,
    NotYours,
    Tell,
    makes,
    subject_of,
    words_of,
)
from huiyin.resolve.papers.rules import CHIPS, KINDS, REASONS, STATES, UNMASKING, is_large

__all__ = [
    "CHIPS",
    "KINDS",
    "MAKERS",
    "REASONS",
    "STATES",
    "SUBJECTS",
    "UNMASKING",
    "Made",
    "Maker",
    "NotYours",
    "Tell",
    "content",
    "dossier",
    "is_large",
    "makes",
    "paper_of",
    "papers_of",
    "pieces_of",
    "printed",
    "subject_of",
    "words_of",
]


def papers_of(actor: Actor) -> QuerySet[Paper]:
    """What this person asked for, the newest first; nobody else opens it."""
    return Paper.objects.filter(staff=actor.staff).defer("content") if actor.staff else Paper.objects.none()


def paper_of(id: UUID, actor: Actor, at: datetime) -> Paper | None:
    """One of these, as long as the person may still see its case."""
    found = papers_of(actor).filter(pk=id).first()
    if found is None or found.case is None or cases.visible_to(actor, at).filter(pk=found.case).exists():
        return found
    return None


def printed(case: UUID) -> list[Paper]:
    """Every dossier that was printed of a case, the newest first."""
    return list(Paper.objects.filter(case=case, sha256__gt="").select_related("staff").defer("content")[:100])


def content(paper: Paper) -> bytes | None:
    """The bytes of a finished file; None before, after its days, or when the person was erased."""
    sealed = Paper.objects.filter(pk=paper.pk, state="made").values_list("content", flat=True).first()
    return vault.unseal_bytes(subject_of(paper), SUBJECTS, paper.pk, bytes(sealed)) if sealed else None
