"""Scores and means as people read them."""

from django import template
from django.utils.translation import gettext as _

from huiyin.measure.reviews.rules.agreement import Mean

register = template.Library()
FEW = 5


@register.filter
def points(hundredths: int | None) -> str:
    """92.50 of 100 as 92.5."""
    return "—" if hundredths is None else f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


@register.filter
def mean_words(found: Mean) -> str:
    """A mean with its interval and n; with fewer than five it says that they are too few."""
    if found.value is None:
        return "—"
    text = f"{found.value:.1f}"
    if found.low is not None and found.high is not None:
        text += f" [{max(0.0, found.low):.1f}, {min(100.0, found.high):.1f}]"
    if found.n < FEW:
        return _("%(figure)s, too few to judge (n = %(n)s)") % {"figure": text, "n": found.n}
    return f"{text} (n = {found.n})"


@register.filter
def gap_words(found: Mean) -> str:
    """A difference with its sign and interval."""
    if found.value is None:
        return "—"
    text = f"{found.value:+.1f}"
    if found.low is not None and found.high is not None:
        text += f" [{found.low:+.1f}, {found.high:+.1f}]"
    if found.n < FEW:
        return _("%(figure)s, too few to judge (n = %(n)s)") % {"figure": text, "n": found.n}
    return f"{text} (n = {found.n})"


@register.filter
def share_range(found: tuple[float, float]) -> str:
    return f"{found[0] * 100:.1f}%–{found[1] * 100:.1f}%"
