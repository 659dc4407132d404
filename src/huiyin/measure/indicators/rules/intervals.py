"""How sure a figure is: Wilson intervals, exact binomial limits, Kaplan-Meier."""

import math
from collections.abc import Sequence

from huiyin.kernel.intervals import Z95, wilson

__all__ = ["Z95", "binomial_limits", "kaplan_meier", "mean_interval", "student", "wilson"]

# One chance in 370 in each pair of tails: what three sigma mean for a normal variable.
TAIL = 0.00135


def binomial_limits(n: int, p: float, tail: float = TAIL) -> tuple[float, float]:
    """The share below and above which a count of n lies by chance with at most `tail` each (exact binomial)."""
    if n == 0:
        return (0.0, 1.0)
    if p > 0.5:
        low, high = binomial_limits(n, 1 - p, tail)
        return (1 - high, 1 - low)
    return (_quantile(n, p, tail) / n, _quantile(n, p, 1 - tail) / n)


def _quantile(n: int, p: float, level: float) -> int:
    """The smallest k with P(X <= k) >= level."""
    if p <= 0:
        return 0
    log_mass = n * math.log1p(-p)
    odds = math.log(p) - math.log1p(-p)
    total = 0.0
    for k in range(n + 1):
        total += math.exp(log_mass)
        if total >= level:
            return k
        log_mass += odds + math.log((n - k) / (k + 1)) if k < n else 0.0
    return n


def student(freedom: int) -> float:
    """The two-sided 95 % point of Student's t, by the expansion of Abramowitz and Stegun 26.7.5 (1964); within 0.01
    from 4 degrees of freedom on, within 0.001 from 8."""
    z, v = Z95, freedom
    return (
        z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )  # fmt: skip


def mean_interval(n: int, total: int, squares: int) -> tuple[float | None, float | None, float | None]:
    """The mean of n whole numbers from their sum and sum of squares, and its 95 % interval x ± t·s/√n.

    Scores have few steps and no far outliers, so that from 30 answers on the mean is as good as normal; below two there
    is no spread and no interval.
    """
    if n == 0:
        return None, None, None
    mean = total / n
    if n == 1:
        return mean, None, None
    variance = (n * squares - total * total) / (n * (n - 1))  # whole numbers: nothing is lost before the division
    half = student(n - 1) * math.sqrt(variance / n)
    return mean, mean - half, mean + half


def kaplan_meier(spans: Sequence[tuple[float, bool]], shares: Sequence[float] = (0.5, 0.9)) -> list[float | None]:
    """The times by which these shares are done, counting what is still open (`False`) until the day it was last seen.

    None where the curve has not come down that far: then nobody knows yet.
    """
    at_risk, survival = len(spans), 1.0
    found: list[float | None] = [None] * len(shares)
    ordered = sorted(spans, key=lambda span: (span[0], not span[1]))
    i = 0
    while i < len(ordered):
        moment = ordered[i][0]
        j = i
        ended = 0
        while j < len(ordered) and ordered[j][0] == moment:
            ended += ordered[j][1]
            j += 1
        if ended:
            survival *= 1 - ended / at_risk
            for place, share in enumerate(shares):
                if found[place] is None and survival <= 1 - share + 1e-12:
                    found[place] = moment
        at_risk -= j - i
        i = j
    return found
