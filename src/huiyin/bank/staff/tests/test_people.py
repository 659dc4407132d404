"""Posts, stand-ins, duty, and people who come and go."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from huiyin.bank.staff import actions, queries
from huiyin.bank.staff.models import Staff
from huiyin.bank.staff.rules import Called, called, rota, walk
from huiyin.kernel.limits import LEVELS


@pytest.fixture
def do(cast):
    return {"by": cast.actor("admin"), "at": cast.at}


def away(cast, name, do, **more):
    actions.absent(staff=getattr(cast, name).pk, from_at=cast.at, until_at=cast.at + timedelta(days=3), **do, **more)


def test_somebody_who_is_here_stands_in_for_themselves(cast):
    assert queries.stand_in(cast.zhao.pk, cast.at) == cast.zhao.pk


def test_the_chain_of_substitutes_is_followed(cast, do):
    actions.name_substitute(staff=cast.zhao.pk, substitute=cast.qian.pk, **do)
    actions.name_substitute(staff=cast.qian.pk, substitute=cast.sun.pk, **do)
    away(cast, "zhao", do)
    assert queries.stand_in(cast.zhao.pk, cast.at) == cast.qian.pk
    away(cast, "qian", do)
    assert queries.stand_in(cast.zhao.pk, cast.at) == cast.sun.pk


def test_a_circle_of_substitutes_gives_nobody_and_ends(cast, do):
    for one, other in (("zhao", "qian"), ("qian", "zhao")):
        actions.name_substitute(staff=getattr(cast, one).pk, substitute=getattr(cast, other).pk, **do)
        away(cast, one, do)
    assert queries.stand_in(cast.zhao.pk, cast.at) is None


def test_a_substitute_for_one_absence_goes_first(cast, do):
    actions.name_substitute(staff=cast.zhao.pk, substitute=cast.qian.pk, **do)
    away(cast, "zhao", do, substitute=cast.sun.pk)
    assert queries.stand_in(cast.zhao.pk, cast.at) == cast.sun.pk


@given(
    st.dictionaries(st.integers(0, 9), st.one_of(st.none(), st.integers(0, 9))),
    st.integers(0, 9),
)
def test_following_always_ends_and_meets_everybody_once(chain, start):
    passed = list(walk(start, chain.get))
    assert passed[0] == start and len(passed) == len(set(passed))
    assert all(chain[one] == after for one, after in pairwise(passed))
    assert chain.get(passed[-1]) in (None, *passed), "a dead end, or a circle"


A, B, C, D = (UUID(int=n) for n in range(1, 5))
EVERYBODY = {"holder": [A], "substitute": [B], "head": [C], "desk": [D]}


@pytest.mark.parametrize(
    ("asked", "found", "barred", "told"),
    [
        (["holder"], EVERYBODY, [], [(A, "holder")]),
        (["holder"], EVERYBODY | {"holder": []}, [], [(B, "substitute")]),
        (["holder"], EVERYBODY, [A, B], [(C, "head")]),
        (["holder"], EVERYBODY, [A, B, C], [(D, "desk")]),
        (["holder"], EVERYBODY | {"substitute": [A, B, D]}, [A, B], [(D, "substitute")]),
        (["head"], EVERYBODY | {"above": [B]}, [C], [(B, "above")]),
        (["holder", "head"], EVERYBODY, [], [(A, "holder"), (C, "head")]),
        (["holder", "owner"], EVERYBODY | {"owner": [A]}, [], [(A, "holder")]),
        (["head", "above", "desk"], {"desk": [D]}, [], [(D, "desk")]),
        (["holder", "head"], {"holder": [A]}, [], [(A, "holder"), (None, "nobody")]),
        (["holder"], EVERYBODY, [A, B, C, D], [(None, "nobody")]),
    ],
)
def test_whom_a_rung_reaches(asked, found, barred, told):
    result = called(asked, lambda level: found.get(level, ()), barred)
    assert [(one.staff, one.level) for one in result] == told


def test_a_rung_always_ends_with_people_who_may_be_told_or_with_nobody():
    """Whatever chain of substitutes, circles included, whoever is here and whoever keeps away (3,000 banks by dice)."""
    dice, people = Random(8_13), [UUID(int=n) for n in range(7)]
    for _ in range(3_000):
        chain = {one: dice.choice([None, *people]) for one in people}
        here, barred = (set(dice.sample(people, dice.randrange(8))) for _ in range(2))
        holder, asked = dice.choice(people), dice.choices(LEVELS, k=dice.randrange(1, 4))
        stand_ins = [one for one in walk(holder, chain.get) if one in here]
        levels = {level: dice.sample(people, dice.randrange(3)) for level in ("head", "above", "desk")}
        levels |= {"holder": [x for x in stand_ins if x == holder], "substitute": stand_ins}
        told = called(asked, lambda level, known=levels: known.get(level, ()), barred)
        found = [one.staff for one in told if one.staff is not None]
        assert told and len(set(found)) == len(found) and not set(found) & barred
        assert set(asked) >= {one.asked for one in told}
        fit = [x for x in stand_ins if x not in barred]
        assert fit[0] in found if "holder" in asked and fit else True


def test_a_head_who_is_away_is_stood_in_for_and_nobody_is_their_own_head(cast, do):
    asked = {"subject": uuid4(), "unit": cast.unit["O0101"].pk, "asked": ["head"], "at": cast.at}
    assert queries.called(holder=cast.wang.pk, **asked) == [Called(cast.li.pk, "head", "head")]
    (above,) = queries.called(holder=cast.li.pk, **asked)
    assert (above.level, above.staff in (cast.zhao.pk, cast.qian.pk, cast.sun.pk)) == ("above", True)
    away(cast, "li", do, substitute=cast.zhao.pk)
    assert queries.called(holder=cast.wang.pk, **asked) == [Called(cast.zhao.pk, "head", "head")]


def test_who_left_is_nobody(cast, do, later):
    actions.name_substitute(staff=cast.zhao.pk, substitute=cast.qian.pk, **do)
    actions.leave(staff=cast.zhao.pk, from_date=cast.at.date(), **do)
    assert queries.stand_in(cast.zhao.pk, later(hours=1)) == cast.qian.pk
    assert cast.zhao.pk not in [staff.pk for staff in queries.colleagues(cast.unit["B01"].pk, at=later(hours=1))]


def test_managers_and_heads(cast):
    assert queries.head_of(cast.unit["O0101"].pk, cast.at) == cast.li.pk
    assert queries.manager_of(cast.wang.pk, cast.at) == cast.li.pk
    Staff.objects.filter(pk=cast.wang.pk).update(reports_to=None)
    assert queries.manager_of(cast.wang.pk, cast.at) == cast.li.pk, "the head of the unit"
    assert queries.manager_of(cast.zhou.pk, cast.at) == cast.feng.pk, "the head of the unit above"


def test_duty_goes_round_by_the_day_and_never_to_somebody_away(cast, do, later):
    unit = cast.unit["B01"].pk
    turns = {queries.on_duty(unit, later(days=day)) for day in range(4)}
    assert turns == {cast.zhao.pk, cast.qian.pk}
    away(cast, "zhao", do)
    assert {queries.on_duty(unit, later(days=day)) for day in range(3)} == {cast.qian.pk}
    assert queries.on_duty(unit, cast.at, avoid=[cast.qian.pk]) == cast.sun.pk


def test_an_outlet_without_handlers_turns_to_its_head_and_then_upwards(cast):
    assert queries.on_duty(cast.unit["O0101"].pk, cast.at) == cast.li.pk
    assert queries.on_duty(cast.unit["O0201"].pk, cast.at) == cast.feng.pk
    assert queries.duty_desk(cast.at) == cast.duty.pk


def test_a_rota_is_fair():
    people = list("abc")
    days = [rota(people, date(2026, 3, 1) + timedelta(days=n))[0] for n in range(9)]
    assert sorted(days) == sorted(people * 3)


def test_moving_keeps_the_past(cast, do):
    actions.move(staff=cast.wang.pk, unit=cast.unit["O0102"].pk, post="lobby_manager", from_date=cast.at.date(), **do)
    assert [(line.post, line.until_date) for line in queries.postings(cast.wang.pk)] == [
        ("teller", cast.at.date()),
        ("lobby_manager", None),
    ]


def test_two_people_of_the_same_name_and_a_renamed_one(cast, do):
    other = cast.person("other", unit="O0102", post="teller", name="王丽")
    actions.rename(staff=cast.wang.pk, name="王莉莉", name_en="Wang Lili", email="", phone="", **do)
    assert queries.person(cast.wang.pk).name == "王莉莉" and queries.person(other.pk).name == "王丽"


@pytest.mark.parametrize(
    "name",
    ["𠮷田", "䶮", "𬎆", "买买提·吐尔逊", "Null", "a'; DROP TABLE staff--", "<script>alert(1)</script>", "{{7*7}}"],
)
def test_any_name_is_kept_found_and_shown(client, cast, name):
    made = cast.person("somebody", unit="O0101", post="teller", name=name)
    cast.login(client, "admin")
    page = client.get(reverse("staff:people"), {"q": name}).content.decode()
    assert made.number in page and "<script>alert" not in page
    assert client.get(reverse("staff:person", args=[made.number])).status_code == 200


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1--", "\u202e", "x" * 500, "张\ud83d"])
def test_odd_searches_are_literal(client, cast, words):
    cast.login(client, "admin")
    answer = client.get(
        reverse("staff:people") + "?q=" + words.encode("utf-8", "replace").hex()
        if "\ud83d" in words
        else reverse("staff:people"),
        {"q": words.encode("utf-8", "ignore").decode()},
    )
    assert answer.status_code == 200 and cast.wang.number not in answer.content.decode()


@pytest.mark.parametrize("page", ["-1", "1e9", "x", "999999"])
def test_odd_pages_are_capped(client, cast, page):
    cast.login(client, "admin")
    assert (
        client.get(reverse("staff:people"), {"page": page, "size": "1000000", "order": "password"}).status_code == 200
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages(client, cast, language):
    cast.login(client, "admin")
    for name in ("people", "hire"):
        assert client.get(reverse(f"staff:{name}"), {"lang": language}).status_code == 200
    for name in ("person", "edit", "move", "absent", "leave", "kin"):
        assert client.get(reverse(f"staff:{name}", args=[cast.wang.number]), {"lang": language}).status_code == 200


def test_changes_through_the_pages(client, cast):
    cast.login(client, "admin")
    unit = str(cast.unit["O0102"].pk)
    new = {
        "number": "30001",
        "name": "新人",
        "unit": unit,
        "post": "teller",
        "from_date": "2026-03-01",
        "reports_to": "10002",
    }
    assert client.post(reverse("staff:hire"), new).status_code == 302
    assert client.post(reverse("staff:hire"), new).status_code == 200, "the number is taken"
    at = reverse("staff:edit", args=["30001"])
    assert client.post(at, {"name": "新人", "substitute": "30001"}).status_code == 200, "nobody substitutes themselves"
    assert client.post(at, {"name": "新人", "substitute": "10001"}).status_code == 302
    assert (
        client.post(
            reverse("staff:move", args=["30001"]), {"unit": unit, "post": "handler", "from_date": "2026-03-05"}
        ).status_code
        == 302
    )
    assert (
        client.post(
            reverse("staff:move", args=["30001"]), {"unit": unit, "post": "handler", "from_date": "2027-01-01"}
        ).status_code
        == 200
    )
    absence = {"from_at": "2026-03-06T09:00", "until_at": "2026-03-06T18:00"}
    assert client.post(reverse("staff:absent", args=["30001"]), absence).status_code == 302
    assert (
        client.post(reverse("staff:absent", args=["30001"]), absence | {"until_at": "2026-03-05T09:00"}).status_code
        == 200
    )
    assert client.post(reverse("staff:leave", args=["30001"]), {"from_date": "2026-03-31"}).status_code == 302
    assert client.post(reverse("staff:kin", args=["10001"]), {"other": "10003"}).status_code == 302
    assert queries.kin_of(cast.wang.pk) == {cast.zhao.pk}


def test_people_see_their_units_and_themselves(client, cast):
    cast.login(client, "chen")
    assert client.get(reverse("staff:person", args=[cast.wang.number])).status_code == 404
    assert client.get(reverse("staff:person", args=[cast.chen.number])).status_code == 200
    assert (
        client.post(
            reverse("staff:absent", args=[cast.chen.number]),
            {"from_at": "2026-03-06T09:00", "until_at": "2026-03-07T09:00"},
        ).status_code
        == 302
    )
    assert client.post(reverse("staff:move", args=[cast.chen.number]), {}).status_code == 403
