"""Confirm, close, dispute, silence: how a case ends and begins again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.listen.surveys import queries as surveys
from huiyin.platform.messages import actions as message_actions
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import Refused
from huiyin.resolve.cases.tests.stories import TICK, answered, drafted, fresh, hear, taken, the_customer, traced

Later = Callable[..., datetime]


def test_the_customers_yes_closes_the_case_and_asks_for_a_rating(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at)
    actions.confirm(case=case.id, by=the_customer(case), at=later(days=1))
    after = fresh(case)
    assert (after.state, after.outcome, after.closed_at) == ("closed", "resolved", later(days=1))
    assert surveys.newest(case.id) is not None
    assert queries.closures(case.id)[0].cause == "service"
    assert all(not view.open for view in clocks.clocks_of(case.id))


def test_without_the_customers_word_only_time_closes(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at)
    for outcome in ("resolved", "explained"):
        with pytest.raises(Refused):
            actions.close(case=case.id, outcome=outcome, by=cast.actor("sun"), at=later(days=2))
    actions.close(case=case.id, outcome="explained", by=cast.actor("sun"), at=later(days=8))
    assert fresh(case).outcome == "explained"


def test_a_case_closes_only_with_its_cause(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at, text="你们这样不行")
    actions.confirm(case=case.id, by=the_customer(case), at=later(days=1))
    assert fresh(case).state == "answered", "confirmed, but nobody has said what caused it"
    with pytest.raises(Refused) as no:
        actions.close(case=case.id, outcome="resolved", by=cast.actor("sun"), at=later(days=1))
    assert no.value.code == "cause_missing"
    actions.close(
        case=case.id, outcome="resolved", category="savings", cause="process", by=cast.actor("sun"), at=later(days=1)
    )
    assert (fresh(case).state, fresh(case).cause) == ("closed", "process")


def test_silence_closes_after_a_week_without_a_survey(cast: Any, at: datetime, later: Later) -> None:
    unread, read = answered(cast, at), answered(cast, at, phone="13900139001")
    message_actions.read(matter=read.id, by=the_customer(read), at=later(days=1))
    assert actions.close_silent(by=TICK, at=later(days=6)) == 0
    assert actions.close_silent(by=TICK, at=later(days=7)) == 2
    assert actions.close_silent(by=TICK, at=later(days=8)) == 0
    assert (fresh(unread).outcome, fresh(read).outcome) == ("no_answer", "explained")
    assert surveys.newest(unread.id) is None


def test_a_silent_case_without_a_cause_asks_its_handler_once(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at, text="你们这样不行")
    for days in (8, 9):
        assert actions.close_silent(by=TICK, at=later(days=days)) == 0
    kinds = [notice.kind for notice in messages.inbox(cast.zhao.pk)]
    assert kinds.count("cause_missing") == 1 and fresh(case).state == "answered"


def test_a_dispute_gives_the_case_to_somebody_else(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at)
    actions.dispute(case=case.id, text="没有说明原因", by=the_customer(case), at=later(days=2))
    after = fresh(case)
    assert (after.state, after.cycle, after.handler_id) == ("new", 2, None)
    assert staff.recused(case.id, later(days=2))[cast.zhao.pk] == "first_handler"
    assert after.owner_id not in (None, cast.zhao.pk)
    with pytest.raises(Refused) as no:
        actions.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=later(days=2))
    assert no.value.code == "recused"
    first = {v.family: v for v in clocks.clocks_of(case.id) if v.cycle == 1}
    second = {v.family: v for v in clocks.clocks_of(case.id) if v.cycle == 2}
    assert first["REG"].met is True and second["REG"].open, "the verdict of cycle 1 stays, cycle 2 has its own budget"
    assert after.rank_at == second["REG"].due_at
    actions.assign(case=case.id, handler=cast.qian.pk, by=cast.actor("sun"), at=later(days=2))
    reply = drafted(cast, case, later(days=3), "qian")
    actions.send_reply(reply=reply.pk, by=cast.actor("qian"), at=later(days=3))
    traced(cast, case, later(days=3))
    actions.confirm(case=case.id, by=the_customer(case), at=later(days=4))
    assert (fresh(case).state, fresh(case).outcome) == ("closed", "resolved")
    assert [row.cycle for row in queries.closures(case.id)] == [2]


def test_a_closed_case_can_be_disputed_within_thirty_days(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at)
    actions.close_silent(by=TICK, at=later(days=8))
    actions.dispute(case=case.id, text="我刚看到，不同意", by=the_customer(case), at=later(days=29))
    assert fresh(case).state == "new" and fresh(case).closed_at is None
    other = answered(cast, at, phone="13900139002")
    with pytest.raises(Refused) as no:
        actions.dispute(case=other.id, text="不同意", by=the_customer(other), at=later(days=31))
    assert no.value.code == "dispute_too_late"


def test_withdrawing_ends_it_the_same_day(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    actions.withdraw(case=case.id, by=the_customer(case), at=later(hours=5))
    after = fresh(case)
    assert (after.state, after.outcome) == ("closed", "withdrawn")
    with pytest.raises(Refused) as no:
        actions.dispute(case=case.id, text="不", by=the_customer(case), at=later(hours=6))
    assert no.value.code == "withdrawn"
    assert surveys.newest(case.id) is None


def test_a_recovery_case_is_not_surveyed_again(cast: Any, at: datetime, later: Later) -> None:
    case = answered(cast, at, kind="low_score", text="评分很低，柜员态度恶劣，存折")
    actions.confirm(case=case.id, by=the_customer(case), at=later(days=1))
    assert fresh(case).state == "closed" and surveys.newest(case.id) is None


def test_a_reclassified_matter_still_gets_an_answer(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    actions.reclassify(case=case.id, kind="enquiry", by=cast.actor("sun"), at=at)
    after = fresh(case)
    assert after.kind == "enquiry" and after.legal_due_at is None and after.house_due_at is not None
    with pytest.raises(Refused):
        actions.reclassify(case=case.id, kind="praise", by=cast.actor("sun"), at=at)
    reply = actions.draft_reply(case=case.id, text="解答如下", verified=False, by=cast.actor("zhao"), at=at)
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert fresh(case).state == "answered"


def test_whoever_raised_it_is_told_the_outcome_once(cast: Any, at: datetime, later: Later) -> None:
    """R12: 件件有回音."""
    case = answered(cast, at)
    about = hear(cast, at, phone="13700137000").id
    assert actions.tell(
        case=case.id, about=about, text="已增设两个窗口，等候时间降到 15 分钟。", by=TICK, at=later(days=60)
    )
    assert not actions.tell(case=case.id, about=about, text="同上", by=TICK, at=later(days=61))
    assert [letter.purpose for letter in messages.thread(case.id)].count("outcome") == 1
