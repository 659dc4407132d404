"""Several people, one matter: representatives, the report of a major complaint, one wording and many answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.ledger import queries as ledger
from huiyin.platform.messages.models import Notice
from huiyin.platform.messages.queries import thread
from huiyin.resolve.cases.tests.stories import drafted, fresh, grade, hear, taken
from huiyin.resolve.groups import actions as groups
from huiyin.resolve.groups import queries, tasks
from huiyin.resolve.groups.models import Group, Sending, Sent

WORDING = {"title": "关于系统故障的答复", "text": "{customer}：您反映的问题（{number}）系系统故障所致，已修复并退费。"}


@pytest.fixture
def sign_in(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


def opened(client: Client, kind: str, people: int = 0) -> Group:
    data = {"kind": kind, "title": "三月四日系统故障", "unit": "B01", "people": str(people)}
    answer = client.post("/desk/groups/new/", data)
    assert answer.status_code == 302, answer.content.decode()
    return Group.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[1])


def join(client: Client, group: Group, case: Any, **more: str) -> Any:
    return client.post(f"/desk/groups/{group.pk}/join/", {"number": case.number, **more})


def test_an_event_is_answered_with_one_wording_and_each_case_by_itself(cast: Any, at: Any, sign_in: Any) -> None:
    sun, zhou = sign_in("sun"), sign_in("zhou")
    fresh_one = hear(cast, at, name="张三", phone="13911110001")
    working = taken(cast, at, name="李四", phone="13911110002")
    serious = grade(cast, taken(cast, at, name="王五", phone="13911110003"), at, severity="serious")
    busy = grade(cast, taken(cast, at, name="赵六", phone="13911110004"), at, severity="serious")
    drafted(cast, busy, at)  # it has an answer of its own waiting
    group = opened(sun, "event")
    for case in (fresh_one, working, serious, busy):
        assert join(sun, group, case).status_code == 302
    assert "event" in fresh(working).flag_codes
    assert sun.post(f"/desk/groups/{group.pk}/draft/", WORDING).status_code == 302
    assert sun.post(f"/desk/groups/{group.pk}/send/").status_code == 409  # nobody has approved it
    assert sun.post(f"/desk/groups/{group.pk}/approve/").status_code == 409  # the author does not
    assert zhou.post(f"/desk/groups/{group.pk}/approve/").status_code == 302
    assert sun.post(f"/desk/groups/{group.pk}/send/").status_code == 302
    assert fresh(working).state == "working", "a job does it"
    assert groups.keep_up(at=at + timedelta(minutes=5)) == 1, "a lost job is given out again"
    going = str(Sending.objects.get().pk)
    assert tasks.send_answers.func(going) == tasks.send_answers.func(going) == "sent"
    page = sun.get(f"/desk/groups/{group.pk}/").content.decode()
    assert f"{busy.number}：已有答复待审批" in page
    for case, name in ((fresh_one, "张三"), (working, "李四"), (serious, "王五")):
        assert fresh(case).state == "answered"
        (letter,) = [letter for letter in thread(case.id) if letter.purpose == "reply"]
        assert f"尊敬的{name}：您反映的问题（{case.number}）" in letter.body
        assert "case.answered" in [entry.type for entry in ledger.entries_of(case.stream)]
    assert fresh(busy).state == "approving" and Sent.objects.count() == 3
    sun.post(f"/desk/groups/{group.pk}/send/")
    tasks.send_answers.func(going)
    assert Sent.objects.count() == 3  # pressed again, nobody is answered twice


def test_a_group_names_at_most_five_representatives(cast: Any, at: Any, sign_in: Any) -> None:
    sun = sign_in("sun")
    group = opened(sun, "group", people=7)
    found = [hear(cast, at, name=f"客户{n}", phone=f"1391111000{n}") for n in range(6)]
    answers = [join(sun, group, case, representative="on").status_code for case in found]
    assert answers == [302] * 5 + [409]
    assert group.major_at is None


def test_twenty_people_make_it_major_and_a_report_is_owed(cast: Any, at: Any, sign_in: Any) -> None:
    sun = sign_in("sun")
    group = opened(sun, "group", people=20)
    assert group.major_at is not None and Notice.objects.filter(kind="group_major", staff=cast.zhou.pk).exists()
    assert sun.post(f"/desk/groups/{group.pk}/report/", {"text": "已电话报告监管局值班室"}).status_code == 302
    group.refresh_from_db()
    assert group.reported_at is not None
    assert sun.post(f"/desk/groups/{group.pk}/report/", {"text": "再报"}).status_code == 409
    types = [entry.type for entry in ledger.entries_of(f"group:{group.pk}")]
    assert types == ["group.opened", "group.major", "group.reported"]
    case = taken(cast, at)
    assert fresh(case).severity == "ordinary" and join(sun, group, case).status_code == 302
    assert fresh(case).severity == "major", "each of its cases takes the path of major ones"
    sun.post(f"/desk/groups/{group.pk}/draft/", WORDING)
    cast.person("hu", unit="B01", post="supervisor", roles={"supervisor": "B01"})
    assert sign_in("hu").post(f"/desk/groups/{group.pk}/approve/").status_code == 409, "a supervisor is not enough"
    assert sign_in("zhou").post(f"/desk/groups/{group.pk}/approve/").status_code == 302
    sun.post(f"/desk/groups/{group.pk}/send/")
    tasks.send_answers.func(str(Sending.objects.get().pk))
    assert fresh(case).state == "answered"


def test_a_stranger_and_a_recused_person_see_no_group(cast: Any, at: Any, sign_in: Any) -> None:
    group = opened(sign_in("sun"), "event")
    case = hear(cast, at, staff=(cast.zhao.pk,))
    groups.join(group=group.pk, case=case.id, representative=False, by=cast.actor("zhou"), at=at)
    assert sign_in("chen").get(f"/desk/groups/{group.pk}/").status_code == 404
    assert sign_in("zhao").get(f"/desk/groups/{group.pk}/").status_code == 404
    assert queries.group_of(case.id) == group


def test_a_wording_with_an_unknown_placeholder_is_refused(cast: Any, sign_in: Any) -> None:
    sun = sign_in("sun")
    group = opened(sun, "event")
    answer = sun.post(f"/desk/groups/{group.pk}/draft/", WORDING | {"text": "{telephone}"})
    assert answer.status_code == 422
