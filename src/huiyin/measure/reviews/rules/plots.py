"""Dots with their intervals, one row each: values in, coordinates out. The template draws."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row without a value is drawn as its label alone: it cannot be told."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class Dot:
    label: str
    words: str
    y: float
    x: float | None
    left: float | None
    right: float | None


@dataclass(frozen=True)
class Dots:
    """`zero` is where the line of comparison stands; `ticks` are (x, label)."""

    width: int
    height: int
    top: int
    zero: float
    bottom: float
    rows: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]


WIDTH, LABELS, RIGHT, STEP, TOP, FOOT = 860, 330, 24, 30, 12, 28


def dots(rows: Sequence[Row], *, low: float, high: float, mark: float, steps: int = 4) -> Dots:
    """`low` to `high` is the scale, `mark` the line of comparison; what lies outside stops at the edge."""
    inside = WIDTH - LABELS - RIGHT

    def x(value: float) -> float:
        return round(LABELS + inside * (min(max(value, low), high) - low) / (high - low), 1)

    height = TOP + STEP * len(rows) + FOOT
    drawn = tuple(
        Dot(
            row.label, row.words, TOP + STEP * i + STEP / 2,
            None if row.value is None else x(row.value),
            None if row.low is None else x(row.low),
            None if row.high is None else x(row.high),
        )
        for i, row in enumerate(rows)
    )  # fmt: skip
    marks = [low + (high - low) * i / steps for i in range(steps + 1)]
    return Dots(WIDTH, height, TOP, x(mark), height - FOOT, drawn, tuple((x(one), f"{one:g}") for one in marks))


def room(values: Sequence[float], least: float) -> float:
    """A round figure, `least` or more, that holds all values on either side of nought."""
    most = max((abs(value) for value in values), default=0)
    return float(max(least, -(-most // 5) * 5))
