"""When many more negative posts appear in a day than was to be expected. Pure.

A day is held against the 28 days before the week that ends with it (so that a slow beginning does not raise its own measure):
the expected count is their mean, with half a post added so that silence is no proof. The chance of so many is that of a
negative binomial count whose spread is that of those days and at least Poisson. An alert needs that chance below 1 in 1,000
divided by the number of cells looked at, and at least five posts: three angry people are not a burst.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

BACK, GAP, LEAST, ALPHA = 28, 7, 5, 0.001


@dataclass(frozen=True)
class Burst:
    day: int  # index into the counts
    observed: int
    expected: float
    upper: int  # ordinary up to here
    p: float


def burst(counts: Sequence[int], day: int, looks: int = 1) -> Burst | None:
    """The burst of one day, if it is one. `counts` by day; a day needs at least 14 days of history before the gap."""
    past = counts[max(0, day - GAP - BACK + 1) : max(0, day - GAP + 1)]
    if len(past) < 14 or counts[day] < LEAST:
        return None
    mean = (sum(past) + 0.5) / len(past)
    spread = sum((one - mean) ** 2 for one in past) / (len(past) - 1)
    p = tail(counts[day], mean, spread)
    if p >= ALPHA / max(1, looks):
        return None
    upper = math.ceil(mean)
    while tail(upper + 1, mean, spread) >= 0.01:
        upper += 1
    return Burst(day, counts[day], mean, upper, p)


def tail(n: int, mean: float, variance: float) -> float:
    """The chance of n or more, of a negative binomial with this mean and variance; Poisson where that is no larger."""
    if n <= 0:
        return 1.0
    below = 0.0
    if variance <= mean * 1.0001:
        log = -mean
        for k in range(n):
            below += math.exp(log)
            log += math.log(mean) - math.log(k + 1)
    else:
        size = mean * mean / (variance - mean)
        share = size / (size + mean)
        log = size * math.log(share)
        for k in range(n):
            below += math.exp(log)
            log += math.log1p(-share) + math.log(size + k) - math.log(k + 1)
    return max(1e-12, 1.0 - below)
