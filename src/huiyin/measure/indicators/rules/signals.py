"""What the points say: Nelson rules 1, 2 (nine points), 3 and 5, and the icons of variation and assurance."""

from collections.abc import Sequence
from dataclasses import dataclass

from huiyin.kernel.label import Label
from huiyin.measure.indicators.rules.charts import Chart, Limits, Mark

RUN, TREND = 9, 6
RULES = (
    Label("1", "一点超出控制限", "one point beyond the limits"),
    Label("2", "连续 9 点在均值同侧", "nine points on one side of the mean"),
    Label("3", "连续 6 点上升或下降", "six points steadily rising or falling"),
    Label("5", "3 点中有 2 点在同侧超出 2 倍标准差", "two of three points beyond two sigma on one side"),
)
RULE = {rule.code: rule for rule in RULES}
VARIATION = {
    "better": Label("better", "确有改善", "Improvement"),
    "worse": Label("worse", "确有恶化", "Concern"),
    "higher": Label("higher", "确有上升", "Higher"),
    "lower": Label("lower", "确有下降", "Lower"),
    "common": Label("common", "正常波动", "Ordinary variation"),
    "none": Label("none", "点数不足", "Too few points"),
}
ASSURANCE = {
    "pass": Label("pass", "稳定达标", "Will meet the target"),
    "fail": Label("fail", "稳定不达标", "Will miss the target"),
    "maybe": Label("maybe", "时达时不达", "May meet or miss the target"),
    "none": Label("none", "未设目标", "No target"),
}


@dataclass(frozen=True)
class Signal:
    """A rule that a point completes: `side` is +1 above or rising, -1 below or falling; `length` in points."""

    index: int
    rule: str
    side: int
    length: int


def signals(marks: Sequence[Mark], chart: Chart) -> list[Signal]:
    """Every rule that every point completes, in the order of the points."""
    points = [
        (i, m.value, line) for i, (m, line) in enumerate(zip(marks, chart.limits, strict=True)) if line is not None
    ]
    found: list[Signal] = []
    run, run_side, trend, trend_side = 0, 0, 1, 0
    for k, (i, value, line) in enumerate(points):
        if value is None or line is None:
            continue
        side = _side(value, line)
        run, run_side = (run + 1, side) if side and side == run_side else (1 if side else 0, side)
        before = points[k - 1][1] if k else None
        step = 0 if before is None else (value > before) - (value < before)
        trend, trend_side = (trend + 1, step) if step and step == trend_side else (2 if step else 1, step)
        if value > line.high or value < line.low:
            found.append(Signal(i, "1", side, 1))
        if run >= RUN:
            found.append(Signal(i, "2", run_side, run))
        if trend >= TREND:
            found.append(Signal(i, "3", trend_side, trend))
        near = _two_of_three(points[max(0, k - 2) : k + 1])
        if near:
            found.append(Signal(i, "5", near, 2))
    return found


def _side(value: float, line: Limits) -> int:
    return (value > line.centre) - (value < line.centre)


def _two_of_three(last: Sequence[tuple[int, float | None, Limits | None]]) -> int:
    """The side on which the newest and one of the two before it lie beyond two sigma; 0 if none."""
    if len(last) < 3:
        return 0
    beyond = []
    for _, value, line in last:
        far = value is not None and line is not None and line.sigma > 0 and abs(value - line.centre) > 2 * line.sigma
        beyond.append(_side(value, line) if far and value is not None and line is not None else 0)
    newest = beyond[-1]
    return newest if newest and beyond.count(newest) >= 2 else 0


def latest(found: Sequence[Signal], last_index: int) -> Signal | None:
    """The weightiest signal that the newest point completes: a run first, then a trend, then single points."""
    now = [signal for signal in found if signal.index == last_index]
    return min(now, key=lambda signal: "2315".index(signal.rule)) if now else None


def variation(signal: Signal | None, direction: str, judged: bool) -> str:
    if not judged:
        return "none"
    if signal is None:
        return "common"
    if direction not in ("up", "down"):
        return "higher" if signal.side > 0 else "lower"
    return "better" if (signal.side > 0) == (direction == "up") else "worse"


def assurance(chart: Chart, target: float | None, direction: str) -> str:
    """Does the process, as it is, meet the target every time, never, or now and then?"""
    lines = [line for line in chart.limits if line is not None]
    if target is None or direction not in ("up", "down") or not lines:
        return "none"
    line = lines[-1]
    low, high = line.low, line.high
    if direction == "up":
        return "pass" if low >= target else "fail" if high < target else "maybe"
    return "pass" if high <= target else "fail" if low > target else "maybe"
