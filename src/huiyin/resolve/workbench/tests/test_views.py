"""Saved views: an address with a name, one's own or the unit's, never more than its reader may see."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.models import SavedView


def kept(
    cast: Any, at: datetime, who: str = "sun", name: str = "老年 · 临期", shared: bool = False, **query: str
) -> SavedView:
    asked = cases.wanted({"view": "all", **(query or {"flag": "elderly"})})
    return actions.keep_view(name=name, asked=asked, shared=shared, by=cast.actor(who), at=at)


def test_a_view_is_kept_over_the_page_and_opens_as_an_address(cast: Any, client: Client) -> None:
    sun = cast.login(client, "sun")
    answer = sun.post("/desk/work/views/", {"query": "view=all&flag=elderly", "name": "老年客户在办", "shared": "on"})
    view = SavedView.objects.get()
    assert answer["Location"] == f"/desk/work/views/{view.pk}/"
    assert sun.get(answer["Location"])["Location"] == f"/desk/work/?view=all&flag=elderly&saved={view.pk}"
    assert "老年客户在办" in sun.get(f"/desk/work/?view=all&flag=elderly&saved={view.pk}").content.decode()
    assert "老年客户在办" in sun.get("/desk/work/").content.decode()


def test_what_was_searched_for_is_not_kept(cast: Any, at: datetime) -> None:
    assert "138" not in kept(cast, at, q="13800138000").query


def test_a_shared_view_is_seen_below_and_a_personal_one_by_nobody_else(cast: Any, at: datetime) -> None:
    shared, own = kept(cast, at, shared=True), kept(cast, at, name="我的")
    seen = {one.key for one in queries.saved_views(cast.actor("zhao"), at)}
    assert str(shared.pk) in seen and str(own.pk) not in seen
    assert queries.saved_view(own.pk, cast.actor("zhao"), at) is None
    assert queries.saved_views(cast.actor("chen"), at) == []


def test_only_the_owner_removes_a_view(cast: Any, at: datetime, client: Client) -> None:
    view = kept(cast, at, shared=True)
    assert cast.login(client, "zhao").post(f"/desk/work/views/{view.pk}/drop/").status_code == 404
    assert cast.login(client, "sun").post(f"/desk/work/views/{view.pk}/drop/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_and_views_are_not_without_end(cast: Any, at: datetime) -> None:
    kept(cast, at)
    with pytest.raises(actions.NameTaken):
        kept(cast, at)
    for number in range(29):
        kept(cast, at, name=f"v{number}")
    with pytest.raises(actions.TooManyViews):
        kept(cast, at, name="one more")


def test_a_view_of_something_that_is_no_more_is_not_counted_and_breaks_nothing(cast: Any, at: datetime) -> None:
    stories.hear(cast, at)
    view = kept(cast, at)
    SavedView.objects.filter(pk=view.pk).update(query="view=all&handler=99999")
    assert str(view.pk) not in queries.view_counts(queries.saved_views(cast.actor("sun"), at), cast.actor("sun"), at)
    assert cast.login(Client(), "sun").get("/desk/work/counts/").status_code == 200
