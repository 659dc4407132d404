"""What will be late, if everybody goes on at the pace of the last weeks. Simple enough to be checked by hand.

A person takes their cases in the order in which they are due. With a pace of `p` answers a working day, the k-th case is
answered after k / p working days. It is forecast late if its time limit ends before that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 5
"""Answers in the period below which a person's own pace says nothing; then the middle of the colleagues' stands in."""
PERIOD_DAYS = 28
SLOWEST = 0.05


@dataclass(frozen=True)
class Pace:
    """Answers a working day. `own` is False where the colleagues' middle stands in for somebody new."""

    per_day: float
    answered: int
    own: bool


def pace(answered: int, working_days: int, middle: float) -> Pace:
    if answered >= ENOUGH and working_days > 0:
        return Pace(answered / working_days, answered, True)
    return Pace(max(middle, SLOWEST), answered, False)


def middle(counts: Sequence[int], working_days: int) -> float:
    """The median pace of those who have answered enough to have one; a case a day where nobody has."""
    known = sorted(count / working_days for count in counts if count >= ENOUGH) if working_days else []
    if not known:
        return 1.0
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2


def late(days_left: Sequence[float], per_day: float, before: int = 0) -> list[bool]:
    """For each case in due order: will it be late? `days_left`: working days until each is due (negative: overdue). `before`:
    so many stand before the first of them."""
    return [left < position / per_day for position, left in enumerate(days_left, start=before + 1)]
