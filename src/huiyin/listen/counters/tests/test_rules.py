"""Shares, changes and limits: tables."""

import pytest

from huiyin.listen.counters.rules import over_limit, share, trend


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_the_published_interval(hits, n, low, high):
    found = share(hits, n)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(
    ("before", "now", "told"),
    # 56/70 against 48/80: Newcombe 1998, Statistics in Medicine 17:873, table II (a), method 10: 0.0524 to 0.3339.
    [
        ((48, 80), (56, 70), "better"),
        ((56, 70), (48, 80), "worse"),
        ((8, 10), (9, 10), "same"),
        ((0, 0), (9, 10), "none"),
    ],
)
def test_a_change_is_one_only_when_it_can_be_told(before, now, told):
    assert trend(share(*before), share(*now)) == told


@pytest.mark.parametrize(
    ("mine", "all", "tablet", "why"),
    [
        (0, 0, False, ""),
        (3, 3, False, "device"),
        (3, 3, True, ""),
        (0, 60, False, "flood"),
        (0, 60, True, ""),
        (0, 240, True, "flood"),
    ],
)
def test_how_often_one_may_rate(mine, all, tablet, why):
    assert over_limit(mine, all, tablet=tablet) == why
