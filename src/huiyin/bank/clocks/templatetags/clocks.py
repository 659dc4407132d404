"""A clock's standing in words."""

from datetime import datetime

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.clocks.rules.explain import Day, Explanation
from huiyin.bank.standards import queries as standards
from huiyin.kernel.calendar import HOUR_UNITS

register = template.Library()

CHIPS = {
    "running": "info",
    "paused": "none",
    "late": "bad",
    "met": "ok",
    "missed": "bad",
    "done": "none",
    "cancelled": "none",
}


@register.filter
def standing_kind(clock: ClockView, at: datetime) -> str:
    return CHIPS[clock.standing(at)]


@register.filter
def standing_words(clock: ClockView, at: datetime) -> str:
    return standards.label("clock_state", clock.standing(at)).word(get_language() or "zh-hans")


@register.filter
def day_words(day: Day, explanation: Explanation) -> str:
    """Why a date counts, or why not."""
    if day.why == "start_day":
        return _("first day, not counted")
    if day.why == "closed":
        return _("closed")
    if day.why == "paused":
        return _("paused")
    if day.why == "counted":
        return _("counted")
    return _("not needed") if explanation.in_days else "—"


@register.filter
def rung_name(code: str) -> str:
    """What rang, from its code: `80%`, `due`, `after-1`, `left-0`, `breach` …"""
    code, _plus, again = code.partition("+")
    words = {
        "due": _("when due"),
        "breach": _("found late"),
        "intake": _("late when it came in"),
        "superseded": _("late under a stricter limit"),
        "left-0": _("on the morning of the last day"),
    }
    if code in words:
        text = words[code]
    elif code.endswith("%"):
        text = _("at %(n)s of the time") % {"n": code}
    elif code.startswith("after-"):
        text = _("%(n)s late") % {"n": code[6:]}
    else:
        text = _("%(n)s before") % {"n": code.partition("-")[2]}
    return _("%(text)s (after an extension)") % {"text": text} if again else text


@register.filter
def in_hours(explanation: Explanation) -> bool:
    return explanation.unit in HOUR_UNITS
