"""Control-chart rules for rates (Nelson 1, 2, 3 and 5), one-sided: only a turn for the worse is an alert.

Plain Python, no arrays: pages may use it. Limits come from the periods before the ones under test, so that a signal
means "unlike before"; where a period expects fewer than five events the binomial tail is summed exactly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

LEARN = 8  # periods that a centre line needs
NINE, SIX = 9, 6
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
    centre, spread = _centre(known[: max(LEARN, len(known) - NINE)])
    side = 1 if lower_is_better else -1
    found = [
        fired
        for fired in (
            _beyond(known, centre, spread, side),
            _two_of_three(known, centre, spread, side),
            _nine(known, centre, side),
            _six(known, centre, side),
        )
        if fired
    ]
    return min(found, key=lambda s: (s.p, RULES.index(s.rule)), default=None)


def limits(points: Sequence[Period]) -> list[tuple[float, float, float]]:
    """Centre, lower and upper three-sigma limit of each point, from all points (Laney's p': over-dispersion widens)."""
    known = [point for point in points if point.n]
    if not known:
        return []
    centre, spread = _centre(known)
    return [
        (centre, max(0.0, centre - 3 * _sigma(centre, p.n, spread)), min(1.0, centre + 3 * _sigma(centre, p.n, spread)))
        for p in points
    ]


def _centre(points: Sequence[Period]) -> tuple[float, float]:
    """The pooled rate, and how much wider than binomial the periods scatter (at least one)."""
    rate = sum(p.hits for p in points) / sum(p.n for p in points)
    scores = [(p.hits / p.n - rate) / _sigma(rate, p.n, 1.0) for p in points]
    moves = [abs(b - a) for a, b in pairwise(scores)]
    return rate, max(1.0, (sum(moves) / len(moves)) / 1.128 if moves else 1.0)


def _sigma(rate: float, n: float, spread: float) -> float:
    return spread * math.sqrt(max(rate * (1 - rate), 1e-6) / max(n, 1.0))


def _score(point: Period, centre: float, spread: float) -> float:
    return (point.hits / point.n - centre) / _sigma(centre, point.n, spread)


def _beyond(points: Sequence[Period], centre: float, spread: float, side: int) -> Signal | None:
    last = points[-1]
    few = last.n * min(centre, 1 - centre) < 5
    p = _exact(last, centre, side) if few else _normal(side * _score(last, centre, spread))
    return _told("nelson1", points, 1, centre, p) if p <= 0.00135 else None


def _two_of_three(points: Sequence[Period], centre: float, spread: float, side: int) -> Signal | None:
    scores = [side * _score(p, centre, spread) for p in points[-3:]]
    out = [s for s in scores if s > 2]
    if len(out) < 2 or scores[-1] <= 2:
        return None
    return _told("nelson5", points, 3, centre, 3 * math.prod(_normal(s) for s in sorted(out)[-2:]))


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


def _exact(point: Period, rate: float, side: int) -> float:
    """P(as many hits or more) for side 1, P(as few or fewer) for side -1."""
    n, hits = round(point.n), round(point.hits)
    rate = min(max(rate, 1e-6), 1 - 1e-6)
    counted = range(hits, n + 1) if side == 1 else range(hits + 1)
    log_choose = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) for k in counted]
    terms = (
        math.exp(c + k * math.log(rate) + (n - k) * math.log1p(-rate)) for c, k in zip(log_choose, counted, strict=True)
    )
    return min(1.0, math.fsum(terms))


def chosen(tails: Sequence[float], q: float) -> list[bool]:
    """Benjamini-Hochberg over one family of rates; `tails` has 1.0 for the ones that did not signal."""
    order = sorted(range(len(tails)), key=lambda i: tails[i])
    keep = 0
    for rank, i in enumerate(order, 1):
        if tails[i] <= q * rank / len(tails):
            keep = rank
    picked = set(order[:keep])
    return [i in picked for i in range(len(tails))]
