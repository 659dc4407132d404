"""What moves the whole: how much of the variance of an outcome each aspect explains, and how well each one does.

Shares of R² are the average over all orders in which the aspects may enter a linear model (Lindeman, Merenda and Gold 1980;
the Shapley value of R²), so they add up to R² whatever the aspects share. Intervals: percentile bootstrap over people.
numpy is imported with this file, so a page imports it only when it draws drivers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MOST, LEAST, DRAWS = 10, 30, 500
PER_DRIVER = 10
"""Below so many complete answers for each aspect nothing is said: the shares would be noise."""


@dataclass(frozen=True)
class Driver:
    """`share`: its part of the explained variance (all add up to 1), with 95 % interval. `beta`: standardised.

    `performance`: the mean as a share of its scale, 0 to 1.
    """

    name: str
    share: float
    low: float
    high: float
    beta: float
    correlation: float
    performance: float


@dataclass(frozen=True)
class Drivers:
    """`r2` with its 95 % interval. Drivers stand as they were given."""

    n: int
    r2: float
    low: float
    high: float
    drivers: tuple[Driver, ...]


def enough(n: int, k: int) -> bool:
    return k >= 2 and n >= max(LEAST, PER_DRIVER * k)


def drivers(
    names: Sequence[str], scores: Floats, outcome: Floats, scale: tuple[float, float], *, seed: int, draws: int = DRAWS
) -> Drivers | None:
    """`scores`: people by aspects, complete; `outcome`: one figure for each. None: too few, too many, or all alike."""
    n, k = scores.shape
    if not enough(n, k) or k > MOST or np.ptp(outcome) == 0 or (np.ptp(scores, axis=0) == 0).any():
        return None
    rng = np.random.default_rng(seed)
    whole = np.column_stack([scores, outcome])
    picks = rng.integers(0, n, size=(draws, n))
    matrices = np.stack([_correlations(whole), *(_correlations(whole[pick]) for pick in picks)])
    parts, r2 = _lmg(matrices, k)
    shares = parts / np.maximum(r2, 1e-12)[:, None]
    low, high = np.quantile(shares[1:], [0.025, 0.975], axis=0)
    r_low, r_high = np.quantile(r2[1:], [0.025, 0.975])
    first = matrices[0]
    betas = np.linalg.solve(_firm(first[:k, :k]), first[:k, k])
    means = (scores.mean(axis=0) - scale[0]) / (scale[1] - scale[0])
    found = tuple(
        Driver(
            name, float(shares[0, j]), float(low[j]), float(high[j]), float(betas[j]), float(first[j, k]),
            float(means[j]),
        )
        for j, name in enumerate(names)
    )  # fmt: skip
    return Drivers(n, float(r2[0]), float(r_low), float(r_high), found)


def _lmg(matrices: Floats, k: int) -> tuple[Floats, Floats]:
    """Parts of R² by aspect (adding up to R²), and R², for a stack of correlation matrices."""
    explained: dict[tuple[int, ...], Floats] = {(): np.zeros(len(matrices))}
    for size in range(1, k + 1):
        for chosen in combinations(range(k), size):
            inside = matrices[:, chosen][:, :, chosen]
            with_outcome = matrices[:, chosen, k]
            solved = np.linalg.solve(_firm(inside), with_outcome[:, :, None])[:, :, 0]
            explained[chosen] = np.einsum("bi,bi->b", with_outcome, solved)
    parts = np.zeros((len(matrices), k))
    for chosen, value in explained.items():
        size = len(chosen)
        for j in range(k):
            if j not in chosen and size < k:
                weight = math.factorial(size) * math.factorial(k - size - 1) / math.factorial(k)
                parts[:, j] += weight * (explained[tuple(sorted((*chosen, j)))] - value)
    return parts, explained[tuple(range(k))]


def _correlations(rows: Floats) -> Floats:
    """A column that does not vary correlates with nothing."""
    centred = rows - rows.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    spread[spread == 0] = np.inf
    found: Floats = (centred.T @ centred) / np.outer(spread, spread)
    np.fill_diagonal(found, 1.0)
    return found


def _firm(matrix: Floats) -> Floats:
    """Aspects that say exactly the same share their part instead of breaking the arithmetic."""
    firm: Floats = matrix + 1e-9 * np.eye(matrix.shape[-1])
    return firm
