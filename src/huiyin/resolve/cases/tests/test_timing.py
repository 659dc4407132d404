"""Pause, resume, excuse and attribution as people meet them on the case page."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.bank.clocks import actions as clock_actions
from huiyin.bank.clocks import queries as clocks
from huiyin.listen.voices import actions as voices
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused
from huiyin.resolve.cases.tests.stories import TICK, fresh, grade, hear, taken, the_customer
from huiyin.resolve.cases.tests.test_holding import Later


@pytest.fixture
def sign_in(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


def do(client: Client, case: Any, verb: str, **data: Any) -> Any:
    return client.post(f"/desk/cases/{case.id}/{verb}/", {"version": fresh(case).version, **data})


def page(client: Client, case: Any, language: str = "zh") -> str:
    return client.get(f"/desk/cases/{case.id}/?lang={language}").content.decode()


def total(case: Any) -> clocks.ClockView:
    return next(view for view in clocks.clocks_of(case.id) if view.family == "TOTAL")


def test_a_handler_pauses_with_reason_end_and_grounds_and_lets_it_run_again(
    cast: Any, at: datetime, sign_in: Any
) -> None:
    case, zhao = taken(cast, at), sign_in("zhao")
    due = total(case).due_at
    assert (
        do(zhao, case, "pause", reason="customer_wait", until="2026-03-20", text="客户来电同意等候").status_code == 302
    )
    assert total(case).state == "paused"
    html = page(zhao, case)
    assert "客户同意暂缓" in html and "预计至" in html
    assert "客户来电同意等候" in html  # the grounds are an internal note
    assert do(zhao, case, "resume", choice="customer_wait").status_code == 302
    assert (total(case).state, total(case).due_at) == ("running", due)


def test_the_regulator_s_limit_runs_on_while_the_house_waits(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    actions.pause(
        case=case.id, reason="customer_wait", until=date(2026, 3, 20), text="录音", by=cast.actor("zhao"), at=at
    )
    standing = {view.family: view.state for view in clocks.clocks_of(case.id)}
    assert (standing["TOTAL"], standing["PROMISE"], standing["REG"], standing["OWNER"]) == (
        "paused", "paused", "running", "running",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"reason": "customer_wait", "text": "录音"}, 409),  # no agreed date
        ({"reason": "customer_wait", "until": "2020-01-01", "text": "录音"}, 409),
        ({"reason": "customer_wait", "until": "2036-01-01", "text": "录音"}, 409),
        ({"reason": "customer_wait", "until": "2026-02-31", "text": "录音"}, 422),
        ({"reason": "approval", "text": "等领导"}, 422),
        ({"reason": "other_department", "text": "等部门"}, 422),
        ({"reason": "external", "text": ""}, 422),
    ],
)
def test_a_pause_that_may_not_be_is_refused_and_nothing_is_half_written(
    cast: Any, at: datetime, sign_in: Any, data: dict[str, str], status: int
) -> None:
    case = taken(cast, at)
    before = (fresh(case).version, len(queries.notes(case.id)))
    answer = do(sign_in("zhao"), case, "pause", **data)
    assert answer.status_code == status
    assert (fresh(case).version, len(queries.notes(case.id))) == before
    assert total(case).state == "running"


def test_nobody_pauses_their_own_step_a_third_time_but_a_supervisor_may(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    for n in range(2):
        actions.pause(case=case.id, reason="external", text="鉴定", by=cast.actor("zhao"), at=later(hours=2 * n))
        actions.resume(case=case.id, reason="external", by=cast.actor("zhao"), at=later(hours=2 * n + 1))
    with pytest.raises(clock_actions.Refused):
        actions.pause(case=case.id, reason="external", text="鉴定", by=cast.actor("zhao"), at=later(hours=5))
    assert actions.pause(case=case.id, reason="external", text="鉴定", by=cast.actor("sun"), at=later(hours=5))


def test_a_pause_over_its_end_runs_on_and_tells_the_handler_once(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    actions.pause(
        case=case.id, reason="customer_wait", until=date(2026, 3, 6), text="录音", by=cast.actor("zhao"), at=at
    )
    clock_actions.sweep(by=TICK, at=later(days=2))
    assert total(case).state == "running"
    assert fresh(case).house_due_at == total(case).due_at
    assert [n.kind for n in messages.inbox(cast.zhao.pk)].count("pause_over") == 1


def test_t25_no_receipt_bounce_or_letter_of_ours_lets_a_paused_clock_run(cast: Any, at: datetime, later: Later) -> None:
    """Only what a person writes to us does (T26: a note on the portal is enough)."""
    case = taken(cast, at)
    actions.ask_for_material(case=case.id, text="请提供取号凭条", by=cast.actor("zhao"), at=at)
    assert total(case).state == "paused"
    actions.update_customer(case=case.id, text="我们仍在等候材料", by=cast.actor("zhao"), at=later(hours=1))
    assert total(case).state == "paused"
    voices.add_words(voice=case.id, text="收到，谢谢您！", by=the_customer(case), at=later(hours=1))
    assert total(case).state == "paused", "T26: thanks are no material"
    voices.add_words(voice=case.id, text="凭条已附", by=the_customer(case), at=later(hours=2))
    assert total(case).state == "running"


def test_waiting_for_material_ends_after_five_working_days(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    actions.ask_for_material(case=case.id, text="请提供取号凭条", by=cast.actor("zhao"), at=at)
    (wait,) = total(case).waits
    assert wait.until_at is not None
    assert wait.until_at.isoformat() == "2026-03-12T09:30:00+00:00"


def missed(cast: Any, at: datetime, later: Later) -> Any:
    case = taken(cast, at)
    clock_actions.sweep(by=TICK, at=later(days=7))
    return case


def test_a_miss_is_excused_by_a_second_person_and_stays_a_miss(
    cast: Any, at: datetime, later: Later, sign_in: Any
) -> None:
    case = missed(cast, at, later)
    asked = actions.request_excuse(
        case=case.id,
        clock=total(case).id,
        reason="outage",
        text="核心系统当日停机",
        by=cast.actor("zhao"),
        at=later(days=7),
    )
    assert "excuse_to_decide" in [n.kind for n in messages.inbox(cast.sun.pk)]
    with pytest.raises(NotAllowed):
        actions.decide_excuse(excuse=asked.pk, grant=True, by=cast.actor("qian"), at=later(days=7))
    with pytest.raises(Refused) as no:
        actions.decide_excuse(excuse=asked.pk, grant=True, by=cast.actor("zhao"), at=later(days=7))
    assert no.value.code == "own_excuse"
    actions.decide_excuse(excuse=asked.pk, grant=True, by=cast.actor("sun"), at=later(days=7))
    assert (total(case).excused, total(case).breached_at is not None) == (True, True)
    with pytest.raises(Refused):
        actions.decide_excuse(excuse=asked.pk, grant=False, by=cast.actor("sun"), at=later(days=7))
    assert "已豁免" in page(sign_in("sun"), case)


def test_the_excuse_is_asked_and_refused_by_buttons(cast: Any, at: datetime, later: Later, sign_in: Any) -> None:
    case = missed(cast, at, later)
    zhao, sun = sign_in("zhao"), sign_in("sun")
    clock = str(total(case).id)
    assert do(zhao, case, "excuse", clock=clock, reason="outage", text="停机").status_code == 302
    assert "grant-excuse" not in re.findall(r'action="[^"]*/([a-z-]+)/"', page(zhao, case))
    assert "grant-excuse" in re.findall(r'action="[^"]*/([a-z-]+)/"', page(sun, case))
    assert do(sun, case, "deny-excuse").status_code == 302
    assert not total(case).excused
    assert do(zhao, case, "excuse", clock=str(case.id), reason="outage", text="停机").status_code == 422


def test_nothing_missed_nothing_to_excuse(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    with pytest.raises(Refused) as no:
        actions.request_excuse(
            case=case.id, clock=total(case).id, reason="outage", text="停机", by=cast.actor("zhao"), at=at
        )
    assert no.value.code == "nothing_missed"


def test_t58_the_step_clock_is_reached_by_the_buttons_of_the_case_page(cast: Any, at: datetime, sign_in: Any) -> None:
    """Assigned, substituted by a supervisor: each change of hands on record moves the step with it."""
    case, sun = hear(cast, at), sign_in("sun")
    assert do(sun, case, "assign", person=str(cast.zhao.pk)).status_code == 302
    (leg,) = clocks.legs(case.id)
    assert (leg.holder, leg.route, leg.due_at is not None) == (cast.zhao.pk, "enter", True)
    assert do(sun, case, "assign", person=str(cast.qian.pk)).status_code == 302
    assert [(leg.holder, leg.open) for leg in clocks.legs(case.id)] == [(cast.zhao.pk, False), (cast.qian.pk, True)]
    assert clock_actions.rebuild(subjects=[case.id]) == []


def test_asking_a_colleague_stops_the_handlers_step_until_the_answer(cast: Any, at: datetime, later: Later) -> None:
    case = taken(cast, at)
    part = actions.open_leg(
        case=case.id, kind="consult", holder=cast.qian.pk, text="请核对流水", by=cast.actor("zhao"), at=later(hours=1)
    )
    mine, asked = clocks.legs(case.id)
    assert (mine.state, asked.holder, asked.purpose) == ("paused", cast.qian.pk, "consult")
    actions.answer_leg(leg=part.pk, text="流水无误", by=cast.actor("qian"), at=later(hours=2))
    mine, asked = clocks.legs(case.id)
    assert (mine.state, asked.met) == ("running", True)
    found = clocks.attribution(case.id, later(hours=2))
    assert found is not None
    assert {share.staff: share.elapsed_s for share in found.shares} == {cast.zhao.pk: 3600, cast.qian.pk: 3600}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_whose_time_it_was(cast: Any, at: datetime, later: Later, sign_in: Any, language: str) -> None:
    case = grade(cast, taken(cast, at), at)
    for route, who, hours in (("transfer", "qian", 3), ("bounce", None, 5), ("consult", "qian", 6)):
        clock_actions.reroute(
            subject=case.id, route=route, receiver=cast.staff[who].pk if who else None, by=cast.actor("sun"),
            at=later(hours=hours),
        )  # fmt: skip
    html = page(sign_in("sun"), case, language)
    words = ("whose time it was", "Sent back early") if language == "en" else ("用时归属", "提前退单")
    assert all(word in html for word in words)
