"""The surge test keeps its promises on simulated series: rates of false alarms, power, false discoveries."""

import numpy as np
import pytest

from huiyin.measure.alerts.rules import baseline, chance
from huiyin.measure.alerts.tests import bench, simulator


@pytest.fixture(scope="module")
def world() -> simulator.World:
    return simulator.world(replicates=5, seed=7)


@pytest.fixture(scope="module")
def tails(world: simulator.World):
    return bench.tails(world)


def test_the_false_alarm_rate_is_what_it_says(world, tails):
    score = simulator.score(world, bench.combined(tails) <= 0.01)
    assert 0.005 <= score.fpr <= 0.015


def test_it_finds_nearly_what_an_oracle_finds(world, tails):
    ours = simulator.score(world, bench.combined(tails) <= bench.level_at(world, tails, fpr=0.01))
    best = simulator.oracle(world)
    oracle = simulator.score(world, bench.combined(best) <= bench.level_at(world, best, fpr=0.01))
    assert ours.f1 >= 0.85 * oracle.f1
    assert ours.pod >= 0.90 * oracle.pod


def test_big_surges_are_found(world, tails):
    score = simulator.score(world, bench.combined(tails) <= 0.01)
    assert np.mean(score.pod_by_k[6:]) >= 0.8


def test_without_surges_the_p_values_are_not_too_small():
    rng = np.random.default_rng(3)
    counts = rng.negative_binomial(6.0, 0.5, size=(400, 261)).astype(float)
    x = baseline.design(np.arange(234), 4, 234)
    found = baseline.fit(counts[:, :234], x)
    mean, variance = baseline.predict(found, baseline.design(np.arange(260, 261), 4, 234))
    p = chance.upper_tail(counts[:, 260], mean, variance)
    assert (p <= 0.05).mean() <= 0.08
    assert (p <= 0.01).mean() <= 0.025


def test_a_past_surge_does_not_hide_the_next():
    rng = np.random.default_rng(5)
    quiet = rng.poisson(4.0, size=(1, 261)).astype(float)
    quiet[0, 100:103] += 40
    x = baseline.design(np.arange(234), 4, 234)
    found = baseline.fit(quiet[:, :234], x)
    mean, variance = baseline.predict(found, baseline.design(np.arange(260, 261), 4, 234))
    assert mean[0] < 6
    assert chance.upper_tail(np.array([16.0]), mean, variance)[0] < 0.001


def test_starting_from_last_week_gives_the_same_fit():
    rng = np.random.default_rng(6)
    counts = rng.poisson(9.0, size=(30, 201)).astype(float)
    first = baseline.fit(counts[:, :200], baseline.design(np.arange(200), 6, 200))
    cold = baseline.fit(counts[:, 1:], baseline.design(np.arange(1, 201), 6, 201))
    warm = baseline.fit(counts[:, 1:], baseline.design(np.arange(1, 201), 6, 201), start=first)
    rows = baseline.design(np.arange(226, 227), 6, 201)
    assert baseline.predict(cold, rows)[0] == pytest.approx(baseline.predict(warm, rows)[0], rel=0.03)


@pytest.mark.parametrize(
    ("observed", "mean", "variance", "p"),
    [
        (0, 3.0, 3.0, 1.0),
        (1, 2.0, 2.0, 0.864665),  # 1 - exp(-2)
        (5, 0.1, 0.1, 7.667e-8),
        (1, 1.0, 2.0, 0.5),  # geometric with mean 1
    ],
)
def test_upper_tails_are_exact(observed, mean, variance, p):
    found = chance.upper_tail(np.array([float(observed)]), np.array([mean]), np.array([variance]))
    assert found[0] == pytest.approx(p, rel=1e-3)


def test_with_nothing_held_back_discoveries_are_benjamini_hochberg():
    p = np.array([0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216])
    picked = chance.discoveries(p, np.ones(10), 0.05)
    assert picked.tolist() == [True, True] + [False] * 8


def test_cells_that_can_hardly_ever_count_cost_little():
    p = np.array([1e-4, *[1.0] * 5000])
    textbook = chance.discoveries(p, np.ones(5001), 0.02)
    sharpened = chance.discoveries(p, np.array([1.0, *[1e-7] * 5000]), 0.02)
    assert not textbook.any()
    assert sharpened.tolist()[0]


def test_the_share_of_false_discoveries_stays_below_q():
    rng = np.random.default_rng(11)
    false = total = 0
    for _ in range(300):
        mean = np.full(500, 8.0)
        real = np.arange(500) < 10
        counts = rng.poisson(np.where(real, 28.0, mean)).astype(float)
        picked = chance.discoveries(chance.upper_tail(counts, mean, mean), np.ones(500), 0.1)
        false += int((picked & ~real).sum())
        total += int(picked.sum())
    assert false / total <= 0.1
