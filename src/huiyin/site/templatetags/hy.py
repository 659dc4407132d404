"""`{% load hy %}`: how times, words and marks look on every page."""

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.kernel.label import Label, Named
from huiyin.kernel.permit import can
from huiyin.site.now import now

register = template.Library()

CHIP_ICONS = {
    "ok": "check-circle",
    "warn": "exclamation-triangle",
    "bad": "x-octagon",
    "info": "info-circle",
    "none": "dash-circle",
}
HAN = re.compile(r"[\u3400-\u9fff]")
WEEKDAYS_ZH = "一二三四五六日"
MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


# Times


@register.filter
def moment(value: datetime | None) -> str:
    """2026年11月22日 周日 14:05 · 22 Nov 2026, 14:05"""
    if not value:
        return "—"
    at = _local(value)
    if _chinese():
        return f"{at.year}年{at.month}月{at.day}日 周{WEEKDAYS_ZH[at.weekday()]} {at:%H:%M}"
    return f"{at.day} {MONTHS_EN[at.month - 1]} {at.year}, {at:%H:%M}"


@register.filter
def deadline(value: datetime | None) -> str:
    """A moment as the end of a term: midnight belongs to the day before it. 2026年11月24日 周二 24:00"""
    if not value or (_local(value).hour, _local(value).minute, _local(value).second) != (0, 0, 0):
        return moment(value)
    return moment(value - timedelta(microseconds=1)).replace("23:59", "24:00")


@register.filter
def last_day(value: datetime | None) -> str:
    """The last day on which it is still in time."""
    return day(value - timedelta(microseconds=1) if value else None)


@register.filter
def day(value: date | datetime | None) -> str:
    """2026年11月22日 · 22 Nov 2026"""
    if not value:
        return "—"
    on = _local(value).date() if isinstance(value, datetime) else value
    return f"{on.year}年{on.month}月{on.day}日" if _chinese() else f"{on.day} {MONTHS_EN[on.month - 1]} {on.year}"


@register.filter
def month(value: date | datetime | None) -> str:
    """2026年11月 · Nov 2026"""
    if not value:
        return "—"
    on = _local(value) if isinstance(value, datetime) else value
    return f"{on.year}年{on.month}月" if _chinese() else f"{MONTHS_EN[on.month - 1]} {on.year}"


@register.filter
def clock(value: datetime | None) -> str:
    """14:05"""
    return f"{_local(value):%H:%M}" if value else "—"


@register.filter
def span(value: timedelta | int | float | None) -> str:
    """A length of time in at most two units: 3 天 4 小时 · 3 days 4 hours."""
    if value is None:
        return "—"
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    minutes = abs(seconds) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (hours, ngettext("%(n)s hour", "%(n)s hours", hours)),
        (minutes, ngettext("%(n)s minute", "%(n)s minutes", minutes)),
    ]
    told = [text % {"n": number} for number, text in parts if number]
    if days:
        told = [text % {"n": number} for number, text in parts[:2] if number]
    return " ".join(told[:2]) or _("less than a minute")


@register.filter
def ago(value: datetime | None) -> str | SafeString:
    """Relative words, with the exact instant on hover and for machines."""
    if not value:
        return "—"
    gap = now() - value
    if gap < timedelta(0):
        text = _("in %(span)s") % {"span": span(-gap)}
    elif gap < timedelta(minutes=1):
        text = _("just now")
    else:
        text = _("%(span)s ago") % {"span": span(gap)}
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), moment(value), text)


