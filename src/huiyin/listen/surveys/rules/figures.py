"""What answers say, and how sure that is: top-box share, NPS, means, weights, non-response.

Wilson 1927 for shares; for NPS the variance of the difference of two shares of one sample, p + d − (p − d)²; weights after
stratification and their price (Kish 1965: deff = n·Σw²/(Σw)²); raking by iterative proportional fitting (Deming 1940).
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from huiyin.kernel.intervals import Z95, wilson

HIDDEN_BELOW = 5
UNSURE_BELOW = 30
CAREFUL_BELOW = 100


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval. `standing`: hidden | unsure | careful | sure, by how many answered."""

    n: int
    value: float | None
    low: float | None
    high: float | None

    @property
    def standing(self) -> str:
        if self.n < HIDDEN_BELOW:
            return "hidden"
        if self.n < UNSURE_BELOW:
            return "unsure"
        return "careful" if self.n < CAREFUL_BELOW else "sure"

    @property
    def half(self) -> float | None:
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def share(hits: int, n: int) -> Figure:
    """A share with its Wilson interval; nothing is said of fewer than five."""
    if n < HIDDEN_BELOW:
        return Figure(n, None, None, None)
    low, high = wilson(hits, n)
    return Figure(n, hits / n, low, high)


def top_box(scores: Sequence[int], at_least: int) -> Figure:
    """CSAT: 4 and 5 of 5. CES: 5 to 7 of 7."""
    return share(sum(score >= at_least for score in scores), len(scores))


def nps(scores: Sequence[int]) -> Figure:
    """100 × (share of 9–10 − share of 0–6), from −100 to 100."""
    n = len(scores)
    if n < HIDDEN_BELOW:
        return Figure(n, None, None, None)
    promoters = sum(score >= 9 for score in scores) / n
    detractors = sum(score <= 6 for score in scores) / n
    value = promoters - detractors
    half = Z95 * math.sqrt(max(0.0, promoters + detractors - value * value) / n)
    return Figure(n, 100 * value, max(-100.0, 100 * (value - half)), min(100.0, 100 * (value + half)))


def mean(scores: Sequence[float]) -> Figure:
    """The mean with its large-sample interval."""
    n = len(scores)
    if n < HIDDEN_BELOW:
        return Figure(n, None, None, None)
    middle = sum(scores) / n
    half = Z95 * math.sqrt(sum((score - middle) ** 2 for score in scores) / (n - 1) / n)
    return Figure(n, middle, middle - half, middle + half)


def change(before: Figure, now: Figure) -> str:
    """better | worse | same (cannot tell): whether the difference of two waves leaves its 95 % interval.

    The standard errors add in squares; nothing is said of fewer than 30 on either side.
    """
    if before.value is None or now.value is None or min(before.n, now.n) < UNSURE_BELOW:
        return "unsure"
    half = math.hypot(before.half or 0.0, now.half or 0.0)
    difference = now.value - before.value
    return "better" if difference > half else "worse" if difference < -half else "same"


@dataclass(frozen=True)
class Cell:
    """One stratum: its people, those who answered, and the sum and sum of squares of what they answered."""

    frame: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Weighted:
    """A mean weighted back to the frame. `missing`: people of strata from which too few answered."""

    n: int
    value: float | None
    low: float | None
    high: float | None
    deff: float
    effective: float
    missing: int


def post_stratified(cells: Sequence[Cell]) -> Weighted:
    """Σ W_h ȳ_h with Var = Σ W_h² (1 − f_h) s_h² / n_h (Cochran 5.2), over strata with at least two answers."""
    used = [cell for cell in cells if len(cell.values) >= 2]
    n, frame = sum(len(cell.values) for cell in used), sum(cell.frame for cell in used)
    missing = sum(cell.frame for cell in cells) - frame
    if n < HIDDEN_BELOW or not frame:
        return Weighted(n, None, None, None, 1.0, float(n), missing)
    value = variance = 0.0
    weights: list[tuple[float, int]] = []
    for cell in used:
        m = len(cell.values)
        weight, middle = cell.frame / frame, sum(cell.values) / m
        spread = sum((x - middle) ** 2 for x in cell.values) / (m - 1)
        value += weight * middle
        variance += weight**2 * max(0.0, 1 - m / max(cell.frame, m)) * spread / m
        weights.append((weight / m, m))
    half = Z95 * math.sqrt(variance)
    deff = design_effect(weights)
    return Weighted(n, value, value - half, value + half, deff, n / deff, missing)


