"""A clock's standing in words."""

from datetime import datetime

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.clocks.rules.explain import Day, Explanation
from huiyin.bank.standards import queries as standards

register = template.Library()

CHIPS = {
    "running": "info",
    "paused": "none",
    "late": "bad",
    "met": "ok",
    "missed": "bad",
    "done": "none",
    "cancelled": "none",
    "merged": "none",
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
        return _("not open")
    if day.why == "paused":
        return _("paused")
    if day.why == "counted":
        return _("counted")
    return _("not needed") if explanation.in_days else "—"


@register.filter
def rung_name(code: str, unit: str) -> str:
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
        text = _("%(amount)s late") % {"amount": _amount(int(code[6:]), unit)}
    else:
        text = _("%(amount)s before") % {"amount": _amount(int(code.partition("-")[2]), unit)}
    return _("%(text)s (after an extension)") % {"text": text} if again else text


def _amount(n: int, unit: str) -> str:
    """The amounts of a ladder are whole hours or days of the clock's own unit."""
    if unit == "natural_day":
        return ngettext("%(n)d calendar day", "%(n)d calendar days", n) % {"n": n}
    if unit == "business_day":
        return ngettext("%(n)d working day", "%(n)d working days", n) % {"n": n}
    if unit == "business_hour":
        return ngettext("%(n)d working hour", "%(n)d working hours", n) % {"n": n}
    return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
