"""Several cases of one customer: linked, merged, taken apart, split. Through HTTP where a person does it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.bank.clocks import queries as clocks
from huiyin.kernel.actor import customer as customer_actor
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import actions as voices
from huiyin.platform.messages.models import Notice
from huiyin.platform.messages.queries import thread
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import Refused
from huiyin.resolve.cases.rules import merging
from huiyin.resolve.cases.tests.stories import TEXT, drafted, fresh, grade, taken


@pytest.fixture
def sign_in(cast: Any) -> Any:
    return lambda name: cast.login(Client(), name)


def two(cast: Any, at: Any) -> tuple[Any, Any]:
    """The same customer twice, the second time four days later; zhao handles both."""
    first = taken(cast, at - timedelta(days=4), id_number="11010519491231002X")
    second = taken(cast, at, id_number="11010519491231002X", text="上次说的事没有人管")
    return first, second


def types(case: Any) -> list[str]:
    return [entry.type for entry in ledger.entries_of(case.stream)]


def test_a_repeat_is_linked_by_person_and_cause_and_shown_on_both(cast: Any, at: Any, sign_in: Any) -> None:
    first = grade(cast, taken(cast, at - timedelta(days=80), id_number="11010519491231002X"), at)
    again = grade(cast, taken(cast, at, phone="", id_number="11010519491231002X"), at)
    stranger = grade(cast, taken(cast, at, phone="13911112222"), at)  # the same name is not the same person
    assert again.repeat_of == first.id and "repeat" in again.flag_codes and stranger.repeat_of is None
    sun = sign_in("sun")
    assert first.number in sun.get(f"/desk/cases/{again.id}/").content.decode()
    assert again.number in sun.get(f"/desk/cases/{first.id}/").content.decode()


def test_merge_and_unmerge_by_pages(cast: Any, at: Any, sign_in: Any) -> None:
    first, second = two(cast, at)
    due, sun = first.due_at, sign_in("sun")
    page = sun.get(f"/desk/cases/{second.id}/merge/?with={first.number}").content.decode()
    assert first.number in page and fresh(first).state == "working"
    answer = sun.post(f"/desk/cases/{second.id}/merge/", {"with": first.number, "version": second.version})
    assert answer.status_code == 302, answer.content.decode()
    kept, gone = fresh(second), fresh(first)
    assert (gone.state, gone.outcome) == ("closed", "merged")
    assert kept.received_at == first.received_at and kept.due_at == due  # the earliest of both
    assert types(first).count("case.closed") == 0 and types(first).count("case.opened") == 1  # still one complaint each
    assert not [view for view in clocks.clocks_of(first.id) if view.open]
    assert first.number in sun.get(f"/desk/cases/{second.id}/").content.decode()
    back = sun.post(f"/desk/cases/{first.id}/unmerge/", {"version": gone.version})
    assert back.status_code == 302, back.content.decode()
    assert fresh(first).state == "working" and fresh(first).due_at == due
    assert fresh(second).received_at == second.received_at and fresh(second).due_at == second.due_at


def test_T36_words_to_a_merged_case_reach_the_survivor_and_the_answer_stands_on_both(cast: Any, at: Any) -> None:
    first, second = two(cast, at)
    third = taken(cast, at, "qian", id_number="11010519491231002X", text="第三次")
    sun, zhao = cast.actor("sun"), cast.actor("qian")
    actions.merge(member=first.id, survivor=second.id, by=sun, at=at)
    actions.merge(member=second.id, survivor=third.id, by=sun, at=at)
    assert queries.survivor_of(first.id) == third.id
    Notice.objects.all().delete()
    voices.add_words(voice=first.id, text="还有一张收据", by=customer_actor(first.id), at=at)
    told = Notice.objects.get(kind="customer_wrote")
    assert told.staff == cast.qian.pk and told.matter == third.id
    assert any("还有一张收据" in item.text for item in queries.timeline(fresh(third), zhao))
    reply = drafted(cast, fresh(third), at, "qian")
    actions.send_reply(reply=reply.pk, by=zhao, at=at)
    assert fresh(third).state == "answered"
    for case in (first, second, third):
        assert any(TEXT in letter.body for letter in thread(case.id)), case.number
    assert "case.answered" not in types(first) and "clock.rung" not in types(first)


def test_T36_a_chain_of_merges_never_closes_into_a_ring(cast: Any, at: Any) -> None:
    first, second = two(cast, at)
    sun = cast.actor("sun")
    actions.merge(member=first.id, survivor=second.id, by=sun, at=at)
    for member, survivor in ((second, first), (first, second), (first, first)):
        with pytest.raises(Refused):
            actions.merge(member=member.id, survivor=survivor.id, by=sun, at=at)
    a, b, c = first.id, second.id, cast.zhao.pk
    assert merging.survivor(a, {a: b, b: c}) == c and merging.survivor(a, {a: b, b: a}) in (a, b)


def test_T39_one_equal_telephone_is_not_one_person(cast: Any, at: Any, sign_in: Any) -> None:
    mine = taken(cast, at, phone="13911112222", name="张三", id_number="11010519491231002X")
    theirs = taken(cast, at, phone="13911112222", name="李四", id_number="440524188001010014")
    answer = sign_in("sun").post(f"/desk/cases/{mine.id}/merge/", {"with": theirs.number, "version": mine.version})
    assert answer.status_code == 409 and fresh(theirs).state == "working"
    keys = {"phone": "a", "email": "b"}
    assert not merging.one_person({"phone": "a"}, {"phone": "a"}, None, None)
    assert merging.one_person(keys, keys, None, None)
    assert not merging.one_person(keys | {"id": "1"}, keys | {"id": "2"}, cast.zhao.pk, cast.zhao.pk)


def test_a_part_becomes_a_case_with_the_same_anchor_and_pauses(cast: Any, at: Any, sign_in: Any) -> None:
    case = grade(cast, taken(cast, at - timedelta(days=3)), at)
    answer = sign_in("zhao").post(f"/desk/cases/{case.id}/split/", {"text": "另外多扣了年费", "version": case.version})
    assert answer.status_code == 302, answer.content.decode()
    made = queries.visible_to(cast.actor("sun"), at).exclude(pk=case.pk).get()
    assert made.received_at == case.received_at and made.due_at == fresh(case).due_at and made.repeat_of is None
    assert made.customer == case.customer
    assert {view.anchor_at for view in clocks.clocks_of(made.id) if view.family == "REG"} == {
        view.anchor_at for view in clocks.clocks_of(case.id) if view.family == "REG"
    }
