"""The organisation changes from a day on, and its past stays."""

from datetime import date

import pytest
from django.urls import reverse

from huiyin.bank.units import actions, queries
from huiyin.ledger.models import Entry

MARCH, APRIL, MAY = date(2026, 3, 5), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def do(cast):
    return {"by": cast.actor("admin"), "at": cast.at}


def test_paths_are_codes_and_end_with_a_slash(cast):
    assert queries.path_of(cast.unit["O0101"].pk, MARCH) == "HO/B01/O0101/"
    assert queries.head_office() == cast.unit["HO"]
    assert [view.code for view in queries.above(cast.unit["O0101"].pk, MARCH)] == ["B01", "HO"]


def test_an_outlet_moves_from_a_day_on_with_everything_below_it(cast, do):
    desk = actions.open_unit(code="D1", name="柜组", kind="outlet", parent=cast.unit["O0101"].pk, from_date=MARCH, **do)
    actions.place_unit(unit=cast.unit["O0101"].pk, parent=cast.unit["B02"].pk, from_date=APRIL, **do)
    assert queries.path_of(desk.pk, MARCH) == "HO/B01/O0101/D1/"
    assert queries.path_of(desk.pk, APRIL) == "HO/B02/O0101/D1/"
    assert [place.path for place in queries.history(desk.pk)] == ["HO/B01/O0101/D1/", "HO/B02/O0101/D1/"]
    assert desk.pk in queries.under("HO/B02/", MAY) and desk.pk not in queries.under("HO/B01/", MAY)


def test_a_merged_outlet_leaves_its_matters_to_the_other(cast, do):
    one, other = cast.unit["O0101"], cast.unit["O0102"]
    actions.merge_unit(unit=one.pk, into=other.pk, from_date=APRIL, **do)
    assert "O0101" not in [view.code for view in queries.all_units(MAY)]
    assert queries.paths(MAY)[one.pk] == "HO/B01/O0102/"
    assert queries.paths(MARCH)[one.pk] == "HO/B01/O0101/"
    actions.merge_unit(unit=other.pk, into=cast.unit["O0201"].pk, from_date=MAY, **do)
    assert queries.paths(MAY)[one.pk] == "HO/B02/O0201/", "and on, if that one is merged too"


def test_a_closed_outlet_leaves_its_matters_to_the_branch(cast, do):
    actions.close_unit(unit=cast.unit["O0201"].pk, from_date=APRIL, **do)
    assert queries.paths(MAY)[cast.unit["O0201"].pk] == "HO/B02/"
    assert cast.actor("chen").paths("owner") == ("HO/B02/",)


def test_merging_a_branch_takes_its_outlets_along(cast, do):
    actions.merge_unit(unit=cast.unit["B02"].pk, into=cast.unit["B01"].pk, from_date=APRIL, **do)
    assert queries.path_of(cast.unit["O0201"].pk, MAY) == "HO/B01/O0201/"


@pytest.mark.parametrize(
    "act, refusal",
    [
        (
            lambda u, do: actions.open_unit(
                code="o1", name="x", kind="outlet", parent=u["B01"].pk, from_date=MARCH, **do
            ),
            actions.WrongCode,
        ),
        (
            lambda u, do: actions.open_unit(
                code="O0101", name="x", kind="outlet", parent=u["B01"].pk, from_date=MARCH, **do
            ),
            actions.CodeTaken,
        ),
        (
            lambda u, do: actions.open_unit(
                code="O9", name="x", kind="branch", parent=u["O0101"].pk, from_date=MARCH, **do
            ),
            actions.WrongPlace,
        ),
        (
            lambda u, do: actions.open_unit(code="H2", name="x", kind="outlet", parent=None, from_date=MARCH, **do),
            actions.WrongPlace,
        ),
        (
            lambda u, do: actions.place_unit(unit=u["B01"].pk, parent=u["O0101"].pk, from_date=APRIL, **do),
            actions.WrongPlace,
        ),
        (
            lambda u, do: actions.place_unit(unit=u["O0101"].pk, parent=u["B02"].pk, from_date=date(2019, 1, 1), **do),
            actions.HistoryStands,
        ),
        (lambda u, do: actions.close_unit(unit=u["B01"].pk, from_date=APRIL, **do), actions.StillOccupied),
        (
            lambda u, do: actions.merge_unit(unit=u["B01"].pk, into=u["O0101"].pk, from_date=APRIL, **do),
            actions.WrongPlace,
        ),
    ],
    ids=["code", "taken", "kind", "headless", "below-itself", "past", "occupied", "into-itself"],
)
def test_what_the_tree_does_not_allow(cast, do, act, refusal):
    before = Entry.objects.count()
    with pytest.raises(refusal):
        act(cast.unit, do)
    assert Entry.objects.count() == before


