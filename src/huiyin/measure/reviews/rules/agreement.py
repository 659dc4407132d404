"""How far two reviewers agree beyond chance, and how far one lies from another.

Cohen (1960) with the asymptotic variance of Fleiss, Cohen and Everitt (1969); weighted with quadratic weights
(Cohen 1968) for ordered marks. Where chance alone would explain full agreement the figure is undefined, and said so.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

Z95 = 1.959963984540054
LEAST = 10  # pairs below which no figure is judged


@dataclass(frozen=True)
class Kappa:
    """`value` is None where it cannot be told: no pairs (`none`), or both always gave the same mark (`one_mark`)."""

    n: int
    agreed: int
    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def few(self) -> bool:
        return self.n < LEAST

    @property
    def level(self) -> str:
        """Against the 0.6 that domain.md M32 asks for: `unsure` while the interval holds both sides."""
        if self.value is None or self.low is None or self.high is None or self.few:
            return "unsure"
        if self.low >= 0.6:
            return "good"
        return "poor" if self.high < 0.6 else "unsure"


def kappa(pairs: Sequence[tuple[Hashable, Hashable]], order: Sequence[Hashable] = ()) -> Kappa:
    """Cohen's kappa of (first, second) marks; quadratically weighted if `order` lists the marks from low to high."""
    n = len(pairs)
    agreed = sum(one == two for one, two in pairs)
    if not n:
        return Kappa(0, 0, None, why="none")
    marks = list(order) if order else sorted({mark for pair in pairs for mark in pair}, key=str)
    place = {mark: i for i, mark in enumerate(marks)}
    k = len(marks)
    weight = [[_weight(i, j, k, bool(order)) for j in range(k)] for i in range(k)]
    cells = Counter((place[one], place[two]) for one, two in pairs)
    rows = [sum(cells[i, j] for j in range(k)) / n for i in range(k)]
    columns = [sum(cells[i, j] for i in range(k)) / n for j in range(k)]
    observed = sum(count / n * weight[i][j] for (i, j), count in cells.items())
    chance = sum(rows[i] * columns[j] * weight[i][j] for i in range(k) for j in range(k))
    if 1 - chance < 1e-12:
        return Kappa(n, agreed, None, why="one_mark")
    value = (observed - chance) / (1 - chance)
    row_mean = [sum(columns[j] * weight[i][j] for j in range(k)) for i in range(k)]
    column_mean = [sum(rows[i] * weight[i][j] for i in range(k)) for j in range(k)]
    spread = sum(
        count / n * (weight[i][j] - (row_mean[i] + column_mean[j]) * (1 - value)) ** 2
        for (i, j), count in cells.items()
    )
    variance = (spread - (value - chance * (1 - value)) ** 2) / (n * (1 - chance) ** 2)
    half = Z95 * math.sqrt(max(0.0, variance))
    return Kappa(n, agreed, value, max(-1.0, value - half), min(1.0, value + half))


def _weight(i: int, j: int, k: int, ordered: bool) -> float:
    return 1 - ((i - j) / (k - 1)) ** 2 if ordered and k > 1 else float(i == j)


def differs(one: tuple[int, bool, int], other: tuple[int, bool, int], margin: int) -> bool:
    """Must a third decide? Each is (hundredths of a point, passed, critical misses); `margin` in hundredths."""
    return abs(one[0] - other[0]) > margin or one[1:] != other[1:]


@dataclass(frozen=True)
class Mean:
    """A mean with its 95 % interval (Student's t); `low` and `high` are None below two values."""

    n: int
    value: float | None
    spread: float | None
    low: float | None
    high: float | None


def mean(values: Sequence[float]) -> Mean:
    n = len(values)
    if not n:
        return Mean(0, None, None, None, None)
    middle = math.fsum(values) / n
    if n == 1:
        return Mean(1, middle, None, None, None)
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (n - 1))
    half = student(n - 1) * spread / math.sqrt(n)
    return Mean(n, middle, spread, middle - half, middle + half)


_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


def student(freedom: int) -> float:
    """The two-sided 95 % point of Student's t: tabled to ten degrees, then by Cornish and Fisher (error below 0.001)."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z = Z95
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2) + third


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not n:
        return (0.0, 1.0)
    p, z = hits / n, Z95
    scale = 1 + z * z / n
    middle = (p + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (max(0.0, middle - half), min(1.0, middle + half))
