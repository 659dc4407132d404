"""Who has the case: assignment, hand-over, recusal, escalation, extension."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from huiyin.bank.clocks import actions as clock_actions
from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import actions as staff_actions
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused
from huiyin.resolve.cases.tests.stories import PORTAL, TICK, fresh, grade, hear, taken

Later = Callable[..., datetime]


def test_the_owner_takes_the_case_and_the_second_is_told_it_is_gone(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    owner = next(name for name in ("zhao", "qian") if cast.staff[name].pk == case.owner_id)
    actions.assign(case=case.id, handler=case.owner_id, by=cast.actor(owner), at=at)
    assert (fresh(case).state, fresh(case).handler_id) == ("working", case.owner_id)
    other = "qian" if owner == "zhao" else "zhao"
    with pytest.raises(Refused) as no:
        actions.assign(case=case.id, handler=cast.staff[other].pk, by=cast.actor(other), at=at)
    assert no.value.code == "already_taken"


def test_only_a_supervisor_gives_a_case_to_somebody_else(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    with pytest.raises(NotAllowed):
        actions.assign(case=case.id, handler=cast.qian.pk, by=cast.actor("zhao"), at=at)
    actions.assign(case=case.id, handler=cast.qian.pk, by=cast.actor("sun"), at=at)
    assert "case_assigned" in [notice.kind for notice in messages.inbox(cast.qian.pk)]


def test_nothing_moves_before_a_hand_over_is_accepted(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    due = fresh(case).rank_at
    offer = actions.offer_handover(
        case=case.id,
        receiver=cast.qian.pk,
        kind="owner",
        reason="expertise",
        text="请接手",
        by=cast.actor("sun"),
        at=at,
    )
    assert fresh(case).owner_id == case.owner_id
    with pytest.raises(Refused) as no:
        actions.accept_handover(handover=offer.pk, by=cast.actor("zhao"), at=later(hours=1))
    assert no.value.code == "not_yours"
    actions.accept_handover(handover=offer.pk, by=cast.actor("qian"), at=later(hours=1))
    after = fresh(case)
    assert (after.owner_id, after.owner_how, after.handler_id) == (cast.qian.pk, "handover", cast.zhao.pk)
    assert after.rank_at == due, "no limit moves with a hand-over (§8.9)"
    with pytest.raises(Refused) as no:
        actions.accept_handover(handover=offer.pk, by=cast.actor("qian"), at=later(hours=2))
    assert no.value.code == "already_settled"


def test_a_returned_hand_over_leaves_the_case_where_it_was(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    offer = actions.offer_handover(case=case.id, receiver=cast.qian.pk, reason="load", by=cast.actor("zhao"), at=at)
    with pytest.raises(Refused) as no:
        actions.offer_handover(case=case.id, receiver=cast.sun.pk, reason="load", by=cast.actor("zhao"), at=at)
    assert no.value.code == "already_offered"
    actions.return_handover(handover=offer.pk, text="不属于我的职责", by=cast.actor("qian"), at=later(hours=2))
    assert fresh(case).handler_id == cast.zhao.pk
    assert "handover_returned" in [notice.kind for notice in messages.inbox(cast.zhao.pk)]
    again = actions.offer_handover(
        case=case.id, receiver=cast.qian.pk, reason="load", by=cast.actor("zhao"), at=later(hours=3)
    )
    actions.cancel_handover(handover=again.pk, by=cast.actor("zhao"), at=later(hours=4))
    assert queries.handover(again.pk).outcome == "cancelled"


def test_an_unaccepted_hand_over_rings_after_four_business_hours(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    actions.offer_handover(case=case.id, receiver=cast.qian.pk, reason="load", by=cast.actor("zhao"), at=at)
    clock_actions.sweep(by=TICK, at=later(hours=3), limit=100)
    assert queries.escalations(case.id) == []
    clock_actions.sweep(by=TICK, at=later(hours=7), limit=100)
    assert [row.family for row in queries.escalations(case.id)] == ["OWNER"]


def test_a_recused_person_is_never_given_the_case(cast: Any, at: datetime) -> None:
    case = hear(cast, at, staff=(cast.zhao.pk,), about=("赵敏",))
    for verb in (
        lambda: actions.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("zhou"), at=at),
        lambda: actions.offer_handover(
            case=case.id, receiver=cast.zhao.pk, reason="load", by=cast.actor("zhou"), at=at
        ),
    ):
        with pytest.raises(Refused) as no:
            verb()
        assert no.value.code == "recused"


def test_somebody_accused_later_loses_the_case_at_once(cast: Any, at: datetime, later: Later) -> None:
    """SoD1: the rule re-runs when a person is added; access ends at once."""
    case = taken(cast, at)
    actions.accuse(case=case.id, person=cast.zhao.pk, by=cast.actor("zhou"), at=later(hours=1))
    after = fresh(case)
    assert (after.handler_id, after.state) == (None, "new")
    assert after.owner_id not in (cast.zhao.pk, cast.sun.pk, None), "neither the accused nor their manager"
    for who in ("zhao", "sun"):
        assert not queries.visible_to(cast.actor(who), later(hours=1)).filter(pk=case.id).exists()
        with pytest.raises(NotAllowed):
            actions.note(case=case.id, text="想看看", by=cast.actor(who), at=later(hours=1))


def test_escalation_goes_to_the_substitute_when_the_handler_is_away(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    staff_actions.absent(
        staff=cast.zhao.pk, from_at=at, until_at=later(days=30), substitute=cast.qian.pk, by=PORTAL, at=at
    )
    clock_actions.sweep(by=TICK, at=later(days=1), limit=100)
    first = queries.escalations(case.id)[0]
    assert (first.to_id, first.level) == (cast.qian.pk, "substitute")


def test_when_the_handler_leaves_mid_case_somebody_still_hears_of_it(cast: Any, at: datetime, later: Later) -> None:
    """Bad input 87."""
    case = taken(cast, at)
    staff_actions.leave(staff=cast.zhao.pk, from_date=later(days=1).date(), by=PORTAL, at=later(days=1))
    clock_actions.sweep(by=TICK, at=later(days=6), limit=100)
    told = queries.escalations(case.id)
    assert told and all(row.to_id not in (None, cast.zhao.pk) for row in told)
    with pytest.raises(Refused) as no:
        actions.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=later(days=6))
    assert no.value.code == "not_here"


def test_after_a_week_asleep_each_rung_escalates_once(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    for _ in range(3):
        clock_actions.sweep(by=TICK, at=later(days=7), limit=1000)
    rows = queries.escalations(case.id)
    assert len({(row.clock, row.cycle, row.rung, row.asked) for row in rows}) == len(rows)
    assert {row.rung for row in rows if row.family == "TOTAL"} == {"after-1"}, (
        "the highest rung speaks, the others are collapsed"
    )
    before = len(rows)
    clock_actions.sweep(by=TICK, at=later(days=7, hours=1), limit=1000)
    assert len(queries.escalations(case.id)) == before


def test_an_extension_counts_only_when_the_customer_was_told(cast: Any, at: datetime, later: Later) -> None:
    case = grade(cast, taken(cast, at), at, complexity="complex")
    before = case.legal_due_at
    asked = actions.request_extension(case=case.id, reason="investigation", by=cast.actor("zhao"), at=later(days=1))
    assert asked.to_days == 30
    with pytest.raises((Refused, NotAllowed)):
        actions.approve_extension(extension=asked.pk, by=cast.actor("zhao"), at=later(days=1))
    done = actions.approve_extension(extension=asked.pk, by=cast.actor("sun"), at=later(days=2))
    assert done.outcome == "applied"
    after = fresh(case)
    assert after.legal_due_at is not None and before is not None
    assert (after.legal_due_at - before).days == 15
    assert "extension" in [letter.purpose for letter in messages.thread(case.id)]
    assert {view.family for view in clocks.clocks_of(case.id) if view.extended} >= {"REG", "TOTAL"}


def test_beyond_thirty_days_only_consumer_protection_extends(cast: Any, at: datetime, later: Later) -> None:
    case = grade(cast, taken(cast, at), at, complexity="exceptional")
    first = actions.request_extension(case=case.id, reason="external", by=cast.actor("zhao"), at=later(days=1))
    actions.approve_extension(extension=first.pk, by=cast.actor("sun"), at=later(days=1))
    second = actions.request_extension(case=case.id, reason="external", by=cast.actor("zhao"), at=later(days=20))
    assert second.to_days == 60
    with pytest.raises(Refused) as no:
        actions.approve_extension(extension=second.pk, by=cast.actor("sun"), at=later(days=20))
    assert no.value.code == "step_too_far"
    assert actions.approve_extension(extension=second.pk, by=cast.actor("zhou"), at=later(days=20)).outcome == "applied"
    with pytest.raises(Refused) as no:
        actions.request_extension(case=case.id, reason="external", by=cast.actor("zhao"), at=later(days=40))
    assert no.value.code == "no_more_time"


def test_a_simple_matter_and_a_late_one_are_not_extended(cast: Any, at: datetime, later: Later) -> None:
    simple = taken(cast, at)
    with pytest.raises(Refused) as no:
        actions.request_extension(case=simple.id, reason="investigation", by=cast.actor("zhao"), at=at)
    assert no.value.code == "not_complex_enough"
    late = grade(cast, taken(cast, at, phone="13900139003"), at, complexity="complex")
    with pytest.raises(Refused) as no:
        actions.request_extension(case=late.id, reason="investigation", by=cast.actor("zhao"), at=later(days=16))
    assert no.value.code == "past_due"


def test_a_stricter_grade_keeps_the_anchor(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    graded = grade(cast, case, later(days=1), complexity="exceptional")
    total = next(view for view in clocks.clocks_of(case.id) if view.family == "TOTAL")
    assert total.anchor_at == at and (graded.house_due_at or at) > (case.house_due_at or at)


def test_the_forecast_flags_a_case_and_tells_its_handler(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    actions.flag_risk(case=case.id, on=True, by=TICK, at=at)
    actions.flag_risk(case=case.id, on=True, by=TICK, at=at)
    assert "risk" in fresh(case).flag_codes
    assert [n.kind for n in messages.inbox(cast.zhao.pk)].count("clock_rung") == 1
    actions.flag_risk(case=case.id, on=False, by=TICK, at=at)
    assert "risk" not in fresh(case).flag_codes
