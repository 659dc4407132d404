"""Staff who listen at the counter and on the telephone."""

import pytest

from huiyin.listen.voices import queries
from huiyin.listen.voices.models import Voice
from huiyin.resolve.cases import queries as cases

ENTRY = {
    "channel": "phone", "kind": "complaint", "name": "张三", "phone": "13800138000", "email": "", "text": "手续费多收了",
    "want": "退还手续费", "unit": "O0101 滨江人民路支行", "product": "", "occurred_at": "", "about": "",
    "representative": "", "mandate": "", "key": "k-1",
}  # fmt: skip


@pytest.fixture
def desk(cast, client):
    return cast.login(client, "wang")


def test_whoever_hears_it_first_answers_for_it_first(desk, cast):
    answer = desk.post("/desk/new/", ENTRY, follow=True)
    voice = Voice.objects.get()
    assert voice.taken_by_id == cast.wang.pk and voice.channel == "phone"
    case = cases.case(voice.id)
    assert (case.owner_id, case.owner_how) == (cast.wang.pk, "contact")
    assert voice.number in answer.content.decode() and queries.tracking_code(voice.id) in answer.content.decode()


def test_the_complained_about_do_not_become_owner_even_if_they_listened(desk, cast):
    desk.post("/desk/new/", ENTRY | {"about": "10001"})
    assert cases.case(Voice.objects.get().id).owner_id not in (cast.wang.pk, cast.li.pk)


def test_sent_twice_is_one_matter(desk):
    assert desk.post("/desk/new/", ENTRY)["location"] == desk.post("/desk/new/", ENTRY)["location"]
    assert Voice.objects.count() == 1


def test_a_wrong_entry_keeps_what_was_typed(desk):
    answer = desk.post("/desk/new/", ENTRY | {"phone": "x", "unit": "NOWHERE", "text": "别的"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "别的" in page and "电话号码" in page
    answer = desk.post("/desk/new/", ENTRY | {"unit": "NOWHERE"})
    assert answer.status_code == 422 and "没有这个网点" in answer.content.decode()
    assert not Voice.objects.exists()


def test_only_those_who_may_enter_complaints_see_the_form(cast, client):
    assert cast.login(client, "zheng").get("/desk/new/").status_code == 403
    assert client.get("/desk/new/held/").status_code == 403
    client.logout()
    assert client.get("/desk/new/").status_code == 302


def test_the_slip_is_for_the_one_who_wrote_it(desk, cast, client):
    path = desk.post("/desk/new/", ENTRY)["location"]
    cast.login(client, "zhao")
    assert client.get(path).status_code == 404