@register.filter
def left(value: datetime | timedelta | int | float | None) -> str:
    """Time left until an instant (or a length of time): 剩余 3 天 · 3 days left · 已超时 2 小时."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value - now()
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    if seconds < 0:
        return _("%(span)s overdue") % {"span": span(seconds)}
    return _("%(span)s left") % {"span": span(seconds)}


# Words and numbers


@register.filter
def word(value: Any) -> str:
    """A Label, or the name of a unit, a person or a product, in the language of the page; anything else as it is.

    Plain text: for an `<option>`, a title or an attribute. Where marks can stand, a name goes through `named`."""
    if value is None or value == "":
        return "—"
    return value.word(get_language() or "zh-hans") if isinstance(value, Label | Named) else str(value)


@register.filter
def named(value: Named | None) -> str | SafeString:
    """The name of a unit, a person or a product: English on an English page if it has one, else marked as Chinese."""
    return written(word(value))


@register.filter
def written(value: Any) -> str | SafeString:
    """What somebody wrote or entered, marked as Chinese where it stands on an English page."""
    if _chinese() or not HAN.search(str(value or "")):
        return "" if value is None else value
    return format_html('<span lang="zh-Hans">{}</span>', value)


@register.filter
def percent(value: float | Decimal | None, places: int = 1) -> str:
    """0.8123 -> 81.2%"""
    return "—" if value is None else f"{float(value) * 100:.{places}f}%"


@register.filter
def number(value: float | int | None, places: int | None = None) -> str:
    """12345.678 -> 12,345.7; whole numbers stay whole."""
    if value is None or value == "":
        return "—"
    if places is None:
        places = 0 if float(value).is_integer() else 1
    return f"{float(value):,.{places}f}"


@register.filter
def mask(value: str | None) -> str:
    """A value of which only the ends may be seen: 张*三, 138****8000, 6222 **** 1234."""
    text = "".join((value or "").split())
    if not text:
        return "—"
    if "@" in text:
        name, _at, host = text.partition("@")
        return f"{name[:1]}***@{host}"
    if len(text) <= 2:
        return text[:1] + "*"
    if len(text) <= 4:
        return text[0] + "*" * (len(text) - 2) + text[-1]
    if len(text) < 12:
        return f"{text[:3]}****{text[-4:]}"
    return f"{text[:4]} **** {text[-4:]}"


# Marks


@lru_cache(maxsize=1)
def _icons() -> dict[str, str]:
    path = settings.HUIYIN_ASSETS / "icons.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


@register.simple_tag
def icon(name: str, title: str = "") -> SafeString:
    """A Bootstrap icon drawn inline. Decorative unless it has a title."""
    inside = mark_safe(_icons().get(name, ""))
    shape = '<svg class="hy-icon" viewBox="0 0 16 16" width="16" height="16" fill="currentColor" focusable="false"'
    if title:
        return format_html(mark_safe(shape + ' role="img" aria-label="{}">{}</svg>'), title, inside)
    return format_html(mark_safe(shape + ' aria-hidden="true">{}</svg>'), inside)


@register.simple_tag
def chip(kind: str, text: Any) -> SafeString:
    """A state as colour, icon and word together; never colour alone."""
    kind = kind if kind in CHIP_ICONS else "none"
    return format_html('<span class="hy-chip hy-chip-{}">{}{}</span>', kind, icon(CHIP_ICONS[kind]), word(text))


# Addresses


@register.simple_tag(takes_context=True)
def here(context: template.Context, **changes: Any) -> str:
    """This page's address with some of the query changed; None or "" takes a name out."""
    request: HttpRequest = context["request"]
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def may(context: template.Context, action: str) -> bool:
    """Whether this actor may do such a thing at all: `{% may "case.create" as allowed %}`."""
    return bool(can(context["request"].actor, action))


# Forms


@register.filter
def drawn(field: BoundField) -> SafeString:
    """The control of a form field in the house's classes."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return field.as_widget()
    if isinstance(widget, CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    else:
        css = "form-control"
    if field.errors:
        css += " is-invalid"
    attrs: dict[str, str | bool] = {"class": f"{css} {widget.attrs.get('class', '')}".strip()}
    if isinstance(widget, FileInput) and field.field.required:
        attrs["required"] = ""
    return field.as_widget(attrs=attrs)


@register.filter
def is_group(field: BoundField) -> bool:
    """Several controls under one question: needs a fieldset with a legend."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def is_check(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def of(found: Any, key: Any) -> Any:
    """What a mapping holds under a key, or nothing."""
    return found.get(key) if found else None
