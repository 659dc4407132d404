"""The 42 published surge scenarios (Noufaily et al. 2013; Bedubourg and Le Strat 2017), with an oracle."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from huiyin.measure.alerts.rules import chance

Floats = npt.NDArray[np.float64]
SETS = {
    "A": (0.1, 0.0025, 0.6, 0.6, 1.5),
    "B": (-2.0, 0.005, 0.1, 0.3, 2.0),
    "C": (1.5, 0.003, 0.2, -0.4, 1.0),
    "D": (0.5, 0.002, 0.5, 0.5, 5.0),
    "E": (2.5, 0.001, 1.0, 0.1, 3.0),
    "F": (3.75, 0.001, 0.1, -0.1, 1.1),
    "G": (5.0, 0.0001, 0.05, 0.01, 1.2),
}
WEEKS, TESTED = 624, 49


@dataclass(frozen=True)
class World:
    """counts and surge cases per series x week; the true mean and dispersion; the size k of the current surge."""

    counts: Floats
    surge: Floats
    mean: Floats
    phi: Floats
    k: npt.NDArray[np.int64]


def world(replicates: int, seed: int) -> World:
    rng = np.random.default_rng(seed)
    week = np.arange(1, WEEKS + 1)
    counts, surges, means, phis, sizes = [], [], [], [], []
    for theta, beta, g1, g2, phi in SETS.values():
        for trend in (0, 1):
            for waves in (0, 1, 2):
                log_mean = theta + trend * beta * week
                for j in range(1, waves + 1):
                    log_mean = (
                        log_mean + g1 * np.cos(2 * np.pi * j * week / 52) + g2 * np.sin(2 * np.pi * j * week / 52)
                    )
                mean = np.exp(log_mean)
                for _ in range(replicates):
                    quiet = (
                        rng.poisson(mean) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi)
                    ).astype(float)
                    surge = np.zeros(WEEKS)
                    for _past in range(4):
                        _plant(rng, surge, mean, phi, int(rng.integers(313, 576)) - 1, int(rng.choice([2, 3, 5, 10])))
                    k = int(rng.integers(1, 11))
                    now = np.zeros(WEEKS)
                    while not now.any():
                        _plant(rng, now, mean, phi, int(rng.integers(576, 625)) - 1, k)
                    counts.append(quiet + surge + now)
                    surges.append(surge + now)
                    means.append(mean)
                    phis.append(phi)
                    sizes.append(k)
    return World(np.array(counts), np.array(surges), np.array(means), np.array(phis), np.array(sizes))


def _plant(rng: np.random.Generator, into: Floats, mean: Floats, phi: float, start: int, k: int) -> None:
    cases = rng.poisson(k * np.sqrt(phi * mean[start]))
    lag = np.floor(rng.lognormal(0, 0.5, cases)).astype(int)
    at = start + lag
    np.add.at(into, at[at < WEEKS], 1)


@dataclass(frozen=True)
class Score:
    fpr: float
    pod: float
    pod_first: float
    sensitivity: float
    ppv: float
    f1: float
    pod_by_k: tuple[float, ...]


def score(made: World, alarm: npt.NDArray[np.bool_]) -> Score:
    """`alarm` is series x the last 49 weeks; measures as in the published comparison."""
    surge = made.surge[:, -TESTED:] > 0
    current = surge.copy()
    quiet = ~surge
    hit = (alarm & current).sum()
    false = (alarm & quiet).sum()
    found = (alarm & current).any(1)
    first = current.argmax(1)
    sens = hit / current.sum()
    ppv = hit / max(hit + false, 1)
    return Score(
        fpr=float(false / quiet.sum()),
        pod=float(found.mean()),
        pod_first=float(alarm[np.arange(len(first)), first].mean()),
        sensitivity=float(sens),
        ppv=float(ppv),
        f1=float(2 * sens * ppv / max(sens + ppv, 1e-9)),
        pod_by_k=tuple(float(found[made.k == k].mean()) for k in range(1, 11)),
    )


def oracle(made: World, windows: tuple[int, ...] = (1, 2)) -> Floats:
    """Smallest p over the windows if the true mean and dispersion were known: windows x series x weeks."""
    out = []
    for w in windows:
        seen = np.stack([made.counts[:, t - w + 1 : t + 1].sum(1) for t in range(WEEKS - TESTED, WEEKS)], 1)
        mean = np.stack([made.mean[:, t - w + 1 : t + 1].sum(1) for t in range(WEEKS - TESTED, WEEKS)], 1)
        out.append(chance.upper_tail(seen, mean, made.phi[:, None] * mean))
    return np.stack(out)
