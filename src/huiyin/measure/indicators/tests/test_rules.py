"""The arithmetic of figures: published examples and tables."""

from datetime import date

import pytest

from huiyin.kernel.fact import FACTS
from huiyin.kernel.label import Label
from huiyin.measure.indicators.rules import signals as telling
from huiyin.measure.indicators.rules.charts import Mark, chart, days_between, funnel, overdispersion
from huiyin.measure.indicators.rules.definitions import Faulty, read
from huiyin.measure.indicators.rules.intervals import (
    TAIL,
    binomial_limits,
    kaplan_meier,
    mean_interval,
    student,
    wilson,
)
from huiyin.measure.indicators.rules.periods import Period, back, period_of, periods
from huiyin.measure.indicators.rules.plot import Entry, plot, ticks
from huiyin.measure.indicators.rules.sentences import sentence
from huiyin.measure.indicators.rules.sql import Query, Scope, contributions, literal


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (Wilson score).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("n", "p"), [(5, 0.5), (30, 0.02), (40, 0.97), (200, 0.01), (0, 0.3), (12, 0.0)])
def test_exact_limits_leave_at_most_the_tail_outside(n: int, p: float) -> None:
    from scipy.stats import binom

    low, high = binomial_limits(n, p)
    assert n == 0 or binom.cdf(round(low * n) - 1, n, p) <= TAIL + 1e-9
    assert n == 0 or binom.sf(round(high * n), n, p) <= TAIL + 1e-9


def test_kaplan_meier_counts_what_is_still_open() -> None:
    # Freireich 1963, 6-MP group of 21: median remission 23 weeks.
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    running = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    spans = [(float(t), True) for t in ended] + [(float(t), False) for t in running]
    assert kaplan_meier(spans, (0.5, 0.9)) == [23.0, None]
    assert kaplan_meier([]) == [None, None]


def test_a_p_chart_has_wider_limits_where_n_is_small() -> None:
    marks = [Mark(80, 100)] * 24 + [Mark(20, 25)]
    drawn = chart("p", marks)
    assert drawn.kind == "p" and not drawn.provisional
    assert drawn.limits[0].low == pytest.approx(0.68)  # type: ignore[union-attr]
    assert drawn.limits[-1].low == pytest.approx(0.56)  # type: ignore[union-attr]


def test_small_counts_get_exact_limits() -> None:
    assert chart("p", [Mark(1, 30)] * 20).kind == "binomial"


def test_large_samples_that_vary_more_than_chance_get_laney_limits() -> None:
    shares = [0.80, 0.84, 0.79, 0.85, 0.81, 0.86, 0.78, 0.83, 0.80, 0.85] * 2
    drawn = chart("p", [Mark(round(share * 10_000), 10_000) for share in shares])
    assert drawn.kind == "p'" and drawn.sigma_z > 5
    assert overdispersion([0.001, -0.001, 0.0005, -0.0004] * 5, [0.004] * 20) == 1.0


def test_individuals_stand_2_66_mean_ranges_from_their_mean() -> None:
    values = [10.0, 12.0] * 12
    drawn = chart("xmr", [Mark(v, 1) for v in values])
    assert drawn.limits[0].high == pytest.approx(11 + 2.66 * 2, abs=0.01)  # type: ignore[union-attr]


def test_the_baseline_is_frozen() -> None:
    steady = [Mark(80, 100)] * 25
    assert chart("p", steady).limits[0] == chart("p", [*steady, *[Mark(99, 100)] * 10]).limits[0]


def test_too_few_points_give_no_limits_and_few_give_provisional_ones() -> None:
    assert chart("p", [Mark(8, 10)]).kind == "none"
    assert chart("p", [Mark(80, 100)] * 12).provisional
    assert chart("u", [Mark(0, 5)] * 12).kind == "none"


def test_the_g_chart_and_the_funnel_know_their_limits() -> None:
    mean, upper = days_between([10, 20, 30])
    assert (mean, round(upper, 2)) == (20.0, 81.48)
    assert funnel(100, 0.5, 1.96)[0] == pytest.approx(0.402)


NINE = [81, 79] * 13 + [84] * 9


@pytest.mark.parametrize(
    ("hits", "rule", "side"),
    [
        ([80] * 20 + [99], "1", 1),
        (NINE, "2", 1),
        ([80] * 20 + [75, 76, 77, 78, 79, 80], "3", 1),
        ([80, 79, 81] * 7 + [90, 90], "5", 1),
    ],
)
def test_each_rule_finds_its_pattern(hits: list[int], rule: str, side: int) -> None:
    marks = [Mark(h, 100) for h in hits]
    found = telling.signals(marks, chart("p", marks))
    assert (rule, side) in {(s.rule, s.side) for s in found if s.index == len(marks) - 1}


def test_eight_points_on_one_side_are_still_chance() -> None:
    marks = [Mark(h, 100) for h in [81, 79] * 13 + [84] * 8]
    assert not [s for s in telling.signals(marks, chart("p", marks)) if s.rule == "2"]


@pytest.mark.parametrize(
    ("side", "direction", "expected"),
    [(1, "up", "better"), (-1, "up", "worse"), (1, "down", "worse"), (-1, "down", "better"), (1, "none", "higher")],
)
def test_better_depends_on_the_direction(side: int, direction: str, expected: str) -> None:
    assert telling.variation(telling.Signal(0, "2", side, 9), direction, True) == expected


