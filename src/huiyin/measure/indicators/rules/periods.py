"""Days, weeks (from Monday), months and quarters of the institution's calendar."""

from dataclasses import dataclass
from datetime import date, timedelta

from huiyin.kernel.label import Label

GRAINS = (
    Label("day", "日", "Day"),
    Label("week", "周", "Week"),
    Label("month", "月", "Month"),
    Label("quarter", "季", "Quarter"),
)
GRAIN = {grain.code: grain for grain in GRAINS}


@dataclass(frozen=True, order=True)
class Period:
    """From `start` (included) to `until` (excluded)."""

    start: date
    until: date
    grain: str

    @property
    def label(self) -> Label:
        start, year = self.start, self.start.year
        if self.grain == "day":
            return Label(start.isoformat(), f"{year}年{start.month}月{start.day}日", start.strftime("%-d %b %Y"))
        if self.grain == "week":
            iso = start.isocalendar()
            return Label(start.isoformat(), f"{iso.year}年第{iso.week}周", f"week {iso.week}, {iso.year}")
        if self.grain == "quarter":
            quarter = (start.month + 2) // 3
            return Label(start.isoformat(), f"{year}年第{quarter}季度", f"Q{quarter} {year}")
        return Label(start.isoformat(), f"{year}年{start.month}月", start.strftime("%b %Y"))

    @property
    def short(self) -> str:
        """For the axis of a chart, the same in both languages."""
        return self.start.strftime({"day": "%m-%d", "week": "%y-%m-%d"}.get(self.grain, "%Y-%m"))


def period_of(day: date, grain: str) -> Period:
    """The period a day lies in."""
    if grain == "day":
        return Period(day, day + timedelta(days=1), grain)
    if grain == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + timedelta(days=7), grain)
    months = 3 if grain == "quarter" else 1
    first = (day.month - 1) // months * months + 1
    start = date(day.year, first, 1)
    return Period(start, add_months(start, months), grain)


def add_months(day: date, months: int) -> date:
    """The first of the month so many months on."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def periods(from_day: date, until_day: date, grain: str) -> list[Period]:
    """All periods that touch the days from `from_day` up to, not including, `until_day`."""
    found: list[Period] = []
    current = period_of(from_day, grain)
    while current.start < until_day:
        found.append(current)
        current = period_of(current.until, grain)
    return found


def back(day: date, grain: str, count: int) -> date:
    """The start of the period `count` periods before the one of `day`."""
    current = period_of(day, grain)
    for _ in range(count):
        current = period_of(current.start - timedelta(days=1), grain)
    return current.start
