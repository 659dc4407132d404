"""The numbers behind an alert's cell, month by month: what a rectification is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from huiyin.kernel.actor import machine
from huiyin.measure.alerts.models import Alert
from huiyin.measure.alerts.rules.families import BANK
from huiyin.measure.history import queries as history
from huiyin.measure.indicators import queries as indicators

BY = machine("alerts")
COLUMNS = {
    "branch": "split_part(unit_path, '/', 2)",
    "outlet": "split_part(unit_path, '/', 3)",
    "category": "category",
    "product": "product",
    "sub_product": "sub_product",
    "issue": "issue",
    "region": "region",
    "source": "source",
}
SOCIAL = "social"  # negative public posts, of which measure/reputation tells


def volume(family: str, cell: Mapping[str, str], first: date, last: date) -> list[tuple[date, int]]:
    """Complaints of a cell in each month from `first` up to, not including, `last` (both first days of months)."""
    where = "".join(f" AND {COLUMNS[name]} = ?" for name in sorted(cell))
    if family == SOCIAL:
        return _by_month(
            "posts", "posted_day", f"sentiment = 'negative'{where}", [cell[n] for n in sorted(cell)], first, last
        )
    source = "" if family in ("", BANK.code) else family
    matters = f"kind = 'complaint' AND company IS NULL AND source = ?{where}"
    return _by_month("matters", "received_day", matters, [source, *(cell[n] for n in sorted(cell))], first, last)


def _by_month(table: str, on: str, where: str, values: list[str], first: date, last: date) -> list[tuple[date, int]]:
    with history.connect() as con:
        told = con.execute(
            f"SELECT date_trunc('month', {on})::DATE AS month, count(*) FROM {table}"
            f" WHERE {where} AND {on} >= ? AND {on} < ? GROUP BY month",
            [*values, first, last],
        ).fetchall()
    counted = dict(told)
    months, month = [], first
    while month < last:
        months.append((month, int(counted.get(month, 0))))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months


def matters_of(alert: Alert, most: int = 500) -> list[UUID]:
    """The customers' complaints that a surge of our own desk consists of, the latest first; none for a rate."""
    if alert.rule != "surge" or alert.family not in ("", BANK.code):
        return []
    where = "".join(f" AND {COLUMNS[name]} = ?" for name in sorted(alert.cell))
    with history.connect() as con:
        told = con.execute(
            "SELECT matter FROM matters WHERE kind = 'complaint' AND company IS NULL AND source = ''"
            f" AND received_day >= ? AND received_day <= ?{where} ORDER BY received_day DESC, matter LIMIT ?",
            [alert.since, alert.seen, *(alert.cell[name] for name in sorted(alert.cell)), most],
        ).fetchall()
    return [UUID(str(matter)) for (matter,) in told]


@dataclass(frozen=True)
class Point:
    start: date
    value: float | None
    n: int


def rate(indicator: str, cell: Mapping[str, str], path: str, first: date, last: date) -> list[Point]:
    """An indicator of a unit (and category or product) in each whole month from `first` up to `last`."""
    filters = {name: cell[name] for name in ("category", "product") if name in cell}
    told = indicators.series(
        code=indicator,
        actor=BY,
        at=datetime.combine(last, time(0), tzinfo=UTC),
        grain="month",
        from_day=first,
        until_day=last,
        filters={"unit": path, **filters},
    )
    return [
        Point(p.period.start, p.value, p.n)
        for p in told.points
        if first <= p.period.start < last and p.state not in ("partial", "maturing")
    ]


def goal(indicator: str) -> tuple[float | None, bool]:
    """The target of the catalogue, and whether lower is better."""
    one = indicators.indicator(indicator)
    return one.target, one.direction != "up"
