"""Where aspects stand between importance and performance. Values in, coordinates out; the template draws."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 380, 60, 620, 20, 330


@dataclass(frozen=True)
class Point:
    """`number` is its line in the table. `urgent`: matters more and does worse than the average aspect."""

    number: int
    x: float
    y: float
    low: float
    high: float
    urgent: bool


@dataclass(frozen=True)
class Chart:
    points: tuple[Point, ...]
    middle_x: float
    middle_y: float
    across: tuple[tuple[float, str], ...]
    down: tuple[tuple[float, str], ...]
    viewbox: str = f"0 0 {WIDTH} {HEIGHT}"
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM


def chart(items: Sequence[tuple[float, float, float, float]]) -> Chart:
    """`items`: performance 0 to 1, importance, its low and high. Across performance, upwards importance."""
    most = max([high for *_rest, high in items] + [0.1]) * 1.05
    least = max(0.0, min([p for p, *_rest in items] + [1.0]) - 0.05)
    best = min(1.0, max([p for p, *_rest in items] + [0.0]) + 0.05)
    width = max(best - least, 0.1)

    def x(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (value - least) / width, 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * max(value, 0.0) / most, 1)

    performance = sum(item[0] for item in items) / max(1, len(items))
    importance = 1 / max(1, len(items))
    points = tuple(
        Point(n, x(p), y(share), y(low), y(high), p < performance and share > importance)
        for n, (p, share, low, high) in enumerate(items, 1)
    )
    across = tuple((x(least + width * i / 4), f"{100 * (least + width * i / 4):.0f}") for i in range(5))
    down = tuple((y(most * i / 4), f"{100 * most * i / 4:.0f}") for i in range(5))
    return Chart(points, x(performance), y(importance), across, down)
