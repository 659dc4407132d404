"""A voice becomes a case: somebody answers for it, clocks run, the customer knows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import actions as unit_actions
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import actions as voices
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.tests.stories import PORTAL, answered, fresh, hear, the_customer

Later = Callable[..., datetime]


def test_every_complaint_has_an_owner_clocks_and_an_acknowledgement(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    assert case.owner_id is not None and case.owner_how == "duty"
    families = {view.family: view for view in clocks.clocks_of(case.id)}
    assert {"ACK", "RESPONSE", "REG", "TOTAL", "PROMISE", "OWNER"} <= set(families)
    assert families["ACK"].met is True
    assert case.legal_due_at == families["REG"].due_at and case.rank_at == case.legal_due_at
    (letter,) = messages.thread(case.id)
    assert letter.purpose == "acknowledgement" and letter.delivered_at == at
    assert case.number in letter.body


def test_the_owner_is_told_in_the_inbox(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    assert case.owner_id is not None
    assert [notice.kind for notice in messages.inbox(case.owner_id)] == ["case_opened"]


def test_whoever_took_it_in_person_is_the_first_owner(cast: Any, at: datetime) -> None:
    case = hear(cast, at, channel="counter", taken_by=cast.wang.pk)
    assert (case.owner_id, case.owner_how) == (cast.wang.pk, "contact")


def test_it_is_classified_with_a_confidence_and_a_vague_one_waits_for_a_person(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    assert (case.category, case.cause) == ("savings", "service") and not case.to_classify
    vague = hear(cast, at, text="你们这样不行", phone="13900139000")
    assert vague.to_classify and clocks.clocks_of(vague.id), "the clocks do not wait for the classification"


def test_an_elderly_customer_is_flagged(cast: Any, at: datetime) -> None:
    assert "elderly" in hear(cast, at, text="我今年78岁，存折取款柜员不耐烦").flag_codes


def test_the_same_person_with_the_same_cause_within_ninety_days_is_a_repeat(
    cast: Any, at: datetime, later: Later
) -> None:
    first = hear(cast, at)
    second = hear(cast, later(days=20))
    third = hear(cast, later(days=120))
    assert first.customer == second.customer is not None
    assert second.repeat_of == first.id and "repeat" in second.flag_codes
    assert third.repeat_of is None


def test_the_complained_about_person_and_their_manager_are_kept_away_from_the_first_moment(
    cast: Any, at: datetime
) -> None:
    case = hear(cast, at, staff=(cast.wang.pk,), about=("王丽",), channel="counter", taken_by=cast.wang.pk)
    assert set(staff.recused(case.id, at)) >= {cast.wang.pk, cast.li.pk}
    assert case.owner_id not in (cast.wang.pk, cast.li.pk, None)
    for who in ("wang", "li"):
        assert not queries.visible_to(cast.actor(who), at).filter(pk=case.id).exists()


def test_where_the_complained_about_is_the_only_handler_the_case_goes_up(cast: Any, at: datetime) -> None:
    """Bad input 86: B02 has nobody else who could answer for it."""
    case = hear(cast, at, unit="O0201", staff=(cast.chen.pk,), about=("陈晨",))
    assert case.owner_id is not None and case.owner_id != cast.chen.pk
    owner = staff.person(case.owner_id)
    assert owner is not None and owner.unit.code.startswith("HO")


def test_sod17_with_nobody_eligible_the_duty_desk_gets_an_incident(cast: Any, at: datetime) -> None:
    """SoD17: the rule is never relaxed silently."""
    today = at.date()
    for name in ("zhao", "qian", "sun", "zhou", "wu", "zheng", "feng", "li", "chen", "admin"):
        staff_actions.leave(staff=cast.staff[name].pk, from_date=today, by=PORTAL, at=at)
    case = hear(cast, at, staff=(cast.duty.pk,), about=("何宁",))
    assert case.owner_id is None
    assert case.state == "new" and clocks.clocks_of(case.id)


def test_a_suggestion_gets_a_case_without_the_regulators_limit(cast: Any, at: datetime) -> None:
    case = hear(cast, at, kind="suggestion", text="建议大厅增加饮水机")
    assert case.legal_due_at is None and case.house_due_at is not None


def test_a_complaint_a_moment_before_spring_festival_is_due_on_a_real_day(cast: Any, at: datetime) -> None:
    """Bad input 78: 23:59:59.999 on the last working day before the festival of 2026."""
    moment = datetime.fromisoformat("2026-02-14T23:59:59.999000+08:00")
    case = hear(cast, moment)
    total = next(view for view in clocks.clocks_of(case.id) if view.family == "RESPONSE")
    assert total.due_at is not None and total.due_at.astimezone(moment.tzinfo).date().isoformat() == "2026-02-24"


def test_a_closed_outlet_leaves_its_open_cases_to_the_branch(cast: Any, at: datetime, later: Later) -> None:
    """Bad input 88."""
    case = hear(cast, at)
    assert case.unit_path == "HO/B01/O0101/"
    unit_actions.close_unit(unit=cast.unit["O0101"].pk, from_date=later(days=1).date(), by=PORTAL, at=later(days=1))
    moved = fresh(case)
    assert moved.unit_path == "HO/B01/"
    assert queries.visible_to(cast.actor("sun"), later(days=2)).filter(pk=case.id).exists()


def test_withdrawn_and_told_again_is_a_new_case(cast: Any, at: datetime, later: Later) -> None:
    """Bad input 83."""
    first = hear(cast, at)
    voices.withdraw(voice=first.id, by=the_customer(first), at=later(days=1))
    assert (fresh(first).state, fresh(first).outcome) == ("closed", "withdrawn")
    assert all(not view.open for view in clocks.clocks_of(first.id))
    assert all(view.state == "cancelled" for view in clocks.clocks_of(first.id) if view.family in ("REG", "TOTAL"))
    again = hear(cast, later(days=2))
    assert again.state == "new" and again.id != first.id and again.repeat_of == first.id


def test_imported_history_has_clocks_but_no_owner_no_notice_and_no_message(cast: Any, at: datetime) -> None:
    sent = at - timedelta(days=400)
    case = hear(
        cast, at, source="cfpb", source_ref="123", sent_at=sent, outcome="Closed with explanation", timely=True,
        channel="web", language="en", phone="", name="",
    )  # fmt: skip
    assert (case.state, case.outcome, case.owner_id) == ("closed", "imported", None)
    assert messages.thread(case.id) == []
    (reg,) = clocks.clocks_of(case.id)
    assert (reg.pack, reg.met, reg.evidence, reg.satisfied_at) == ("us-cfpb", True, "source", None)
    types = [entry.type for entry in ledger.entries_of(case.stream)]
    assert types == ["voice.heard", "case.opened", "clock.attested", "case.answered", "case.closed"]


def test_an_imported_case_in_progress_stays_open(cast: Any, at: datetime) -> None:
    case = hear(
        cast, at, source="cfpb", source_ref="124", sent_at=at, outcome="In progress", channel="web", phone="", name=""
    )
    assert case.state == "new" and case.legal_due_at is not None


@pytest.mark.parametrize("who, sees", [("sun", 1), ("zhou", 1), ("chen", 0), ("admin", 0), ("li", 1), ("wang", 0)])
def test_people_see_the_cases_of_their_units_only(cast: Any, at: datetime, who: str, sees: int) -> None:
    hear(cast, at)
    assert queries.visible_to(cast.actor(who), at).count() == sees


def test_a_colleague_who_complains_as_a_customer_keeps_away_from_it(cast: Any, at: datetime) -> None:
    """Found by their own telephone, however it is written: not its owner though it would be their turn, and for them it is
    no case at the desk. A number that several share is an office's, and keeps nobody away."""
    zhao, sun = cast.zhao, cast.sun
    for person, phone in ((zhao, "138 1234 0001"), (sun, "021-55550000"), (cast.qian, "021-55550000")):
        staff_actions.rename(staff=person.pk, name=person.name, name_en="", email="", phone=phone, by=PORTAL, at=at)
    own = hear(cast, at, taken_by=zhao.pk, channel="counter", phone="+86 138-1234-0001", name="赵")
    assert own.owner_id not in (None, zhao.pk)
    assert staff.recused(own.id, at) == {zhao.pk: "own"}
    assert not queries.visible_to(cast.actor("zhao"), at).filter(pk=own.id).exists()
    assert queries.visible_to(cast.actor("sun"), at).filter(pk=own.id).exists()
    shared = hear(cast, at, phone="021-55550000", name="某人")
    assert staff.recused(shared.id, at) == {}


def test_answering_lets_the_manager_of_the_accused_read_on_masked(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at, staff=(cast.wang.pk,), about=("王丽",))
    assert case.state == "answered"
    assert queries.visible_to(cast.actor("li"), later(hours=1)).filter(pk=case.id).exists()
    assert cast.li.pk in queries.sight(case, later(hours=1)).masked
    assert not queries.visible_to(cast.actor("wang"), later(hours=1)).filter(pk=case.id).exists()
    assert Case.objects.count() == 1
