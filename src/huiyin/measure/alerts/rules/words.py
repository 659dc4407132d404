"""What an alert is called, how grave it is, how sure it is, and who may end it. No Django, no arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from huiyin.kernel.label import Label

RULES = {
    label.code: label
    for label in (
        Label("surge", "数量突增", "More than expected"),
        Label("nelson1", "单期超出控制限", "One period beyond the control limit"),
        Label("nelson2", "连续九期偏向不利一侧", "Nine periods running on the worse side"),
        Label("nelson3", "连续六期持续变差", "Six periods running, each worse than the last"),
        Label("nelson5", "三期中两期接近控制限", "Two of three periods near the control limit"),
    )
}
STATES = {
    label.code: label
    for label in (
        Label("open", "待处理", "Open"),
        Label("accepted", "已认领", "Accepted"),
        Label("dismissing", "待复核驳回", "Dismissal to be confirmed"),
        Label("dismissed", "已驳回", "Dismissed"),
        Label("merged", "已并入", "Merged"),
    )
}
LIVE = ("open", "dismissing")
GRAVITY = {
    label.code: label
    for label in (
        Label("ordinary", "一般", "Ordinary"),
        Label("serious", "较重", "Serious"),
        Label("major", "重大", "Major"),
    )
}
REASONS = {
    label.code: label
    for label in (
        Label("chance", "偶然波动，未见实际问题", "Chance: nothing is behind it"),
        Label("data", "数据登记或导入问题", "An error in the data"),
        Label("known", "原因已知，已在处理", "Known, and already being dealt with"),
        Label("outside", "外部原因，本行无可整改", "Caused outside the bank, nothing to rectify"),
    )
}
FALSE = ("chance", "data")  # these count as false alarms of the rule
DIMENSIONS = {
    label.code: label
    for label in (
        Label("branch", "分行", "Branch"),
        Label("outlet", "网点", "Outlet"),
        Label("category", "业务类别", "Business category"),
        Label("product", "产品", "Product"),
        Label("sub_product", "子产品", "Sub-product"),
        Label("issue", "问题", "Issue"),
        Label("region", "地区", "Region"),
        Label("source", "数据来源", "Source"),
    )
}


def gravity(rule: str, observed: float, expected: float, p: float) -> str:
    """Serious from twenty customers more than expected, or where chance is out of the question; major from sixty."""
    if rule != "surge":
        return "serious" if p < 1e-4 else "ordinary"
    extra = observed - expected
    if extra >= 60:
        return "major"
    return "serious" if extra >= 20 or (extra >= 10 and p < 1e-9) else "ordinary"


def needs_second(grave: str) -> bool:
    """Whether a dismissal takes two people."""
    return grave != "ordinary"


@dataclass(frozen=True)
class Chance:
    """The probability of chance as people say it: one in `odds`."""

    odds: int
    certain: bool  # so rare that a number would only pretend to be exact

    @property
    def percent_less(self) -> str:
        return "99.9999%" if self.certain else f"{100 * (1 - 1 / self.odds):.4g}%"


def chance(p: float) -> Chance:
    odds = 1 / max(p, 1e-12)
    if odds >= 1e6:
        return Chance(1_000_000, True)
    digits = max(0, len(str(int(odds))) - 2)
    return Chance(max(2, int(round(odds, -digits))), False)


def may_dismiss(by: UUID | None, by_unit: UUID | None, owner: UUID | None, alert_unit: UUID | None) -> str:
    """SoD5: "" if allowed, else which rule forbids it: nobody closes the alert of their own unit, nor their own."""
    if by is None:
        return "person"
    if by == owner:
        return "owner"
    return "unit" if alert_unit is not None and by_unit == alert_unit else ""


@dataclass(frozen=True)
class Known:
    """An alert as far as the next look needs it."""

    since: date
    last: date
    live: bool


REST = 42  # days without a signal after which the same cell is news again


def is_news(since: date, seen: date, known: Iterable[Known]) -> bool:
    """Is this finding a new episode, given the alerts already raised about the same cell?"""
    return all(since > alert.last and (seen - alert.last).days > REST for alert in known)