def test_a_planned_move_stands_in_the_way_of_an_earlier_one(cast, do):
    actions.place_unit(unit=cast.unit["O0101"].pk, parent=cast.unit["B02"].pk, from_date=MAY, **do)
    with pytest.raises(actions.HistoryStands):
        actions.close_unit(unit=cast.unit["O0101"].pk, from_date=APRIL, **do)
    with pytest.raises(actions.HistoryStands):
        actions.close_unit(unit=cast.unit["O0101"].pk, from_date=MAY, **do)


def test_everybody_sees_their_own_part_of_the_tree(cast):
    assert [view.code for view in queries.visible_to(cast.actor("wang"), MARCH)] == ["O0101"]
    assert {view.code for view in queries.visible_to(cast.actor("sun"), MARCH)} == {"B01", "O0101", "O0102"}
    assert len(queries.visible_to(cast.actor("admin"), MARCH)) == 8


def test_exposures_are_overwritten_by_month(cast, do):
    unit = cast.unit["O0101"].pk
    actions.set_exposure(unit=unit, month=date(2026, 2, 14), customers=5, **do)
    actions.set_exposure(unit=unit, month=date(2026, 2, 1), customers=7, **do)
    assert [(line.month, line.customers) for line in queries.exposure(unit=unit)] == [(date(2026, 2, 1), 7)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages(client, cast, language, do):
    actions.set_exposure(unit=cast.unit["O0101"].pk, month=MARCH, customers=5, **do)
    cast.login(client, "admin")
    for name in ("tree", "open"):
        assert client.get(reverse(f"units:{name}"), {"lang": language}).status_code == 200
    for name in ("unit", "rename", "move", "merge", "close"):
        assert client.get(reverse(f"units:{name}", args=["O0101"]), {"lang": language}).status_code == 200
    page = client.get(reverse("units:tree"), {"lang": language, "q": "renmin"}).content.decode()
    assert "O0101" in page and "O0201" not in page
    assert client.get(reverse("units:tree"), {"on": "0001-01-01"}).status_code == 200
    assert client.get(reverse("units:tree"), {"on": "rubbish"}).status_code == 200


def test_changes_through_the_pages(client, cast):
    cast.login(client, "admin")
    made = {
        "code": "o0103",
        "name": "新支行",
        "kind": "outlet",
        "parent": str(cast.unit["B01"].pk),
        "from_date": "2026-03-05",
    }
    assert client.post(reverse("units:open"), made).status_code == 302
    assert client.post(reverse("units:open"), made).status_code == 200, "twice is refused in the form"
    assert client.post(reverse("units:rename", args=["O0103"]), {"name": "新名字"}).status_code == 302
    moved = {"other": str(cast.unit["B02"].pk), "from_date": "2026-04-01"}
    assert client.post(reverse("units:move", args=["O0103"]), moved).status_code == 302
    assert client.post(reverse("units:close", args=["O0103"]), {"from_date": "2026-03-20"}).status_code == 200
    assert client.post(reverse("units:close", args=["O0103"]), {"from_date": "9999-12-31"}).status_code == 200


def test_a_stranger_finds_nothing_and_a_teller_changes_nothing(client, cast):
    cast.login(client, "chen")
    assert client.get(reverse("units:unit", args=["O0101"])).status_code == 404
    assert client.get(reverse("units:unit", args=["NOSUCH"])).status_code == 404
    cast.login(client, "wang")
    assert client.get(reverse("units:unit", args=["O0101"])).status_code == 200
    assert client.post(reverse("units:close", args=["O0101"]), {"from_date": "2026-04-01"}).status_code == 403
