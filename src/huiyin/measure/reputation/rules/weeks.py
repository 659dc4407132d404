"""Weeks of posts as a chart: positive share with its 95 % interval above, volume below. Pure; whole pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt

Z = 1.959963984540054


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not n:
        return (0.0, 1.0)
    p, z2 = hits / n, Z * Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return (max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True)
class Week:
    """Posts of a week (from its Monday). Shares count sure readings of first posts; volume counts everything."""

    monday: date
    positive: int
    negative: int
    volume: int

    @property
    def n(self) -> int:
        return self.positive + self.negative

    @property
    def share(self) -> float | None:
        return self.positive / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.positive, self.n)


WIDTH, HEIGHT, LEFT, TOP, MIDDLE, BOTTOM = 760, 300, 44, 12, 190, 270


def drawn(weeks: Sequence[Week]) -> dict[str, object]:
    """Points, whiskers, line and columns."""
    step = (WIDTH - LEFT - 12) / max(1, len(weeks))
    most = max((week.volume for week in weeks), default=0) or 1

    def y(share: float) -> int:
        return round(MIDDLE - share * (MIDDLE - TOP))

    points, columns, labels = [], [], []
    for n, week in enumerate(weeks):
        x = round(LEFT + step * (n + 0.5))
        if week.share is not None:
            low, high = week.interval
            points.append({"x": x, "y": y(week.share), "low": y(low), "high": y(high), "week": week})
        height = round((BOTTOM - MIDDLE - 16) * week.volume / most)
        columns.append({"x": round(x - step * 0.3), "y": BOTTOM - height, "height": height, "week": week})
        if n % max(1, len(weeks) // 6) == 0:
            labels.append((x, week.monday))
    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "points": points, "columns": columns, "labels": labels,
        "column_width": max(2, round(step * 0.6)), "ticks": [(y(share), share) for share in (0, 0.5, 1)],
        "line": " ".join(f"{p['x']},{p['y']}" for p in points), "bottom": BOTTOM, "label_y": HEIGHT - 10,
    }  # fmt: skip
