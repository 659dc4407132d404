"""Many cases at once: the preview tells the truth, each case stands alone, a second click changes nothing."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from huiyin.ledger import queries as ledger
from huiyin.platform.messages.models import Notice
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.models import Case, Handover
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.workbench import actions
from huiyin.resolve.workbench.models import BatchLine
from huiyin.resolve.workbench.rules import batches


def preview(client: Client, verb: str, *found: Case, **more: str) -> str:
    data = {"verb": verb, "case": [str(case.pk) for case in found], "query": "view=all", "asked": "1", **more}
    answer = client.post("/desk/work/bulk/", data)
    assert answer.status_code == 200, answer.content[:800]
    return answer.content.decode()


def confirm(client: Client, html: str) -> Any:
    fields = re.findall(r'<input type="hidden" name="(verb|key|line|p_\w+)" value="([^"]*)"', html)
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post("/desk/work/bulk/do/", data, follow=True)


def test_cases_are_assigned_after_a_preview_that_says_which_are_left_out(
    cast: Any, at: datetime, client: Client
) -> None:
    free, hers, closed = stories.hear(cast, at), stories.taken(cast, at, "qian"), stories.answered(cast, at)
    sun = cast.login(client, "sun")
    asked = sun.post(
        "/desk/work/bulk/", {"verb": "assign", "case": [str(free.pk)], "query": "view=all"}
    ).content.decode()
    assert 'name="person"' in asked and "10004" in asked
    html = preview(sun, "assign", free, hers, closed, person="10004")
    assert "将执行 1 件" in html and "将跳过 2 件" in html and "已答复客户" in html
    assert stories.fresh(free).handler_id is None, "a preview writes nothing"
    result = confirm(sun, html)
    assert stories.fresh(free).handler_id == cast.qian.pk
    assert "已完成" in result.content.decode() and free.number in result.content.decode()


def test_a_preview_leaves_no_trace(cast: Any, at: datetime) -> None:
    case = stories.hear(cast, at)
    before = len(ledger.entries_of(case.stream)), Notice.objects.count()
    params = {"person": str(cast.zhao.pk)}
    assert (
        actions.attempt(verb="assign", params=params, case=case.pk, version=case.version, by=cast.actor("sun"), at=at)
        == ""
    )
    assert (len(ledger.entries_of(case.stream)), Notice.objects.count()) == before


def test_a_second_click_and_a_power_cut_do_nothing_twice(cast: Any, at: datetime) -> None:
    one, two = stories.hear(cast, at), stories.hear(cast, at, phone="13900139001")
    by, key = cast.actor("sun"), uuid4()
    about: dict[str, Any] = {"id": key, "verb": "remind", "params": {}, "by": by, "at": at}
    for case in (one, two):
        cases.assign(case=case.pk, handler=cast.zhao.pk, by=by, at=at)
    lines = [(case.pk, stories.fresh(case).version) for case in (one, two)]
    batch = actions.start_batch(lines=lines, **about)
    BatchLine.objects.filter(case=one.pk).update(outcome="done")  # the power goes here
    for _ in range(2):
        assert actions.start_batch(lines=lines, **about).pk == batch.pk
        actions.finish_batch(batch=batch, by=by, at=at)
    assert Notice.objects.filter(kind="case_reminded").count() == 1
    assert set(BatchLine.objects.values_list("outcome", flat=True)) == {"done"}


def test_a_case_that_changed_since_the_preview_is_left_alone(cast: Any, at: datetime, client: Client) -> None:
    case = stories.hear(cast, at)
    sun = cast.login(client, "sun")
    html = preview(sun, "assign", case, person="10004")
    cases.assign(case=case.pk, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    result = confirm(sun, html).content.decode()
    assert stories.fresh(case).handler_id == cast.zhao.pk and "期间已被同事修改" in result


def test_hand_over_flag_and_remind_in_one_go(cast: Any, at: datetime, client: Client) -> None:
    found = [stories.taken(cast, at, phone=f"1390013900{n}") for n in range(3)]
    sun = cast.login(client, "sun")
    confirm(sun, preview(sun, "handover", *found, person="10004", reason="load"))
    assert Handover.objects.filter(receiver=cast.qian.pk, settled_at=None).count() == 3
    confirm(sun, preview(sun, "flag", *map(stories.fresh, found), flag="media"))
    assert {stories.fresh(case).flags for case in found} >= {"media"}
    assert "该标记已存在" in preview(sun, "flag", *map(stories.fresh, found), flag="media")
    confirm(sun, preview(sun, "remind", *map(stories.fresh, found)))
    assert Notice.objects.filter(staff=cast.zhao.pk, kind="case_reminded").count() == 3


def test_nobody_does_to_many_what_they_may_not_do_to_one(cast: Any, at: datetime, client: Client) -> None:
    case = stories.hear(cast, at, unit="O0201")
    own = stories.taken(cast, at)
    zhao = cast.login(client, "zhao")
    assert zhao.post("/desk/work/bulk/", {"verb": "assign", "case": [str(own.pk)]}).status_code == 403
    html = preview(zhao, "handover", case, own, person="10004", reason="load")
    assert case.number not in html and "将执行 1 件" in html
    for data in ({"verb": "close"}, {"verb": "remind", "case": "x"}):
        assert cast.login(Client(), "sun").post("/desk/work/bulk/", data).status_code == 400
    line = f"{case.pk}:1"
    data = {"verb": "handover", "key": str(uuid4()), "line": line, "p_person": str(cast.qian.pk), "p_reason": "load"}
    zhao.post("/desk/work/bulk/do/", data)
    assert not BatchLine.objects.filter(case=case.pk).exists()


def test_the_result_is_its_makers_alone(cast: Any, at: datetime, client: Client) -> None:
    case = stories.taken(cast, at)
    sun = cast.login(client, "sun")
    page = confirm(sun, preview(sun, "remind", stories.fresh(case))).redirect_chain[-1][0]
    assert sun.get(page).status_code == 200
    assert cast.login(Client(), "zhou").get(page).status_code == 404
    assert UUID(page.rstrip("/").rsplit("/", 1)[1])


def test_the_whole_list_is_taken_without_ticking(cast: Any, at: datetime, client: Client) -> None:
    for n in range(3):
        stories.taken(cast, at, phone=f"1390013900{n}")
    html = preview(cast.login(client, "sun"), "remind", query="view=all&state=working", whole="1")
    assert "将执行 3 件" in html


def test_what_was_done_to_many_is_taken_back_by_acting_against_it(cast: Any, at: datetime, client: Client) -> None:
    hers, free, touched = (stories.taken(cast, at, "qian", phone=f"1390013900{n}") for n in range(3))
    new = stories.hear(cast, at, phone="13900139004")
    sun = cast.login(client, "sun")
    page = confirm(sun, preview(sun, "assign", hers, free, touched, new, person="10003"))
    address = page.redirect_chain[-1][0]
    assert "可全部撤销" in page.content.decode()
    cases.note(case=touched.pk, text="客户来电", by=cast.actor("zhao"), at=at)
    cases.set_flag(case=touched.pk, flag="media", on=True, by=cast.actor("zhao"), at=at)  # somebody works on it
    cast.login(Client(), "zhou").post(address, {"undo": "1"})  # not theirs
    assert stories.fresh(hers).handler_id == cast.zhao.pk
    for _ in range(2):
        html = sun.post(address, {"undo": "1"}, follow=True).content.decode()
    assert [stories.fresh(case).handler_id for case in (hers, free)] == [cast.qian.pk] * 2
    assert [stories.fresh(case).handler_id for case in (touched, new)] == [cast.zhao.pk] * 2  # left, and named
    assert html.count("未撤销") == 2 and "可全部撤销" not in html
    kinds = [entry.type for entry in ledger.entries_of(hers.stream)]
    assert kinds.count("case.assigned") == 3  # nothing is removed: given, given on, given back


def test_a_batch_is_taken_back_soon_or_not_at_all(cast: Any, at: datetime) -> None:
    case, by = stories.taken(cast, at), cast.actor("sun")
    about: dict[str, Any] = {"verb": "flag", "params": {"flag": "media"}, "by": by, "at": at}
    batch = actions.start_batch(id=uuid4(), lines=[(case.pk, case.version)], **about)
    actions.finish_batch(batch=batch, by=by, at=at)
    with pytest.raises(actions.TooLate):
        actions.undo_batch(batch=batch, by=by, at=at + batches.UNDO + timedelta(seconds=1))
    actions.undo_batch(batch=batch, by=by, at=at + batches.UNDO)
    assert "media" not in stories.fresh(case).flag_codes
