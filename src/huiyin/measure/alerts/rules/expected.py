"""Expected counts of every cell of a lattice for one week, knowing only the weeks before it.

Cells with enough history get their own baseline, its trend and waves drawn towards the parent's. Cells with few
counts borrow the parent's baseline whole and learn only their share of it (a gamma prior, so the predictive is
negative binomial and exact also for a cell that has hardly ever counted).
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from huiyin.measure.alerts.rules import baseline
from huiyin.measure.alerts.rules.lattice import Lattice

Floats = npt.NDArray[np.float64]

DENSE = 60.0  # cases in the baseline from which a cell speaks for itself
ROOT_HOLD = np.array([0.0, 4.0, 4.0, 4.0, 16.0, 16.0])
CHILD_HOLD = np.array([0.0, 16.0, 16.0, 16.0, 64.0, 64.0])
SHARE_PRIOR = 0.5  # cases that the prior of a share is worth
UNSEEN_SEASON = 0.15  # relative spread allowed while less than a year and a half has been seen
UNSEEN_WAVE = 0.05
RECORD = 52  # weeks over which a cell's own forecasts are checked
WORST_RECORD = 4.0
QUARTILE = 1.323  # of a squared standard normal


@dataclass(frozen=True)
class Expected:
    """Mean and variance of each cell's count over the last 1, 2, ... weeks of `windows`, windows x cells."""

    windows: tuple[int, ...]
    observed: Floats
    mean: Floats
    variance: Floats


@dataclass
class Forecaster:
    """Walks forward through the weeks of a lattice; keeps last week's fits to start from and its own record."""

    cells: Lattice
    fits: dict[int, tuple[npt.NDArray[np.int64], int, baseline.Fit]] = field(default_factory=dict)
    record: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.record = np.full(self.cells.counts.shape, np.nan)

    def week(self, now: int, windows: tuple[int, ...], phase: float) -> Expected:
        """Expected counts for the windows that end with week `now`."""
        counts = self.cells.counts
        span = baseline.span(now)
        columns = baseline.terms(span.weeks)
        longest = max(windows)
        x = baseline.design(np.arange(span.start, span.stop), columns, span.stop, phase)
        ahead = baseline.design(np.arange(now - longest + 1, now + 1), columns, span.stop, phase)
        past = counts[:, span.start : span.stop]
        total = past.sum(1)
        n = len(counts)
        fitted = np.zeros((n, x.shape[0]))
        means, variances = np.zeros((len(windows), n)), np.zeros((len(windows), n))
        future = np.zeros((n, longest))
        beta = np.zeros((n, columns))
        for grain in range(len(self.cells.grains)):
            mine = np.nonzero(self.cells.grain == grain)[0]
            parents = self.cells.parent[mine]
            own = (total[mine] >= DENSE) | (parents < 0)
            dense, sparse = mine[own], mine[~own]
            if len(dense):
                found = self._fit(grain, dense, past, x, columns, beta)
                beta[dense] = found.beta
                fitted[dense] = np.exp(np.clip(found.beta @ x.T, -14, 14))
                future[dense] = np.exp(np.clip(found.beta @ ahead.T, -14, 14))
                for i, window in enumerate(windows):
                    means[i, dense], variances[i, dense] = baseline.predict(found, ahead[longest - window :])
            if len(sparse):
                up = self.cells.parent[sparse]
                beta[sparse] = beta[up]
                siblings = max(1.0, len(mine) / max(1, len(np.unique(parents))))
                share, cases, phi = _shares(past[sparse], fitted[up], siblings)
                fitted[sparse] = share[:, None] * fitted[up]
                future[sparse] = share[:, None] * future[up]
                for i, window in enumerate(windows):
                    mean = future[sparse, longest - window :].sum(1)
                    parent_mean = np.maximum(means[i, up], 1e-9)
                    parent_noise = np.maximum(variances[i, up] - means[i, up], 0) / parent_mean**2
                    means[i, sparse] = mean
                    variances[i, sparse] = phi * mean + mean**2 * (1 / cases + np.minimum(parent_noise, 0.04))
        unseen = UNSEEN_SEASON if columns <= 2 else UNSEEN_WAVE if columns == 4 else 0.0
        variances = (variances + (unseen * means) ** 2) * self._own_record(now)
        observed = np.stack([counts[:, now - w + 1 : now + 1].sum(1) for w in windows])
        if windows[0] == 1:
            miss = (observed[0] - means[0]) ** 2 / np.maximum(variances[0], 0.5)
            self.record[:, now] = np.minimum(miss, 9.0)
        return Expected(windows, observed, means, variances)

    def _fit(
        self,
        grain: int,
        dense: npt.NDArray[np.int64],
        past: Floats,
        x: Floats,
        columns: int,
        beta: Floats,
    ) -> baseline.Fit:
        up = self.cells.parent[dense]
        prior = np.where((up >= 0)[:, None], beta[up], 0.0)
        hold = (CHILD_HOLD if grain else ROOT_HOLD)[:columns]
        last = self.fits.get(grain)
        start = None
        if last is not None and last[1] == columns and np.array_equal(last[0], dense):
            start = last[2]
        found = baseline.fit(past[dense], x, prior, hold, start=start)
        self.fits[grain] = (dense, columns, found)
        return found

    def _own_record(self, now: int) -> Floats:
        """How much wider than promised the cell's past forecasts missed; one where nothing is known.

        Judged by the upper quartile of the squared misses, which a past surge of a few weeks does not move.
        """
        seen = self.record[:, max(0, now - RECORD) : max(0, now - 1)]
        weeks = seen.shape[1] - int(np.isnan(seen[0]).sum()) if seen.size else 0
        if weeks < 4:
            return np.ones(len(seen))
        known = seen[:, seen.shape[1] - weeks :]
        place = int(0.75 * (weeks - 1))
        quartile = np.partition(known, place, axis=1)[:, place] / QUARTILE
        return np.clip((quartile * weeks + 12) / (weeks + 12), 1.0, WORST_RECORD)


def _shares(past: Floats, parent: Floats, siblings: float) -> tuple[Floats, Floats, float]:
    """Each sparse cell's share of its parent, the cases it rests on, and the common dispersion."""
    exposure = parent.sum(1)
    share = (SHARE_PRIOR + past.sum(1)) / (SHARE_PRIOR * siblings + exposure)
    mean = share[:, None] * parent
    capped = np.minimum(past, np.ceil(mean + 3 * np.sqrt(mean)) + 1)  # a past surge teaches little
    cases = SHARE_PRIOR + capped.sum(1)
    share = cases / (SHARE_PRIOR * siblings + exposure)
    mean = share[:, None] * parent
    phi = float(((capped - mean) ** 2).sum() / max(mean.sum(), 1e-9))
    return share, cases, min(max(1.0, phi), 3.0)
