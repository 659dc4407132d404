"""Control-chart rules for rates (Nelson 1, 2, 3 and 5), one-sided: only a turn for the worse is an alert.

Plain Python, no arrays: pages may use it. Limits come from the periods before the ones under test, so that a signal
means "unlike before"; where a period expects fewer than five events the tail is summed exactly, and the rate before is
known only as well as the periods before tell it: nothing seen in few cases is not "never".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

LEARN = 8  # periods that a centre line needs
NINE, SIX = 9, 6
FEW = 5  # expected events below which a normal tail misleads
THREE_SIGMA, TWO_SIGMA = 0.00135, 0.02275
RULES = ("nelson1", "nelson5", "nelson2", "nelson3")  # strongest evidence first


@dataclass(frozen=True)
class Period:
    """One point of a rate: `hits` of `n`, beginning on a day."""

    start: date
    hits: float
    n: float

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None


@dataclass(frozen=True)
class Before:
    """What the periods before tell: how many of how many, and how much wider than binomial they scatter."""

    hits: float
    n: float
    spread: float

    @property
    def rate(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True)
class Signal:
    """A rule that fired on the last period. `p` is the chance of it if nothing had changed."""

    rule: str
    since: date
    observed: float
    expected: float
    p: float
    n: float


def signal(points: Sequence[Period], lower_is_better: bool, least: int = 10) -> Signal | None:
    """The strongest rule that fires on the last point, if any; periods below `least` cases are passed over."""
    known = [point for point in points if point.n >= least]
    if not known or known[-1] is not points[-1] or len(known) < LEARN + 1:
        return None
    before = _before(known[: max(LEARN, len(known) - NINE)])
    side = 1 if lower_is_better else -1
    last = _tail(known[-1], before, side)
    found = [
        fired
        for fired in (
            _beyond(known, before, last),
            _two_of_three(known, before, side, last),
            _nine(known, before.rate, side),
            _six(known, before.rate, side),
        )
        if fired
    ]
    return min(found, key=lambda s: (s.p, RULES.index(s.rule)), default=None)


def limits(points: Sequence[Period]) -> list[tuple[float, float, float]]:
    """Centre, lower and upper three-sigma limit of each point, from all points (Laney's p': over-dispersion widens)."""
    known = [point for point in points if point.n]
    if not known:
        return []
    before = _before(known)
    centre, wide = before.rate, [3 * _sigma(before.rate, p.n, before.spread) for p in points]
    return [(centre, max(0.0, centre - w), min(1.0, centre + w)) for w in wide]


def _before(points: Sequence[Period]) -> Before:
    """The periods pooled, and how much wider than binomial they scatter (at least one)."""
    hits, n = sum(p.hits for p in points), sum(p.n for p in points)
    rate = hits / n
    scores = [(p.hits / p.n - rate) / _sigma(rate, p.n, 1.0) for p in points]
    moves = [abs(b - a) for a, b in pairwise(scores)]
    return Before(hits, n, max(1.0, (sum(moves) / len(moves)) / 1.128 if moves else 1.0))


def _sigma(rate: float, n: float, spread: float) -> float:
    return spread * math.sqrt(max(rate * (1 - rate), 1e-6) / max(n, 1.0))


def _tail(point: Period, before: Before, side: int) -> float:
    """The chance of a period at least so bad if nothing had changed."""
    if point.n * min(before.rate, 1 - before.rate) < FEW:
        return _exact(point, before, side)
    return _normal(side * (point.hits / point.n - before.rate) / _sigma(before.rate, point.n, before.spread))


def _beyond(points: Sequence[Period], before: Before, last: float) -> Signal | None:
    return _told("nelson1", points, 1, before.rate, last) if last <= THREE_SIGMA else None


def _two_of_three(points: Sequence[Period], before: Before, side: int, last: float) -> Signal | None:
    if last >= TWO_SIGMA:
        return None
    out = sorted(tail for tail in [*(_tail(p, before, side) for p in points[-3:-1]), last] if tail < TWO_SIGMA)
    if len(out) < 2:
        return None
    return _told("nelson5", points, 3, before.rate, 3 * math.prod(out[:2]))


def _nine(points: Sequence[Period], centre: float, side: int) -> Signal | None:
    run = points[-NINE:]
    if len(run) < NINE or any(side * (p.hits / p.n - centre) <= 0 for p in run):
        return None
    return _told("nelson2", points, NINE, centre, 0.5**NINE)


def _six(points: Sequence[Period], centre: float, side: int) -> Signal | None:
    run = [side * p.hits / p.n for p in points[-SIX:]]
    if len(run) < SIX or any(b <= a for a, b in pairwise(run)):
        return None
    return _told("nelson3", points, SIX, centre, 1 / math.factorial(SIX))


def _told(rule: str, points: Sequence[Period], length: int, centre: float, p: float) -> Signal:
    run = points[-length:]
    n = sum(point.n for point in run)
    return Signal(rule, run[0].start, sum(point.hits for point in run) / n, centre, min(1.0, p), n)


def _normal(score: float) -> float:
    return 0.5 * math.erfc(score / math.sqrt(2))


def _exact(point: Period, before: Before, side: int) -> float:
    """P(as many hits or more) for side 1, P(as few or fewer) for side -1, the rate being known from `before` alone
    (Jeffreys' prior: a beta-binomial)."""
    n, hits = round(point.n), round(point.hits)
    a, b = before.hits + 0.5, before.n - before.hits + 0.5
    counted = range(hits, n + 1) if side == 1 else range(hits + 1)
    return min(
        1.0, math.fsum(math.exp(_log_choose(n, k) + _log_beta(k + a, n - k + b) - _log_beta(a, b)) for k in counted)
    )


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def chosen(tails: Sequence[float], q: float) -> list[bool]:
    """Benjamini-Hochberg over one family of rates; `tails` has 1.0 for the ones that did not signal."""
    order = sorted(range(len(tails)), key=lambda i: tails[i])
    keep = 0
    for rank, i in enumerate(order, 1):
        if tails[i] <= q * rank / len(tails):
            keep = rank
    picked = set(order[:keep])
    return [i in picked for i in range(len(tails))]
