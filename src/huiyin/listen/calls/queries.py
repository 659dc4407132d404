"""Reads of calls."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.listen.calls.models import Call
from huiyin.listen.calls.rules import LONGEST, OUTCOME, OUTCOMES, at_hand
from huiyin.platform.vault import queries as vault

__all__ = ["OUTCOME", "OUTCOMES"]

TABLE = "calls_call"


@dataclass(frozen=True)
class CallView:
    """One call for its agent: the number in clear, for they have it on the line."""

    id: UUID
    started_at: datetime
    ended_at: datetime | None
    phone: str
    recording: str
    matter: UUID | None
    outcome: str


def rows() -> QuerySet[Call]:
    """For the reconciliation of the channels: which calls there are."""
    return Call.objects.order_by()


def visible_to(actor: Actor) -> QuerySet[Call]:
    """An agent's own calls; nobody else's."""
    mine = Call.objects.filter(agent=actor.staff) if actor.staff else Call.objects.none()
    return mine if can(actor, "case.create") else mine.none()


def now_at_hand(actor: Actor, at: datetime) -> list[CallView]:
    """On the line or just over, the newest first."""
    rows = visible_to(actor).filter(outcome="", started_at__gt=at - LONGEST * 2)[:10]
    return _views([row for row in rows if at_hand(row.started_at, row.ended_at, row.outcome, at)])


def log_of(actor: Actor) -> list[CallView]:
    """The last fifty calls of an agent."""
    return _views(list(visible_to(actor)[:50]))


def _views(rows: list[Call]) -> list[CallView]:
    kept = vault.reveal_many(TABLE, [row.id for row in rows])
    return [
        CallView(
            row.id, row.started_at, row.ended_at, kept.get(row.id, {}).get("phone", ""),
            kept.get(row.id, {}).get("recording", ""), row.matter, row.outcome,
        )
        for row in rows
    ]  # fmt: skip
