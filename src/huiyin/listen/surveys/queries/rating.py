"""Reads of surveys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from huiyin.kernel.secret import secret_hash, sent
from huiyin.listen.surveys.models import Answer, Invitation, Response
from huiyin.listen.surveys.rules import DIMENSIONS, KIND, LOW, SCORES
from huiyin.platform.vault import queries as vault

__all__ = ["DIMENSIONS", "KIND", "LOW", "SCORES"]

TABLE = "surveys_answer"


@dataclass(frozen=True)
class Asked:
    """An invitation. `answered_at` is set once it was used."""

    id: UUID
    kind: str
    matter: UUID | None
    language: str
    invited_at: datetime
    open_until: datetime
    answered_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        return self.answered_at is None and at <= self.open_until


@dataclass(frozen=True)
class Given:
    """An answer as staff and the customer read it."""

    id: UUID
    kind: str
    score: int
    efficiency: int | None
    professionalism: int | None
    attitude: int | None
    comment: str
    answered_at: datetime


def by_secret(secret: str) -> Asked | None:
    return _asked(Invitation.objects.filter(secret_hash=secret_hash(secret), campaign=None).first())


def newest(matter: UUID) -> Asked | None:
    """The last invitation of a matter, open or not; a chat is rated on its own page."""
    return _asked(Invitation.objects.filter(matter=matter).exclude(kind="chat").order_by("-invited_at", "-id").first())


def answers_of(matter: UUID) -> list[Given]:
    """What the customer answered about a matter, newest first."""
    return _given(Answer.objects.filter(matter=matter).order_by("-answered_at", "-id"))


def answers_of_many(matters: Iterable[UUID]) -> dict[UUID, list[Given]]:
    """What customers answered about these matters, newest first; those without an answer are missing."""
    rows = list(Answer.objects.filter(matter__in=list(matters)).order_by("-answered_at", "-id"))
    found: dict[UUID, list[Given]] = {}
    for row, given in zip(rows, _given(rows), strict=True):
        if row.matter is not None:
            found.setdefault(row.matter, []).append(given)
    return found


@dataclass(frozen=True)
class Surveyed:
    """That a customer was asked in a campaign, and when they answered; never what."""

    title: str
    invited_at: datetime
    answered_at: datetime | None


def asked_of(customers: Iterable[UUID], most: int = 50) -> list[Surveyed]:
    """In which campaigns these customers were asked, the newest first."""
    rows = Invitation.objects.filter(customer__in=list(customers), campaign__isnull=False, passage="sent")
    found = list(rows.select_related("campaign").order_by("-invited_at", "-id")[:most])
    done = dict(
        Response.objects.filter(invitation__in=[row.pk for row in found], completed_at__isnull=False).values_list(
            "invitation", "completed_at"
        )
    )
    return [Surveyed(row.campaign.title, row.invited_at, done.get(row.pk)) for row in found if row.campaign]


def secret(invitation: UUID) -> str:
    """The secret of an invitation's link."""

    def stored() -> str | None:
        return Invitation.objects.filter(pk=invitation).values_list("secret_hash", flat=True).first()

    return sent(b"huiyin.survey", invitation.bytes, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, stored)


def survey_link(invitation: UUID) -> str:
    return f"{settings.HUIYIN_BASE_URL}/survey/{secret(invitation)}/"


def _asked(row: Invitation | None) -> Asked | None:
    if row is None:
        return None
    answered = Answer.objects.filter(invitation=row).values_list("answered_at", flat=True).first()
    return Asked(row.id, row.kind, row.matter, row.language, row.invited_at, row.open_until, answered)


def _given(rows: Iterable[Answer]) -> list[Given]:
    rows = list(rows)
    said = vault.reveal_many(TABLE, [row.id for row in rows])
    return [
        Given(
            row.id, row.kind, row.score, row.efficiency, row.professionalism, row.attitude,
            said.get(row.id, {}).get("comment", ""), row.answered_at,
        )
        for row in rows
    ]  # fmt: skip


def lowest_of(matters: Iterable[UUID]) -> dict[UUID, int]:
    """The lowest score (1 to 5) that was given about each matter; none where nobody answered."""
    wanted, found = list(matters), dict[UUID, int]()
    for start in range(0, len(wanted), 500):
        rows = Answer.objects.filter(matter__in=wanted[start : start + 500]).order_by()
        for matter, score in rows.values_list("matter", "score"):
            if matter is None:
                continue
            found[matter] = min(score, found.get(matter, score))
    return found
