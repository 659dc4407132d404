"""What stands against erasing a person, and from when it no longer does."""

from datetime import date

import pytest

from huiyin.resolve.erasures.rules import Matter, bars, common_path, free_on, kept_until

TODAY = date(2026, 3, 5)


def told(matters, holds=(), today=TODAY):
    found = bars(matters, holds, today)
    return [(bar.why.code, bar.number, bar.until) for bar in found], free_on(found)


@pytest.mark.parametrize(
    ("matters", "holds", "expected", "free"),
    [
        ([], (), [], None),
        ([Matter("T1", "complaint", date(2023, 3, 5))], (), [], None),  # the day on which three years are over
        ([Matter("T1", "complaint", date(2023, 3, 6))], (), [("kept", "T1", date(2026, 3, 6))], date(2026, 3, 6)),
        ([Matter("T1", "enquiry", date(2026, 3, 4)), Matter("T2", "praise", date(2026, 3, 4))], (), [], None),
        ([Matter("T1", "low_score", date(2025, 1, 1))], (), [("kept", "T1", date(2028, 1, 1))], date(2028, 1, 1)),
        ([Matter("T1", "enquiry", None)], (), [("open", "T1", None)], None),
        (
            [Matter("T1", "complaint", date(2025, 1, 1)), Matter("T2", "complaint", None)], (),
            [("open", "T2", None), ("kept", "T1", date(2028, 1, 1))], None,
        ),
        (
            [Matter("T1", "complaint", date(2025, 1, 1)), Matter("T2", "complaint", date(2024, 1, 1))], (),
            [("kept", "T1", date(2028, 1, 1)), ("kept", "T2", date(2027, 1, 1))], date(2028, 1, 1),
        ),
        (
            [Matter("T1", "complaint", date(2020, 1, 1), ("review", "callback"))], ("court", "nonsense"),
            [("court", "", None), ("review", "T1", None), ("callback", "T1", None)], None,
        ),
    ],
)  # fmt: skip
def test_open_matters_duties_to_keep_and_holds_stand_against_it(matters, holds, expected, free):
    assert told(matters, holds) == (expected, free)


def test_a_leap_day_is_kept_for_the_whole_period():
    assert kept_until("complaint", date(2024, 2, 29)) == date(2027, 3, 1)
    assert kept_until("complaint", date(2021, 2, 28)) == date(2024, 2, 28)
    assert kept_until("suggestion", date(2021, 2, 28)) is None


@pytest.mark.parametrize(
    ("paths", "common"),
    [
        ([], ""),
        (["HO/B01/O0101/"], "HO/B01/O0101/"),
        (["HO/B01/O0101/", "HO/B01/O0102/"], "HO/B01/"),
        (["HO/B01/", "HO/B010/"], "HO/"),
        (["HO/B01/", "HO/B01/O0101/"], "HO/B01/"),
        (["A/", "B/"], ""),
    ],
)
def test_only_whoever_is_over_all_their_matters_decides(paths, common):
    assert common_path(paths) == common
