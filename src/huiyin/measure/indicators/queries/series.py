"""Figures over time, with their limits and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.measure.indicators.models import Rebase
from huiyin.measure.indicators.queries.asking import Span, ask, scope_of, span
from huiyin.measure.indicators.queries.catalogue import indicator
from huiyin.measure.indicators.rules import signals as telling
from huiyin.measure.indicators.rules.charts import Chart, Limits, Mark, chart
from huiyin.measure.indicators.rules.definitions import Definition, Variant
from huiyin.measure.indicators.rules.intervals import mean_interval, wilson
from huiyin.measure.indicators.rules.periods import Period, back, period_of, periods
from huiyin.measure.indicators.rules.sentences import sentence
from huiyin.measure.indicators.rules.sql import BASES, Query, Scope, contributions, counted

# How many periods a chart shows when nobody asks for others.
SHOWN = {"day": 92, "week": 104, "month": 48, "quarter": 20}
MOST = 400
PER = 10_000


@dataclass(frozen=True)
class Point:
    """One period. `num` and `den` are counts, so that any roll-up re-divides sums. `den` of a rate is the exposure.

    state: ok | insufficient (n below the minimum) | no_data | maturing (may still change by its definition) | partial.
    """

    period: Period
    num: int
    den: int
    n: int
    value: float | None
    state: str
    low: float | None = None
    high: float | None = None
    p90: float | None = None
    limits: Limits | None = None
    signals: tuple[telling.Signal, ...] = ()

    @property
    def judged(self) -> bool:
        return self.state == "ok"


@dataclass(frozen=True)
class Series:
    definition: Definition
    grain: str
    points: tuple[Point, ...]
    chart: Chart
    variation: str
    assurance: str
    sentence: Label
    span: Span

    @property
    def now(self) -> Point | None:
        """The newest whole period that can be judged, else the newest whole one."""
        whole = [point for point in self.points if point.state != "partial"]
        judged = [point for point in whole if point.judged]
        return (judged or whole)[-1] if whole else None

    @property
    def variation_label(self) -> Label:
        return telling.VARIATION[self.variation]

    @property
    def assurance_label(self) -> Label:
        return telling.ASSURANCE[self.assurance]


@dataclass(frozen=True)
class Cell:
    """A count of one period in one cell of the dimensions asked for."""

    period: date
    key: tuple[str | None, ...]
    num: int
    den: int


def series(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    grain: str = "month",
    from_day: date | None = None,
    until_day: date | None = None,
    filters: Mapping[str, str] | None = None,
    variant: str = "",
) -> Series:
    """One indicator over time as this actor may see it. Without days: what the data cover, the newest periods."""
    definition = indicator(code)
    days = span()
    window = _window(days, grain, from_day, until_day)
    scope = scope_of(actor, at, filters)
    found = _points(definition, scope, grain, window, days, _variant(definition, variant))
    return _told(definition, grain, found, days)


def series_by(
    *,
    code: str,
    actor: Actor,
    at: datetime,
    by: str,
    grain: str = "month",
    from_day: date | None = None,
    until_day: date | None = None,
    filters: Mapping[str, str] | None = None,
) -> dict[str, Series]:
    """The same for every value of one dimension (channel, category, unit_path ...)."""
    definition = indicator(code)
    days = span()
    window = _window(days, grain, from_day, until_day)
    scope = scope_of(actor, at, filters)
    found: dict[str, dict[date, tuple[Any, ...]]] = {}
    for period, key, *figures in ask(_question(definition, scope, grain, [by], window, days, None), **_days(window)):
        found.setdefault(str(key or ""), {})[period] = tuple(figures)
    return {
        key: _told(definition, grain, _marked(definition, scope, grain, window, days, rows), days)
        for key, rows in sorted(found.items())
    }


def cells(
    *,
    actor: Actor,
    at: datetime,
    by: Sequence[str],
    grain: str = "week",
    code: str = "M12",
    from_day: date | None = None,
    until_day: date | None = None,
    filters: Mapping[str, str] | None = None,
) -> list[Cell]:
    """Counts per period and cell. Only cells that hold something; days are the institution's, weeks begin on Monday."""
    definition = indicator(code)
    days = span()
    window = _window(days, grain, from_day, until_day, limit=False)
    query = _question(definition, scope_of(actor, at, filters), grain, by, window, days, None)
    width = len(by)
    return [
        Cell(row[0], tuple(row[1 : 1 + width]), int(row[2 + width] or 0), int(row[1 + width]))
        for row in ask(query, **_days(window))
    ]


