"""Reasons, limits, and what a share of satisfied customers may be said to be."""

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from huiyin.kernel.label import Label

GOOD = (
    Label("quick", "办理快", "Quick"),
    Label("clear", "讲得清楚", "Well explained"),
    Label("friendly", "态度好", "Friendly"),
    Label("tidy", "环境整洁", "Clean and orderly"),
)
BAD = (
    Label("wait", "等候太久", "Too long a wait"),
    Label("unclear", "没讲清楚", "Not explained"),
    Label("unfriendly", "态度不好", "Unfriendly"),
    Label("unsolved", "事情没办成", "Not settled"),
    Label("machine", "设备故障", "Machine out of order"),
    Label("access", "老年人、残障人士不便", "Hard for elderly or disabled people"),
)
REASON = {label.code: label for label in (*GOOD, *BAD)}
SETTLED = (
    Label("talked", "已与客户沟通", "Talked with the customer"),
    Label("fixed", "已整改", "Put right"),
    Label("nothing", "已核查，未发现问题", "Looked into, nothing found"),
)
SETTLEMENT = {label.code: label for label in SETTLED}

PER_DEVICE_DAY = 3  # one telephone, one outlet
PER_SPOT_HOUR = 60  # telephones, one code
PER_TABLET_HOUR = 240
TICKET_LIFE = timedelta(minutes=30)
Z95 = 1.959963984540054


def reasons_for(score: int) -> tuple[Label, ...]:
    """What may have pleased, or what may have gone wrong; in the middle both may be said."""
    return GOOD if score >= 4 else BAD if score <= 2 else (*BAD, *GOOD)


def over_limit(device_today: int, spot_hour: int, *, tablet: bool) -> str:
    """Why one more rating is not taken: "" | device | flood. A tablet is shared by everybody who stands before it."""
    if not tablet and device_today >= PER_DEVICE_DAY:
        return "device"
    return "flood" if spot_hour >= (PER_TABLET_HOUR if tablet else PER_SPOT_HOUR) else ""


@dataclass(frozen=True)
class Share:
    """So many of n were satisfied; `low` and `high` bound the share at 95 % (Wilson 1927). None without a rating."""

    hits: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def share(hits: int, n: int) -> Share:
    if n <= 0:
        return Share(0, 0, None, None, None)
    p, z2 = hits / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Share(hits, n, p, max(0.0, middle - half), min(1.0, middle + half))


def trend(before: Share, now: Share) -> str:
    """better | worse | same (cannot be told apart) | none (too little). The difference of two shares with Newcombe's
    interval (1998, method 10): only when it leaves zero out is a change a change."""
    if before.value is None or now.value is None:
        return "none"
    assert before.low is not None and before.high is not None and now.low is not None and now.high is not None
    change = now.value - before.value
    low = change - sqrt((now.value - now.low) ** 2 + (before.high - before.value) ** 2)
    high = change + sqrt((now.high - now.value) ** 2 + (before.value - before.low) ** 2)
    return "better" if low > 0 else "worse" if high < 0 else "same"
