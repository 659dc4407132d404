"""One figure for one span of days, its variants, what it consists of, and the rows behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.measure.indicators.queries.asking import ask, scope_of, span
from huiyin.measure.indicators.queries.catalogue import indicator
from huiyin.measure.indicators.queries.series import Point, exposures, point, rows_of
from huiyin.measure.indicators.rules.definitions import Definition, Variant
from huiyin.measure.indicators.rules.intervals import kaplan_meier
from huiyin.measure.indicators.rules.periods import Period, period_of
from huiyin.measure.indicators.rules.sql import Query, Scope, counted, figures, number, where

BANDS = (
    Label("0-15", "0–15 日", "0–15 days"),
    Label("16-30", "16–30 日", "16–30 days"),
    Label("31-60", "31–60 日", "31–60 days"),
    Label("61+", "60 日以上", "over 60 days"),
)


@dataclass(frozen=True)
class Reading:
    """A figure with what it was made of. `value` is None where there is no data."""

    definition: Definition
    point: Point
    variants: tuple[tuple[Label, Point], ...] = ()
    km: tuple[float | None, float | None] | None = None
    still_open: int = 0
    bands: tuple[tuple[Label, int], ...] = ()

    @property
    def value(self) -> float | None:
        return self.point.value

    @property
    def numerator(self) -> int:
        return self.point.num

    @property
    def denominator(self) -> int:
        return self.point.den

    @property
    def missed(self) -> int:
        return self.point.n - self.point.num

    @property
    def n(self) -> int:
        return self.point.n

    @property
    def interval(self) -> tuple[float | None, float | None]:
        return (self.point.low, self.point.high)

    @property
    def state(self) -> str:
        return self.point.state

    @property
    def meets(self) -> bool | None:
        """At target? None where there is no target, or not enough to say."""
        target, value = self.definition.target, self.point.value
        if target is None or value is None or not self.point.judged:
            return None
        return value >= target if self.definition.direction == "up" else value <= target


@dataclass(frozen=True)
class Share:
    """One line of a breakdown."""

    key: str
    point: Point


@dataclass(frozen=True)
class Row:
    """One thing counted. `matter` leads to its case, where the reader may see it."""

    subject: str
    number: str
    day: date
    hit: bool
    value: float | None
    unit_path: str
    channel: str
    category: str
    product: str


@dataclass(frozen=True)
class Rows:
    rows: tuple[Row, ...]
    total: int
    hits: int


def reading(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    from_day: date,
    until_day: date,
    filters: Mapping[str, str] | None = None,
    whole: bool = False,
) -> Reading:
    """One indicator over the days from `from_day` up to, not including, `until_day`.

    `whole` adds what costs more: Kaplan-Meier for durations, age bands for stocks, the adjusted variants.
    """
    definition = indicator(code)
    scope = scope_of(actor, at, filters)
    period = Period(from_day, until_day, _grain(from_day, until_day))
    found = _figure(definition, scope, period, None)
    if not whole:
        return Reading(definition, found)
    variants = tuple((v.label, _figure(definition, scope, period, v)) for v in definition.variants)
    km, still_open = _survival(definition, scope, period) if definition.kind == "duration" else (None, 0)
    bands = _bands(definition, scope, period) if definition.kind == "stock" else ()
    return Reading(definition, found, variants, km, still_open, bands)


def breakdown(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    by: str,
    from_day: date,
    until_day: date,
    filters: Mapping[str, str] | None = None,
) -> list[Share]:
    """The same figure for every value of a dimension, largest n first. `by="unit"`: the units below the one asked for."""
    definition = indicator(code)
    scope = scope_of(actor, at, filters)
    period = Period(from_day, until_day, _grain(from_day, until_day))
    days = span()
    if by == "unit":
        return _by_unit(definition, scope, period)
    rows = rows_of(definition, scope, [by], None, _end(period, days.as_of_day))
    text = f"SELECT {by}, {figures(definition.kind)} FROM (\n{rows.text}\n) x WHERE {_inside(definition)} GROUP BY {by}"
    customers = _exposure(definition, scope, period)
    found = [
        Share(str(row[0] or ""), point(definition, period, row[1:], days, customers))
        for row in ask(Query(text, rows.values), from_day=from_day, until_day=until_day)
    ]
    return sorted(found, key=lambda share: (-share.point.num, -share.point.n, share.key))


def rows(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    from_day: date,
    until_day: date,
    filters: Mapping[str, str] | None = None,
    hit: bool | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Rows:
    """The things a figure counts, newest first: all of them, or those in (or not in) the numerator."""
    definition = indicator(code)
    scope = scope_of(actor, at, filters)
    period = Period(from_day, until_day, _grain(from_day, until_day))
    query = rows_of(
        definition, scope, ["unit_path", "channel", "category", "product"], None, _end(period, span().as_of_day),
        [f"{number(definition.base)} AS number"],
    )  # fmt: skip
    inside = _inside(definition) + ("" if hit is None else f" AND hit = {int(hit)}")
    days = {"from_day": from_day, "until_day": until_day}
    ((total, hits),) = ask(
        Query(f"SELECT count(*), coalesce(sum(hit), 0) FROM (\n{query.text}\n) x WHERE {inside}", query.values), **days
    )
    listed = ask(
        Query(
            "SELECT subject, number, day, hit, value, unit_path, channel, category, product FROM (\n"
            f"{query.text}\n) x WHERE {inside} ORDER BY day DESC, subject LIMIT {int(limit)} OFFSET {int(offset)}",
            query.values,
        ),
        **days,
    )
    found = tuple(
        Row(
            subject, number or "", day, bool(hit), None if value is None else value / definition.parts, path or "",
            channel or "", category or "", product or "",
        )
        for subject, number, day, hit, value, path, channel, category, product in listed
    )  # fmt: skip
    return Rows(found, int(total), int(hits))


def sql_of(*, code: str, grain: str = "month") -> str:
    """The question as it is asked, for the definition page; scope and filters come on top."""
    definition = indicator(code)
    query = rows_of(definition, Scope(("",)), [], None, [(date(2026, 1, 1), date(2026, 1, 31))])
    return counted(query, grain, [], definition.kind).text


def choices(*, actor: Actor, at: datetime, name: str) -> list[str]:
    """The values of a dimension that occur in what this actor may see, most frequent first."""
    values: dict[str, Any] = {}
    condition = where("matters", "TRUE", scope_of(actor, at), values)
    text = (
        f"SELECT r.{name}, count(*) AS n FROM matters r WHERE {condition} AND r.{name} IS NOT NULL AND r.{name} <> '' "
        f"GROUP BY r.{name} ORDER BY n DESC, r.{name} LIMIT 60"
    )
    return [row[0] for row in ask(Query(text, values))]


def _figure(definition: Definition, scope: Scope, period: Period, variant: Variant | None) -> Point:
    days = span()
    rows = rows_of(definition, scope, [], variant, _end(period, days.as_of_day))
    text = f"SELECT {figures(definition.kind)} FROM (\n{rows.text}\n) x WHERE {_inside(definition)}"
    (row,) = ask(Query(text, rows.values), from_day=period.start, until_day=period.until)
    return point(definition, period, row, days, _exposure(definition, scope, period))


def _exposure(definition: Definition, scope: Scope, period: Period) -> int:
    """Mean customers of the months of the period."""
    if definition.kind != "rate":
        return 0
    found = exposures(scope, "month", (period.start, period.until), span())
    return sum(found.values()) // len(found) if found else 0


def _inside(definition: Definition) -> str:
    return "TRUE" if definition.kind == "stock" else "day >= $from_day AND day < $until_day"


def _end(period: Period, today: date | None) -> list[tuple[date, date]]:
    last = period.until.fromordinal(period.until.toordinal() - 1)
    return [(period.start, min(last, today) if today else last)]


def _grain(start: date, until: date) -> str:
    for grain in ("day", "week", "month", "quarter"):
        if period_of(start, grain) == Period(start, until, grain):
            return grain
    return "span"


def _survival(
    definition: Definition, scope: Scope, period: Period
) -> tuple[tuple[float | None, float | None] | None, int]:
    """Kaplan-Meier over the complaints received in the period: open ones count as long as they have waited."""
    if definition.base != "closings":
        return None, 0
    values: dict[str, Any] = {}
    condition = where("matters", "r.kind = 'complaint' AND coalesce(r.outcome, '') <> 'imported'", scope, values)
    text = (
        "SELECT date_diff('second', r.received_at, coalesce(r.first_closed_at, r.withdrawn_at, $as_of)) / 86400.0, "
        "r.first_closed_at IS NOT NULL AND coalesce(r.outcome, '') <> 'withdrawn' "
        f"FROM matters r WHERE {condition} AND r.received_day >= $from_day AND r.received_day < $until_day "
        "AND r.received_at <= $as_of"
    )
    spans = ask(Query(text, values), from_day=period.start, until_day=period.until)
    half, most = kaplan_meier([(float(days), bool(done)) for days, done in spans])
    return (half, most), sum(1 for _, done in spans if not done)


def _bands(definition: Definition, scope: Scope, period: Period) -> tuple[tuple[Label, int], ...]:
    age = "date_diff('day', r.matter_received_day, p.end_day)"
    rows = rows_of(definition, scope, [], None, _end(period, span().as_of_day), [f"{age} AS age"])
    text = (
        "SELECT sum(CASE WHEN age <= 15 THEN 1 ELSE 0 END), sum(CASE WHEN age BETWEEN 16 AND 30 THEN 1 ELSE 0 END), "
        "sum(CASE WHEN age BETWEEN 31 AND 60 THEN 1 ELSE 0 END), sum(CASE WHEN age > 60 THEN 1 ELSE 0 END) "
        f"FROM (\n{rows.text}\n) x"
    )
    (counts,) = ask(Query(text, rows.values), from_day=period.start, until_day=period.until)
    return tuple((band, int(count or 0)) for band, count in zip(BANDS, counts, strict=True))


def _by_unit(definition: Definition, scope: Scope, period: Period) -> list[Share]:
    """The units right below the one asked for (or below what the actor may see)."""
    days = span()
    below = children(scope, days.as_of_day or period.start)
    if not below:
        return []
    rows = rows_of(definition, scope, ["unit_path"], None, _end(period, days.as_of_day))
    values = {**rows.values, **{f"place{i}": path for i, path in enumerate(below)}}
    listed = ", ".join(f"($place{i})" for i in range(len(below)))
    text = (
        f"SELECT u.path, {figures(definition.kind)} FROM (\n{rows.text}\n) x JOIN (VALUES {listed}) u(path) "
        f"ON starts_with(x.unit_path, u.path) WHERE {_inside(definition)} GROUP BY u.path ORDER BY u.path"
    )
    found = []
    for row in ask(Query(text, values), from_day=period.start, until_day=period.until):
        narrowed = Scope(scope.paths, scope.hidden, {**scope.filters, "unit": row[0]})
        found.append(Share(row[0], point(definition, period, row[1:], days, _exposure(definition, narrowed, period))))
    return found


def children(scope: Scope, on: date) -> list[str]:
    """Paths one level below the unit asked for; below the institution, else the highest the actor may see."""
    asked = scope.filters.get("unit", "")
    every = [unit.path for unit in units.all_units(on)]
    seen = [path for path in every if path.startswith(asked) and path.startswith(scope.paths)]
    roots = [asked] if asked else [p for p in every if p.count("/") == 1] or [""]
    depth = min((root.count("/") for root in roots), default=0) + 1
    while seen and not any(path.count("/") == depth for path in seen) and depth < 9:
        depth += 1
    return [path for path in seen if path.count("/") == depth]
