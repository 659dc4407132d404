"""Rates that turned for the worse, month by month, over the bank, its branches and its outlets."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from huiyin.kernel.actor import machine
from huiyin.measure.alerts.queries.found import Found, Part
from huiyin.measure.alerts.rules import control
from huiyin.measure.alerts.rules.control import Period, Signal
from huiyin.measure.alerts.rules.families import steps
from huiyin.measure.indicators import queries as indicators

BY = machine("alerts")
Q = 0.05  # per level (bank, branches, outlets) and month, over all indicators and units of the level
AGAIN = 2  # months without a signal after which the same rate is news again
MOST = 0.7
Node = tuple[str, ...]  # (), (branch,), (branch, outlet)
Months = dict[date, tuple[int, int]]


def turned(from_date: date, to_date: date) -> Iterator[Found]:
    """Every rate whose newest month, as it could be known, breaks a control-chart rule on the worse side."""
    rates = {
        code: (lower, mature, _nodes(code, to_date)) for code, lower, mature in watched()
    }  # fmt: skip
    running: dict[tuple[str, Node], date] = {}
    for month in _months(rates, to_date):
        fired: dict[int, list[tuple[str, Node, Signal, date]]] = defaultdict(list)
        tested: dict[int, int] = defaultdict(int)
        for code, (lower, mature, nodes) in rates.items():
            seen = _next(month) - timedelta(days=1) + timedelta(days=mature)
            if seen > to_date:
                continue
            for node, months in nodes.items():
                if month not in months:
                    continue
                tested[len(node)] += 1
                signal = control.signal(_points(months, month), lower)
                if signal:
                    fired[len(node)].append((code, node, signal, seen))
        for code, group in _by_indicator(_chosen(fired, tested)).items():
            nodes = rates[code][2]
            for node, signal, seen in _roots(group, nodes, month, rates[code][0]):
                before = running.get((code, node))
                running[(code, node)] = month
                if before is not None and _apart(before, month) <= AGAIN:
                    continue
                if seen >= from_date:
                    yield _told(code, node, signal, seen, month, nodes, rates[code][0])


def watched() -> list[tuple[str, bool, int]]:
    """The shares of the catalogue that are good or bad: code, lower is better, days until a month is complete."""
    return [
        (one.code, one.direction == "down", one.mature_days)
        for one in indicators.catalogue()
        if one.kind == "share" and one.direction in ("up", "down")
    ]


def _nodes(code: str, to_date: date) -> dict[Node, Months]:
    """Monthly (hits, n) of every unit, and the sums of those above."""
    found: dict[Node, Months] = defaultdict(dict)
    at = datetime.combine(to_date, time(23, 59), tzinfo=UTC)
    told = indicators.cells(
        actor=BY, at=at, by=["unit_path"], grain="month", code=code, until_day=to_date + timedelta(days=1)
    )
    for cell in told:
        branch, outlet = steps(cell.key[0] or "")
        levels: list[Node] = [(), *([(branch,)] if branch else []), *([(branch, outlet)] if branch and outlet else [])]
        for node in levels:
            hits, n = found[node].get(cell.period, (0, 0))
            found[node][cell.period] = (hits + cell.num, n + cell.den)
    return found


def _months(rates: Mapping[str, tuple[bool, int, Mapping[Node, Months]]], to_date: date) -> list[date]:
    known = {month for _, _, nodes in rates.values() for months in nodes.values() for month in months}
    return sorted(month for month in known if _next(month) - timedelta(days=1) <= to_date)


def _points(months: Months, until: date) -> list[Period]:
    return [Period(month, *months[month]) for month in sorted(months) if month <= until]


def _chosen(
    fired: Mapping[int, Sequence[tuple[str, Node, Signal, date]]], tested: Mapping[int, int]
) -> list[tuple[str, Node, Signal, date]]:
    kept = []
    for level, group in fired.items():
        tails = [one[2].p for one in group] + [1.0] * (tested[level] - len(group))
        picked = control.chosen(tails, Q)
        kept += [one for one, keep in zip(group, picked, strict=False) if keep]
    return kept


def _by_indicator(
    kept: Sequence[tuple[str, Node, Signal, date]],
) -> dict[str, list[tuple[Node, Signal, date]]]:
    found: dict[str, list[tuple[Node, Signal, date]]] = defaultdict(list)
    for code, node, signal, seen in sorted(kept, key=lambda one: (one[0], len(one[1]), one[1])):
        found[code].append((node, signal, seen))
    return found


def _roots(
    group: Sequence[tuple[Node, Signal, date]], nodes: Mapping[Node, Months], month: date, lower: bool
) -> list[tuple[Node, Signal, date]]:
    """One event, one finding: a unit whose excess mostly sits in one signalling unit below gives way to it; units
    below one that speaks for them stay silent."""
    kept: list[tuple[Node, Signal, date]] = []
    for node, signal, seen in group:
        if any(node[: len(other)] == other for other, _, _ in kept):
            continue
        whole = _excess(nodes[node], month, signal, lower)
        below = [n for n, s, _ in group if len(n) > len(node) and n[: len(node)] == node]
        if any(_excess(nodes[n], month, signal, lower) >= MOST * whole for n in below):
            continue
        kept.append((node, signal, seen))
    return kept


def _excess(months: Months, month: date, signal: Signal, lower: bool) -> float:
    """How many more bad (or fewer good) cases than expected since the signal began."""
    hits = sum(h for m, (h, _) in months.items() if signal.since <= m <= month)
    n = sum(n for m, (_, n) in months.items() if signal.since <= m <= month)
    return (hits - signal.expected * n) * (1 if lower else -1)


def _told(
    code: str, node: Node, signal: Signal, seen: date, month: date, nodes: Mapping[Node, Months], lower: bool
) -> Found:
    whole = max(_excess(nodes[node], month, signal, lower), 1e-9)
    parts = []
    for child, months in nodes.items():
        if len(child) == len(node) + 1 and child[: len(node)] == node:
            share = _excess(months, month, signal, lower) / whole
            n = sum(n for m, (_, n) in months.items() if signal.since <= m <= month)
            hits = sum(h for m, (h, _) in months.items() if signal.since <= m <= month)
            if share >= 0.1 and n:
                parts.append(
                    Part(_cell(child), round(hits / n, 4), round(signal.expected, 4), round(min(1.0, share), 3))
                )
    parts.sort(key=lambda part: (-part.share, sorted(part.cell.items())))
    points = _points(nodes[node], month)
    limits = control.limits(points)
    return Found(
        indicator=code,
        rule=signal.rule,
        family="bank",
        cell=_cell(node),
        since=signal.since,
        seen=seen,
        weeks=0,
        observed=round(signal.observed, 4),
        expected=round(signal.expected, 4),
        upper=None,
        p=signal.p,
        explained_by=tuple(parts[:5])
        or (Part(_cell(node), round(signal.observed, 4), round(signal.expected, 4), 1.0),),
        series=tuple(
            (p.start.isoformat(), round(p.hits / p.n, 4), round(line[0], 4), round(line[2] if lower else line[1], 4))
            for p, line in zip(points, limits, strict=True)
            if p.n
        ),
    )


def _cell(node: Node) -> dict[str, str]:
    return dict(zip(("branch", "outlet"), node, strict=False))


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _apart(one: date, other: date) -> int:
    return (other.year - one.year) * 12 + other.month - one.month
