"""Only a delivered reply answers; a serious one is read by somebody else first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from huiyin.bank.clocks import queries as clocks
from huiyin.ledger import queries as ledger
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused, Stale
from huiyin.resolve.cases.tests.stories import TEXT, answered, drafted, fresh, grade, hear, taken

Later = Callable[..., datetime]


def code(error: Any) -> str:
    return str(error.value.code)


def test_a_reply_reaches_the_customer_and_stops_the_clocks(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    reply = drafted(cast, case, later(hours=1))
    assert reply.state == "ready"
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=later(hours=2))
    after = fresh(case)
    assert (after.state, after.answered_at) == ("answered", later(hours=2))
    assert after.legal_due_at is None
    met = {view.family: view.met for view in clocks.clocks_of(case.id) if view.family in ("REG", "TOTAL", "PROMISE")}
    assert met == {"REG": True, "TOTAL": True, "PROMISE": True}
    assert messages.thread(case.id)[-1].purpose == "reply" and TEXT in messages.thread(case.id)[-1].body


def test_nobody_replies_before_taking_the_case(cast: Any, at: datetime) -> None:
    """Bad input 16: step skipping."""
    case = hear(cast, at)
    with pytest.raises(Refused) as no:
        drafted(cast, case, at, "sun")
    assert code(no) == "take_it_first"
    with pytest.raises(Refused) as no:
        actions.close(case=case.id, outcome="explained", by=cast.actor("sun"), at=at)
    assert code(no) == "not_answered_yet"
    with pytest.raises(Refused) as no:
        actions.confirm(case=case.id, by=cast.actor("sun"), at=at)
    assert code(no) == "not_answered_yet"


def test_a_serious_reply_waits_for_a_second_person(cast: Any, at: datetime, later: Later) -> None:
    case = grade(cast, taken(cast, at), at, severity="serious")
    reply = drafted(cast, case, at)
    assert (reply.state, fresh(case).state) == ("waiting", "approving")
    with pytest.raises(Refused) as no:
        actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert code(no) == "waiting_for_approval"
    assert [n.kind for n in messages.inbox(cast.sun.pk) if n.kind == "reply_to_approve"] == ["reply_to_approve"]
    actions.approve_reply(reply=reply.pk, by=cast.actor("sun"), at=later(hours=1), send=True)
    assert fresh(case).state == "answered"
    types = [entry.type for entry in ledger.entries_of(case.stream)]
    assert types.index("case.reply_drafted") < types.index("case.reply_approved") < types.index("case.answered")


def test_nobody_approves_their_own_reply(cast: Any, at: datetime) -> None:
    """SoD3."""
    case = grade(cast, taken(cast, at, "sun"), at, severity="serious")
    reply = drafted(cast, case, at, "sun")
    with pytest.raises((NotAllowed, Refused)):
        actions.approve_reply(reply=reply.pk, by=cast.actor("sun"), at=at)
    assert queries.approvers(fresh(case), cast.sun.pk, at)[0] != cast.sun.pk


def test_a_major_reply_is_approved_by_consumer_protection_only(cast: Any, at: datetime) -> None:
    case = grade(cast, taken(cast, at), at, severity="major")
    reply = drafted(cast, case, at)
    with pytest.raises(Refused) as no:
        actions.approve_reply(reply=reply.pk, by=cast.actor("sun"), at=at)
    assert code(no) == "major_needs_cp"
    actions.approve_reply(reply=reply.pk, by=cast.actor("zhou"), at=at)
    assert fresh(case).state == "working"


def test_a_returned_reply_is_written_again(cast: Any, at: datetime, later: Later) -> None:
    case = grade(cast, taken(cast, at), at, severity="serious")
    reply = drafted(cast, case, at)
    actions.return_reply(reply=reply.pk, text="请补充监控核实情况", by=cast.actor("sun"), at=later(hours=1))
    assert fresh(case).state == "working"
    second = drafted(cast, case, later(hours=2), text=TEXT + "经调阅监控属实。")
    assert queries.reply(reply.pk).state == "replaced"
    actions.approve_reply(reply=second.pk, by=cast.actor("sun"), at=later(hours=3), send=True)
    assert fresh(case).state == "answered"


def test_severity_raised_after_the_draft_needs_the_second_person_after_all(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    reply = drafted(cast, case, at)
    grade(cast, case, at, severity="serious")
    with pytest.raises(Refused) as no:
        actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert code(no) == "waiting_for_approval"


def test_a_decision_needs_verified_facts(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    with pytest.raises(Refused) as no:
        actions.draft_reply(case=case.id, text=TEXT, verified=False, by=cast.actor("zhao"), at=at)
    assert code(no) == "facts_unverified"


def test_a_failed_delivery_makes_the_case_work_again(cast: Any, at: datetime, later: Later) -> None:
    """T43: answered only after delivery evidence; failure reopens and alerts."""
    case = answered(cast, at)
    reply = queries.replies(case.id)[0]
    actions.unanswered(reply=reply.pk, why="bounced", by=cast.actor("sun"), at=later(hours=3))
    after = fresh(case)
    assert (after.state, after.answered_at) == ("working", None)
    assert after.legal_due_at is not None, "the clock runs as if nothing had been sent"
    assert "delivery_failed" in [notice.kind for notice in messages.inbox(cast.zhao.pk)]
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=later(hours=4))
    assert fresh(case).state == "answered"


def test_a_reply_to_a_mail_address_answers_only_when_the_gateway_took_it(
    cast: Any, at: datetime, settings: Any
) -> None:
    settings.HUIYIN_SMTP_URL = "smtp://127.0.0.1:9"
    case = taken(cast, at, email="zhang@example.com")
    reply = drafted(cast, case, at)
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert fresh(case).state == "sending"
    with pytest.raises(Refused) as no:
        drafted(cast, case, at)
    assert code(no) == "reply_on_its_way"


def test_the_loser_of_two_writers_is_told(cast: Any, at: datetime) -> None:
    """Bad input 15."""
    case = taken(cast, at)
    actions.note(case=case.id, text="一条备注", by=cast.actor("zhao"), at=at)
    drafted(cast, case, at)
    with pytest.raises(Stale) as no:
        actions.draft_reply(case=case.id, text="另一个版本", by=cast.actor("sun"), at=at, version=case.version)
    assert no.value.version == fresh(case).version


@pytest.mark.parametrize("text, why", [("", "empty_text"), ("  \x00 ", "empty_text"), ("字" * 5001, "text_too_long")])
def test_text_that_cannot_be_kept_is_refused(cast: Any, at: datetime, text: str, why: str) -> None:
    case = taken(cast, at)
    with pytest.raises(Refused) as no:
        actions.note(case=case.id, text=text, by=cast.actor("zhao"), at=at)
    assert code(no) == why


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "{% debug %}", "${jndi:x}", "𠮷田 👨‍👩‍👧‍👦 \u202e"]
)
def test_hostile_text_is_just_text(cast: Any, at: datetime, text: str) -> None:
    """Bad input 21-25."""
    case = taken(cast, at)
    reply = drafted(cast, case, at, text=text)
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert text in messages.thread(case.id)[-1].body


def test_a_stranger_cannot_reply(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    with pytest.raises(NotAllowed):
        drafted(cast, case, at, "chen")


def test_no_note_moves_a_due_date(cast: Any, at: datetime, later: Later) -> None:
    """V20."""
    case = taken(cast, at)
    actions.note(case=case.id, text="已联系客户", by=cast.actor("zhao"), at=later(days=1))
    assert fresh(case).rank_at == case.rank_at


@pytest.mark.parametrize("left", ["我们已采取的措施：【填写措施】。", "This is what we have done: [measures]."])
def test_a_template_with_a_gap_left_never_reaches_a_customer(cast: Any, at: datetime, left: str) -> None:
    case = taken(cast, at)
    with pytest.raises(Refused) as no:
        actions.draft_reply(case=case.id, text=f"{TEXT} {left}", by=cast.actor("zhao"), at=at)
    assert code(no) == "gap_left"
    assert (
        actions.draft_reply(case=case.id, text=f"{TEXT}【青禾银行】[1]", by=cast.actor("zhao"), at=at).state == "ready"
    )


def test_t44_a_delivery_told_twice_answers_once(cast: Any, at: datetime, later: Later) -> None:
    """Reactions are code, not triggers: whoever hears a fact again finds it done, and nothing follows from that."""
    case = answered(cast, at)
    reply = queries.replies(case.id)[0]
    before = [entry.hash for entry in ledger.entries_of(case.stream)]
    for hours in (1, 2):
        arrived = actions.Arrived(reply.pk, cast.actor("zhao"), later(hours=hours))
        actions.answered_many(items=[arrived])
        actions.acknowledged_many(items=[actions.Arrived(case.id, cast.actor("zhao"), later(hours=hours))])
    assert [entry.hash for entry in ledger.entries_of(case.stream)] == before
    assert fresh(case).answered_at == at
