"""The draw, the hours and what follows from an answer: values in, values out."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from huiyin.kernel.calendar import Calendar, week
from huiyin.resolve.callbacks import rules

ZONE = ZoneInfo("Asia/Shanghai")
DAY = ["09:00-12:00", "13:30-17:30"]
WEEK = week(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY) | {"sat": [], "sun": []})
OFFICE = Calendar(code="office", version="1", zone="Asia/Shanghai", week=WEEK)
FRAME = {f"{n:04x}": f"O{n % 3}" for n in range(91)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_the_same_seed_draws_the_same_list_in_whatever_order_the_frame_comes() -> None:
    first = rules.drawn(FRAME, 10, "abc")
    assert first == rules.drawn(dict(reversed(FRAME.items())), 10, "abc")
    assert first != rules.drawn(FRAME, 10, "abd")
    per_stratum = {name: sum(FRAME[id] == name for id in first) for name in ("O0", "O1", "O2")}
    assert per_stratum == {"O0": 4, "O1": 3, "O2": 3}, "rounded up per unit: 31, 30 and 30 cases"
    assert rules.drawn(FRAME, 100, "abc") == set(FRAME) and rules.drawn({}, 10, "abc") == set()
    assert first <= rules.drawn(FRAME, 20, "abc"), "a larger share keeps who was drawn"


@pytest.mark.parametrize(
    ("now", "tried", "then"),
    [
        ("2026-03-05 10:00", ["morning"], "2026-03-05 13:30"),
        ("2026-03-05 14:00", ["afternoon"], "2026-03-06 09:00"),
        ("2026-03-05 11:00", ["morning", "afternoon"], "2026-03-06 09:00"),
        ("2026-03-06 16:30", ["afternoon"], "2026-03-09 09:00"),
        ("2026-03-06 09:30", [], "2026-03-06 11:30"),
    ],
)
def test_again_at_another_time_of_day(now: str, tried: list[str], then: str) -> None:
    assert rules.next_try(OFFICE, at(now), tried).astimezone(ZONE) == at(then)


@pytest.mark.parametrize(
    ("when", "may"),
    [("2026-03-05 10:00", True), ("2026-03-05 12:30", False), ("2026-03-05 17:30", False), ("2026-03-07 10:00", False)],
)
def test_calls_are_made_in_hours_only(when: str, may: bool) -> None:
    assert rules.may_call(OFFICE, at(when)) is may
    assert rules.opens_at(OFFICE, at(when)) >= at(when)


@pytest.mark.parametrize(
    ("solved", "satisfied", "sore"), [("yes", 5, False), ("partly", 3, False), ("no", 5, True), ("yes", 2, True)]
)
def test_what_opens_a_case_again(solved: str, satisfied: int, sore: bool) -> None:
    assert rules.is_dissatisfied(solved, satisfied) is sore


def test_this_room_decides_without_a_database() -> None:
    assert "django" not in Path(rules.__file__).read_text("utf-8")


def test_hours_are_offered_on_the_next_five_days_with_calling_hours() -> None:
    told = [one.astimezone(ZONE).strftime("%m-%d %H:%M") for one in rules.slots(OFFICE, at("2026-03-05 15:00"))]
    assert told[:2] == ["03-05 16:30", "03-06 09:00"], "in an hour or later, and not at 17:30"
    assert {one[:5] for one in told} == {"03-05", "03-06", "03-09", "03-10", "03-11"}, "no weekend"
    assert [one[6:] for one in told if one.startswith("03-06")] == [
        "09:00", "10:00", "11:00", "13:30", "14:30", "15:30", "16:30",
    ]  # fmt: skip
