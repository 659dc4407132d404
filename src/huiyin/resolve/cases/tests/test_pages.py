"""The case page and its verbs over HTTP: what is shown to whom, and what a wrong step answers."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.tests.stories import TEXT, answered, drafted, fresh, grade, hear, taken, the_customer


@pytest.fixture
def sign_in(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


def page(client: Client, case: Any, language: str = "zh") -> str:
    answer = client.get(f"/desk/cases/{case.id}/?lang={language}")
    assert answer.status_code == 200, answer.content[:2000]
    return answer.content.decode()


def do(client: Client, case: Any, verb: str, **data: Any) -> Any:
    return client.post(f"/desk/cases/{case.id}/{verb}/", {"version": fresh(case).version, **data})


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("stage", [hear, taken, answered])
def test_the_page_stands_in_every_state_and_both_languages(
    cast: Any, at: datetime, sign_in: Any, stage: Any, language: str
) -> None:
    case = stage(cast, at)
    html = page(sign_in("sun"), case, language)
    assert case.number in html and "张桂兰" not in html and "13800138000" not in html
    if language == "en":
        staffed = re.sub(r"<[^>]*user-content[^>]*>.*?</", "", html, flags=re.S)
        assert "处理中" not in staffed and "首问责任人" not in staffed


def test_the_whole_way_by_buttons(cast: Any, at: datetime, sign_in: Any) -> None:
    case, sun = hear(cast, at), sign_in("sun")
    zhao = sign_in("zhao")
    assert do(sun, case, "assign", person=str(cast.zhao.pk)).status_code == 302
    assert do(zhao, case, "note", text="已电话联系客户").status_code == 302
    assert do(zhao, case, "update", text="您好，我们正在核实。").status_code == 302
    assert do(zhao, case, "reply", text=TEXT, verified="on").status_code == 302
    assert do(zhao, case, "send").status_code == 302
    assert fresh(case).state == "answered"
    html = page(zhao, case)
    assert "已电话联系客户" in html and "已送达" in html
    found = {"root_cause": "people.attitude", "post": "teller", "unit": "O0101"}
    assert do(zhao, case, "find", **found).status_code == 302
    assert do(sun, case, "confirm").status_code == 302
    assert (fresh(case).state, fresh(case).outcome) == ("closed", "resolved")


def test_a_refused_form_keeps_what_was_written(cast: Any, at: datetime, sign_in: Any) -> None:
    case = taken(cast, at)
    answer = do(sign_in("zhao"), case, "reply", text=TEXT)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert TEXT in html and "查清事实" in html
    assert do(sign_in("zhao"), case, "reply", text="").status_code == 422


def test_the_loser_gets_a_merge_page_with_both_versions(cast: Any, at: datetime, sign_in: Any) -> None:
    """Bad input 15."""
    case, zhao = taken(cast, at), sign_in("zhao")
    shown = fresh(case).version
    drafted(cast, case, at, text="同事写的版本")
    answer = zhao.post(
        f"/desk/cases/{case.id}/reply/", {"version": shown, "text": "我写的版本", "verified": "on", "title": ""}
    )
    html = answer.content.decode()
    assert answer.status_code == 409 and "我写的版本" in html and "同事写的版本" in html
    again = int(re.search(r'name="version" value="(\d+)"', html)[1])  # type: ignore[index]
    assert again == fresh(case).version
    kept = zhao.post(
        f"/desk/cases/{case.id}/reply/", {"version": again, "text": "我写的版本", "verified": "on", "title": ""}
    )
    assert kept.status_code == 302 and len(queries.replies(case.id)) == 2


@pytest.mark.parametrize("verb", ["close", "send", "approve", "confirm", "grant"])
def test_step_skipping_is_answered_not_broken(cast: Any, at: datetime, sign_in: Any, verb: str) -> None:
    """Bad input 16."""
    case = hear(cast, at)
    answer = do(sign_in("sun"), case, verb, choice="resolved")
    assert answer.status_code in (409, 422)


BAD: tuple[dict[str, str], ...] = (
    {"version": "x"},
    {"version": "-1"},
    {"version": "9" * 40},
    {"text": "a\x00b"},
    {"text": "字" * 5001},
    {"person": "' OR 1=1--"},
    {"person": str(uuid4())},
    {"number": "%"},
    {"category": "nonsense"},
    {"choice": "<b>"},
)


@pytest.mark.once
def test_bad_input_never_breaks_a_verb(cast: Any, at: datetime, sign_in: Any) -> None:
    case, client = taken(cast, at), sign_in("sun")
    verbs = ("note", "assign", "classify", "handover", "reclassify", "reply", "extend", "accuse")
    for n, data in enumerate(BAD):  # each value at three verbs, each verb with four values: a page is drawn every time
        for verb in {verbs[n % 8], verbs[(n + 3) % 8], verbs[(n + 6) % 8]}:
            assert do(client, case, verb, **data).status_code < 500, (verb, data)
    assert client.post(f"/desk/cases/{case.id}/nonsense/").status_code == 404


@pytest.mark.parametrize("who", ["chen", "admin", "wang"])
def test_a_stranger_finds_no_such_case(cast: Any, at: datetime, sign_in: Any, who: str) -> None:
    case, client = taken(cast, at), sign_in(who)
    assert client.get(f"/desk/cases/{case.id}/").status_code == 404
    assert do(client, case, "note", text="x").status_code == 404
    assert client.get(f"/desk/cases/{UUID(int=7)}/").status_code == 404


def test_without_signing_in_there_is_no_page(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    assert Client().get(f"/desk/cases/{case.id}/").status_code == 302
    assert Client().get(f"/desk/cases/{case.id}/note/").status_code in (302, 405)


def test_the_accused_loses_the_page_and_the_attempt_is_on_record(cast: Any, at: datetime, sign_in: Any) -> None:
    case = taken(cast, at)
    zhao = sign_in("zhao")
    assert zhao.get(f"/desk/cases/{case.id}/").status_code == 200
    answer = do(sign_in("zhou"), case, "accuse", person="", number=cast.zhao.number)
    assert answer.status_code == 302
    assert zhao.get(f"/desk/cases/{case.id}/").status_code == 404
    assert sign_in("sun").get(f"/desk/cases/{case.id}/").status_code == 404


def test_an_outlet_manager_reads_masked_and_gets_no_verbs(cast: Any, at: datetime, sign_in: Any) -> None:
    html = page(sign_in("li"), taken(cast, at))
    assert "说明用途后查看" not in html and 'name="text"' not in html


def test_who_may_unmask_is_asked_for_a_reason(cast: Any, at: datetime, sign_in: Any) -> None:
    assert "说明用途后查看" in page(sign_in("zhao"), taken(cast, at))


def test_the_approver_sees_approve_and_the_author_sees_why_not(cast: Any, at: datetime, sign_in: Any) -> None:
    case = grade(cast, taken(cast, at), at, severity="serious")
    drafted(cast, case, at)
    assert f"/desk/cases/{case.id}/approve/" in page(sign_in("sun"), case)
    assert f"/desk/cases/{case.id}/approve/" not in page(sign_in("zhao"), case)
    assert do(sign_in("zhao"), case, "approve").status_code in (403, 409)
    assert do(sign_in("sun"), case, "approve").status_code == 302
    assert fresh(case).state == "answered"


def test_a_hand_over_is_accepted_or_returned_on_the_page(cast: Any, at: datetime, sign_in: Any) -> None:
    case, zhao, qian = taken(cast, at), sign_in("zhao"), sign_in("qian")
    assert (
        do(zhao, case, "handover", person=str(cast.qian.pk), kind="handler", reason="load", text="").status_code == 302
    )
    (offer,) = queries.waiting_handovers(cast.qian.pk)
    assert "有一项移交等待您接收" in page(qian, case)
    assert do(zhao, case, "accept", handover=str(offer.pk)).status_code == 409
    assert do(qian, case, "accept", handover="nonsense").status_code == 404
    assert do(qian, case, "accept", handover=str(offer.pk)).status_code == 302
    assert fresh(case).handler_id == cast.qian.pk


def test_hostile_words_are_shown_as_words(cast: Any, at: datetime, sign_in: Any) -> None:
    case = hear(cast, at, text="<script>alert(1)</script> {{7*7}} {% debug %} 13912345678")
    html = page(sign_in("sun"), case)
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html
    assert "{{7*7}}" in html and "13912345678" not in html


def test_a_page_has_no_inline_code(cast: Any, at: datetime, sign_in: Any) -> None:
    html = page(sign_in("sun"), answered(cast, at))
    assert not re.search(r"<script(?![^>]*src)|\sstyle=|\son\w+=", html)


def test_after_a_dispute_the_first_handler_is_sent_back_to_the_queue(cast: Any, at: datetime, sign_in: Any) -> None:
    case, zhao = answered(cast, at), sign_in("zhao")
    answer = do(zhao, case, "dispute", text="客户来电不认可")
    assert answer.status_code == 302 and answer["Location"].startswith("/desk/work/")
    assert fresh(case).cycle == 2


def test_a_closed_case_offers_nothing_but_a_note_and_reasons(cast: Any, at: datetime, sign_in: Any) -> None:
    case = answered(cast, at)
    actions.confirm(case=case.id, by=the_customer(case), at=at)
    html = page(sign_in("sun"), case)
    assert f"/desk/cases/{case.id}/note/" in html and f"/desk/cases/{case.id}/reply/" not in html


def test_a_term_that_ends_at_midnight_is_of_one_day_everywhere(cast: Any, at: datetime, sign_in: Any) -> None:
    """Received on 5 March, 15 days: 20 March 24:00, on the page, behind its links and in the dossier."""
    case, sun = hear(cast, at), sign_in("sun")
    for shown in (page(sun, case), sun.get(f"/desk/cases/{case.id}/dossier/").content.decode()):
        assert "2026年3月20日" in shown and "24:00" in shown
        assert "2026年3月21日" not in shown and "00:00" not in shown


def test_a_hand_over_has_its_own_word(cast: Any, at: datetime, sign_in: Any) -> None:
    case = taken(cast, at)
    assert "转接" not in page(sign_in("zhao"), case)
