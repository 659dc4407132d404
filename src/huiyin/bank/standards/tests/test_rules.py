"""Scorecards by tables: weights, what does not apply, rounding, critical items, and what a text must not say."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from huiyin.bank.standards import queries
from huiyin.bank.standards.rules import StandardRejected
from huiyin.bank.standards.rules.scorecards import Gap, gaps, parse_scorecard, scored, written
from huiyin.kernel.label import Label

WORD = {"zh": "项", "en": "item", "text_zh": "说明", "text_en": "text"}


def item(code: str, weight: int, **more: Any) -> dict[str, Any]:
    return {**WORD, "code": code, "weight": weight, "answer": "yesno"} | more


def table(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    section = {**WORD, "code": "one", "item": list(items)}
    return {**WORD, "code": "c", "version": 1, "kinds": ["case"], "pass": 80, "section": [section]} | more


ITEMS = (
    item("a", 50),
    item("b", 30, answer="scale", points=3),
    item("c", 20, na=True),
    item("x", 0, critical=True),
)


@pytest.mark.parametrize(
    ("marks", "points", "passed"),
    [
        ({"a": "yes", "b": "3", "c": "yes", "x": "yes"}, 10000, True),
        ({"a": "yes", "b": "3", "c": "na", "x": "yes"}, 10000, True),  # 80 of 80: the 20 are shared by the others
        ({"a": "yes", "b": "1", "c": "na", "x": "yes"}, 7500, False),  # 60 of 80
        ({"a": "yes", "b": "2", "c": "no", "x": "yes"}, 7000, False),
        ({"a": "no", "b": "2", "c": "na", "x": "yes"}, 2500, False),
        ({"a": "no", "b": "0", "c": "no", "x": "yes"}, 0, False),
        ({"a": "yes", "b": "3", "c": "yes", "x": "no"}, 0, False),  # a critical miss fails the whole
    ],
)
def test_a_score_is_what_was_earned_of_what_applies(marks: dict[str, str], points: int, passed: bool) -> None:
    result = scored(parse_scorecard(table(*ITEMS)), marks)
    assert (result.points, result.passed) == (points, passed)


@pytest.mark.parametrize(
    ("weights", "missed", "points"), [((70, 15, 15), "b", 8500), ((33, 33, 34), "a", 6700), ((60, 7, 33), "c", 6700)]
)
def test_weights_count_as_they_stand(weights: tuple[int, int, int], missed: str, points: int) -> None:
    card = parse_scorecard(table(*(item(code, w) for code, w in zip("abc", weights, strict=True))))
    assert scored(card, {code: "no" if code == missed else "yes" for code in "abc"}).points == points


def test_halves_are_rounded_up_to_a_hundredth() -> None:
    card = parse_scorecard(table(item("a", 40), item("b", 40, answer="scale", points=3), item("c", 20, na=True)))
    assert scored(card, {"a": "yes", "b": "2", "c": "na"}).points == 8333  # 66.67 of 80
    assert scored(card, {"a": "no", "b": "1", "c": "na"}).points == 1667  # 16.666…


def test_a_critical_miss_caps_the_whole_where_the_card_says_so() -> None:
    card = parse_scorecard(table(*ITEMS, critical="cap", cap=59))
    best = scored(card, {"a": "yes", "b": "3", "c": "yes", "x": "no"})
    worse = scored(card, {"a": "no", "b": "0", "c": "yes", "x": "no"})
    assert (best.points, best.before_critical, best.critical, best.passed) == (5900, 10000, ("x",), False)
    assert worse.points == 2000, "a cap lifts nothing"


def test_what_is_missing_is_named() -> None:
    card = parse_scorecard(
        table(item("a", 50, evidence="miss"), item("b", 50, evidence="always"), item("x", 0, critical=True))
    )
    assert gaps(card, {"a": "no", "b": "yes", "x": "maybe"}, {"c"}) == [
        Gap("a", "no_ground"), Gap("b", "no_ground"), Gap("x", "unknown_mark"),
    ]  # fmt: skip
    assert gaps(card, {"a": "yes", "b": "yes"}, {"b"}) == [Gap("x", "unanswered")]
    assert gaps(card, {"a": "yes", "b": "yes", "x": "yes"}, {"b"}) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (table(item("a", 99)), "add up to 99"),
        (table(item("a", 50), item("a", 50)), "stands twice"),
        (table(item("a", 100), item("b", 0)), "must be critical"),
        (table(item("a", 100, na=True)), "must always apply"),
        (table(item("a", 100, answer="stars")), "answer is one of"),
        (table(item("a", 100, answer="scale", points=0)), "points are"),
        (table(item("a", 100, zh="")), "zh and"),
        (table(item("a", True)), "weight"),
        (table(item("a", 100), kinds=["dream"]), "kinds"),
        (table(item("a", 100), critical="shout"), "critical"),
        (table(item("a", 100), version=0), "version"),
        (table(item("A B", 100)), "not a code"),
        (table(item("a", 100)) | {"section": "x"}, "section"),
        ({}, "version"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_by_name(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(StandardRejected, match=why):
        parse_scorecard(wrong)


def test_a_card_is_written_as_it_is_read():
    for card in queries.shipped_scorecards():
        assert parse_scorecard(tomllib.loads(written(card))) == card
    odd = replace(queries.shipped_scorecards()[0], label=Label("x", '引号"反斜\\换行\n', "DEL\x7f tab\t"))
    assert parse_scorecard(tomllib.loads(written(odd))).label.zh == '引号"反斜\\换行'