def design_effect(weights: Sequence[tuple[float, int]]) -> float:
    """n·Σw²/(Σw)²: what unequal weights cost. Each weight with how many carry it."""
    n = sum(count for _w, count in weights)
    whole = sum(w * count for w, count in weights)
    return n * sum(w * w * count for w, count in weights) / whole**2 if whole else 1.0


def rake(
    rows: Sequence[Sequence[Hashable]], margins: Sequence[Mapping[Hashable, float]], rounds: int = 200
) -> list[float] | None:
    """A weight for each row so that every margin adds up to its total; None where a class of a margin has no row.

    `rows`: the class of each row on each margin. Weights have mean 1.
    """
    if not rows:
        return None
    seen = [{row[k] for row in rows} for k in range(len(margins))]
    if any(total > 0 and name not in there for margin, there in zip(margins, seen, strict=True) for name, total in margin.items()):  # fmt: skip
        return None
    weights = [1.0] * len(rows)
    for _round in range(rounds):
        furthest = 0.0
        for k, margin in enumerate(margins):
            whole = sum(margin.values())
            now: dict[Hashable, float] = {}
            for row, weight in zip(rows, weights, strict=True):
                now[row[k]] = now.get(row[k], 0.0) + weight
            factor = {name: margin.get(name, 0.0) / whole * len(rows) / found for name, found in now.items()}
            furthest = max(furthest, *(abs(one - 1) for one in factor.values()))
            weights = [weight * factor[row[k]] for row, weight in zip(rows, weights, strict=True)]
        if furthest < 1e-9:
            break
    return weights


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> Weighted:
    """A raked mean; its interval is widened by the design effect."""
    n = len(values)
    if n < HIDDEN_BELOW:
        return Weighted(n, None, None, None, 1.0, float(n), 0)
    whole = sum(weights)
    middle = sum(w * x for w, x in zip(weights, values, strict=True)) / whole
    spread = sum(w * (x - middle) ** 2 for w, x in zip(weights, values, strict=True)) / whole * n / (n - 1)
    deff = design_effect([(weight, 1) for weight in weights])
    half = Z95 * math.sqrt(spread * deff / n)
    return Weighted(n, middle, middle - half, middle + half, deff, n / deff, 0)


@dataclass(frozen=True)
class Response:
    """Of one stratum: its people, those invited, those reached, those who answered in full."""

    frame: int
    invited: int
    reached: int
    answered: int

    @property
    def rate(self) -> Figure:
        """Answers of the invitations that arrived (indicator M06)."""
        return share(self.answered, self.reached)


def uneven(responses: Sequence[Response]) -> tuple[float, int] | None:
    """Pearson's χ² of answered or not by stratum, and its degrees of freedom; None where it cannot be had."""
    rows = [(r.answered, r.reached - r.answered) for r in responses if r.reached]
    yes, no = sum(a for a, _b in rows), sum(b for _a, b in rows)
    if len(rows) < 2 or not yes or not no:
        return None
    n = yes + no
    statistic = sum(
        (a - (a + b) * yes / n) ** 2 / ((a + b) * yes / n) + (b - (a + b) * no / n) ** 2 / ((a + b) * no / n)
        for a, b in rows
    )
    return statistic, len(rows) - 1


def chance(statistic: float, freedom: int) -> float:
    """The upper tail of χ² by the series of the regularised gamma function, exact enough for a page."""
    if statistic <= 0:
        return 1.0
    a, x = freedom / 2, statistic / 2
    term = total = 1 / a
    k = 1
    while abs(term) > 1e-15 * abs(total) and k < 10_000:
        term *= x / (a + k)
        total += term
        k += 1
    return max(0.0, 1 - total * math.exp(-x + a * math.log(x) - math.lgamma(a)))
