"""Whom a limit calls on its way, by which way and at what hour (clock.md §8.13)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff.models import Staff
from huiyin.bank.standards import actions as standards
from huiyin.bank.standards.queries import shipped_text
from huiyin.ledger import queries as ledger
from huiyin.platform.messages import queries as messages
from huiyin.platform.messages.models import Call, Notice
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.models import Escalation
from huiyin.resolve.cases.tests.stories import PORTAL, TICK, taken

pytestmark = pytest.mark.django_db
Later = Callable[..., datetime]


def ring(case: Any, family: str, at: datetime) -> list[Escalation]:
    """Sweep, and what one family of the case has told by then."""
    clocks.sweep(by=TICK, at=at, limit=1000)
    return [row for row in queries.escalations(case.id) if row.family == family]


def test_at_the_due_time_the_ladder_calls_everybody_it_names_once_and_in_the_morning(
    cast: Any, at: datetime, later: Later, client: Any, settings: Any
) -> None:
    """The limit ends at midnight: handler and head are told at seven, by inbox and mail, whatever is swept how often."""
    settings.HUIYIN_SMTP_URL = "smtp://127.0.0.1:9"
    case = taken(cast, at)
    due = case.legal_due_at
    before = ring(case, "REG", due - timedelta(minutes=1))
    assert [row.rung for row in before] == ["left-1"] and Call.objects.count() == 0, "of those before, the last speaks"
    for _ in range(3):
        rows = [row for row in ring(case, "REG", due.replace(minute=2)) if row.rung == "due"]
    assert [(row.asked, row.level, row.to_id) for row in rows] == [
        ("holder", "holder", cast.zhao.pk), ("head", "head", cast.li.pk),
    ]  # fmt: skip
    morning = messages.after_quiet(due.replace(minute=2))
    assert {row.told_at for row in rows} == {morning} and morning > due
    lines = Notice.objects.filter(key__contains=":due", params__family="REG")
    assert {(line.staff, line.kind, line.at) for line in lines} == {
        (person.pk, "clock_breached", morning) for person in (cast.zhao, cast.li)
    }  # fmt: skip
    assert lines.count() == 2 == Call.objects.filter(next_try_at=morning).count()
    known = messages.inbox(cast.zhao.pk, morning).count() - messages.inbox(cast.zhao.pk, due.replace(minute=2)).count()
    assert known >= 1, "it stands in the inbox from the morning on"
    facts = [e.payload for e in ledger.entries_of(case.stream) if e.type == "case.escalated"]
    assert len(facts) == Escalation.objects.filter(case=case).count() and '"told_at":' in facts[-1]
    cast.login(client, "sun")
    page = client.get(f"/desk/cases/{case.id}/?lang=en").content.decode()
    assert "told at the end of the quiet hours" in page and "also by mail" in page


OWN = """
[[limit]]
id = "loud"
family = "STEP"
purpose = "handle"
zh = "本环节办理"
en = "Handle"
arm = ["step.entered"]
stop = ["step.transferred"]
anchor = "leg_entered_at"
calendar = "natural"
unit = "elapsed_hour"
target = 2
ladder = [
  { at = "50%", urgent = true },
  { at = "due", to = ["above"], every = 2, times = 3 },
]
verified = "own"
source_zh = "试验"
source_en = "trial"
"""


def test_an_urgent_rung_wakes_people_and_one_that_repeats_stops_with_its_clock(
    cast: Any, at: datetime, later: Later, settings: Any
) -> None:
    """The bank's own pack: twelve hours of the night with a step of two hours."""
    head = (
        shipped_text("house-steps")
        .split("[[limit]]")[0]
        .replace("2026.1", "2026.2")
        .replace("2015-01-01", "2026-03-05")
    )
    standards.adopt(code="house-steps", body=head + OWN, by=cast.actor("admin"), at=at)
    night = later(hours=13)  # 23:00
    case = taken(cast, night)
    leg = next(view for view in clock_queries.clocks_of(case.id) if view.family == "STEP")
    assert leg.definition == "house-steps/2026.2/loud"
    (half,) = ring(case, "STEP", later(hours=14))
    assert (half.rung, half.told_at, half.to_id) == ("50%", later(hours=14), cast.zhao.pk), "at midnight, if it must be"
    rows = ring(case, "STEP", later(hours=15, minutes=1))
    assert [row.rung for row in rows] == ["50%", "due"] and rows[1].level == "above"
    assert rows[1].told_at == messages.after_quiet(later(hours=15)), "the one above sleeps until seven"
    assert [row.rung for row in ring(case, "STEP", later(hours=17, minutes=1))] == ["50%", "due", "after-2"]
    rows = ring(case, "STEP", later(days=7))
    assert [row.rung for row in rows] == ["50%", "due", "after-2", "after-6"], (
        "of what was slept through the last speaks"
    )
    assert ("after-4", True) in {(rung, folded) for rung, _at, folded in clock_queries.rungs_of(leg.id)}
    assert ClockRow.objects.get(id=leg.id).next_rung_at is None, "and then it is silent"


def test_a_case_that_a_regulator_forwarded_calls_people_as_well(cast: Any, at: datetime, later: Later) -> None:
    """Where a complaint came from silences nobody: only records of another system are without a clock that rings."""
    case = taken(cast, at)
    actions.set_law(case=case.id, topic="general", source="pboc", by=cast.actor("zhao"), at=at)
    assert ring(case, "REG", later(days=16))


def test_nobody_left_to_call_is_an_incident_that_the_administrators_hear_of(
    cast: Any, at: datetime, later: Later
) -> None:
    case = taken(cast, at)
    admin = cast.staff["admin"].pk
    for person in Staff.objects.exclude(pk=admin):
        staff_actions.absent(staff=person.pk, from_at=at, until_at=later(days=30), by=PORTAL, at=at)
    rows = ring(case, "TOTAL", later(days=7))
    assert {(row.level, row.to_id) for row in rows} == {("nobody", None)}
    assert "incident" in {line.kind for line in messages.inbox(admin, later(days=7))}
