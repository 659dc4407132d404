"""The queue: sorted by time left, filtered from an allow-list, searched literally."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.listen.voices import actions as voices
from huiyin.resolve.cases import actions, queries

PORTAL = machine("portal")


def hear(cast: Any, at: datetime, text: str = "存折取款，柜员态度恶劣", phone: str = "13800138000", **more: Any) -> Any:
    heard = voices.Heard(
        kind="complaint", channel=more.pop("channel", "portal"), received_at=at, language="zh-hans",
        words=voices.Words(text=text, name=more.pop("name", "张桂兰"), phone=phone),
        unit=cast.unit[more.pop("unit", "O0101")].pk,
    )  # fmt: skip
    (voice,) = voices.hear_many(items=[heard], by=PORTAL, at=at)
    return queries.case(voice.id)


def work(client: Client, **query: Any) -> str:
    answer = client.get("/desk/work/", query)
    assert answer.status_code == 200, answer.content[:1500]
    return answer.content.decode()


@pytest.fixture
def sun(cast: Any) -> Client:
    return cast.login(Client(), "sun")


def test_the_earliest_limit_stands_first(cast: Any, at: datetime, sun: Client) -> None:
    late = hear(cast, at - timedelta(days=14), phone="13900139001")
    early = hear(cast, at, phone="13900139002")
    html = work(sun, view="all")
    assert html.index(late.number) < html.index(early.number)
    assert "临期" in html and "正常" in html


def test_views_show_what_they_say(cast: Any, at: datetime, sun: Client) -> None:
    mine, vague = hear(cast, at), hear(cast, at, text="你们这样不行", phone="13900139003")
    actions.assign(case=mine.id, handler=cast.sun.pk, by=cast.actor("sun"), at=at)
    assert mine.number in work(sun) and vague.number not in work(sun)
    assert vague.number in work(sun, view="classify") and mine.number not in work(sun, view="classify")
    assert mine.number in work(sun, view="unit")
    assert mine.number not in work(sun, view="done")


def test_somebody_elses_branch_is_not_in_the_list(cast: Any, at: datetime, sun: Client) -> None:
    other = hear(cast, at, unit="O0201")
    address = f"/desk/cases/{other.id}/"
    assert address not in work(sun, view="all") and address not in work(sun, q=other.number)


FOUND = ({"channel": "portal"}, {"category": "savings"}, {"unit": "O0101"}, {"unit": "B01"}, {"order": "newest"})
NOT_FOUND = ({"time": "late"}, {"flag": "repeat"}, {"channel": "letter"}, {"unit": "O0102"}, {"state": "working"})
REFUSED = (
    {"order": "password"},
    {"owner__password__startswith": "a"},
    {"view": "secret"},
    {"state": "x"},
    {"channel": "' OR 1=1--"},
    {"unit": "../etc"},
    {"time": "never"},
    {"flag": "%"},
    {"size": "1000000"},
)


def test_filters_and_orders_from_the_list_work_and_anything_else_is_refused(
    cast: Any, at: datetime, sun: Client
) -> None:
    """Bad input 27."""
    case = hear(cast, at)
    for query in FOUND:
        assert case.number in work(sun, view="all", state="new", **query), query
    for query in NOT_FOUND:
        assert case.number not in work(sun, view="all", **query), query
    for query in REFUSED:
        assert sun.get("/desk/work/", query).status_code == 400, query


def test_a_wild_page_number_is_capped(cast: Any, at: datetime, sun: Client) -> None:
    """Bad input 28."""
    case = hear(cast, at)
    for page in ("-1", "0", "1e9", "999999999999", "x", "", "２"):
        assert case.number in work(sun, view="all", page=page), page


def test_a_search_is_literal(cast: Any, at: datetime, sun: Client) -> None:
    """Bad input 26."""
    case = hear(cast, at)
    for q in ("%", "_", "\\", "' OR 1=1--", "TS-%", "*", "a" * 500, "张", "(a+)+$"):
        assert case.number not in work(sun, q=q), q
    assert sun.get("/desk/work/", {"q": "\x00"}).status_code == 200


def test_a_person_is_found_by_telephone_and_name(cast: Any, at: datetime, sun: Client) -> None:
    case = hear(cast, at)
    other = hear(cast, at, phone="13900139009", name="别人")
    for q in ("13800138000", "138 0013 8000", "１３８００１３８０００", "张桂兰"):
        html = work(sun, q=q)
        assert case.number in html and other.number not in html, q


def test_a_case_is_found_by_its_number_or_the_end_of_it(cast: Any, at: datetime, sun: Client) -> None:
    case = hear(cast, at)
    assert case.number in work(sun, q=case.number) and case.number in work(sun, q=case.number.lower())
    assert case.number in work(sun, q=case.number[-6:])


def test_counters_count_my_own_work(cast: Any, at: datetime) -> None:
    case = hear(cast, at - timedelta(days=14))
    actions.assign(case=case.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    mine = queries.counters(cast.actor("zhao"), at)
    assert (mine.at_risk, mine.waiting_on_me, mine.late) == (1, 1, 0)
    assert queries.counters(cast.actor("zhao"), at + timedelta(days=3)).late == 1


def test_an_empty_queue_says_so(cast: Any, sun: Client) -> None:
    assert "这里没有待办" in work(sun) and "没有符合条件的工单" in work(sun, state="closed")
    assert "Nothing is waiting here" in work(sun, lang="en")


def test_who_may_not_read_cases_has_no_workbench(cast: Any) -> None:
    assert cast.login(Client(), "admin").get("/desk/work/").status_code == 403
    assert Client().get("/desk/work/").status_code == 302


def test_a_page_ends_where_the_next_begins(cast: Any, at: datetime) -> None:
    """By place, both ways, in every order: nothing twice, nothing left out, though a case goes meanwhile."""
    made = [hear(cast, at - timedelta(hours=hour), phone=f"1390013900{hour}") for hour in range(7)]
    sun = cast.actor("sun")
    for order in ("due", "newest", "oldest"):
        asked = queries.wanted({"view": "all", "order": order})
        whole = [case.pk for case in queries.queue(asked, sun, at)]
        first = queries.slice_of(queries.queue(asked, sun, at), asked, 3)
        assert (first.before, [case.pk for case in first.rows]) == ("", whole[:3])
        asked = queries.wanted({"view": "all", "order": order, "after": first.after})
        second = queries.slice_of(queries.queue(asked, sun, at), asked, 3)
        assert [case.pk for case in second.rows] == whole[3:6]
        asked = queries.wanted({"view": "all", "order": order, "before": second.before})
        back = queries.slice_of(queries.queue(asked, sun, at), asked, 3)
        assert ([case.pk for case in back.rows], back.before) == (whole[:3], "")
        asked = queries.wanted({"view": "all", "order": order, "after": second.after})
        last = queries.slice_of(queries.queue(asked, sun, at), asked, 3)
        assert ([case.pk for case in last.rows], last.after) == (whole[6:], "")
    assert len(made) == 7


def test_a_place_that_is_none_is_the_beginning(cast: Any, at: datetime, sun: Client) -> None:
    case = hear(cast, at)
    for place in ("x", "1.2", "99999999999999999999.00", "-1." + "0" * 32, "1." + "g" * 32, "9" * 18 + "." + "0" * 32):
        assert case.number in work(sun, view="all", after=place), place


def test_whose_work_it_is_can_be_asked_for(cast: Any, at: datetime, sun: Client) -> None:
    mine, free = hear(cast, at), hear(cast, at, phone="13900139007")
    actions.assign(case=mine.id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    for query, here, not_here in (
        ({"handler": "10003"}, mine, free),
        ({"who": "nobody"}, free, mine),
        ({"who": "unit"}, mine, free),
    ):
        html = work(sun, view="all", **query)
        assert here.number in html and not_here.number not in html, query
    assert mine.number in work(cast.login(Client(), "zhao"), view="all", who="me")
    assert mine.number in work(sun, view="all", since="2026-03-05", until="2026-03-05")
    assert mine.number not in work(sun, view="all", since="2026-03-06")
    assert mine.number not in work(sun, view="all", within="1") and mine.number in work(
        sun, view="all", severity="ordinary"
    )
    for query in ({"handler": "99999"}, {"since": "gestern"}, {"who": "them"}, {"within": "999"}, {"product": "\x00"}):
        assert sun.get("/desk/work/", query).status_code == 400, query


def test_the_named_lists_are_counted_after_the_page_is_there(cast: Any, at: datetime, sun: Client) -> None:
    hear(cast, at - timedelta(days=40))
    html = sun.get("/desk/work/counts/").content.decode()
    assert "已超时" in html and 'hy-badge">1<' in html and "<html" not in html
