"""When a call is at hand."""

from datetime import UTC, datetime, timedelta

import pytest

from huiyin.listen.calls.rules import at_hand, middle_and_late

AT = datetime(2026, 3, 5, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("started", "ended", "outcome", "is_at_hand"),
    [
        (0, None, "", True), (179, None, "", True), (180, None, "", False), (40, 29, "", True), (40, 30, "", False),
        (5, 1, "answered", False), (-1, None, "", True),
    ],
)  # fmt: skip
def test_on_the_line_or_just_over_and_not_settled(started, ended, outcome, is_at_hand):
    over = None if ended is None else AT - ended * MINUTE
    assert at_hand(AT - started * MINUTE, over, outcome, AT) is is_at_hand


@pytest.mark.parametrize(
    ("seconds", "told"),
    [([], None), ([3], (3, 3)), ([-1, 5], (0, 5)), ([float(n) for n in range(1, 101)], (50, 95))],
)
def test_the_middle_and_what_one_in_twenty_exceeds(seconds, told):
    assert middle_and_late(seconds) == told
