"""Control charts (ISO 7870-2): where the limits lie. Baseline: the first 20 to 25 points, then frozen."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.measure.indicators.rules.intervals import binomial_limits

BASELINE = 25
ENOUGH = 20
# d2 for moving ranges of two: the mean range divided by this is sigma.
D2 = 1.128


@dataclass(frozen=True)
class Mark:
    """One period on a chart. `den` is n for shares, exposure for rates, 1 for single values. None: nothing to show."""

    num: float | None
    den: float

    @property
    def value(self) -> float | None:
        return None if self.num is None or self.den == 0 else self.num / self.den


@dataclass(frozen=True)
class Limits:
    """Centre and limits of one point; `sigma` is 0 where limits are exact and no sigma exists."""

    centre: float
    low: float
    high: float
    sigma: float


@dataclass(frozen=True)
class Chart:
    """`kind`: p | p' | u | u' | xmr | binomial | none. `provisional` until the baseline has enough points."""

    kind: str
    limits: tuple[Limits | None, ...]
    baseline: int
    provisional: bool
    sigma_z: float = 1.0


def chart(kind: str, marks: Sequence[Mark], since: int = 0) -> Chart:
    """Limits for all marks from a baseline that begins at the index `since` (0, or a recorded new baseline)."""
    judged = [mark for mark in marks[since:] if mark.value is not None]
    base = judged[:BASELINE]
    provisional = len(base) < ENOUGH
    if len(base) < 2:
        return Chart("none", (None,) * len(marks), len(base), True)
    if kind == "xmr":
        return _xmr(marks, base, provisional)
    if kind == "u":
        return _rate(marks, base, provisional)
    return _share(marks, base, provisional)


def _xmr(marks: Sequence[Mark], base: Sequence[Mark], provisional: bool) -> Chart:
    """Individuals with moving ranges: for medians, counts and stocks."""
    values = [mark.value or 0.0 for mark in base]
    centre = sum(values) / len(values)
    ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
    sigma = sum(ranges) / len(ranges) / D2
    floor = 0.0 if min(values) >= 0 else -math.inf
    limit = Limits(centre, max(floor, centre - 3 * sigma), centre + 3 * sigma, sigma)
    return Chart("xmr", tuple(limit if m.value is not None else None for m in marks), len(base), provisional)


def _share(marks: Sequence[Mark], base: Sequence[Mark], provisional: bool) -> Chart:
    """p-chart; Laney's p' where the points vary more than chance allows; exact binomial where counts are small."""
    hits, n = sum(m.num or 0 for m in base), sum(m.den for m in base)
    p = hits / n
    smallest = sorted(m.den for m in base)[len(base) // 2]
    if smallest * min(p, 1 - p) < 5:
        limits = [_exact(mark, p) for mark in marks]
        return Chart("binomial", tuple(limits), len(base), provisional)
    spread = [math.sqrt(p * (1 - p) / m.den) for m in base]
    sigma_z = overdispersion([(m.value or 0.0) - p for m in base], spread)
    laney = "p" if sigma_z == 1.0 else "p'"
    found: list[Limits | None] = []
    for mark in marks:
        if mark.value is None:
            found.append(None)
            continue
        sigma = math.sqrt(p * (1 - p) / mark.den) * sigma_z
        found.append(Limits(p, max(0.0, p - 3 * sigma), min(1.0, p + 3 * sigma), sigma))
    return Chart(laney, tuple(found), len(base), provisional, sigma_z)


def _exact(mark: Mark, p: float) -> Limits | None:
    if mark.value is None:
        return None
    low, high = binomial_limits(int(mark.den), p)
    return Limits(p, low, high, 0.0)


def _rate(marks: Sequence[Mark], base: Sequence[Mark], provisional: bool) -> Chart:
    """u-chart for counts per exposure; Laney's u' where they vary more than chance allows."""
    u = sum(m.num or 0 for m in base) / sum(m.den for m in base)
    if u == 0:
        return Chart("none", (None,) * len(marks), len(base), True)
    spread = [math.sqrt(u / m.den) for m in base]
    sigma_z = overdispersion([(m.value or 0.0) - u for m in base], spread)
    found: list[Limits | None] = []
    for mark in marks:
        if mark.value is None:
            found.append(None)
            continue
        sigma = math.sqrt(u / mark.den) * sigma_z
        found.append(Limits(u, max(0.0, u - 3 * sigma), u + 3 * sigma, sigma))
    return Chart("u" if sigma_z == 1.0 else "u'", tuple(found), len(base), provisional, sigma_z)


def overdispersion(distances: Sequence[float], spreads: Sequence[float]) -> float:
    """Laney's sigma z: how many times more the points move than chance. 1 where chance explains them (chi-square 5 %)."""
    scores = [d / s for d, s in zip(distances, spreads, strict=True) if s > 0]
    if len(scores) < 3:
        return 1.0
    moves = [abs(b - a) for a, b in itertools.pairwise(scores)]
    sigma_z = sum(moves) / len(moves) / D2
    freedom = len(scores) - 1
    # Wilson-Hilferty: the 95 % point of chi-square.
    limit = freedom * (1 - 2 / (9 * freedom) + 1.645 * math.sqrt(2 / (9 * freedom))) ** 3
    return sigma_z if sigma_z > 1 and sum(z * z for z in scores) > limit else 1.0


def days_between(events: Sequence[float]) -> tuple[float, float]:
    """g-chart for rare events: mean gap and upper limit for the number of chances between two events."""
    if not events:
        return (0.0, 0.0)
    mean = sum(events) / len(events)
    return (mean, mean + 3 * math.sqrt(mean * (mean + 1)))


def funnel(n: float, p: float, z: float, sigma_z: float = 1.0) -> tuple[float, float]:
    """Prediction limits around the overall share for a unit with n: outside them a unit differs by more than chance."""
    half = z * math.sqrt(p * (1 - p) / n) * sigma_z if n else 0.0
    return (max(0.0, p - half), min(1.0, p + half))
