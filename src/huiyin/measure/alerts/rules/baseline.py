"""What a cell would have counted if nothing had happened: a batched, robust, log-linear baseline.

Every cell of a batch shares the same weeks, so one design matrix serves them all and the normal equations of all
cells are two matrix products. The model is quasi-Poisson: mean = exp(level + trend + annual waves), variance =
phi x mean, with a Gaussian prior on trend and waves taken from the parent cell. Weeks that stand out above the
fit count less (Noufaily et al. 2013), so that a past surge does not teach the baseline to expect the next one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

YEAR = 52.1775
GUARD = 26
WINDOW = 261
OUTLIER = 2.58
TRIMMED_VARIANCE = 1.04  # how much of the variance the down-weighting takes away from clean data, undone


@dataclass(frozen=True)
class Fit:
    """Coefficients, dispersion and the inverse information of each cell, in the order of the batch."""

    beta: Floats  # cells x terms
    phi: Floats  # cells
    cov: Floats  # cells x terms x terms


@dataclass(frozen=True)
class Span:
    """Which weeks teach the baseline of week `now` (index): [start, stop)."""

    start: int
    stop: int

    @property
    def weeks(self) -> int:
        return self.stop - self.start


def span(now: int, window: int = WINDOW, guard: int = GUARD) -> Span:
    """All weeks up to the guard, at most `window`; a short history keeps a shorter guard rather than no baseline."""
    kept = guard if now >= 3 * guard else now // 4
    stop = now - kept
    return Span(max(0, stop - window), stop)


def terms(weeks: int) -> int:
    """How many columns a history of so many weeks can carry: level, trend, first wave, second wave."""
    if weeks < 40:
        return 1
    if weeks < 78:
        return 2
    return 4 if weeks < 130 else 6


def design(index: npt.ArrayLike, columns: int, origin: float, phase: float = 0.0) -> Floats:
    """Rows of the model for week numbers; trend in years since `origin`, waves by position in the year."""
    week = np.asarray(index, dtype=float)
    turn = 2 * np.pi * (week + phase) / YEAR
    full = (
        np.ones_like(week),
        (week - origin) / YEAR,
        np.cos(turn),
        np.sin(turn),
        np.cos(2 * turn),
        np.sin(2 * turn),
    )
    return np.column_stack(full[:columns])


def fit(
    counts: Floats,
    x: Floats,
    prior: Floats | None = None,
    tightness: Floats | None = None,
    rounds: int = 4,
    start: Fit | None = None,
) -> Fit:
    """Fit every row of `counts` (cells x weeks) on `x` (weeks x terms).

    `start`, the fit of the week before with as many terms, saves most of the rounds.
    """
    cells, weeks = counts.shape
    columns = x.shape[1]
    centre = np.zeros((cells, columns)) if prior is None else prior
    hold = np.zeros(columns) if tightness is None else tightness
    pairs = (x[:, :, None] * x[:, None, :]).reshape(weeks, columns * columns)
    weight = np.ones_like(counts)
    if start is None:
        beta, phi, steps = _level(counts, x, centre), np.ones(cells), 4
    else:
        beta, phi, steps = start.beta.copy(), start.phi.copy(), 1
        _, inverse = _irls(counts, x, pairs, weight, beta, centre, hold, phi, steps=1)
        weight, rounds = _weights(counts, _mean(beta, x), phi, pairs, inverse), 1
    for turn in range(rounds + 1):
        beta, inverse = _irls(counts, x, pairs, weight, beta, centre, hold, phi, steps=steps if turn == 0 else 2)
        mean = _mean(beta, x)
        free = np.maximum(weight.sum(1) - columns, 1.0)
        pearson = (counts - mean) ** 2 / mean
        phi = np.maximum(1.0, (weight * pearson).sum(1) / free * (TRIMMED_VARIANCE if turn or start else 1.0))
        if turn < rounds:
            weight = _weights(counts, mean, phi, pairs, inverse)
    return Fit(beta, phi, inverse * phi[:, None, None])


def _level(counts: Floats, x: Floats, centre: Floats) -> Floats:
    """A first guess: the parent's trend and waves at the cell's own level."""
    beta = centre.copy()
    beta[:, 0] = 0
    shape = np.exp(np.clip(beta @ x.T, -20, 20))
    beta[:, 0] = np.log((counts.sum(1) + 0.5) / np.maximum(shape.sum(1), 1e-9))
    return beta


def _irls(
    counts: Floats,
    x: Floats,
    pairs: Floats,
    weight: Floats,
    beta: Floats,
    centre: Floats,
    hold: Floats,
    phi: Floats,
    steps: int,
) -> tuple[Floats, Floats]:
    cells, columns = beta.shape
    ridge = np.diag(np.maximum(hold, 1e-8))[None] * phi[:, None, None]
    information = np.zeros((cells, columns, columns))
    for _ in range(steps):
        mean = _mean(beta, x)
        information = ((weight * mean) @ pairs).reshape(cells, columns, columns) + ridge
        score = (weight * (counts - mean)) @ x - (ridge @ (beta - centre)[:, :, None])[:, :, 0]
        step = np.linalg.solve(information, score[:, :, None])[:, :, 0]
        beta = np.clip(beta + np.clip(step, -2, 2), -14, 14)
    return beta, np.asarray(np.linalg.inv(information), dtype=np.float64)


def _mean(beta: Floats, x: Floats) -> Floats:
    return np.exp(np.clip(beta @ x.T, -14, 14))


def _weights(counts: Floats, mean: Floats, phi: Floats, pairs: Floats, inverse: Floats) -> Floats:
    """Anscombe residuals, standardised; those above the limit weigh 1/s squared, and all weights sum to the weeks."""
    cells = counts.shape[0]
    leverage = np.clip(mean * (inverse.reshape(cells, -1) @ pairs.T), 0, 0.95)
    residual = 1.5 * (counts ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * np.sqrt(phi[:, None] * (1 - leverage)))
    return np.where(residual > OUTLIER, 1 / np.maximum(residual, OUTLIER) ** 2, 1.0)


def predict(found: Fit, rows: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the sum over the given weeks, for each cell: noise and the uncertainty of the fit."""
    mean = _mean(found.beta, rows)
    gradient = mean @ rows
    unsure = np.einsum("cp,cpq,cq->c", gradient, found.cov, gradient)
    total = mean.sum(1)
    return total, found.phi * total + unsure
