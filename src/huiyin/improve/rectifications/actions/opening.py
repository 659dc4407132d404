"""Open a rectification: from an alert, by rule or by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.units import queries as units
from huiyin.improve.rectifications import queries
from huiyin.improve.rectifications.actions.ground import apart, link, tell
from huiyin.improve.rectifications.actions.refusals import (
    BadDate,
    Missing,
    NotAllowed,
)
from huiyin.improve.rectifications.facts import RectificationOpened
from huiyin.improve.rectifications.models import Rectification, Step
from huiyin.improve.rectifications.rules import effect
from huiyin.improve.rectifications.rules.steps import Roles
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import can
from huiyin.ledger.actions import record
from huiyin.measure.alerts import actions as alert_actions
from huiyin.measure.alerts import queries as alerts

PACK = "house-rectification"
DAYS = 30
LONGEST = 365


@dataclass(frozen=True, kw_only=True)
class Opening:
    """All that a new rectification needs. `opened_at` is for bulk paths."""

    problem: str
    owner: UUID
    indicator: str
    origin: str = "alert"
    how: str = "hand"
    unit: UUID | None = None
    alert: UUID | None = None
    verifier: UUID | None = None
    inspector: UUID | None = None
    due_date: date | None = None
    target: float | None = None
    cause_code: str = ""
    cause: str = ""
    matters: tuple[UUID, ...] = field(default=())
    id: UUID | None = None
    opened_at: datetime | None = None


def open_rectification(*, opening: Opening, by: Actor, at: datetime) -> Rectification:
    """One problem, one rectification. From an alert it takes the cell, the indicator and the value before."""
    problem = opening.problem.strip()
    if not problem:
        raise Missing(_("Say what the problem is."))
    apart(Roles(opening.owner, opening.inspector, opening.verifier), "rectification.open", by, at, opening.alert)
    with transaction.atomic():
        alert = alerts.alert(opening.alert) if opening.alert else None
        unit = opening.unit or (alert.unit_id if alert else None)
        path = units.path_of(unit, timezone.localtime(at).date()) if unit else _root()
        if by.kind != "machine" and not (verdict := can(by, "rectification.open", _Place(path))):
            raise NotAllowed(verdict.reason)
        today = timezone.localtime(at).date()
        due = opening.due_date or today + timedelta(days=DAYS)
        if not today < due <= today + timedelta(days=LONGEST):
            raise BadDate()
        row = Rectification(
            id=opening.id or new_id(),
            number=_number(at),
            how=opening.how,
            origin="alert" if alert else opening.origin,
            problem=problem,
            cause_code=opening.cause_code,
            cause=opening.cause.strip(),
            unit_id=unit,
            unit_path=path,
            owner_id=opening.owner,
            verifier_id=opening.verifier,
            inspector_id=opening.inspector,
            opener_id=by.staff,
            alert_id=alert.pk if alert else None,
            indicator=alert.indicator if alert else opening.indicator,
            cell=alert.cell if alert else (cell := cell_of(unit, path)),
            cell_key=alert.cell_key if alert else alerts.cell_key(cell),
            family=alert.family if alert else "bank",
            counts=bool(alert and alert.rule == "surge"),
            due_date=due,
            opened_at=at,
        )
        _measure(row, alert, opening.target, at)
        row.save(force_insert=True)
        raised = [*opening.matters, *(alerts.matters_of(alert) if alert else ())]
        link(row, raised)
        Step.objects.create(rectification=row, what="opened", by_id=by.staff, at=at, words=problem, on=due)
        record(
            fact=RectificationOpened(
                rectification=row.pk,
                number=row.number,
                how=row.how,
                owner=row.owner_id,
                verifier=row.verifier_id,
                unit=row.unit_id,
                alert=row.alert_id,
                indicator=row.indicator,
                value_before=None if row.before.get("value") is None else f"{row.before['value']:.6g}",
                due_date=due,
            ),
            stream=f"rectification:{row.pk}",
            by=by,
            at=at,
        )
        clocks.arm(
            subject=row.pk, kind="rectification", stream=f"rectification:{row.pk}", event="rectification.opened",
            attrs={"kind": "rectification", "due_date": due}, anchors={"opened_at": at}, packs=[PACK], by=by, at=at,
        )  # fmt: skip
        tell(row, row.owner_id, "rectification_opened", by, at, "opened")
        if alert and alert.state in ("open", "dismissing") and by.kind != "machine":
            alert_actions.accept(alert=alert.pk, by=by, at=at)
    return row


def open_many(*, openings: Sequence[Opening], by: Actor, at: datetime) -> list[Rectification]:
    """A batch, each at its own time."""
    return [open_rectification(opening=one, by=by, at=one.opened_at or at) for one in openings]


@dataclass(frozen=True)
class _Place:
    unit_path: str


def _root() -> str:
    head = units.head_office()
    return f"{head.code}/" if head else ""


def cell_of(unit: UUID | None, path: str) -> dict[str, str]:
    """The branch and the outlet of a unit: where its indicator is read. Empty for the whole bank."""
    codes = [code for code in path.split("/") if code]
    return dict(zip(("branch", "outlet"), codes[1:3], strict=False)) if unit else {}


def _measure(row: Rectification, alert: Any, target: float | None, at: datetime) -> None:
    """The value before, and the value to reach: the indicator's own target, or for a surge what used to be ordinary."""
    found = [r for r in queries.measured(row, at, months=6) if r.value is not None]
    last = found[-1] if found else None
    row.before = {"value": last.value, "n": last.n, "month": last.start.isoformat()} if last else {}
    if row.counts:
        row.lower_is_better = True
        row.target = target if target is not None else effect.ordinary_month(alert.expected / max(alert.weeks, 1))
        return
    goal, lower = alerts.goal(row.indicator)
    row.lower_is_better = lower
    if alert and (goal is None or effect.at_target(alert.observed, goal, lower)):
        # What was raised lies at the catalogue's target already: the effect is to be back within the ordinary.
        n = row.before.get("n") or effect.LEAST
        goal = effect.ordinary_share(alert.expected, n, lower)
    row.target = target if target is not None else goal
    if row.target is None:
        raise Missing(_("This indicator has no target of its own: say which value is to be reached."))


def _number(at: datetime) -> str:
    year = timezone.localtime(at).year
    known = Rectification.objects.filter(number__startswith=f"ZG{year}-").order_by("-number")
    last = known.values_list("number", flat=True).first()
    return f"ZG{year}-{int(last.split('-')[1]) + 1 if last else 1:05}"
