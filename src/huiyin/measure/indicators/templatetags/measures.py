"""Figures in words and control charts as SVG."""

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from huiyin.kernel.label import Label
from huiyin.measure.indicators.queries import Definition, Point, Series
from huiyin.measure.indicators.rules.plot import Entry, plot
from huiyin.measure.indicators.rules.signals import RULE, Signal

register = template.Library()


def words(value: float | None, definition: Definition, unit: bool = True) -> str:
    """A value as people read it: 94.8 %, 1 674 complaints, 70 minutes."""
    if value is None:
        return "—"
    if definition.unit == "percent":
        return f"{value * 100:.1f}%"
    places = {"yuan": 2, "minutes": 0, "cases": 0, "days": 1, "per_10000": 2, "score": 2, "gap": 2, "nps": 1}[
        definition.unit
    ]
    text = f"{value:,.{places}f}"
    if not unit:
        return text
    label = definition.unit_label.word(get_language() or "en")
    return f"{text} {label}"


@register.filter
def figure(value: float | None, definition: Definition) -> str:
    return words(value, definition)


@register.filter
def share(part: int, whole: int) -> str:
    return f"{part / whole * 100:.1f}%" if whole else "—"


@register.inclusion_tag("indicators/chart.html")
def control_chart(series: Series, size: str = "big", id: str = "chart") -> dict[str, Any]:
    """A control chart with its limits, its target and its sentence as the accessible description."""
    small = size == "small"
    points = [point for point in series.points if not (small and point.state == "partial")]
    drawn = plot(
        [_entry(series, point) for point in points],
        target=series.definition.target,
        width=240 if small else 860,
        height=56 if small else 320,
        margins=(6, 6, 6, 6) if small else (64, 14, 16, 30),
        words=lambda value: words(value, series.definition, unit=False),
        ceiling=1.0 if series.definition.kind == "share" else None,
    )
    return {"plot": drawn, "series": series, "small": small, "id": id, "points": points}


def _entry(series: Series, point: Point) -> Entry:
    line = point.limits
    kind = "plain"
    if not point.judged:
        kind = "open"
    elif point.signals:
        sides = {signal.side for signal in point.signals}
        direction = {"up": 1, "down": -1}.get(series.definition.direction, 0)
        kind = "other" if not direction or len(sides) > 1 else "better" if direction in sides else "worse"
    value = point.value if point.state != "no_data" else None
    return Entry(
        point.period.short, value, line.low if line else None, line.high if line else None,
        line.centre if line else None, kind,
    )  # fmt: skip


# Shapes differ as well as colours: a circle is ordinary, a triangle up is better, down is worse, a square is neither.
_MARKS = {
    "plain": '<circle cx="{x}" cy="{y}" r="{r}" fill="var(--hy-brand)"/>',
    "better": '<path d="M{x} {a}l{w} {h}h-{v}z" fill="var(--hy-better)"/>',
    "worse": '<path d="M{x} {b}l{w} -{h}h-{v}z" fill="var(--hy-worse)"/>',
    "other": '<rect x="{l}" y="{t}" width="{s}" height="{s}" fill="var(--hy-series-4)"/>',
    "open": '<circle cx="{x}" cy="{y}" r="{r}" fill="var(--hy-surface)" stroke="var(--hy-brand)"/>',
}


@register.simple_tag
def mark(dot: Any, small: bool = False) -> SafeString:
    size = 2.4 if small else 4.0
    wide = size * 1.35
    return format_html(
        _MARKS[dot.kind], x=f"{dot.x:g}", y=f"{dot.y:g}", r=f"{size if dot.kind != 'plain' else size * 0.75:g}",
        a=f"{dot.y - wide:g}", b=f"{dot.y + wide:g}", w=f"{wide:g}", h=f"{wide * 1.8:g}", v=f"{wide * 2:g}",
        l=f"{dot.x - size:g}", t=f"{dot.y - size:g}", s=f"{size * 2:g}",
    )  # fmt: skip


@register.filter
def point_words(point: Point, definition: Definition) -> str:
    """One point in words, for its tooltip."""
    language = get_language() or "en"
    n = f"n = {point.n:,}"
    return f"{point.period.label.word(language)}: {words(point.value, definition)} ({n})"


STATES = {
    "ok": Label("ok", "", ""),
    "insufficient": Label("insufficient", "数据不足", "Insufficient data"),
    "no_data": Label("no_data", "无数据", "No data"),
    "maturing": Label("maturing", "尚未定论", "Still maturing"),
    "partial": Label("partial", "未满期", "Period not over"),
}


@register.filter
def state_label(state: str) -> Label:
    return STATES[state]


@register.filter
def at(items: Any, index: int) -> Any:
    return items[index]


@register.filter
def last_day(until: date) -> str:
    """The last day of a span whose end is excluded, as the address writes it."""
    return (until - timedelta(days=1)).isoformat()


@register.filter
def rule_label(signal: Signal) -> Label:
    return RULE[signal.rule]
