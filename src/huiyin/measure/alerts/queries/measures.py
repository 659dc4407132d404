"""The numbers behind an alert's cell, month by month: what a rectification is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huiyin.measure.alerts.rules.families import BANK
from huiyin.measure.history import queries as history
from huiyin.measure.indicators import queries as indicators

COLUMNS = {
    "branch": "split_part(unit_path, '/', 2)",
    "outlet": "split_part(unit_path, '/', 3)",
    "category": "category",
    "product": "product",
    "sub_product": "sub_product",
    "issue": "issue",
    "region": "region",
}


def volume(family: str, cell: Mapping[str, str], first: date, last: date) -> list[tuple[date, int]]:
    """Complaints of a cell in each month from `first` up to, not including, `last` (both first days of months)."""
    where = "".join(f" AND {COLUMNS[name]} = ?" for name in sorted(cell))
    source = "" if family in ("", BANK.code) else family
    with history.connect() as con:
        told = con.execute(
            "SELECT date_trunc('month', received_day)::DATE AS month, count(*) FROM matters"
            " WHERE kind = 'complaint' AND company IS NULL AND source = ? AND received_day >= ? AND received_day < ?"
            f"{where} GROUP BY month",
            [source, first, last, *(cell[name] for name in sorted(cell))],
        ).fetchall()
    counted = dict(told)
    months, month = [], first
    while month < last:
        months.append((month, int(counted.get(month, 0))))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return months


@dataclass(frozen=True)
class Point:
    start: date
    value: float | None
    n: int
