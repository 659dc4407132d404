"""How sure a figure is: Wilson intervals, exact binomial limits, Kaplan-Meier."""

import math
from collections.abc import Sequence

from huiyin.kernel.intervals import Z95, wilson

__all__ = ["Z95", "binomial_limits", "kaplan_meier", "wilson"]

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
