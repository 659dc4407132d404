"""Did the number move? Decision 26: three periods running at target, enough cases in each, no adverse signal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from huiyin.kernel.label import Label

PERIODS = 3
LEAST = 10
RELAPSE = timedelta(days=180)
VERDICTS = {
    label.code: label
    for label in (
        Label("shown", "成效已显现", "Effect shown"),
        Label("not_shown", "未见成效", "No effect"),
        Label("too_early", "尚不能判断：期数不足", "Cannot tell yet: too few periods"),
        Label("too_few", "尚不能判断：样本不足", "Cannot tell yet: too few cases"),
        Label("mixed", "尚不能判断：时好时坏", "Cannot tell yet: some periods at target, some not"),
        Label("adverse", "未见成效：又出现预警", "No effect: a new alert"),
        Label("no_target", "尚不能判断：未设目标", "Cannot tell: no target is set"),
    )
}
FAILED = ("not_shown", "adverse")


@dataclass(frozen=True)
class Reading:
    """One period of the indicator: a value and the cases it rests on. Counts rest on themselves (n is None)."""

    start: date
    value: float | None
    n: int | None = None


def verdict(
    readings: Sequence[Reading], target: float | None, lower_is_better: bool, adverse: bool, least: int = LEAST
) -> str:
    """A code of VERDICTS for the whole periods since the work was done, oldest first."""
    if adverse:
        return "adverse"
    if target is None:
        return "no_target"
    last = readings[-PERIODS:]
    if len(last) < PERIODS:
        return "too_early"
    if any(r.value is None or (r.n is not None and r.n < least) for r in last):
        return "too_few"
    good = [at_target(r.value, target, lower_is_better) for r in last if r.value is not None]
    if all(good):
        return "shown"
    return "not_shown" if not any(good) else "mixed"


def next_step(state: str, code: str) -> str:
    """The step that a verdict brings to a rectification that is watched, or "". What was shown is taken back by a month
    off target or an alert, not by a month of which there is nothing to say."""
    if code in FAILED:
        return "not_effective"
    if state == "effective":
        return "unsettled" if code == "mixed" else ""
    return "effective" if code == "shown" else ""


def at_target(value: float, target: float, lower_is_better: bool) -> bool:
    return value <= target if lower_is_better else value >= target


def ordinary_month(weekly: float) -> float:
    """The target of a count: a month that lies within chance of what used to be expected (two Poisson deviations)."""
    mean = weekly * 365.25 / 12 / 7
    return math.floor(mean + 2 * math.sqrt(mean))


def ordinary_share(expected: float, n: int, lower_is_better: bool) -> float:
    """The target of a share: a month of n cases that lies within chance of what used to be (two binomial deviations)."""
    usual = (expected * n + 0.5) / (n + 1)
    wide = 2 * math.sqrt(usual * (1 - usual) / n)
    return round(min(1.0, expected + wide) if lower_is_better else max(0.0, expected - wide), 4)


def months_after(day: date, until: date) -> list[date]:
    """The whole months after a day that were over by `until`: their first days."""
    found = []
    first = next_month(day)
    while next_month(first) <= until:
        found.append(first)
        first = next_month(first)
    return found


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def relapsed(closed_on: date | None, signal_since: date) -> bool:
    """Is an adverse signal so near to the closing that the matter was not over?"""
    return closed_on is not None and timedelta(0) <= signal_since - closed_on <= RELAPSE
