"""Where things stand on a chart: values in, coordinates out. Templates draw; nothing here knows colours."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One period to draw. `kind`: plain | better | worse | other | open (not judged) ."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    centre: float | None
    kind: str


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    kind: str
    index: int


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Plot:
    """`line`, `low`, `high`, `centre` are SVG path data; `target` is a y or None."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    line: str
    low: str
    high: str
    centre: str
    target: float | None
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]

    @property
    def viewbox(self) -> str:
        return f"0 0 {self.width:g} {self.height:g}"


def plot(
    entries: Sequence[Entry],
    *,
    target: float | None,
    width: float,
    height: float,
    margins: tuple[float, float, float, float],
    words: Callable[[float], str],
    labels: int = 8,
    ceiling: float | None = None,
) -> Plot:
    """A run of points with their limits. Margins: left, top, right, bottom."""
    left, top, right, bottom = margins
    known = [v for e in entries for v in (e.value, e.low, e.high, e.centre) if v is not None]
    known += [target] if target is not None else []
    low, high = _room(known, ceiling)
    inside_x, inside_y = width - left - right, height - top - bottom
    step = inside_x / max(1, len(entries) - 1)

    def x(i: int) -> float:
        return round(left + (i * step if len(entries) > 1 else inside_x / 2), 1)

    def y(value: float) -> float:
        return round(top + inside_y * (high - value) / (high - low), 1)

    half = step / 2
    every = max(1, math.ceil(len(entries) / labels))
    return Plot(
        width, height, left, width - right, top, height - bottom,
        line=_path([(x(i), y(e.value)) if e.value is not None else None for i, e in enumerate(entries)]),
        low=_steps([(x(i), y(e.low)) if e.low is not None else None for i, e in enumerate(entries)], half),
        high=_steps([(x(i), y(e.high)) if e.high is not None else None for i, e in enumerate(entries)], half),
        centre=_steps([(x(i), y(e.centre)) if e.centre is not None else None for i, e in enumerate(entries)], half),
        target=y(target) if target is not None else None,
        dots=tuple(Dot(x(i), y(e.value), e.kind, i) for i, e in enumerate(entries) if e.value is not None),
        across=tuple(Tick(x(i), e.label) for i, e in enumerate(entries) if (len(entries) - 1 - i) % every == 0),
        down=tuple(Tick(y(value), words(value)) for value in ticks(low, high)),
    )  # fmt: skip


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round numbers from low to high."""
    raw = (high - low) / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw)
    first = math.ceil(low / step - 1e-9)
    found = []
    while first * step <= high + step * 1e-9:
        found.append(round(first * step, 10))
        first += 1
    return found


def _room(known: Sequence[float], ceiling: float | None) -> tuple[float, float]:
    if not known:
        return (0.0, 1.0)
    low, high = min(known), max(known)
    air = (high - low) * 0.08 or abs(high) * 0.05 or 0.5
    bottom = max(0.0, low - air) if low >= 0 else low - air
    top = high + air
    if ceiling is not None:
        top = min(top, ceiling) if high <= ceiling else top
    return (bottom, top) if top > bottom else (bottom, bottom + 1)


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    found, pen = [], False
    for place in places:
        if place is None:
            pen = False
            continue
        found.append(f"{'L' if pen else 'M'}{place[0]:g} {place[1]:g}")
        pen = True
    return "".join(found)


def _steps(places: Sequence[tuple[float, float] | None], half: float) -> str:
    """Limits hold for a period, not between two: they are drawn as steps."""
    found, pen = [], False
    for place in places:
        if place is None:
            pen = False
            continue
        start, end, level = place[0] - half, place[0] + half, place[1]
        found.append(f"{'L' if pen else 'M'}{start:.1f} {level:g}L{end:.1f} {level:g}")
        pen = True
    return "".join(found)


@dataclass(frozen=True)
class FunnelDot:
    x: float
    y: float
    key: str
    outside: int  # 0 inside, 2 beyond 95 %, 3 beyond 99.8 %


@dataclass(frozen=True)
class FunnelPlot:
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    centre: float
    bands: tuple[tuple[str, str], tuple[str, str]]
    dots: tuple[FunnelDot, ...]
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]

    @property
    def viewbox(self) -> str:
        return f"0 0 {self.width:g} {self.height:g}"


def funnel_plot(
    units: Sequence[tuple[str, float, float]],
    overall: float,
    limits: Callable[[float, float], tuple[float, float]],
    words: Callable[[float], str],
    width: float = 860,
    height: float = 320,
) -> FunnelPlot:
    """Units as (key, n, share) around the overall share; `limits(n, z)` widen as n shrinks."""
    left, top, right, bottom = 56, 14, 90, 34
    most = max((n for _, n, _ in units), default=1) * 1.08
    z95, z998 = 1.96, 3.09
    least = max(1.0, min((n for _, n, _ in units), default=1) * 0.6)
    known = [share for _, _, share in units] + list(limits(least, z998))
    low, high = _room(known, 1.0)

    def x(n: float) -> float:
        return round(left + (width - left - right) * n / most, 1)

    def y(share: float) -> float:
        return round(top + (height - top - bottom) * (high - share) / (high - low), 1)

    sizes = [least + (most - least) * i / 48 for i in range(49)]
    bands = tuple(tuple(_path([(x(n), y(limits(n, z)[side])) for n in sizes]) for side in (0, 1)) for z in (z95, z998))
    dots = []
    for key, n, share in units:
        beyond = 0
        for z, level in ((z95, 2), (z998, 3)):
            lower, upper = limits(n, z)
            beyond = level if share < lower or share > upper else beyond
        dots.append(FunnelDot(x(n), y(share), key, beyond))
    return FunnelPlot(
        width, height, left, width - right, top, height - bottom, y(overall), bands, tuple(dots),  # type: ignore[arg-type]
        tuple(Tick(x(n), f"{n:g}") for n in ticks(0, most)), tuple(Tick(y(v), words(v)) for v in ticks(low, high)),
    )  # fmt: skip
