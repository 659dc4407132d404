"""Keys of one's own, the list beside the case, and lists that one is told about."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.platform.messages.models import Delivery, Message, Notice
from huiyin.protect.access.models import Grant
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.models import KeyMap, Subscription
from huiyin.resolve.workbench.rules import following
from huiyin.resolve.workbench.tests.test_views import kept


def test_keys_of_ones_own_are_kept_and_no_two_actions_have_one_key(cast: Any, client: Client) -> None:
    sun = cast.login(client, "sun")
    done = sun.post("/desk/keys/", {"keys": "keep", "key-next": "d", "key-previous": "u", "key-tick": ""})
    assert done.status_code == 302
    assert KeyMap.objects.get().keys == {"next": "d", "previous": "u", "tick": ""}, "only what differs"
    page = sun.get("/desk/work/").content.decode()
    assert 'data-hy-keymap="{&quot;next&quot;: &quot;d&quot;' in page
    usual = cast.login(Client(), "zhao").get("/desk/work/").content.decode()
    assert 'data-hy-keymap="{&quot;next&quot;: &quot;j&quot;' in usual
    for wrong in ({"key-next": "k"}, {"key-open": "中"}, {"key-go_work": "i"}):
        refused = sun.post("/desk/keys/", {"keys": "keep", **wrong})
        assert refused.status_code == 422 and "is-invalid" in refused.content.decode(), wrong
    assert KeyMap.objects.get().keys["next"] == "d", "nothing was changed"
    sun.post("/desk/keys/", {"keys": "usual"})
    assert not KeyMap.objects.exists()


def test_the_list_and_the_case_side_by_side(cast: Any, at: datetime, client: Client) -> None:
    near, far = stories.taken(cast, at), stories.hear(cast, at, phone="13900139001", text="理财产品的说明不清楚")
    sun = cast.login(client, "sun")
    page = sun.get("/desk/work/split/?view=all").content.decode()
    assert page.count("data-hy-row") == 2 and near.number in page and far.number in page
    links = re.findall(r'data-hy-main[^>]*href="([^"]+)"', page)
    other = next(link for link in links if str(far.pk) in link).replace("&amp;", "&")
    whole = sun.get(other).content.decode()
    assert "理财产品的说明不清楚" in whole and "hy-split-chosen" in whole, "without the script, a page of its own"
    piece = sun.get(other, headers={"X-Hy-Piece": "1"}).content.decode()
    assert "理财产品的说明不清楚" in piece and "<html" not in piece
    chen = cast.login(Client(), "chen")
    assert chen.get(other).status_code == 404 and chen.get(other, headers={"X-Hy-Piece": "1"}).status_code == 404
    assert sun.get("/desk/work/split/?case=x").status_code == 404
    assert sun.get("/desk/work/split/?nothing=1").status_code == 400


@pytest.mark.parametrize(
    "how, at, told, due",
    [
        ("daily", "03-05T08:29", None, False),
        ("daily", "03-05T08:30", None, True),
        ("daily", "03-05T23:59", "03-05T08:31", False),
        ("daily", "03-06T08:30", "03-05T23:00", True),
        ("change", "03-05T03:00", None, True),
        ("change", "03-05T10:59", "03-05T10:00", False),
        ("change", "03-05T11:00", "03-05T10:00", True),
    ],
)
def test_when_somebody_is_told(how: str, at: str, told: str | None, due: bool) -> None:
    day = datetime.fromisoformat
    assert following.is_due(how, day(f"2026-{at}"), day(f"2026-{told}") if told else None) is due


def test_who_follows_a_list_is_told_its_length_once_a_day_as_they_may_see_it(
    cast: Any, at: datetime, client: Client, settings: Any
) -> None:
    """`at` is ten in the morning."""
    settings.HUIYIN_SMTP_URL = "smtp://relay.example"
    cast.sun.email = "sun@bank.example"
    cast.sun.save()
    stories.taken(cast, at)
    view = kept(cast, at, name="张三的投诉", shared=True, view="all")
    sun, chen = cast.login(client, "sun"), cast.login(Client(), "chen")
    address = f"/desk/work/views/{view.pk}/follow/"
    assert chen.post(address, {"how": "daily", "threshold": "1"}).status_code == 404, "of another branch"
    assert (
        sun.post(address, {"how": "never", "threshold": "1"}).status_code == 302 and not Subscription.objects.exists()
    )
    for _ in range(2):
        sun.post(address, {"how": "daily", "threshold": "1", "mail": "on"})
    assert [actions.tell_counts(at=at + timedelta(minutes=n)) for n in (0, 5, 300)] == [1, 0, 0]
    line = Notice.objects.get(kind="list_count")
    assert line.params["zh"].endswith("现有 1 件") and "张三" not in str(line.params) and str(view.pk) in line.link
    assert Message.objects.get(purpose="list_count").number == "1" and Delivery.objects.count() == 1
    assert actions.tell_counts(at=at + timedelta(days=1)) == 1
    assert "No longer" in sun.get("/desk/work/views/?lang=en").content.decode()
    Grant.objects.filter(user=cast.user["sun"]).update(ended_at=at)
    assert actions.tell_counts(at=at + timedelta(days=2)) == 0, "nothing that they may not see now"


def test_a_change_is_told_when_it_is_large_enough_and_leaving_is_one_press(
    cast: Any, at: datetime, client: Client
) -> None:
    view = kept(cast, at, view="all")
    zhao = cast.login(client, "sun")
    zhao.post(f"/desk/work/views/{view.pk}/follow/", {"how": "change", "threshold": "2"})
    assert actions.tell_counts(at=at) == 0, "the first look remembers"
    stories.hear(cast, at, phone="13900139001")
    assert actions.tell_counts(at=at + timedelta(minutes=5)) == 0, "one is less than two"
    stories.hear(cast, at, phone="13900139002")
    assert actions.tell_counts(at=at + timedelta(minutes=10)) == 1
    assert actions.tell_counts(at=at + timedelta(minutes=15)) == 0
    zhao.post(f"/desk/work/views/{view.pk}/follow/", {"do": "leave"})
    assert not queries.followed(cast.sun.pk) and actions.tell_counts(at=at + timedelta(days=1)) == 0
