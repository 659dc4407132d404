"""Findings over history, week by week as if looked at then."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from huiyin.measure.alerts.queries.found import Found, Part
from huiyin.measure.alerts.queries.rates import turned
from huiyin.measure.alerts.rules.families import BANK, SOURCE, Family, key, steps
from huiyin.measure.history import queries as history

if TYPE_CHECKING:
    from huiyin.measure.alerts.rules.surge import Finding

VOLUME = "M12"
Progress = Callable[[int, int], None]
Row = tuple[date, tuple[str | None, ...]]


def scan(from_date: date, to_date: date, progress: Progress | None = None) -> Iterator[dict[str, Any]]:
    """What would have been found in the weeks and months that ended between two days, in that order."""
    for found in findings(from_date, to_date, progress):
        yield found.plain()


def findings(from_date: date, to_date: date, progress: Progress | None = None) -> Iterator[Found]:
    """The same as typed values, in the order in which they could be known."""
    streams: list[Iterator[Found]] = []
    sources = sorted(_rows(to_date).items())
    for i, (source, rows) in enumerate(sources):
        family = SOURCE if source else BANK
        streams.append(_surges(family, source, rows, from_date, to_date, progress if i == 0 else None))
    streams.append(iter(sorted(turned(from_date, to_date), key=_order)))
    yield from heapq.merge(*streams, key=_order)


def _order(found: Found) -> tuple[date, float, str]:
    return (found.seen, found.p, found.key)


def _rows(to_date: date) -> dict[str, list[Row]]:
    """Complaints by source ("" is the bank's own desk): the day and the values of the family's dimensions.

    Rows that name another company are peers, not ours: they alert nobody here.
    """
    with history.connect() as con:
        told = con.execute(
            "SELECT received_day, source, unit_path, category, product, sub_product, issue, region FROM matters"
            " WHERE kind = 'complaint' AND received_day <= ? AND company IS NULL ORDER BY received_day, matter",
            [to_date],
        ).fetchall()
    found: dict[str, list[Row]] = defaultdict(list)
    for day, source, path, category, product, sub_product, issue, region in told:
        if source:
            found[source].append((day, (product, sub_product, issue, region)))
        else:
            found[""].append((day, (*steps(path or ""), category, product)))
    return found


def _surges(
    family: Family, source: str, rows: Sequence[Row], from_date: date, to_date: date, progress: Progress | None
) -> Iterator[Found]:
    # numpy and scipy are imported here: the web process starts without them.
    from huiyin.measure.alerts.rules.lattice import lattice
    from huiyin.measure.alerts.rules.surge import surges

    first_day = rows[0][0]
    monday = first_day - timedelta(first_day.weekday())
    weeks = (to_date - monday).days // 7 + (1 if to_date.weekday() == 6 else 0)  # whole weeks only
    first = max(0, -((monday + timedelta(6) - from_date).days // 7))
    kept = [(day, values) for day, values in rows if (day - monday).days // 7 < weeks]
    if weeks <= first or not kept:
        return
    cells = lattice(
        [values for _, values in kept],
        [(day - monday).days // 7 for day, _ in kept],
        weeks,
        family.dimensions,
        family.grains,
    )
    for week, found in surges(cells, monday, first, weeks - 1):
        if progress:
            progress(week - first + 1, weeks - first)
        for one in sorted(found, key=lambda f: (f.p, key(f.cell))):
            yield _of_surge(family, source, one)


def _of_surge(family: Family, source: str, one: "Finding") -> Found:
    return Found(
        indicator=VOLUME,
        rule="surge",
        family=source or family.code,
        cell=one.cell,
        since=one.since,
        seen=one.seen,
        weeks=one.weeks,
        observed=one.observed,
        expected=one.expected,
        upper=one.upper,
        p=one.p,
        explained_by=tuple(Part(p.cell, p.observed, p.expected, p.share) for p in one.explained_by),
        series=tuple((bar.monday.isoformat(), bar.observed, bar.expected, bar.upper) for bar in one.series),
    )
