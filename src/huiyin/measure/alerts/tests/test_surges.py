"""Cells, events and episodes: one real event is one finding, at the right cell, without looking ahead."""

from datetime import date

import numpy as np
import pytest

from huiyin.measure.alerts.rules.lattice import lattice
from huiyin.measure.alerts.rules.surge import Finding, surges

DIMENSIONS = ("product", "issue", "region")
GRAINS = [
    (), ("product",), ("region",), ("issue",), ("product", "issue"), ("product", "region"), ("issue", "region"),
    ("product", "issue", "region"),
]  # fmt: skip
MONDAY = date(2024, 1, 1)
WEEKS = 120
Row = tuple[str, str, str]


def quiet(seed: int, weekly: float = 80.0) -> tuple[list[Row], list[int]]:
    """A steady stream over 4 products, 8 issues and 10 regions of unequal size."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    weeks: list[int] = []
    share = np.array([30, 20, 15, 10, 8, 6, 5, 3, 2, 1]) / 100
    for week in range(WEEKS):
        for _ in range(rng.poisson(weekly)):
            product = rng.choice(4, p=[0.5, 0.25, 0.15, 0.1])
            rows.append((f"p{product}", f"i{2 * product + rng.integers(2)}", f"r{rng.choice(10, p=share)}"))
            weeks.append(week)
    return rows, weeks


def plant(rows: list[Row], weeks: list[int], row: Row, week: int, count: int) -> None:
    rows += [row] * count
    weeks += [week] * count


def found(rows: list[Row], weeks: list[int], first: int = 12, until: int = WEEKS) -> list[tuple[int, Finding]]:
    kept = [(r, w) for r, w in zip(rows, weeks, strict=True) if w < until]
    cells = lattice([r for r, _ in kept], [w for _, w in kept], until, DIMENSIONS, GRAINS)
    return [(week, one) for week, news in surges(cells, MONDAY, first, until - 1) for one in news]


def test_counts_and_parents_of_a_small_lattice():
    cells = lattice(
        [("a", "x", "n"), ("a", "x", "s"), ("a", "y", "n"), ("b", "z", None)], [0, 0, 1, 1], 2, DIMENSIONS, GRAINS
    )
    whole = cells.at[(-1, -1, -1)]
    a = cells.at[(0, -1, -1)]
    ax = cells.at[(0, 0, -1)]
    axn = cells.at[(0, 0, 0)]
    assert cells.counts[whole].tolist() == [2, 2]
    assert cells.counts[a].tolist() == [2, 1]
    assert cells.counts[axn].tolist() == [1, 0]
    assert (1, 2, -1) in cells.at and not any(key[1] == 2 and key[2] != -1 for key in cells.at)
    assert cells.parent[whole] == -1 and cells.parent[a] == whole and cells.parent[ax] == a
    assert cells.contains(a, axn) and not cells.contains(axn, a)
    assert cells.meet(ax, cells.at[(-1, -1, 0)]) == axn
    assert cells.name(axn) == {"product": "a", "issue": "x", "region": "n"}


@pytest.mark.parametrize(
    ("row", "count", "cell"),
    [
        (("p2", "i5", "r7"), 14, {"product": "p2", "issue": "i5", "region": "r7"}),
        (("p3", "i6", "r0"), 25, {"product": "p3", "issue": "i6", "region": "r0"}),
    ],
)
def test_a_surge_in_one_corner_is_one_finding_at_that_corner(row, count, cell):
    rows, weeks = quiet(1)
    plant(rows, weeks, row, 100, count)
    seen = [one for week, one in found(rows, weeks, first=95) if week in (100, 101)]
    assert [one.cell for one in seen] == [cell]
    assert seen[0].since == date(2025, 12, 1)
    assert seen[0].observed >= count and seen[0].expected < 5 and seen[0].p < 1e-4
    assert [part.cell for part in seen[0].explained_by] == [cell]


def test_a_product_that_surges_everywhere_is_one_finding_on_the_product():
    rows, weeks = quiet(2)
    rng = np.random.default_rng(9)
    for week in (100, 101):
        for _ in range(36):
            issue, region = rng.integers(2), rng.choice(10)
            plant(rows, weeks, ("p1", f"i{2 + issue}", f"r{region}"), week, 1)
    seen = [one for week, one in found(rows, weeks, first=95) if week in (100, 101, 102)]
    assert [one.cell for one in seen] == [{"product": "p1"}]


def test_an_event_that_lasts_is_told_once():
    rows, weeks = quiet(3)
    for week in range(100, 108):
        plant(rows, weeks, ("p2", "i5", "r7"), week, 12)
    seen = [one for _, one in found(rows, weeks, first=95) if one.cell.get("region") == "r7"]
    assert len(seen) == 1
    assert seen[0].cell == {"product": "p2", "issue": "i5", "region": "r7"}


def test_two_events_at_once_are_two_findings():
    rows, weeks = quiet(4)
    plant(rows, weeks, ("p2", "i5", "r7"), 100, 14)
    plant(rows, weeks, ("p0", "i0", "r9"), 100, 14)
    seen = {tuple(one.cell.items()) for week, one in found(rows, weeks, first=95) if week == 100}
    assert len(seen) == 2
    assert {dict(cell)["region"] for cell in seen} == {"r7", "r9"}


def test_what_is_found_in_a_week_does_not_depend_on_later_weeks():
    rows, weeks = quiet(5)
    plant(rows, weeks, ("p2", "i5", "r7"), 60, 12)
    plant(rows, weeks, ("p1", "i3", "r2"), 90, 15)
    plant(rows, weeks, ("p0", "i1", "r5"), 115, 40)
    early = [(week, one.cell, one.observed, one.expected, one.p) for week, one in found(rows, weeks, until=100)]
    late = [(week, one.cell, one.observed, one.expected, one.p) for week, one in found(rows, weeks) if week < 100]
    assert early == late and early


def test_a_quiet_bank_is_left_in_peace():
    alarms = sum(len(found(*quiet(seed), first=20)) for seed in (21, 22))
    assert alarms <= 6  # two banks, a hundred weeks each


def test_a_level_that_rises_for_good_is_not_reported_for_ever():
    rows, weeks = quiet(6)
    rng = np.random.default_rng(6)
    for week in range(60, WEEKS):
        for _ in range(rng.poisson(14)):
            plant(rows, weeks, ("p3", f"i{6 + rng.integers(2)}", f"r{rng.choice(10)}"), week, 1)
    seen = [one for _, one in found(rows, weeks, first=50) if one.cell.get("product") == "p3"]
    assert 1 <= len(seen) <= 6  # sixty weeks
