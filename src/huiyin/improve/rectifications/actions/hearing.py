"""What alerts and deadlines mean for rectifications."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.clocks.facts import ClockRung
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.improve.rectifications import queries
from huiyin.improve.rectifications.actions.ground import link, step, tell
from huiyin.improve.rectifications.actions.opening import Opening, cell_of, open_rectification
from huiyin.improve.rectifications.actions.proving import reopen
from huiyin.improve.rectifications.facts import RectificationEscalated
from huiyin.improve.rectifications.models import Rectification, Step
from huiyin.improve.rectifications.rules import effect
from huiyin.improve.rectifications.rules.opening import rule_for
from huiyin.improve.rectifications.rules.steps import WORK
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.label import Label
from huiyin.ledger.actions import record
from huiyin.measure.alerts import queries as alerts
from huiyin.measure.reviews.facts import QualityCriticalMissed


def heard_alert(*, alert: UUID, by: Actor, at: datetime) -> Rectification | None:
    """What an alert means for rectifications: join the open one, reopen the one that relapsed, or open one by rule."""
    raised = alerts.alert(alert)
    if raised is None:
        return None
    there = queries.open_about(raised.indicator, raised.family, raised.cell_key)
    if there is not None:
        Step.objects.create(rectification=there, round=there.round, what="linked", words=raised.number, at=at)
        link(there, alerts.matters_of(raised))
        return there
    former = queries.last_closed(raised.indicator, raised.family, raised.cell_key)
    closed_on = timezone.localtime(former.closed_at).date() if former and former.closed_at else None
    if former and effect.relapsed(closed_on, max(raised.since, closed_on) if closed_on else raised.since):
        link(former, alerts.matters_of(raised))
        return reopen(rectification=former.pk, text=raised.number, by=by, at=at, since=raised.since)
    rule = rule_for(queries.table(), raised.indicator, raised.rule, raised.gravity)
    owner = _owner(raised, at) if rule else None
    if rule is None or owner is None:
        return None
    return open_rectification(
        opening=Opening(
            problem=alerts.sentence(raised).zh,
            owner=owner,
            indicator=raised.indicator,
            how="rule",
            alert=raised.pk,
            due_date=timezone.localtime(at).date() + timedelta(days=rule.days),
        ),
        by=by,
        at=at,
    )


CRITICAL = "Q1"  # the indicator in which the effect must show: critical misses in quality reviews
DAYS = 30


def heard_critical(*, missed: QualityCriticalMissed, by: Actor, at: datetime) -> Rectification | None:
    """A critical miss in a quality review: one open rectification per unit, on which further misses are noted.

    The head of the unit owns it; where the head was the one reviewed, the head's manager. The person is not named.
    """
    path = units.path_of(missed.unit, timezone.localtime(at).date())
    cell = cell_of(missed.unit, path)
    there = queries.open_about(CRITICAL, "bank", alerts.cell_key(cell))
    problem = f"质检一票否决：{_item(missed).zh}"
    if there is not None:
        Step.objects.create(rectification=there, round=there.round, what="linked", words=problem, at=at)
        return there
    head = staff.head_of(missed.unit, at)
    chosen = head if head and head != missed.person else staff.manager_of(missed.person, at)
    away = {missed.person, *staff.recused(missed.matter, at)}
    found = (staff.stand_in(chosen, at) or chosen) if chosen else None
    owner = found if found and found not in away else staff.duty_desk(at, avoid=away)
    if owner is None:
        return None
    opening = Opening(
        problem=problem, owner=owner, indicator=CRITICAL, how="rule", origin="inspection", unit=missed.unit,
        due_date=timezone.localtime(at).date() + timedelta(days=DAYS),
    )  # fmt: skip
    return open_rectification(opening=opening, by=machine("reviews"), at=at)


def _item(missed: QualityCriticalMissed) -> Label:
    code, _slash, version = missed.scorecard.partition("/")
    card = standards.scorecard(code, int(version))
    labels = {item.code: item.label for item in card.items} if card else {}
    return labels.get(missed.item) or Label(missed.item, missed.item, missed.item)


def _owner(raised: Any, at: datetime) -> UUID | None:
    """The head of the unit, or who stands in; for the whole bank the alert's owner."""
    head = staff.head_of(raised.unit_id, at) if raised.unit_id and raised.cell.get("branch") else None
    chosen = head or raised.owner_id
    return (staff.stand_in(chosen, at) or chosen) if chosen else staff.duty_desk(at)


def alert_dismissed(*, alert: UUID, by: Actor, at: datetime) -> None:
    """An alert that was nothing takes its rectification with it, as long as nobody has begun."""
    row = Rectification.objects.filter(alert=alert, how="rule", state="opened").first()
    if row is None:
        return
    with transaction.atomic():
        row = Rectification.objects.select_for_update().get(pk=row.pk)
        step(row, "cancelled", by, at)
        clocks.cancel(subject=row.pk, reason="cancelled", by=by, at=at)


def escalate(*, rung: ClockRung, by: Actor, at: datetime) -> list[UUID]:
    """A rung of the deadline: whom its ladder names, minus recusals, at the end of the quiet hours unless it is urgent.

    Until it is done that is the owner's business, afterwards the verifier's; "above" and "desk" follow their unit."""
    row = Rectification.objects.filter(pk=rung.subject).select_related("owner", "verifier").first()
    if row is None or row.state not in WORK or rung.collapsed:
        return []
    holder = row.verifier if row.state == "done" else row.owner
    says = clock_queries.rung_called(rung.clock, rung.rung)
    found = staff.called(
        subject=row.pk, asked=says.to, at=at, holder=holder.pk if holder else None,
        unit=holder.unit_id if holder else row.unit_id, head=staff.manager_of(holder.pk, at) if holder else None,
    )  # fmt: skip
    for told in found:
        Step.objects.create(
            rectification=row, round=row.round, what="escalated", to_id=told.staff, at=at, on=row.due_date
        )
        fact = RectificationEscalated(
            rectification=row.pk, clock=rung.clock, rung=rung.rung, to=told.staff, level=told.level
        )
        record(fact=fact, stream=f"rectification:{row.pk}", by=by, at=at)
        when = staff.told_at(told, at, urgent=says.urgent)
        for person in staff.hearers(told, row.pk, at):
            key = f"rung:{rung.clock}:{rung.rung}:{person}"
            tell(row, person, "rectification_due", by, when, key, channels=says.channels)
    return [told.staff for told in found if told.staff]
