"""Work on one case, through HTTP, one story per row: R4 redress, R5 responsibility, R6 working together, 核查."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.listen.voices import queries as voices
from huiyin.resolve.appeals.models import Review
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.models import Closure, Handover, Leg, Redress
from huiyin.resolve.cases.tests.stories import TEXT, fresh, grade, taken


@pytest.fixture
def people(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


def do(client: Client, case: Any, verb: str, expected: int = 302, **data: Any) -> Any:
    answer = client.post(f"/desk/cases/{case.id}/{verb}/", {"version": fresh(case).version, **data})
    assert answer.status_code == expected, (verb, answer.status_code, answer.content.decode()[-3000:])
    return answer


def test_r6_a_case_goes_through_many_hands_and_errors_are_counted(cast: Any, at: datetime, people: Any) -> None:
    case = taken(cast, at)
    zhao, qian, sun = people("zhao"), people("qian"), people("sun")
    do(zhao, case, "consult", number=cast.qian.number, text="请核对监控时间")
    do(zhao, case, "reply", 409, text=TEXT, verified="on")
    assert "请核对监控时间" in qian.get(f"/desk/cases/{case.id}/").content.decode()
    do(qian, case, "contribute", text="监控显示等候 112 分钟")
    do(zhao, case, "handover", number=cast.qian.number, kind="handler", reason="expertise", text="请接办")
    offer = Handover.objects.get(case=case.id)
    do(qian, case, "decline", 422, handover=str(offer.pk), text="缺少叫号记录")
    do(qian, case, "decline", handover=str(offer.pk), error="material", text="缺少叫号记录")
    do(zhao, case, "handover", number=cast.qian.number, kind="handler", reason="expertise", text="已补附件")
    again = Handover.objects.get(case=case.id, settled_at=None)
    do(qian, case, "accept", handover=str(again.pk))
    do(qian, case, "mark", error="wrong", text="网点写错了")
    do(qian, case, "lift", text="是否可以当场减免")
    do(qian, case, "bounce", error="misrouted", text="应由原经办人继续")
    do(sun, case, "substitute", number=cast.qian.number)
    assert fresh(case).handler_id == cast.qian.pk
    for language, words in (
        ("zh", ("当前办理人与用时归属", "代班", "缺少附件或证据")),
        ("en", ("Who has it, and whose time it was", "Papers or evidence missing")),
    ):
        page = sun.get(f"/desk/cases/{case.id}/?lang={language}").content.decode()
        assert all(word in page for word in words), language
    assert {row.error for row in Handover.objects.filter(case=case.id)} == {"material", "wrong"}
    assert Leg.objects.filter(case=case.id, left_at=None).get().kind == "escalation"


def test_r5_a_complaint_closes_only_with_its_cause_and_who_answers_for_it(cast: Any, at: datetime, people: Any) -> None:
    case = grade(cast, taken(cast, at), at)
    zhao, sun = people("zhao"), people("sun")
    do(zhao, case, "reply", text=TEXT, verified="on")
    do(zhao, case, "send")
    do(sun, case, "confirm")
    assert fresh(case).state == "answered", "the customer agrees; nobody has said what caused it"
    do(sun, case, "close", 409, choice="resolved")
    do(sun, case, "find", 422, root_cause="people", post="teller", unit="O0101")
    do(sun, case, "find", 422, root_cause="people.attitude", post="teller", unit="NOSUCH")
    do(sun, case, "find", 409, root_cause="people.attitude", post="none")
    do(sun, case, "find", root_cause="people.attitude", post="teller", unit="O0101", text="监控可见")
    page = sun.get(f"/desk/cases/{case.id}/?lang=zh").content.decode()
    assert "人员 / 服务行为 / 态度冷漠或用语不当" in page and "柜员" in page
    do(sun, case, "close", choice="resolved")
    closed = Closure.objects.get(case=case.id)
    assert (closed.root_cause, closed.post, closed.at_unit_id) == ("people.attitude", "teller", cast.unit["O0101"].pk)


def test_r4_redress_above_the_limit_needs_a_second_person_and_is_paid_before_closing(
    cast: Any, at: datetime, people: Any
) -> None:
    case = grade(cast, taken(cast, at), at)
    zhao, sun, zhou = people("zhao"), people("sun"), people("zhou")
    money = {"kind": "money", "currency": "CNY", "text": "赔付误工费"}
    do(zhao, case, "redress", 422, amount="-5", **money)
    do(zhao, case, "redress", 422, amount="五百", **money)
    do(zhao, case, "redress", 409, amount="0", **money)
    do(zhao, case, "redress", 409, amount="900000", **money)
    do(zhao, case, "redress", amount="3,000.00", **money)
    row = Redress.objects.get(case=case.id)
    assert (row.state, row.amount) == ("waiting", 300_000)
    do(zhao, case, "redress-offer", 409)
    do(sun, case, "redress-approve", 409)  # above a supervisor's limit too
    do(zhou, case, "redress-approve")
    do(zhao, case, "redress-offer")
    assert "赔付误工费" in Client().get(f"/track/{voices.tracking_code(case.id)}/").content.decode()
    do(zhao, case, "reply", text=TEXT, verified="on")
    do(zhao, case, "send")
    do(sun, case, "find", root_cause="process.slow", post="outlet_manager", unit="O0101")
    do(sun, case, "redress-accepted")
    do(sun, case, "confirm")
    do(sun, case, "close", 409, choice="resolved")
    do(zhao, case, "redress-paid", 422, evidence="")
    do(zhao, case, "redress-paid", evidence="FT202603050001")
    assert queries.totals(case.id) == {"CNY": (300_000, 300_000)}
    page = sun.get(f"/desk/cases/{case.id}/?lang=en").content.decode()
    assert "3,000.00 CNY" in page and "FT202603050001" in page
    do(sun, case, "close", choice="resolved")


def test_the_customer_asks_the_level_above_and_other_people_answer(cast: Any, at: datetime, people: Any) -> None:
    case = grade(cast, taken(cast, at), at)
    zhao, zhou = people("zhao"), people("zhou")
    customer, track = Client(), f"/track/{voices.tracking_code(case.id)}/"
    assert f"{track}review/" not in customer.get(track).content.decode()
    do(zhao, case, "reply", text=TEXT, verified="on")
    do(zhao, case, "send")
    assert f"{track}review/" in customer.get(track).content.decode()
    assert customer.post(f"{track}review/", {"text": ""}).status_code == 422
    assert customer.post(f"{track}review/", {"text": "没有说明依据"}).status_code == 302
    assert customer.post(f"{track}review/", {"text": "再一次"}).status_code == 409
    row = Review.objects.get(case=case.id)
    for who in ("zhao", "sun"):
        assert people(who).get(f"/desk/appeals/{row.pk}/").status_code == 404
        refused = people(who).post(f"/desk/appeals/{row.pk}/decide/", {"outcome": "upheld", "text": "x"})
        assert refused.status_code == 404
    for language in ("zh", "en"):
        assert "没有说明依据" in zhou.get(f"/desk/appeals/{row.pk}/?lang={language}").content.decode()
    sent = zhou.post(f"/desk/appeals/{row.pk}/decide/", {"outcome": "changed", "text": "退还手续费并致歉。"})
    assert sent.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.outcome, row.reviewer_id) == ("told", "changed", cast.zhou.pk)
    assert "退还手续费并致歉" in customer.get(track).content.decode()
