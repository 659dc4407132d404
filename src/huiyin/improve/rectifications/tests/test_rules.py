"""Decision 26 and SoD5 as tables."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from huiyin.improve.rectifications import queries
from huiyin.improve.rectifications.rules import effect, steps
from huiyin.improve.rectifications.rules.effect import Reading
from huiyin.improve.rectifications.rules.opening import rule_for


def months(*values: float | None, n: int | None = 50) -> list[Reading]:
    return [Reading(date(2025 + i // 12, i % 12 + 1, 1), v, n) for i, v in enumerate(values)]


@pytest.mark.parametrize(
    ("readings", "adverse", "verdict"),
    [
        (months(0.92, 0.91), False, "too_early"),
        (months(0.92, 0.91, 0.95), False, "shown"),
        (months(0.70, 0.92, 0.91, 0.95), False, "shown"),
        (months(0.92, 0.91, 0.95, n=9), False, "too_few"),
        (months(0.92, None, 0.95), False, "too_few"),
        (months(0.92, 0.70, 0.95), False, "mixed"),
        (months(0.72, 0.70, 0.75), False, "not_shown"),
        (months(0.92, 0.91, 0.95), True, "adverse"),
        (months(0.92), True, "adverse"),
    ],
)
def test_the_effect_is_shown_by_three_periods_at_target(readings, adverse, verdict):
    assert effect.verdict(readings, 0.9, lower_is_better=False, adverse=adverse) == verdict


def test_counts_need_no_minimum_because_fewer_is_better():
    assert effect.verdict(months(3, 0, 2, n=None), 4, lower_is_better=True, adverse=False) == "shown"


@pytest.mark.parametrize(
    ("expected", "n", "lower", "target"),
    [(0.0, 33, True, 0.0422), (0.02, 100, True, 0.0499), (0.9, 100, False, 0.8385), (0.99, 20, True, 1.0)],
)
def test_back_to_the_ordinary_is_the_target_of_a_share_that_was_at_its_target(expected, n, lower, target):
    assert effect.ordinary_share(expected, n, lower) == pytest.approx(target, abs=2e-3)


@pytest.mark.parametrize(
    ("state", "verdict", "step"),
    [
        ("verified", "shown", "effective"),
        ("verified", "too_few", ""),
        ("verified", "mixed", ""),
        ("verified", "adverse", "not_effective"),
        ("effective", "shown", ""),
        ("effective", "too_few", ""),
        ("effective", "mixed", "unsettled"),
        ("effective", "not_shown", "not_effective"),
    ],
)
def test_what_was_shown_is_taken_back_by_figures_not_by_silence(state, verdict, step):
    assert effect.next_step(state, verdict) == step


def test_without_a_target_nothing_is_shown():
    assert effect.verdict(months(1, 1, 1), None, lower_is_better=True, adverse=False) == "no_target"


def test_whole_months_after_the_work_was_done():
    assert effect.months_after(date(2025, 11, 17), date(2026, 3, 5)) == [
        date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "relapse"), [(-1, False), (0, True), (180, True), (181, False)])
def test_a_signal_within_180_days_is_a_relapse(days, relapse):
    closed = date(2025, 6, 1)
    assert effect.relapsed(closed, closed + timedelta(days)) is relapse


A, B, C, D = (UUID(int=i) for i in range(1, 5))


@pytest.mark.parametrize(
    ("roles", "clash"),
    [
        (steps.Roles(A, B, C, D), None),
        (steps.Roles(A, None, A, None), ("owner", "verifier")),
        (steps.Roles(A, A, B, None), ("inspector", "owner")),
        (steps.Roles(A, None, B, B), ("verifier", "closer")),
        (steps.Roles(A, None, B, A), ("owner", "closer")),
        (steps.Roles(None, A, A, None), ("inspector", "verifier")),
    ],
)
def test_four_people_for_four_roles(roles, clash):
    assert steps.clash(roles) == clash


def test_no_verb_skips_a_state():
    assert [s for s in steps.STATES if steps.allowed("close", s)] == ["effective"]
    assert [s for s in steps.STATES if steps.allowed("verify", s)] == ["done"]
    assert [s for s in steps.STATES if steps.allowed("finish", s)] == ["planned"]


@pytest.mark.parametrize(
    ("rule", "gravity", "code"),
    [
        ("surge", "major", "major-surge"),
        ("surge", "serious", "serious-surge"),
        ("surge", "ordinary", None),
        ("nelson2", "serious", "rate-out-of-control"),
        ("nelson2", "ordinary", None),
    ],
)
def test_the_table_opens_for_what_is_serious(rule, gravity, code):
    found = rule_for(queries.table(), "M12", rule, gravity)
    assert (found.code if found else None) == code
