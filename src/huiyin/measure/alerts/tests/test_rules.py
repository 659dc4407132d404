"""Control-chart rules, gravity, chance in words, episodes: tables."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from huiyin.measure.alerts.rules import control, families, words
from huiyin.measure.alerts.rules.control import Period


def months(values: list[float], n: int = 400) -> list[Period]:
    return [Period(date(2024 + i // 12, i % 12 + 1, 1), round(v * n), n) for i, v in enumerate(values)]


STEADY = [0.90, 0.91, 0.89, 0.90, 0.91, 0.90, 0.89, 0.90, 0.91, 0.90, 0.89, 0.90]


@pytest.mark.parametrize(
    ("tail", "rule"),
    [
        ([0.90], None),
        ([0.80], "nelson1"),
        ([0.865, 0.90, 0.862], "nelson5"),
        ([0.97], None),  # better is no alert
        ([0.893] * 9, "nelson2"),
        ([0.918, 0.912, 0.905, 0.899, 0.893, 0.886], "nelson3"),
    ],
)
def test_control_rules_fire_on_the_worse_side_only(tail, rule):
    fired = control.signal(months(STEADY + tail), lower_is_better=False)
    assert (fired.rule if fired else None) == rule


def test_the_same_turn_is_good_where_lower_is_better():
    assert control.signal(months([*STEADY, 0.80]), lower_is_better=True) is None
    assert control.signal(months([*STEADY, 0.97]), lower_is_better=True).rule == "nelson1"


def test_small_numbers_are_judged_by_the_exact_binomial():
    few = [Period(date(2024, i + 1, 1), h, 40) for i, h in enumerate([0, 1, 0, 1, 0, 1, 0, 1, 0])]
    assert control.signal([*few, Period(date(2024, 10, 1), 2, 40)], lower_is_better=True) is None
    fired = control.signal([*few, Period(date(2024, 10, 1), 6, 40)], lower_is_better=True)
    assert fired and fired.rule == "nelson1" and fired.p < 2e-4  # ten months of before are no certainty


def test_a_month_with_too_few_cases_says_nothing():
    assert control.signal([*months(STEADY), Period(date(2025, 1, 1), 1, 5)], lower_is_better=False) is None


@pytest.mark.parametrize(
    ("before", "hits", "least"),
    [
        ((0, 20), [1], None),  # nothing in 200 cases is not "never": one in twenty may well come by chance
        ((0, 20), [1, 0, 1], None),
        ((1, 20), [2], None),
        ((0, 40), [3], 1e-5),  # three of forty after none in four hundred: hardly chance, but not impossible
        ((0, 20), [10], 0),
    ],
)
def test_what_was_never_seen_in_few_cases_may_still_come_by_chance(before, hits, least):
    """The rate before is known only as well as ten small months tell it."""
    seen, n = before
    counts = [0] * (10 - seen) + [1] * seen + hits
    points = [Period(date(2024 + i // 12, i % 12 + 1, 1), hit, n) for i, hit in enumerate(counts)]
    fired = control.signal(points, lower_is_better=True)
    assert fired is None if least is None else fired is not None and least <= fired.p <= 0.00135


def test_benjamini_hochberg_over_rates():
    assert control.chosen([0.001, 0.02, 0.8, 1.0], 0.05) == [True, True, False, False]


@pytest.mark.parametrize(
    ("p", "odds", "certain"), [(0.5, 2, False), (0.0013, 770, False), (1e-9, 1_000_000, True), (0.0, 1_000_000, True)]
)
def test_chance_in_words(p, odds, certain):
    assert words.chance(p) == words.Chance(odds, certain)


@pytest.mark.parametrize(
    ("observed", "expected", "p", "gravity"),
    [(6, 1, 1e-4, "ordinary"), (30, 5, 1e-8, "serious"), (12, 1, 1e-10, "serious"), (90, 20, 1e-12, "major")],
)
def test_gravity_counts_customers(observed, expected, p, gravity):
    assert words.gravity("surge", observed, expected, p) == gravity


def test_an_episode_is_news_once():
    monday = date(2026, 3, 2)
    known = [words.Known(monday, monday + timedelta(6), True)]
    assert words.is_news(monday, monday + timedelta(6), [])
    assert not words.is_news(monday, monday + timedelta(6), known)
    assert not words.is_news(monday + timedelta(14), monday + timedelta(20), known)
    assert words.is_news(monday + timedelta(63), monday + timedelta(69), known)


def test_nobody_dismisses_the_alert_of_their_own_unit():
    me, other, unit, elsewhere = (UUID(int=i) for i in range(4))
    assert words.may_dismiss(me, elsewhere, other, unit) == ""
    assert words.may_dismiss(me, unit, other, unit) == "unit"
    assert words.may_dismiss(me, elsewhere, me, unit) == "owner"
    assert words.may_dismiss(None, None, other, unit) == "person"


def test_cells_have_one_name_and_a_unit():
    assert families.key({"outlet": "O1", "branch": "B1"}) == families.key({"branch": "B1", "outlet": "O1"})
    assert families.unit_of({"branch": "B1", "outlet": "O1", "category": "loan"}) == "O1"
    assert families.steps("HO/B01/O0101/") == ("B01", "O0101")
    assert families.steps("") == (None, None)


@pytest.mark.parametrize(("key", "kept"), [("", "bank"), ("branch=B01", "branch=B01"), ("x" * 200, "x" * 200)])
def test_the_ledger_holds_a_cell_as_one_short_term(key, kept):
    assert families.term(key) == kept


def test_a_long_cell_stays_unique_in_the_ledger():
    one, other = families.term("x" * 300 + "a"), families.term("x" * 300 + "b")
    assert one != other and len(one) <= 200
