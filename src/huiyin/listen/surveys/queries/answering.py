"""What the person behind a secret link sees: the survey, what they have answered, and whether it is still open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from huiyin.kernel.secret import secret_hash
from huiyin.listen.surveys.models import Edition, Invitation, OptOut, Response
from huiyin.listen.surveys.queries.rating import secret
from huiyin.listen.surveys.rules import questions
from huiyin.platform.vault import queries as vault

TABLE = "surveys_response"
STATES = ("open", "answered", "expired", "withdrawn")


@dataclass(frozen=True)
class Sheet:
    """An invitation opened by its link. `words`: what was written, by question; `state`: one of STATES."""

    invitation: UUID
    customer: UUID | None
    language: str
    content: questions.Content
    answers: Mapping[str, Any]
    words: Mapping[str, str]
    state: str
    declined: bool
    open_until: datetime

    @property
    def shown(self) -> list[questions.Question]:
        return questions.shown(self.content, self.answers)


def links_of(campaign: UUID) -> list[str]:
    """The secrets of the links that a campaign has sent, in the order of the draw. For replays and generated banks."""
    sent = Invitation.objects.filter(campaign=campaign, passage="sent").order_by("id")
    return [secret(id) for id in sent.values_list("pk", flat=True)]


def state_of(row: Invitation, done: bool, at: datetime) -> str:
    if done:
        return "answered"
    if row.passage not in ("sent", "failed") or (row.campaign and row.campaign.state == "cancelled"):
        return "withdrawn"
    return "expired" if at >= row.open_until else "open"


def sheet(secret: str, at: datetime) -> Sheet | None:
    """None: no such link."""
    row = (
        Invitation.objects.filter(secret_hash=secret_hash(secret))
        .exclude(campaign=None)
        .select_related("campaign__edition")
        .first()
    )
    if row is None or row.campaign is None:
        return None
    response = Response.objects.filter(invitation=row).select_related("edition").first()
    edition: Edition = response.edition if response else row.campaign.edition
    done = response is not None and response.completed_at is not None
    return Sheet(
        invitation=row.pk, customer=row.customer_id, language=row.language,
        content=questions.content_from(edition.content), answers=response.answers if response else {},
        words=vault.reveal(TABLE, response.pk) if response else {}, state=state_of(row, done, at),
        declined=OptOut.objects.filter(customer=row.customer_id).exists(), open_until=row.open_until,
    )  # fmt: skip
