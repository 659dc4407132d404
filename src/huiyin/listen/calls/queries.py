"""Reads of calls."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can, paths
from huiyin.listen.calls.models import Call
from huiyin.listen.calls.rules import (
    LONGEST,
    OUTCOME,
    OUTCOMES,
    PERIOD,
    at_hand,
    is_missed,
    is_unwrapped,
    middle_and_late,
)
from huiyin.listen.channels import queries as channels
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


@dataclass(frozen=True)
class Missed:
    """A call that nobody took up. `again`: the same number was spoken with since."""

    started_at: datetime
    ended_at: datetime | None
    phone: str
    again: bool


@dataclass(frozen=True)
class Unwrapped:
    """A call of which nobody wrote down what came of it. `begun`: a form was begun and not sent."""

    started_at: datetime
    agent: staff.Staff | None
    begun: bool


@dataclass(frozen=True)
class Board:
    """The last seven days of the calls one answers for. `to_screen`: median and 95th percentile of the seconds from the
    ringing until the agent's page could show the call (it asks every two seconds); None where no start was told."""

    calls: int
    taken: int
    missed: list[Missed]
    unwrapped: list[Unwrapped]
    written: int
    to_screen: tuple[float, float] | None


def supervised(actor: Actor, at: datetime) -> QuerySet[Call]:
    """The calls of the agents of one's units; a call without an agent belongs to the unit of its channel."""
    today = localdate(at)
    reach = Q(pk__in=())
    for path in paths(actor, "case.assign"):
        reach |= Q(agent__unit__in=units.under(path, today))
        here = [one.id for one in channels.channels() if channels.place_of(one, at).unit_path.startswith(path)]
        reach |= Q(agent=None, channel__in=here)
    return Call.objects.filter(reach)


def board(actor: Actor, at: datetime) -> Board | None:
    """For whoever distributes work in a unit; None for everybody else."""
    if not paths(actor, "case.assign"):
        return None
    rows = list(supervised(actor, at).filter(started_at__gt=at - PERIOD).order_by("-started_at", "-id")[:5000])
    missed = [row for row in rows if is_missed(row.ended_at, row.agent_id, row.started_at, at)]
    loose = [row for row in rows if is_unwrapped(row.started_at, row.ended_at, row.agent_id, row.outcome, at)]
    spoken: dict[str, datetime] = {}
    for row in rows:
        if row.agent_id and row.caller:
            spoken[row.caller] = max(row.started_at, spoken.get(row.caller, row.started_at))
    kept = vault.reveal_many(TABLE, [row.id for row in missed[:50]])
    people = staff.people(row.agent_id for row in loose[:50])
    return Board(
        calls=len(rows), taken=sum(row.agent_id is not None for row in rows),
        missed=sorted(
            (
                Missed(
                    row.started_at, row.ended_at, kept.get(row.id, {}).get("phone", ""),
                    bool(row.caller) and spoken.get(row.caller, row.started_at) > row.started_at,
                )
                for row in missed[:50]
            ), key=lambda one: one.again,
        ),
        unwrapped=[
            Unwrapped(row.started_at, people.get(row.agent_id) if row.agent_id else None, row.matter is not None)
            for row in loose[:50]
        ],
        written=sum(row.outcome == "taken" for row in rows),
        to_screen=middle_and_late([(row.told_at - row.started_at).total_seconds() for row in rows if row.told_at]),
    )  # fmt: skip


def _views(rows: list[Call]) -> list[CallView]:
    kept = vault.reveal_many(TABLE, [row.id for row in rows])
    return [
        CallView(
            row.id, row.started_at, row.ended_at, kept.get(row.id, {}).get("phone", ""),
            kept.get(row.id, {}).get("recording", ""), row.matter, row.outcome,
        )
        for row in rows
    ]  # fmt: skip
