"""Forecast and spelling, by tables."""

import pytest

from huiyin.resolve.workbench.queries.spelling import named, spell
from huiyin.resolve.workbench.rules import forecast, pinyin

LATE = (
    # working days left of each case, pace, which are late
    ([], 1.0, []),
    ([1.0, 2.0, 3.0], 1.0, [False, False, False]),
    ([0.5, 2.0, 2.5], 1.0, [True, False, True]),
    ([0.5, 0.5, 0.5], 4.0, [False, False, True]),
    ([-1.0, 1.0], 1.0, [True, True]),  # what is overdue takes its turn too
)


@pytest.mark.parametrize(("left", "pace", "late"), LATE)
def test_a_case_is_late_if_its_turn_comes_after_its_limit(left: list[float], pace: float, late: list[bool]) -> None:
    assert forecast.late(left, pace) == late


def test_somebody_new_is_given_the_middle_of_the_colleagues() -> None:
    middle = forecast.middle([20, 40, 60, 2], 20)
    assert middle == 2.0 and forecast.middle([], 20) == 1.0 and forecast.middle([9], 0) == 1.0
    assert forecast.pace(40, 20, middle) == forecast.Pace(2.0, 40, True)
    assert forecast.pace(4, 20, middle) == forecast.Pace(2.0, 4, False)


FITS = (
    ("tsgd", "投诉工单", 1),
    ("tousu", "投诉工单", 2),
    ("工单", "投诉工单", 3),
    ("gd", "投诉工单", 4),
    ("gongdan", "投诉工单", 5),
    ("投诉", "投诉工单", 0),
    ("xyz", "投诉工单", None),
    ("", "投诉工单", None),
    ("d", "投诉工单", None),
    ("ts gd", "投诉工单", 1),
    ("ts", "Products", None),
    ("duct", "Products", 3),
)


@pytest.mark.parametrize(("query", "text", "rank"), FITS)
def test_chinese_is_found_by_its_letters_its_pinyin_and_its_initials(query: str, text: str, rank: int | None) -> None:
    assert pinyin.rank(query, (text.lower(),), *spell(text)) == rank


@pytest.mark.parametrize(
    ("name", "initials"), [("单小红", "sxh"), ("解放", "xf"), ("曾明", "zm"), ("尉迟恭", "ycg"), ("王芳", "wf")]
)
def test_a_surname_is_read_as_a_surname(name: str, initials: str) -> None:
    assert named(name)[1] == initials