@pytest.mark.parametrize(
    ("target", "direction", "expected"),
    [(0.6, "up", "pass"), (0.95, "up", "fail"), (0.8, "up", "maybe"), (0.95, "down", "pass"), (None, "up", "none")],
)
def test_assurance_compares_the_limits_with_the_target(target: float | None, direction: str, expected: str) -> None:
    assert telling.assurance(chart("p", [Mark(80, 100)] * 20), target, direction) == expected


def test_the_sentence_says_how_many_points() -> None:
    name = Label("M01", "客户满意度", "Customer satisfaction")
    said = sentence(name, telling.Signal(30, "2", 1, 9), "better", "maybe", 31, "ok")
    assert said.zh == "连续 9 点高于均值：客户满意度确有改善。"
    assert said.en == "9 points in a row lie above the mean: a genuine improvement in customer satisfaction."
    assert "运气" in sentence(name, None, "common", "maybe", 31, "ok").zh
    assert sentence(name, None, "common", "none", 31, "no_data").en == "No data in this period."


@pytest.mark.parametrize(
    ("day", "grain", "start", "until"),
    [
        (date(2026, 1, 1), "week", date(2025, 12, 29), date(2026, 1, 5)),
        (date(2024, 2, 29), "month", date(2024, 2, 1), date(2024, 3, 1)),
        (date(2025, 12, 31), "quarter", date(2025, 10, 1), date(2026, 1, 1)),
        (date(2025, 12, 31), "day", date(2025, 12, 31), date(2026, 1, 1)),
    ],
)
def test_periods_know_their_ends(day: date, grain: str, start: date, until: date) -> None:
    assert period_of(day, grain) == Period(start, until, grain)


def test_a_span_is_cut_into_whole_periods() -> None:
    assert [p.start.month for p in periods(date(2025, 1, 15), date(2025, 4, 2), "month")] == [1, 2, 3, 4]
    assert back(date(2025, 3, 31), "month", 13) == date(2024, 2, 1)


def test_ticks_are_round() -> None:
    assert ticks(0.72, 0.98) == [0.75, 0.8, 0.85, 0.9, 0.95]


def test_a_plot_leaves_a_gap_where_nothing_is_known() -> None:
    entries = [Entry(str(i), None if i == 1 else 0.5, None, None, None, "plain") for i in range(3)]
    drawn = plot(entries, target=None, width=100, height=50, margins=(0, 0, 0, 0), words=str)
    assert drawn.line.count("M") == 2 and len(drawn.dots) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [("O'Brien", "'O''Brien'"), ("x'; DROP TABLE matters; --", "'x''; DROP TABLE matters; --'"), (None, "NULL")],
)
def test_literals_cannot_break_out(value: str | None, text: str) -> None:
    assert literal(value) == text
    with pytest.raises(TypeError):
        literal("a\0b")


def test_an_actor_without_paths_sees_nothing() -> None:
    query = contributions("matters", "r.received_day", "TRUE", "TRUE", "", Scope(()), [])
    assert "(FALSE)" in query.text


def test_the_sql_of_every_indicator_is_understood_elsewhere() -> None:
    """Parsed as DuckDB and written for ClickHouse and Spark: nothing in it belongs to one engine alone."""
    sqlglot = pytest.importorskip("sqlglot")
    from huiyin.measure.indicators import queries

    for one in queries.catalogue():
        text = Query(queries.sql_of(code=one.code), {n: date(2026, 1, 1) for n in (
            "from_day", "until_day", "as_of", "as_of_day")}).written()  # fmt: skip
        for dialect in ("clickhouse", "spark"):
            assert sqlglot.transpile(text, read="duckdb", write=dialect)[0]


GOOD = {
    "code": "X1", "version": 1, "order": 1, "name_zh": "甲", "name_en": "A", "text_zh": "甲", "text_en": "A",
    "kind": "share", "chart": "p", "unit": "percent", "direction": "up", "min_n": 1, "source": "test",
    "facts": ["answer.given"], "base": "answers", "day": "r.answered_day", "population": "TRUE", "numerator": "TRUE",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts": ["answer.taken"]}, {"kind": "guess"}, {"chart": "pie"}, {"base": "users"}, {"unit": "stars"},
        {"min_n": "many"}, {"colour": "red"}, {"kind": "duration"}, {"direction": "sideways"},
    ],
)  # fmt: skip
def test_a_faulty_catalogue_file_is_refused(wrong: dict[str, object]) -> None:
    assert read(GOOD, FACTS).code == "X1"
    with pytest.raises(Faulty):
        read({**GOOD, **wrong}, FACTS)


def test_the_interval_of_a_mean_is_students():
    for freedom, tabled in ((4, 2.7764), (8, 2.3060), (29, 2.0452), (120, 1.9799)):
        assert student(freedom) == pytest.approx(tabled, abs=0.012 if freedom == 4 else 0.001)
    scores = [5, 4, 4, 3, 5, 1, 4, 5, 5, 2]
    mean, low, high = mean_interval(len(scores), sum(scores), sum(s * s for s in scores))
    assert mean == 3.8 and (low, high) == (pytest.approx(2.800, abs=0.002), pytest.approx(4.800, abs=0.002))
    assert mean_interval(0, 0, 0) == (None, None, None) and mean_interval(1, 4, 16) == (4.0, None, None)
    nps = [100] * 40 + [0] * 30 + [-100] * 30
    found = mean_interval(100, sum(nps), sum(v * v for v in nps))
    assert found[0] == 10 and found[1] == pytest.approx(10 - 16.5, abs=0.2), (
        "as 100·√[(p + d − (p − d)²)/n] with t for z"
    )
