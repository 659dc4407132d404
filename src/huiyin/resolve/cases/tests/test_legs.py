"""Who has the case and had it how long: consult, joint handling, escalation, stand-in, bounce, wrong hand-overs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from huiyin.bank.staff import actions as staff_actions
from huiyin.ledger import queries as ledger
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused
from huiyin.resolve.cases.models import Handover, Reply
from huiyin.resolve.cases.rules import legs as rule
from huiyin.resolve.cases.tests.stories import PORTAL, drafted, fresh, grade, hear, taken, the_customer

Later = Callable[..., datetime]
T0 = datetime(2026, 3, 5, 2, tzinfo=UTC)


def told(hours: float, type: str, **said: Any) -> rule.Told:
    return rule.Told(type, said, T0 + timedelta(hours=hours))


STORIES: dict[str, tuple[list[rule.Told], list[tuple[str, str | None, float]]]] = {
    "waits, is assigned, is transferred, is answered, is closed": (
        [
            told(0, "case.opened", owner="o"), told(2, "case.assigned", handler="a"),
            told(5, "case.assigned", handler="b", how="transfer"), told(6, "case.answered"), told(10, "case.closed"),
        ],
        [("owner", "o", 2), ("handler", "a", 3), ("handler", "b", 1), ("customer", None, 4)],
    ),
    "a consultation takes the time over, and gives it back": (
        [
            told(0, "case.opened", owner="o"), told(0, "case.assigned", handler="a"),
            told(1, "case.leg_opened", kind="consult", holder="x", part="1"),
            told(4, "case.leg_ended", part="1", outcome="answered"), told(9, "case.closed"),
        ],
        [("owner", "o", 0), ("handler", "a", 6), ("consult", "x", 3)],
    ),
    "joint handling runs beside the lead and takes nothing over": (
        [
            told(0, "case.opened", owner="o"), told(0, "case.assigned", handler="a"),
            told(1, "case.leg_opened", kind="joint", holder="x", part="1"), told(9, "case.closed"),
        ],
        [("owner", "o", 0), ("handler", "a", 9), ("joint", "x", 0)],
    ),
    "a bounce in time charges the sender": (
        [
            told(0, "case.opened", owner="o"), told(0, "case.assigned", handler="a"),
            told(3, "case.assigned", handler="b", how="transfer"),
            told(5, "case.bounced", sender="b", receiver="a", charged="a"),
            told(5, "case.assigned", handler="a", how="bounce"), told(6, "case.closed"),
        ],
        [("owner", "o", 0), ("handler", "a", 3), ("handler", "a", 2), ("handler", "a", 1)],
    ),
    "a failed delivery gives it back to the handler, a dispute to an owner": (
        [
            told(0, "case.opened", owner="o"), told(1, "case.assigned", handler="a"), told(2, "case.answered"),
            told(3, "case.unanswered"), told(4, "case.answered"), told(6, "case.reopened", owner="p", cycle=2),
            told(7, "case.assigned", handler="q"), told(9, "case.closed"),
        ],
        [
            ("owner", "o", 1), ("handler", "a", 1), ("customer", None, 1), ("handler", "a", 1), ("customer", None, 2),
            ("owner", "p", 1), ("handler", "q", 2),
        ],
    ),
    "whoever is recused holds it no longer": (
        [
            told(0, "case.opened", owner="o"), told(1, "case.assigned", handler="a"),
            told(2, "staff.recused", staff="a", why="accused"), told(2, "case.moved", owner="p"), told(5, "case.closed"),
        ],
        [("owner", "o", 1), ("handler", "a", 1), ("owner", "o", 0), ("owner", "p", 3)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
def test_legs_from_facts(name: str) -> None:
    facts, expected = STORIES[name]
    found = rule.legs(facts)
    times = rule.charged(found, facts[-1].at)
    assert [
        (leg.kind, rule.answers_for(leg), time.total_seconds() / 3600) for leg, time in zip(found, times, strict=True)
    ] == expected


STEP = some.sampled_from(["assign", "consult", "joint", "end", "answered", "unanswered", "reopened", "recused"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.lists(some.tuples(some.integers(0, 600), STEP, some.sampled_from("abcd")), max_size=12))
def test_the_charged_times_add_up_to_the_whole(steps: list[tuple[int, str, str]]) -> None:
    """Attribution sums exactly to the time the case was open, whatever happened (§8.9)."""
    facts, minutes = [told(0, "case.opened", owner="o")], 0
    for n, (gap, step, who) in enumerate(steps):
        minutes += gap
        made = {
            "assign": ("case.assigned", {"handler": who}),
            "consult": ("case.leg_opened", {"kind": "consult", "holder": who, "part": str(n)}),
            "joint": ("case.leg_opened", {"kind": "joint", "holder": who, "part": str(n)}),
            "end": ("case.leg_ended", {"part": str(n - 1), "outcome": "answered"}),
            "answered": ("case.answered", {}),
            "unanswered": ("case.unanswered", {}),
            "reopened": ("case.reopened", {"owner": who, "cycle": n}),
            "recused": ("staff.recused", {"staff": who}),
        }[step]
        facts.append(told(minutes / 60, made[0], **made[1]))
    until = T0 + timedelta(minutes=minutes + 7)
    found = rule.legs(facts)
    assert sum(rule.charged(found, until), timedelta()) == until - T0
    assert sum(leg.open and leg.kind not in rule.SIDE for leg in found) == 1, "somebody always has it"


def test_a_consulted_colleague_of_another_branch_sees_the_case_and_answers(
    cast: Any, at: datetime, later: Later
) -> None:
    case = taken(cast, at)
    cast.person("far", unit="B02", post="handler", roles={"owner": "B02"})
    far = cast.actor("far")
    assert not queries.visible_to(far, at).filter(pk=case.id).exists()
    leg = actions.open_leg(
        case=case.id,
        kind="consult",
        holder=cast.far.pk,
        text="请核对贵行流水",
        by=cast.actor("zhao"),
        at=later(hours=1),
    )
    assert queries.visible_to(far, later(hours=1)).filter(pk=case.id).exists()
    assert "leg_opened" in [notice.kind for notice in messages.inbox(cast.far.pk)]
    actions.note(case=case.id, text="正在查", by=far, at=later(hours=1))
    with pytest.raises(NotAllowed):
        actions.draft_reply(case=case.id, text="我来答复", by=far, at=later(hours=1))
    with pytest.raises(Refused) as no:
        drafted(cast, case, later(hours=2))
    assert no.value.code == "legs_open", "the reply waits for what was asked"
    actions.answer_leg(leg=leg.pk, text="流水无误", by=far, at=later(hours=3))
    assert not queries.visible_to(far, later(hours=4)).filter(pk=case.id).exists()
    with pytest.raises(Refused) as no:
        actions.answer_leg(leg=leg.pk, text="再说一遍", by=far, at=later(hours=4))
    assert no.value.code == "already_settled"
    drafted(cast, case, later(hours=4))
    lines = queries.held(fresh(case), later(hours=5))
    assert [(line.leg.kind, line.spent) for line in lines if line.spent] == [
        ("handler", timedelta(hours=3)), ("consult", timedelta(hours=2)),
    ]  # fmt: skip


def test_a_part_is_called_off_or_given_back_and_ends_with_the_case(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    zhao = cast.actor("zhao")
    first = actions.open_leg(case=case.id, kind="joint", holder=cast.qian.pk, text="请协办", by=zhao, at=at)
    with pytest.raises(Refused) as no:
        actions.open_leg(case=case.id, kind="consult", holder=cast.qian.pk, text="再问", by=zhao, at=at)
    assert no.value.code == "leg_there"
    actions.call_off_leg(leg=first.pk, by=zhao, at=later(hours=1))
    second = actions.open_leg(
        case=case.id, kind="joint", holder=cast.qian.pk, text="请协办", by=zhao, at=later(hours=2)
    )
    with pytest.raises(Refused) as no:
        actions.return_leg(leg=second.pk, text="不是我们", by=cast.actor("sun"), at=later(hours=2))
    assert no.value.code == "not_your_leg"
    actions.return_leg(leg=second.pk, text="不属本部门", by=cast.actor("qian"), at=later(hours=3))
    third = actions.open_leg(case=case.id, kind="consult", holder=cast.qian.pk, text="问", by=zhao, at=later(hours=4))
    actions.withdraw(case=case.id, by=the_customer(case), at=later(hours=5))
    assert [row.outcome for row in queries.side_legs(case.id)] == ["cancelled", "returned", "closed"]
    assert third.pk == queries.side_legs(case.id)[2].pk and queries.legs(fresh(case))[-1].end == "closed"


def test_escalation_finds_somebody_above_and_the_handler_stays(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    leg = actions.open_leg(case=case.id, kind="escalation", text="涉及条款解释", by=cast.actor("zhao"), at=at)
    assert leg.holder_id not in (cast.zhao.pk, None) and fresh(case).handler_id == cast.zhao.pk
    drafted(cast, case, at)  # an escalation does not hold the reply up


def test_a_stand_in_takes_the_same_part(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    due = case.rank_at
    with pytest.raises(NotAllowed):
        actions.substitute(case=case.id, person=cast.qian.pk, by=cast.actor("zhao"), at=later(hours=1))
    actions.substitute(case=case.id, person=cast.qian.pk, by=cast.actor("sun"), at=later(hours=1))
    assert (fresh(case).handler_id, fresh(case).rank_at) == (cast.qian.pk, due)
    assert [leg.how for leg in queries.legs(fresh(case))][-1] == "substitute"


@pytest.mark.parametrize(("hours", "charged"), [(2, "zhao"), (30, "qian")])
def test_a_bounce_goes_back_and_charges_whoever_caused_it(
    cast: Any, at: datetime, later: Later, hours: int, charged: str
) -> None:
    """退单: within four business hours at the sender's cost, later at the receiver's."""
    case = taken(cast, at)
    offer = actions.offer_handover(case=case.id, receiver=cast.qian.pk, reason="load", by=cast.actor("zhao"), at=at)
    actions.accept_handover(handover=offer.pk, by=cast.actor("qian"), at=at)
    with pytest.raises(Refused) as no:
        actions.bounce(case=case.id, error="nonsense", text="缺回单", by=cast.actor("qian"), at=later(hours=hours))
    assert no.value.code == "reason_missing"
    with pytest.raises(Refused) as no:
        actions.bounce(case=case.id, error="material", text="缺回单", by=cast.actor("zhao"), at=later(hours=hours))
    assert no.value.code == "not_holder"
    actions.bounce(case=case.id, error="material", text="缺回单", by=cast.actor("qian"), at=later(hours=hours))
    after = fresh(case)
    assert (after.handler_id, after.state) == (cast.zhao.pk, "working")
    assert Handover.objects.get(pk=offer.pk).error == "material"
    line = next(leg for leg in queries.legs(after) if leg.how == "transfer")
    assert rule.answers_for(line) == str(cast.staff[charged].pk)
    facts = [entry.type for entry in ledger.entries_of(case.stream)]
    assert facts.count("case.bounced") == facts.count("case.handover_marked") == 1


def test_an_assigned_case_bounces_to_its_owner(cast: Any, at: datetime, later: Later) -> None:
    case = hear(cast, at)
    other = next(name for name in ("zhao", "qian") if cast.staff[name].pk != case.owner_id)
    actions.assign(case=case.id, handler=cast.staff[other].pk, by=cast.actor("sun"), at=at)
    actions.bounce(case=case.id, error="misrouted", text="非本条线", by=cast.actor(other), at=later(hours=1))
    assert (fresh(case).handler_id, fresh(case).state) == (None, "new")


def test_a_wrong_hand_over_is_marked_once_by_its_receiver(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    offer = actions.offer_handover(case=case.id, receiver=cast.qian.pk, reason="load", by=cast.actor("zhao"), at=at)
    actions.accept_handover(handover=offer.pk, by=cast.actor("qian"), at=later(hours=1))
    with pytest.raises(Refused) as no:
        actions.mark_handover(
            handover=offer.pk, error="wrong", text="金额不对", by=cast.actor("zhao"), at=later(hours=2)
        )
    assert no.value.code == "not_handed_to_you"
    actions.mark_handover(handover=offer.pk, error="wrong", text="金额不对", by=cast.actor("qian"), at=later(hours=2))
    with pytest.raises(Refused) as no:
        actions.mark_handover(handover=offer.pk, error="wrong", text="又错", by=cast.actor("qian"), at=later(hours=3))
    assert no.value.code == "already_settled"
    assert fresh(case).handler_id == cast.qian.pk


# Recusal that re-runs (SoD1, SoD2)


def test_sod1_who_is_accused_later_loses_drafts_parts_and_offers(cast: Any, at: datetime, later: Later) -> None:
    case = grade(cast, taken(cast, at), at, severity="serious")
    reply = drafted(cast, case, at)
    part = actions.open_leg(case=case.id, kind="consult", holder=cast.qian.pk, text="问", by=cast.actor("zhao"), at=at)
    actions.accuse(case=case.id, person=cast.qian.pk, by=cast.actor("zhou"), at=later(hours=1))
    assert next(row for row in queries.side_legs(case.id) if row.pk == part.pk).outcome == "recused"
    assert Reply.objects.get(pk=reply.pk).state == "waiting", "somebody else's draft stands"
    actions.accuse(case=case.id, person=cast.zhao.pk, by=cast.actor("zhou"), at=later(hours=2))
    after = fresh(case)
    assert Reply.objects.get(pk=reply.pk).state == "replaced", "what an accused person wrote is not sent"
    assert after.handler_id is None and after.state == "new"
    barred = {cast.zhao.pk, cast.qian.pk, cast.sun.pk}
    assert after.owner_id is not None and after.owner_id not in barred
    assert "case_opened" in [notice.kind for notice in messages.inbox(after.owner_id)]


def test_sod1_an_approver_accused_later_has_not_approved(cast: Any, at: datetime, later: Later) -> None:
    case = grade(cast, taken(cast, at), at, severity="serious")
    reply = drafted(cast, case, at)
    actions.approve_reply(reply=reply.pk, by=cast.actor("sun"), at=at)
    actions.accuse(case=case.id, person=cast.sun.pk, by=PORTAL, at=later(hours=1))
    again = Reply.objects.get(pk=reply.pk)
    assert (again.state, again.approver_id, fresh(case).state) == ("waiting", None, "approving")
    with pytest.raises(Refused):
        actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=later(hours=1))
    asked = [notice.kind for notice in messages.inbox(cast.duty.pk)]
    assert asked.count("reply_to_approve") == 2, "whoever may approve is asked again"


def test_sod1_kin_declared_later_move_the_case_on(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at, staff=(cast.wang.pk,), about=("王",))
    assert fresh(case).handler_id == cast.zhao.pk
    staff_actions.declare_kin(staff=cast.zhao.pk, other=cast.wang.pk, by=PORTAL, at=later(hours=1))
    assert fresh(case).handler_id is None
    assert not queries.visible_to(cast.actor("zhao"), later(hours=1)).filter(pk=case.id).exists()


def test_sod2_a_whole_unit_complained_about_is_worked_on_above_it(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    actions.accuse_unit(case=case.id, unit=cast.unit["B01"].pk, by=cast.actor("zhou"), at=at)
    after = fresh(case)
    assert after.handler_id is None and after.owner_id is not None
    for who in ("zhao", "qian", "sun"):
        assert cast.staff[who].pk != after.owner_id
        assert not queries.visible_to(cast.actor(who), at).filter(pk=case.id).exists()


def test_an_unknown_part_is_gone(cast: Any, at: datetime) -> None:
    with pytest.raises(actions.Gone):
        actions.answer_leg(leg=uuid4(), text="x", by=cast.actor("zhao"), at=at)
