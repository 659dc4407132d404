"""One complaint's clocks through a life."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from huiyin.bank.clocks import actions, queries
from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
TICK = machine("tick")
PACKS = ("iso-house", "cn-nfra-complaint")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def armed(received: str = "2026-03-05 10:00", **attrs: str) -> UUID:
    subject = new_id()
    at = local(received)
    actions.arm(
        subject=subject,
        kind="case",
        stream=f"matter:{subject}",
        event="complaint.received",
        attrs=attrs,
        anchors={"received_at": at},
        packs=PACKS,
        by=TICK,
        at=at,
    )
    return subject


def clock(subject: UUID, family: str, cycle: int = 1) -> queries.ClockView:
    return next(c for c in queries.clocks_of(subject) if c.family == family and c.cycle == cycle)


def test_a_complaint_starts_six_clocks() -> None:
    subject = armed()
    found = {c.family: c for c in queries.clocks_of(subject)}
    assert sorted(found) == ["ACK", "OWNER", "PROMISE", "REG", "RESPONSE", "TOTAL"]
    assert found["TOTAL"].due_at == local("2026-03-11 00:00")
    assert found["REG"].due_at == local("2026-03-21 00:00")
    assert found["PROMISE"].due_at == found["TOTAL"].due_at
    assert found["ACK"].due_at == local("2026-03-06 17:30")
    assert found["OWNER"].due_at is None


def test_arming_twice_is_arming_once() -> None:
    subject = armed()
    at = local("2026-03-05 10:00")
    again = actions.arm(
        subject=subject,
        kind="case",
        stream=f"matter:{subject}",
        event="complaint.received",
        attrs={},
        anchors={"received_at": at},
        packs=PACKS,
        by=TICK,
        at=at + timedelta(hours=1),
    )
    assert again == []
    assert len(queries.clocks_of(subject)) == 6


def test_a_decision_in_time_meets_every_clock_it_ends() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-10 23:59"))
    verdicts = {c.family: c.met for c in queries.clocks_of(subject)}
    assert verdicts == {"ACK": False, "RESPONSE": False, "TOTAL": True, "REG": True, "PROMISE": True, "OWNER": True}
    assert actions.rebuild(subjects=[subject]) == []


def test_a_week_asleep_rings_every_rung_once_and_only_the_latest_calls() -> None:
    subject = armed()
    late = local("2026-03-13 09:30")
    assert actions.sweep(by=TICK, at=late) > 0
    assert actions.sweep(by=TICK, at=late) == 0
    total = clock(subject, "TOTAL")
    rungs = queries.rungs_of(total.id)
    assert [r for r, _, collapsed in rungs if not collapsed] == ["after-3"]
    assert {r for r, _, _ in rungs} == {"50%", "80%", "due", "breach", "after-1", "after-3"}
    assert total.breached_at == late
    assert actions.rebuild(subjects=[subject]) == []
