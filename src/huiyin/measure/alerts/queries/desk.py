"""Alerts as people read them: what they may see, in words, with the chart's numbers and what became of the rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.measure.alerts.models import Alert, Settlement
from huiyin.measure.alerts.rules import words
from huiyin.measure.history import queries as history
from huiyin.measure.indicators import queries as indicators

FEW = 5  # figures below this are not shown to somebody who is recused from a matter


def visible_to(actor: Actor, at: datetime) -> QuerySet[Alert]:
    """The alerts of the units in the actor's scope, and those they own; never one they are recused from."""
    reach = Q(pk__in=[])
    for path in permit.paths(actor, "alert.read"):
        reach |= Q(unit_path__startswith=path)
    if permit.own(actor, "alert.read"):
        reach |= Q(owner=actor.staff)
    return Alert.objects.filter(reach).exclude(pk__in=staff.recused_subjects(actor.staff, at).values("subject"))


def queue(actor: Actor, at: datetime, *, state: str = "", gravity: str = "", path: str = "") -> QuerySet[Alert]:
    """What still needs somebody first, the gravest first, then the newest."""
    found = visible_to(actor, at)
    if state == "live":
        found = found.filter(state__in=words.LIVE)
    elif state:
        found = found.filter(state=state)
    if gravity:
        found = found.filter(gravity=gravity)
    if path:
        found = found.filter(unit_path__startswith=path)
    weight = Case(
        When(gravity="major", then=Value(0)), When(gravity="serious", then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    waits = Case(When(state__in=words.LIVE, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.alias(waits=waits, weight=weight).order_by("waits", "weight", "-raised_at", "-id")


def alert(id: UUID) -> Alert | None:
    return Alert.objects.select_related("unit", "owner").filter(pk=id).first()


def owners_of(numbers: Iterable[str]) -> set[UUID]:
    """Who answers for these alerts (and is told how it ended)."""
    found = Alert.objects.filter(number__in=set(numbers), owner__isnull=False)
    return set(found.order_by().values_list("owner", flat=True))


def live_since(indicator: str, unit: UUID | None, day: date) -> bool:
    """Was there an alert about this indicator and unit on or after a day that nobody dismissed?"""
    return (
        Alert.objects.filter(indicator=indicator, unit=unit, last_seen__gte=day)
        .exclude(state__in=("dismissed", "merged"))
        .exists()
    )


def alerts_about(indicator: str, unit: UUID | None, since: date, cell_key: str | None = None) -> QuerySet[Alert]:
    """Undismissed alerts that began on or after a day: adverse signals, for the effect and relapse of a rectification."""
    found = Alert.objects.filter(indicator=indicator, unit=unit, since__gte=since)
    if cell_key is not None:
        found = found.filter(cell_key=cell_key)
    return found.exclude(state__in=("dismissed", "merged")).order_by("since", "id")


def settlements(id: UUID) -> list[Settlement]:
    return list(Settlement.objects.filter(alert=id).select_related("by", "second", "into"))


def similar(of: Alert, actor: Actor, at: datetime, most: int = 5) -> list[Alert]:
    """Past alerts of the same cell first, then of the same unit or of a cell that shares most of its values."""
    past = visible_to(actor, at).filter(raised_at__lte=of.raised_at).exclude(pk=of.pk)
    near = past.filter(indicator=of.indicator).order_by("-raised_at")[:400]
    mine = set(of.cell.items())

    def likeness(other: Alert) -> float:
        theirs = set(other.cell.items())
        return len(mine & theirs) / max(len(mine | theirs), 1)

    ranked = sorted(
        (other for other in near if mine & set(other.cell.items())),
        key=lambda o: (-likeness(o), -o.raised_at.timestamp()),
    )
    return ranked[:most]


@dataclass(frozen=True)
class RuleRecord:
    """How often a rule was right: settled alerts, and those dismissed as chance or bad data."""

    rule: Label
    raised: int
    settled: int
    false: int

    @property
    def rate(self) -> float | None:
        return self.false / self.settled if self.settled else None


def rule_records(actor: Actor, at: datetime) -> list[RuleRecord]:
    seen = visible_to(actor, at)
    counted = {
        row["rule"]: row
        for row in seen.values("rule").annotate(
            raised=Count("id", distinct=True),
            settled=Count("id", filter=~Q(state__in=words.LIVE), distinct=True),
            false=Count(
                "id",
                filter=Q(state="dismissed", settlements__outcome="dismissed", settlements__reason__in=words.FALSE),
                distinct=True,
            ),
        )
    }
    return [
        RuleRecord(label, row["raised"], row["settled"], row["false"])
        for code, label in words.RULES.items()
        if (row := counted.get(code))
    ]


@dataclass(frozen=True)
class Piece:
    """A contributing cell in words; `hidden` when the number would tell a recused person too much."""

    name: list[tuple[Label, Label]]
    observed: float
    expected: float
    share: float
    hidden: bool


def pieces(of: Alert, actor: Actor, at: datetime) -> list[Piece]:
    careful = bool(history.hidden(actor, at))
    return [
        Piece(
            named({k: v for k, v in part["cell"].items() if of.cell.get(k) != v} or part["cell"]),
            part["observed"],
            part["expected"],
            part["share"],
            careful and part["observed"] < FEW,
        )
        for part in of.explained_by
    ]


def named(cell: Mapping[str, str]) -> list[tuple[Label, Label]]:
    """A cell in words: (dimension, value) pairs, in the order of the dimensions."""
    codes = [cell[d] for d in ("branch", "outlet") if d in cell]
    known = units.by_codes(codes)
    return [(label, _value(code, cell[code], known)) for code, label in words.DIMENSIONS.items() if code in cell]


def titles(alerts: Sequence[Alert]) -> dict[UUID, Label]:
    """One line for each alert: where and what, from the smallest unit to the subject."""
    return {one.pk: title(one) for one in alerts}


def title(of: Alert) -> Label:
    parts = [value for dimension, value in named(of.cell) if not (dimension.code == "branch" and "outlet" in of.cell)]
    return Label(
        "title",
        " · ".join(p.zh for p in parts) or "全行",
        " · ".join(p.en for p in parts) or "The whole bank",
    )


def sentence(of: Alert) -> Label:
    """The alert in one sentence: where, what, since when, how much more than usual."""
    where, day, name = title(of), of.since, indicator_label(of.indicator)
    since = f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%b %Y}"
    if of.rule == "surge":
        return Label(
            "sentence",
            f"{where.zh}：自{since[0]}起{of.observed:.0f}件，通常约{of.expected:.1f}件（{of.number}）。",
            f"{where.en}: {of.observed:.0f} where {of.expected:.1f} were to be expected, since {since[1]} ({of.number}).",
        )
    seen, usual = f"{of.observed:.1%}", f"{of.expected:.1%}"
    return Label(
        "sentence",
        f"{where.zh}：{name.zh}自{since[0]}起为{seen}，此前为{usual}（{of.number}）。",
        f"{where.en}: {name.en} at {seen} where it had been {usual}, since {since[1]} ({of.number}).",
    )


def _value(dimension: str, code: str, known: Mapping[str, Any]) -> Label:
    if dimension in ("branch", "outlet") and code in known:
        return Label(code, known[code].zh, known[code].en)
    if dimension == "category":
        return standards.label("category", code)
    if dimension == "product":
        return products.label(code)
    return Label(code, code, code)


def indicator_label(code: str) -> Label:
    return indicators.indicator(code).name


@dataclass(frozen=True)
class Bar:
    """One column of the chart. Coordinates are text, so that no language writes a comma into a drawing."""

    monday: date
    observed: float
    expected: float | None
    upper: float | None
    x: str
    top: str
    height: str
    mark: str
    marked: bool


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    band: str  # polygon points of the ordinary range
    line: str  # polyline points of the expectation
    ticks: list[tuple[str, float]]  # y, count or share
    months: list[tuple[str, date]]  # x, first week of a month
    width: int
    height: int
    bar_width: str


WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 760, 240, 40, 8, 12, 28


def chart(of: Alert) -> Chart | None:
    """The series as a drawing: columns for weekly counts or monthly shares, the ordinary range behind, the signal marked.
    The range ends at its worse limit: below it lies what is ordinary of a count, above it what is of a share to be high."""
    rows = [(date.fromisoformat(day), count, mean, upper) for day, count, mean, upper in of.series]
    if not rows:
        return None
    highest = max(max(count, upper or 0) for _, count, _, upper in rows) or 1
    step = (WIDTH - LEFT - RIGHT) / len(rows)
    base = HEIGHT - FOOT
    scale = (base - TOP) / highest

    def y(value: float) -> float:
        return base - value * scale

    bars = [
        Bar(
            monday=day,
            observed=count,
            expected=mean,
            upper=upper,
            x=f"{LEFT + (i + 0.15) * step:.1f}",
            top=f"{y(count):.1f}",
            height=f"{base - y(count):.1f}",
            mark=f"{max(TOP - 2, y(count) - 3):.1f}",
            marked=of.since <= day <= of.last_seen,
        )
        for i, (day, count, mean, upper) in enumerate(rows)
    ]
    middles = [(LEFT + (i + 0.5) * step, mean, upper) for i, (_, _, mean, upper) in enumerate(rows) if mean is not None]
    band = [f"{x:.1f},{y(upper or 0):.1f}" for x, _, upper in middles]
    far = TOP if of.rule != "surge" and indicators.indicator(of.indicator).direction == "up" else base
    band += [f"{x:.1f},{far}" for x, _, _ in reversed(middles)]
    months = [(i, day) for i, (day, *_) in enumerate(rows) if day.day <= 7]
    every = 3 if len(months) > 7 else 1
    return Chart(
        bars=bars,
        band=" ".join(band),
        line=" ".join(f"{x:.1f},{y(mean):.1f}" for x, mean, _ in middles),
        ticks=[(f"{y(v):.1f}", v) for v in _ticks(highest, whole=of.rule == "surge")],
        months=[(f"{LEFT + (i + 0.5) * step:.1f}", day) for i, day in months[::every]],
        width=WIDTH,
        height=HEIGHT,
        bar_width=f"{step * 0.7:.1f}",
    )


def _ticks(highest: float, whole: bool) -> list[float]:
    """Round numbers from zero up: at most six, whole ones for counts."""
    step = next(s * 10.0**e for e in range(0 if whole else -4, 9) for s in (1, 2, 5) if highest / (s * 10.0**e) <= 5)
    return [step * i for i in range(int(highest / step + 1e-9) + 1)]


def counts(actor: Actor, at: datetime) -> dict[str, int]:
    """How many wait, by gravity: for the desk's first page."""
    rows = visible_to(actor, at).filter(state__in=words.LIVE).values("gravity").annotate(n=Count("id"))
    return {row["gravity"]: row["n"] for row in rows}
