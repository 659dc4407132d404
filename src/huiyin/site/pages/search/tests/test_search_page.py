"""The search page and the API: by POST, in both languages, and only what the reader may see."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.ledger import actions as ledger
from huiyin.protect.access import actions as access
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.finding import actions as finding

PAGE = "/desk/search/"


@pytest.fixture
def told(cast: Any, at: datetime) -> Any:
    case = stories.hear(
        cast, at, "信用卡被盜刷 <script>alert(1)</script> 电话13912345678", phone="13912345678", name="刘洋"
    )
    ledger.seal(at=datetime.now(UTC))
    finding.keep_up()
    return case


def asked(cast: Any, who: str, **data: Any) -> Any:
    return cast.login(Client(), who).post(PAGE, data)


def test_the_page_marks_what_was_found_and_links_to_the_case(cast, told) -> None:
    html = asked(cast, "zhao", q="盗刷").content.decode()
    assert f"/desk/cases/{told.id}/" in html and "<mark>盜刷</mark>" in html
    assert "&lt;script&gt;" in html and "<script>alert" not in html and "13912345678" not in html
    assert "1 条结果" in html


def test_the_page_in_english_has_no_chinese_of_ours(cast, told) -> None:
    client = cast.login(Client(), "zhao")
    client.cookies["django_language"] = "en"
    html = client.post(PAGE, {"q": "盗刷"}, headers={"Accept-Language": "en"}).content.decode()
    assert "1 result" in html and "Complaint" in html


def test_other_branches_and_recused_people_are_told_nothing(cast, told) -> None:
    html = asked(cast, "chen", q=told.number).content.decode()
    assert str(told.id) not in html and "没有找到" in html


def test_what_is_looked_for_stands_in_no_address(cast, told) -> None:
    html = asked(cast, "sun", q="13912345678").content.decode()
    assert "139****5678" in html and "刘*" in html
    assert 'method="post"' in html and "?q=" not in html
    assert "刘洋" not in cast.login(Client(), "sun").get(PAGE, {"q": "刘洋"}).content.decode()


@pytest.mark.parametrize("q", ["", "  ", "盗" * 201, "x" * 10_000, "a\x00b"])
def test_a_bad_question_is_explained_and_kept(cast, q) -> None:
    answer = asked(cast, "sun", q=q)
    assert answer.status_code == 400 and "invalid" in answer.content.decode()


@pytest.mark.parametrize("q", ["%", '"', "' OR 1=1--", "🙂", "\u202e盗", "\\", "NEAR(a b)", "((", "AND"])
def test_signs_are_no_fault(cast, told, q) -> None:
    assert asked(cast, "sun", q=q).status_code == 200


def test_made_up_filters_are_refused_and_wild_pages_capped(cast, told) -> None:
    assert asked(cast, "sun", q="盗刷", kind="password").status_code == 400
    assert asked(cast, "sun", q="盗刷", unit="O0201").status_code == 400
    assert asked(cast, "sun", q="盗刷", since="0001-01-01").status_code == 400
    assert asked(cast, "sun", q="盗刷", page="999999999").status_code == 200
    assert asked(cast, "sun", q="盗刷", page="x").status_code == 400


@pytest.fixture
def token(cast: Any) -> str:
    return access.issue_token(
        name="x", role="supervisor", unit=cast.unit["B01"].pk, until_date=date(2026, 8, 1), by=machine("cast"), at=cast.at
    )[1]  # fmt: skip


def api(token: str, body: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}"}
    return Client().post("/api/v1/search", data, content_type="application/json", headers=headers)


def test_the_api_answers_with_pieces(cast, told, token) -> None:
    answer = api(token, {"q": "盗刷"})
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert (found["total"], found["results"][0]["number"], found["results"][0]["why"]) == (1, told.number, "text")
    assert [piece["text"] for piece in found["results"][0]["snippet"] if piece["hit"]] == ["盜刷"]


def test_the_api_refuses_what_it_cannot_take(cast, told, token) -> None:
    assert api(token, {"q": ""}).status_code == 400
    assert api(token, {"q": "盗" * 201}).status_code == 400
    assert api(token, b'{"q": "a\\u0000"}').status_code == 400
    assert api(token, b'{"q": "\\ud800"}').status_code == 400
    assert api(token, b"{").status_code in (400, 422)
    assert api(token, {"q": "x", "kind": "password"}).status_code == 422
    assert api(token, {"q": "x", "unit": "O0201"}).status_code == 422
    assert api("wrong", {"q": "x"}).status_code == 401
    answer = Client().get("/api/v1/search?q=x", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 405 and answer["Allow"] == "POST"


def test_the_words_looked_for_are_in_no_log(cast, told, token, caplog) -> None:
    with caplog.at_level("DEBUG"):
        api(token, {"q": "刘洋"})
        asked(cast, "sun", q="13912345678")
    mine = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("刘洋" in record.getMessage() or "13912345678" in record.getMessage() for record in mine)