def _variant(definition: Definition, code: str) -> Variant | None:
    return next((variant for variant in definition.variants if variant.label.code == code), None)


def _window(
    days: Span, grain: str, from_day: date | None, until_day: date | None, limit: bool = True
) -> tuple[date, date]:
    """Whole periods from the first to the last day asked for. A chart has the newest MOST of those that the data cover."""
    today = days.as_of_day or date(1970, 1, 2)
    last = min(days.last or today, today)
    until = period_of((until_day - timedelta(days=1)) if until_day else last, grain).until
    start = from_day or (back(until - timedelta(days=1), grain, SHOWN[grain] - 1) if limit else days.first or until)
    if from_day is None and days.first:
        start = max(start, days.first)
    if limit and (until - start).days > MOST:
        until = min(until, max(period_of(today, grain).until, period_of(start, grain).until))
        start = max(start, days.first or start, back(until - timedelta(days=1), grain, MOST - 1))
    return period_of(min(start, until), grain).start, until


def _days(window: tuple[date, date]) -> dict[str, date]:
    return {"from_day": window[0], "until_day": window[1]}


def _question(
    definition: Definition, scope: Scope, grain: str, by: Sequence[str], window: tuple[date, date], days: Span,
    variant: Variant | None,
) -> Query:  # fmt: skip
    rows = rows_of(definition, scope, by, variant, _ends(grain, window, days))
    return counted(rows, grain, by, definition.kind)


def rows_of(
    definition: Definition, scope: Scope, by: Sequence[str], variant: Variant | None = None,
    ends: Sequence[tuple[date, date]] = (), extra: Sequence[str] = (),
) -> Query:  # fmt: skip
    """The contributions of an indicator. A stock has one for every period whose end the matter still waited at."""
    population, numerator, day = definition.population, definition.numerator, definition.day
    if variant and variant.population:
        population = f"({population}) AND {variant.population}"
    if variant and variant.numerator:
        numerator = f"({numerator}) AND {variant.numerator}"
    if definition.kind != "stock":
        return contributions(definition.base, day, population, numerator, definition.value, scope, by, extra)
    query = contributions(definition.base, "p.start_day", population, numerator, "", scope, by, extra)
    listed = ", ".join(f"(DATE '{start}', DATE '{end}')" for start, end in ends)
    source = BASES[definition.base]
    joined = (
        f"{source} JOIN (VALUES {listed}) p(start_day, end_day) "
        "ON r.from_day <= p.end_day AND (r.until_day IS NULL OR r.until_day > p.end_day)"
    )
    return Query(query.text.replace(f"FROM {source}", f"FROM {joined}", 1), query.values)


def _ends(grain: str, window: tuple[date, date], days: Span) -> list[tuple[date, date]]:
    today = days.as_of_day or window[1]
    return [(p.start, min(p.until - timedelta(days=1), today)) for p in periods(*window, grain)] or [window]


def _points(
    definition: Definition, scope: Scope, grain: str, window: tuple[date, date], days: Span, variant: Variant | None
) -> list[Point]:
    query = _question(definition, scope, grain, [], window, days, variant)
    rows = {row[0]: tuple(row[1:]) for row in ask(query, **_days(window))}
    return _marked(definition, scope, grain, window, days, rows)


def _marked(
    definition: Definition, scope: Scope, grain: str, window: tuple[date, date], days: Span,
    rows: Mapping[date, tuple[Any, ...]],
) -> list[Point]:  # fmt: skip
    if days.first is None:
        return []
    customers = exposures(scope, grain, window, days) if definition.kind == "rate" else {}
    return [
        point(definition, period, rows.get(period.start, (0, 0, None, None)), days, customers.get(period.start, 0))
        for period in periods(*window, grain)
    ]


