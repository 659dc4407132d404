"""One customer seen whole, masked, and only by those who may see one of their matters."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.listen.voices import actions as voices
from huiyin.resolve.cases import queries

PORTAL = machine("portal")


def hear(cast: Any, at: datetime, unit: str = "O0101", text: str = "存折取款，柜员态度恶劣") -> Any:
    heard = voices.Heard(
        kind="complaint", channel="portal", received_at=at, language="zh-hans", unit=cast.unit[unit].pk,
        words=voices.Words(text=text, name="张桂兰", phone="13800138000"),
    )  # fmt: skip
    (voice,) = voices.hear_many(items=[heard], by=PORTAL, at=at)
    return queries.case(voice.id)


def test_matters_promises_and_person_on_one_page(cast: Any, at: datetime) -> None:
    first, second = hear(cast, at - timedelta(days=20)), hear(cast, at)
    client = cast.login(Client(), "sun")
    html = client.get(f"/desk/customers/{first.customer}/").content.decode()
    assert first.number in html and second.number in html and "承诺答复时间" in html
    assert "张桂兰" not in html and "13800138000" not in html and "138****8000" in html


def test_a_matter_of_another_branch_is_not_shown(cast: Any, at: datetime) -> None:
    here, there = hear(cast, at), hear(cast, at, unit="O0201")
    assert here.customer == there.customer
    html = cast.login(Client(), "sun").get(f"/desk/customers/{here.customer}/").content.decode()
    assert here.number in html and there.number not in html


@pytest.mark.parametrize("who, status", [("sun", 200), ("zhou", 200), ("chen", 404), ("admin", 403), ("li", 403)])
def test_who_may_open_it(cast: Any, at: datetime, who: str, status: int) -> None:
    case = hear(cast, at)
    assert cast.login(Client(), who).get(f"/desk/customers/{case.customer}/").status_code == status


def test_somebody_is_found_by_telephone_and_nobody_by_a_pattern(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    client = cast.login(Client(), "sun")
    assert client.get("/desk/customers/", {"q": "13800138000"})["Location"].endswith(f"/{case.customer}/")
    for q in ("%", "_", "", "' OR 1=1--", "1380013"):
        assert client.get("/desk/customers/", {"q": q}).status_code == 200
