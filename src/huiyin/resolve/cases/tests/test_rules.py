"""The decisions of this room, by tables."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from huiyin.resolve.cases.rules import inbound, limits, nextstep, routing, steps, words
from huiyin.resolve.cases.rules.hiding import hide_links, hide_numbers
from huiyin.resolve.cases.rules.sources import is_closed

A, B, C, D = (UUID(int=n) for n in (1, 2, 3, 4))
AT = datetime(2026, 3, 5, 2, tzinfo=UTC)


@pytest.mark.parametrize("verb", sorted(steps.ALLOWED))
@pytest.mark.parametrize("state", sorted(words.STATES))
def test_every_step_is_allowed_or_refused_with_a_worded_reason(verb: str, state: str) -> None:
    from huiyin.resolve.cases.actions.refusals import WHY

    no = steps.refusal(verb, state)
    assert (no is None) == (state in steps.ALLOWED[verb])
    assert no is None or no in WHY


@pytest.mark.parametrize(
    "verb, state, why",
    [
        ("reply", "new", "take_it_first"),
        ("close", "new", "not_answered_yet"),
        ("close", "working", "not_answered_yet"),
        ("close", "closed", "case_is_closed"),
        ("confirm", "approving", "not_answered_yet"),
        ("send", "approving", "waiting_for_approval"),
        ("reply", "sending", "reply_on_its_way"),
        ("assign", "answered", "already_answered"),
        ("approve", "working", "nothing_to_approve"),
    ],
)
def test_a_skipped_step_says_which_one_is_missing(verb: str, state: str, why: str) -> None:
    assert steps.refusal(verb, state) == why


@pytest.mark.parametrize(
    "contact, tiers, recused, staff, how",
    [
        (A, [("duty", [B])], [], A, "contact"),
        (None, [("duty", [B])], [], B, "duty"),
        (A, [("duty", [B])], [A], B, "duty"),
        (None, [("duty", [B]), ("level_up", [C])], [B], C, "level_up"),
        (None, [("duty", [B]), ("level_up", [C])], [B, C], None, "duty"),
        (None, [], [], None, "duty"),
    ],
)
def test_the_first_owner(contact, tiers, recused, staff, how) -> None:  # type: ignore[no-untyped-def]
    assert routing.first_owner(contact=contact, tiers=tiers, recused=recused) == routing.Chosen(staff, how)


def test_the_regulators_limit_ranks_before_the_houses_own() -> None:
    house, legal = AT + timedelta(days=5), AT + timedelta(days=15)
    turn = limits.turn([limits.Due("TOTAL", AT, house), limits.Due("REG", AT, legal), limits.Due("ACK", AT, AT)])
    assert (turn.rank_at, turn.promised_at) == (legal, house)
    assert limits.turn([limits.Due("TOTAL", AT, house)]).rank_at == house
    assert limits.turn([]).rank_at == limits.LAST


@pytest.mark.parametrize("days, word", [(0, "ok"), (11.9, "ok"), (12.1, "warn"), (15, "warn"), (15.1, "bad")])
def test_the_chip_turns_in_the_last_fifth_and_after_the_limit(days: float, word: str) -> None:
    due = AT + timedelta(days=15)
    assert limits.urgency(limits.risk_at(AT, due), due, AT + timedelta(days=days)) == word


def test_no_clock_no_colour() -> None:
    assert limits.urgency(None, None, AT) == "none"


@pytest.mark.parametrize("days, to", [(5, 30), (15, 30), (30, 60), (60, None)])
def test_extensions_go_in_two_steps(days: int, to: int | None) -> None:
    step = limits.next_extension(days)
    assert (step.to_days if step else None) == to


@pytest.mark.parametrize(
    "said, shown",
    [
        ("请打13800138000联系我", "请打138****8000联系我"),
        ("卡号6222 0202 0011 2233 445", "卡号622****3445"),
        ("身份证11010519491231002X", "身份证110****002X"),
        ("邮箱 zhang@example.com", "邮箱 z***@***"),
        ("2026年3月5日取了12000元", "2026年3月5日取了12000元"),
        ("损失 1234567.89 元", "损失 1234567.89 元"),
        ("电话是 010-88886666", "电话是 010****6666"),
        ("", ""),
    ],
)
def test_numbers_of_persons_are_hidden_in_words(said: str, shown: str) -> None:
    assert hide_numbers(said) == shown


def test_hiding_is_quick_on_hostile_text() -> None:
    """Bad input 29: our own patterns do not explode."""
    import time

    start = time.process_time()
    for letter in ("a", "1", "1 ", "a.", "@"):
        hide_numbers(letter * 25_000)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "state, reply, confirmed, to_classify, code",
    [
        ("new", None, False, True, "take"),
        ("working", None, False, True, "classify"),
        ("working", None, False, False, "reply"),
        ("working", "ready", False, False, "send"),
        ("working", "returned", False, False, "rewrite"),
        ("working", "failed", False, False, "resend"),
        ("approving", "waiting", False, False, "approve"),
        ("sending", "sending", False, False, "deliver"),
        ("answered", "delivered", False, False, "wait"),
        ("answered", "delivered", True, False, "close"),
        ("closed", None, True, False, "done"),
    ],
)
def test_the_next_step_is_always_said(
    state: str, reply: str | None, confirmed: bool, to_classify: bool, code: str
) -> None:
    step = nextstep.next_step(state=state, to_classify=to_classify, reply=reply, confirmed=confirmed)
    assert step.code == code and step.zh and step.en


@pytest.mark.parametrize(
    ("outcome", "closed"),
    [
        ("Closed with explanation", True),
        ("In progress", False),
        ("in_progress", False),
        ("Untimely response in progress", False),
        ("", True),
        (None, True),
    ],
)
def test_a_matter_is_closed_where_its_source_does_not_call_it_open(outcome: str | None, closed: bool) -> None:
    assert is_closed(outcome) is closed


@pytest.mark.parametrize(
    ("text", "thanks"),
    [
        ("谢谢！", True), ("收到，谢谢您", True), ("好的，辛苦了👍", True), ("Thank you very much!", True), ("OK, got it. Thanks", True),
        ("没问题，谢谢", True), ("收到了吗？", False), ("谢谢，但是钱还没到账", False), ("不用谢，请问何时答复", False), ("好", True),
        ("Thanks, but when will I be paid?", False), ("Thank you for nothing", False), ("谢谢，补交材料见附件", False), ("", False),
        ("。。。", False), ("我不满意", False),
    ],
)  # fmt: skip
def test_t26_thanks_are_told_from_what_needs_an_answer(text: str, thanks: bool) -> None:
    assert inbound.is_thanks(text) is thanks


def test_the_customers_own_links_open_for_nobody_else() -> None:
    said = "查询：https://bank.example/track/gu4xv6aknyfat7342dmp7nxu6a/。调查 https://bank.example/survey/Ab-_9xyz01"
    assert hide_links(said) == "查询：https://bank.example/track/…。调查 https://bank.example/survey/…"
    assert hide_links("/track/ 与 /desk/cases/1/ 不变") == "/track/ 与 /desk/cases/1/ 不变"