def point(definition: Definition, period: Period, figures: tuple[Any, ...], days: Span, exposure: int = 0) -> Point:
    """Counts of a period as a point: its value, how sure it is, and whether it may be judged."""
    n, num = int(figures[0] or 0), int(figures[1] or 0)
    middle, high = figures[2], figures[3]
    state = _state(definition, period, n, days, exposure)
    if definition.kind == "share":
        value = num / n if n else None
        low, top = wilson(num, n) if n else (None, None)
        return Point(period, num, n, n, value, state, low, top)
    if definition.kind == "rate":
        value = num / exposure * PER if exposure else None
        return Point(period, num, exposure, exposure, value, state)
    if definition.kind == "duration":
        return Point(period, num, n, n, middle, state, p90=high)
    if definition.kind == "mean":
        found = mean_interval(n, int(middle or 0), int(high or 0))
        value, low, top = (None if one is None else one / definition.parts for one in found)
        return Point(period, num, n, n, value, state, low, top)
    if definition.kind == "sum":
        return Point(period, num, n, n, middle / definition.parts if n else None, state)
    if definition.kind == "stock":
        return Point(period, num, n, n, float(n), state)
    return Point(period, num, n, n, float(num), state)


def _state(definition: Definition, period: Period, n: int, days: Span, exposure: int) -> str:
    size = exposure if definition.kind == "rate" else n
    if definition.kind in ("count", "stock"):
        size = max(size, definition.min_n)
    if days.as_of_day and period.until > days.as_of_day:
        return "partial"
    if size == 0:
        return "no_data"
    ripe = period.until + timedelta(days=definition.mature_days)
    if definition.mature_days and days.as_of_day and ripe > days.as_of_day:
        return "maturing"
    return "ok" if size >= definition.min_n else "insufficient"


def _told(definition: Definition, grain: str, found: list[Point], days: Span) -> Series:
    """Limits from the frozen baseline (the first points, or those after a recorded new baseline) and what they show."""
    judged = [i for i, p in enumerate(found) if p.judged]
    marks = [_mark(definition, found[i]) for i in judged]
    drawn = _with_rebases(definition, grain, [found[i] for i in judged], marks)
    told = telling.signals(marks, drawn)
    for place, i in enumerate(judged):
        own = tuple(signal for signal in told if signal.index == place)
        p = found[i]
        line = drawn.limits[place]
        found[i] = Point(p.period, p.num, p.den, p.n, p.value, p.state, p.low, p.high, p.p90, line, own)
    last = telling.latest(told, len(marks) - 1)
    seen = telling.variation(last, definition.direction, len(marks) >= 8 and drawn.kind != "none")
    held = telling.assurance(drawn, definition.target, definition.direction) if marks else "none"
    whole = [p for p in found if p.state != "partial"]
    words = sentence(definition.name, last, seen, held, len(marks), whole[-1].state if whole else "no_data")
    return Series(definition, grain, tuple(found), drawn, seen, held, words, days)


def _with_rebases(definition: Definition, grain: str, points: Sequence[Point], marks: Sequence[Mark]) -> Chart:
    starts = list(
        Rebase.objects.filter(indicator=definition.code).order_by("from_day", "id").values_list("from_day", flat=True)
    )
    drawn = chart(definition.chart, marks)
    for day in starts:
        since = next((i for i, p in enumerate(points) if p.period.start >= day), None)
        if since:
            newer = chart(definition.chart, marks, since)
            limits = (*drawn.limits[:since], *newer.limits[since:])
            drawn = Chart(newer.kind, limits, newer.baseline, newer.provisional, newer.sigma_z)
    return drawn


def _mark(definition: Definition, p: Point) -> Mark:
    if definition.kind == "share":
        return Mark(p.num, p.den)
    if definition.kind == "rate":
        return Mark(p.num, p.den / PER)
    return Mark(p.value, 1)


def exposures(scope: Scope, grain: str, window: tuple[date, date], days: Span) -> dict[date, int]:
    """Mean active customers of every period: what complaint rates are divided by."""
    months = _customers(scope, window, days)
    found: dict[date, int] = {}
    for period in periods(*window, grain):
        own = [
            n for month, n in months.items() if month < period.until and period_of(month, "month").until > period.start
        ]
        if own:
            found[period.start] = sum(own) // len(own)
    return found


def _customers(scope: Scope, window: tuple[date, date], days: Span) -> dict[date, int]:
    asked = scope.filters.get("unit", "")
    allowed = tuple(path for path in scope.paths)
    where = units.paths(days.as_of_day or window[1])
    found: dict[date, int] = {}
    rows = units.exposure(
        from_month=window[0].replace(day=1), until_month=window[1], product=scope.filters.get("product", "")
    ).values_list("unit_id", "month", "customers")
    for unit, month, customers in rows:
        path = where.get(unit, "")
        if path.startswith(asked) and path.startswith(allowed):
            found[month] = found.get(month, 0) + customers
    return found
