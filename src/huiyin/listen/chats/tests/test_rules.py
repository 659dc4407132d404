"""Silence, leaving, and how long somebody will wait: tables."""

from datetime import UTC, datetime, timedelta

import pytest

from huiyin.listen.chats.rules.limits import has_left, silence
from huiyin.listen.chats.rules.waits import expected

AT = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


def ago(minutes: float | None) -> datetime | None:
    return None if minutes is None else AT - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("opened", "moved", "seen", "left"),
    [
        (10, 10, 1, False), (10, 10, 4, True), (10, 1, 9, False),  # a script: three minutes without a sign
        (29, 29, None, False), (31, 31, None, True), (40, 20, None, False),  # no script: half an hour without a word
    ],
)  # fmt: skip
def test_who_has_left_the_queue(opened, moved, seen, left):
    assert has_left(ago(opened), ago(moved), ago(seen), AT) is left


@pytest.mark.parametrize(
    ("quiet", "turn", "asked", "what"),
    [
        (9, "customer", False, ""), (11, "customer", False, "ask"), (11, "customer", True, ""), (21, "customer", True, "end"),
        (2, "agent", False, ""), (4, "agent", False, "remind"), (600, "agent", True, "remind"),  # never because of us
    ],
)  # fmt: skip
def test_a_chat_ends_by_the_customers_silence_and_never_by_ours(quiet, turn, asked, what):
    assert silence(ago(quiet), turn, asked, AT) == what


@pytest.mark.parametrize(
    ("waits", "waited", "more"),
    [
        ([(60, True)] * 4, 0, None),  # too few to tell
        ([(60, True)] * 5, 0, 60),
        ([(60, True)] * 5, 90, None),  # nobody has waited so long before
        ([(t, True) for t in (10, 20, 30, 40, 50)], 0, 30),
        ([(t, True) for t in (10, 20, 30, 40, 50)], 25, 15),  # of the three left, half were answered by 40
        ([(t, True) for t in (10, 20, 30, 40, 50)] + [(600, False)] * 6, 0, None),  # a jam does not look short
        ([(t, True) for t in (10, 20, 30, 40, 50)] + [(45, False)] * 2, 0, 40),
    ],
)  # fmt: skip
def test_the_wait_is_told_from_those_who_waited(waits, waited, more):
    assert expected(waits, waited) == more
