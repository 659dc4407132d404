"""When somebody who follows a list is told how long it is."""

from datetime import datetime, time, timedelta

from huiyin.kernel.label import Label

HOW = {
    label.code: label
    for label in (
        Label("daily", "每天一次", "Once a day"),
        Label("change", "件数变化时", "When the number changes"),
    )
}
MORNING = time(8, 30)
BETWEEN = timedelta(hours=1)  # two notes of a change


def is_due(how: str, at: datetime, told_at: datetime | None) -> bool:
    """`at` and `told_at` in the bank's zone. Daily: once a calendar day, from half past eight. Change: looked at again an
    hour after somebody was last told."""
    if how == "daily":
        return at.time() >= MORNING and (told_at is None or told_at.date() < at.date())
    return told_at is None or at - told_at >= BETWEEN


def is_told(how: str, count: int, before: int | None, threshold: int) -> bool:
    """A change is told where it is as large as the threshold; the first look only remembers the number."""
    return how == "daily" or (before is not None and abs(count - before) >= threshold)
