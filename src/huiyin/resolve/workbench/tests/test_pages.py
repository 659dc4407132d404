"""Small answers: who else is here, which colleague is meant, where a few letters lead, whether keys are on."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from huiyin.resolve.cases.tests import stories
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.models import Presence


def names(client: Client, path: str, q: str) -> list[str]:
    return [item["title"] for item in client.get(path, {"q": q}).json()["items"]]


def test_two_people_on_a_case_see_each_other_for_a_while(cast: Any, at: datetime, client: Client) -> None:
    case = stories.taken(cast, at)
    page = f"/desk/work/here/{case.pk}/"
    sun, zhao = cast.login(client, "sun"), cast.login(Client(), "zhao")
    assert "也在查看" not in sun.post(page).content.decode()
    html = zhao.post(page).content.decode()
    assert "孙洁" in html and f'data-hy-version="{case.version}"' in html
    assert "赵敏" in sun.post(page).content.decode()
    assert queries.others_at(case.pk, cast.zhao.pk, at + timedelta(minutes=2)) == []
    actions.look(case=case.pk, by=cast.actor("sun"), at=at + timedelta(minutes=11))
    assert Presence.objects.count() == 1, "old signs go as new ones come"
    assert cast.login(Client(), "chen").post(page).status_code == 404 and sun.get(page).status_code == 405


def test_a_colleague_is_found_by_name_pinyin_or_number(cast: Any, client: Client) -> None:
    sun = cast.login(client, "sun")
    for q in ("赵", "zm", "zhaomin", "10003", "zhao min"):
        assert names(sun, "/desk/work/colleagues/", q)[0] == "赵敏", q
    assert names(sun, "/desk/work/colleagues/", "陈晨") == [], "of another branch"
    assert sun.get("/desk/work/colleagues/", {"q": "zm"}).json()["items"][0]["text"] == "@赵敏(10003) "


def test_a_note_offers_only_those_who_may_see_the_case(cast: Any, at: datetime, client: Client) -> None:
    case = stories.taken(cast, at)
    page = f"/desk/work/colleagues/{case.pk}/"
    sun = cast.login(client, "sun")
    assert names(sun, page, "10004") == ["钱进"]
    assert names(sun, page, "10001") == [], "an agent who neither owns nor handles it"
    assert cast.login(Client(), "chen").get(page).status_code == 404


def test_a_few_letters_lead_to_pages_lists_cases_and_people(cast: Any, at: datetime, client: Client) -> None:
    case = stories.taken(cast, at)
    sun = cast.login(client, "sun")

    def found(q: str, **more: Any) -> str:
        return sun.get("/desk/go/", {"q": q, **more}, headers={"X-Hy-Piece": "1"}).content.decode()

    assert (
        "/desk/board/" in found("zgkb")
        and "/desk/board/" in found("zhuguan")
        and "/desk/board/" in found("supervisor b")
    )
    assert "view=accept" in found("待我接收") and f"/desk/cases/{case.pk}/" in found(case.number[-6:])
    assert "/desk/staff/10003/" in found("zm") and "/desk/units/O0101/" in found("rmlzh")
    step = found("tjdf", v=["写备注", "提交答复"])
    assert step.index('data-step="1"') >= 0 and 'data-step="0"' not in step
    assert "<html" in sun.get("/desk/go/", {"q": "zgkb"}).content.decode()
    zhao = cast.login(Client(), "zhao").get("/desk/go/", {"q": "zgkb"}).content.decode().split("<main")[1]
    assert "/desk/board/" not in zhao, "only what may be opened"
    for q in ("%", "\x00", "a" * 500, "' OR 1=1--", "𠮷"):
        assert sun.get("/desk/go/", {"q": q}).status_code == 200, q


def test_single_keys_are_switched_off_for_oneself(cast: Any, client: Client) -> None:
    sun = cast.login(client, "sun")
    assert 'data-hy-keys="on"' in sun.get("/desk/keys/").content.decode()
    assert sun.post("/desk/keys/", {"keys": "off"}).status_code == 302
    assert 'data-hy-keys="off"' in sun.get("/desk/work/").content.decode()
    assert 'data-hy-keys="on"' in cast.login(Client(), "zhao").get("/desk/work/").content.decode()
    sun.post("/desk/keys/", {"keys": "on"})
    assert 'data-hy-keys="on"' in sun.get("/desk/keys/").content.decode()
