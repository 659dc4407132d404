"""A clock of a case rang: whom its ladder names, by which way and at what hour (clock.md §8.13)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.facts import ClockRung
from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.limits import Rung, is_late
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, opening
from huiyin.resolve.cases.facts import CaseEscalated
from huiyin.resolve.cases.models import Case, Escalation


def escalate(*, rung: ClockRung, by: Actor, at: datetime) -> list[Escalation]:
    """Everybody whom the rung names is told: holder → substitutes → head → unit above → duty desk, minus recusals.

    Nobody is an incident. A collapsed rung is on record already and tells nobody. The same rung escalates once, whoever
    runs this; a line that waits for the end of the quiet hours is written now, so that it is told once whatever dies.
    """
    if rung.collapsed:
        return []
    case = queries.cases([rung.subject]).get(rung.subject)
    if case is None or case.state == "closed":
        return []
    rang = Escalation.objects.filter(case=case, rung=rung.rung)
    if (rang if rung.rung == "intake" else rang.filter(clock=rung.clock, cycle=rung.cycle)).exists():
        return []  # late on arrival by several limits: one notice, not one for each (T32)
    says = clocks.rung_called(rung.clock, rung.rung)
    told = staff.called(
        subject=case.id, asked=says.to, at=at, holder=case.handler_id or case.owner_id, owner=case.owner_id,
        unit=case.unit_id,
    )  # fmt: skip
    with transaction.atomic():
        return [made for one in told if (made := _tell(case, rung, says, one, by, at))]


def _tell(case: Case, rung: ClockRung, says: Rung, told: staff.Called, by: Actor, at: datetime) -> Escalation | None:
    """One person is told, or nobody could be. None: another process has just told it."""
    told_at = staff.told_at(told, at, urgent=says.urgent)
    try:
        with transaction.atomic():
            made = Escalation.objects.create(
                id=new_id(), case=case, clock=rung.clock, cycle=rung.cycle, family=rung.family, rung=rung.rung,
                to_id=told.staff, level=told.level, asked=told.asked, escalated_at=at, told_at=told_at,
                channels=" ".join(says.channels),
            )  # fmt: skip
    except IntegrityError:
        return None
    fact = CaseEscalated(
        case=case.id, clock=rung.clock, rung=rung.rung, to=told.staff, level=told.level,
        told_at=told_at if told_at != at else None,
    )  # fmt: skip
    ground.tell_history(case, fact, by, at)
    if told.staff is None:
        opening.incident(case, "nobody_to_tell", by, at)
    else:
        key = f"rung:{rung.clock}:{rung.cycle}:{rung.rung}"
        ground.notify(
            told.staff, kind_of_notice(rung.rung), case, by, told_at, key, channels=says.channels, family=rung.family,
            rung=rung.rung,
        )  # fmt: skip
    return made


def kind_of_notice(rung: str) -> str:
    """In time it is a reminder, at or after the due time a breach."""
    return "clock_breached" if is_late(rung) else "clock_rung"
