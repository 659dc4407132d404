"""How likely so many or more would be by chance, and how many such chances we took."""

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc

Floats = npt.NDArray[np.float64]


def upper_tail(observed: Floats, mean: Floats, variance: Floats) -> Floats:
    """P(count >= observed) of a negative binomial with this mean and variance; Poisson where variance <= mean."""
    mean = np.maximum(mean, 1e-9)
    extra = np.maximum(variance - mean, 0.0)
    wide = extra > 1e-6 * mean
    size = np.where(wide, mean**2 / np.where(wide, extra, 1.0), 1.0)
    seen = np.maximum(observed, 1.0)
    p = np.where(wide, betainc(seen, size, mean / (mean + size)), gammainc(seen, mean))
    return np.where(observed <= 0, 1.0, p)


def discoveries(p: Floats, reachable: Floats, q: float) -> npt.NDArray[np.bool_]:
    """Benjamini-Hochberg at level q over all tested cells, as sharpened for counts.

    `reachable` is each cell's chance, if nothing happened, of reaching the smallest count that is ever reported. A
    cell can be falsely reported at level t with probability at most min(t, reachable), so a thousand cells that
    scarcely ever count to five cost almost nothing. With reachable = 1 this is the textbook procedure.
    """
    order = np.argsort(p, kind="stable")
    ranked = p[order]
    live = int(np.searchsorted(ranked, q, side="right"))
    if live == 0:
        return np.zeros(len(p), dtype=bool)
    rising = np.sort(reachable)
    below = np.concatenate(([0.0], np.cumsum(rising)))
    level = ranked[:live]
    cut = np.searchsorted(rising, level)
    false = below[cut] + level * (len(p) - cut)
    good = np.nonzero(false <= q * np.arange(1, live + 1))[0]
    chosen = np.zeros(len(p), dtype=bool)
    if len(good):
        chosen[order[: good[-1] + 1]] = True
    return chosen
