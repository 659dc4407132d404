"""Where units stood, and which columns history has."""

from datetime import date

from huiyin.kernel.fact import FACTS
from huiyin.measure.history.rules.placements import ALWAYS, FOREVER, Placed, stays
from huiyin.measure.history.rules.schema import event_columns


def placed(unit: str, day: str, parent: str | None = None, until: str | None = None, kind: str = "outlet") -> Placed:
    end = date.fromisoformat(until) if until else None
    return Placed(unit, unit.upper(), kind, date.fromisoformat(day), parent, end)


def test_a_unit_that_moves_keeps_its_old_path_for_the_old_days() -> None:
    found = stays(
        [
            placed("ho", "2000-01-01", kind="head"),
            placed("b1", "2000-01-01", "ho"),
            placed("b2", "2000-01-01", "ho"),
            placed("o1", "2020-01-01", "b1"),
            placed("o1", "2025-07-01", "b2"),
        ]
    )
    own = [(s.path, s.from_day, s.until_day) for s in found if s.unit == "o1"]
    moved = date(2025, 7, 1)
    assert own == [("HO/B1/O1/", ALWAYS, moved), ("HO/B2/O1/", moved, FOREVER)]


def test_a_child_moves_with_its_parent() -> None:
    found = stays(
        [
            placed("ho", "2000-01-01", kind="head"),
            placed("b1", "2000-01-01", "ho"),
            placed("b2", "2000-01-01", "ho"),
            placed("s1", "2001-01-01", "b1"),
            placed("o1", "2001-01-01", "s1"),
            placed("s1", "2010-01-01", "b2"),
        ]
    )
    assert [s.path for s in found if s.unit == "o1"] == ["HO/B1/S1/O1/", "HO/B2/S1/O1/"]


def test_a_closed_unit_still_counts_where_it_was() -> None:
    found = stays([placed("ho", "2000-01-01", kind="head"), placed("o1", "2001-01-01", "ho", until="2002-01-01")])
    assert [(s.path, s.until_day) for s in found if s.unit == "o1"] == [("HO/O1/", FOREVER)]


def test_a_circle_of_parents_ends() -> None:
    assert stays([placed("a", "2000-01-01", "b"), placed("b", "2000-01-01", "a")])


def test_the_columns_cover_every_service_fact_and_no_sign_in() -> None:
    columns = event_columns(FACTS)
    assert {"received_at": "instant", "due_date": "day", "met": "bool", "score": "int", "unit": "text"}.items() <= (
        columns.items()
    )
    assert "user" not in columns and "token" not in columns
