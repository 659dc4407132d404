"""Who has the case and had it how long: consult, joint handling, escalation, stand-in, bounce, wrong hand-overs."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import actions as staff_actions
from huiyin.ledger import queries as ledger
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused
from huiyin.resolve.cases.models import Handover, Reply
from huiyin.resolve.cases.tests.stories import PORTAL, drafted, fresh, grade, hear, taken, the_customer

Later = Callable[..., datetime]


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
    used = clocks.attribution(case.id, later(hours=5))
    assert used is not None
    assert [(line.clock.purpose, line.elapsed_s // 3600) for line in used.legs] == [("handle", 3), ("consult", 2)]
    assert sum(share.elapsed_s for share in used.shares) == used.elapsed_s


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
    assert third.pk == queries.side_legs(case.id)[2].pk


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
    (leg,) = clocks.legs(case.id)
    assert leg.holder == cast.qian.pk, "the same leg, another person"


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
    line = next(leg for leg in clocks.legs(case.id) if leg.route == "transfer")
    assert (line.charged or line.holdings[-1].staff) == cast.staff[charged].pk.hex
    facts = {entry.type: json.loads(entry.payload) for entry in ledger.entries_of(case.stream)}
    assert facts["case.bounced"]["charged"] == str(cast.staff[charged].pk)
    assert facts["case.handover_marked"]["error"] == "material"


def test_an_assigned_case_bounces_to_its_owner(cast: Any, at: datetime, later: Later) -> None:
    case = hear(cast, at)
    other = next(name for name in ("zhao", "qian") if cast.staff[name].pk != case.owner_id)
    actions.assign(case=case.id, handler=cast.staff[other].pk, by=cast.actor("sun"), at=at)
    actions.bounce(case=case.id, error="misrouted", text="非本条线", by=cast.actor(other), at=later(hours=1))
    assert (fresh(case).handler_id, fresh(case).state) == (None, "new")
    (leg,) = clocks.legs(case.id)
    assert (leg.open, leg.charged) == (False, case.owner_id.hex), "sent back at once: the owner pays, nobody has it now"
    actions.assign(case=case.id, handler=cast.staff[other].pk, by=cast.actor("sun"), at=later(hours=5))
    used = clocks.attribution(case.id, later(hours=6))
    assert used is not None
    spent = {share.staff: share.elapsed_s // 3600 for share in used.shares if share.elapsed_s}
    assert spent == {case.owner_id: 1, None: 4, cast.staff[other].pk: 1}


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
