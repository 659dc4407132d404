"""`huiyin clock check`: questions in JSON lines."""

import json

import pytest

from huiyin.bank.clocks import queries

pytestmark = pytest.mark.django_db


def ask(**values: object) -> dict[str, object]:
    line = {
        "id": "q",
        "calendar": "cn-office",
        "from": "2026-02-12T10:00:00+08:00",
        "amount": 1,
        "unit": "business_day",
    }
    (answer,) = queries.check_lines([json.dumps({**line, **values})])
    return answer


@pytest.mark.parametrize(
    ("values", "due_at"),
    [
        ({"unit": "business_hour", "amount": 16}, "2026-02-14T12:00:00+08:00"),
        ({"unit": "business_hour", "amount": 16, "pauses": [["2026-02-13T17:00:00+08:00", "2026-02-24T10:00:00+08:00"]]}, "2026-02-24T15:00:00+08:00"),
        ({"unit": "business_hour", "amount": 0.5, "from": "2026-01-03T00:00:00Z"}, "2026-01-04T09:30:00+08:00"),
        ({"unit": "business_hour", "amount": 0, "from": "2026-02-14T18:00:00+08:00"}, "2026-02-24T09:00:00+08:00"),
        ({"unit": "elapsed_hour", "amount": 24}, "2026-02-13T10:00:00+08:00"),
        ({"unit": "business_day", "amount": 3, "from": "2026-09-18T10:00:00+08:00"}, "2026-09-22"),
        ({"unit": "natural_day", "amount": 15, "from": "2026-02-05T10:00:00+08:00", "roll": "next"}, "2026-02-24"),
        ({"unit": "natural_day", "amount": 0}, "2026-02-12"),
        ({"calendar": "us-federal", "unit": "business_hour", "amount": 1, "from": "2026-07-02T16:30:00-04:00"}, "2026-07-06T09:30:00-04:00"),
    ],
)  # fmt: skip
def test_answers(values: dict[str, object], due_at: str) -> None:
    assert ask(**values) == {"id": "q", "due_at": due_at, "provisional": False}


def test_77_an_unpublished_year_is_provisional() -> None:
    assert ask(**{"from": "2026-12-18T10:00:00+08:00", "unit": "natural_day", "amount": 15}) == {
        "id": "q",
        "due_at": "2027-01-02",
        "provisional": True,
    }


@pytest.mark.parametrize(
    "values",
    [
        {"calendar": "moon"}, {"unit": "fortnight"}, {"amount": -1}, {"amount": 1.5}, {"amount": "3"}, {"amount": True},
        {"amount": None}, {"from": "2026-02-12T10:00:00"}, {"from": "yesterday"}, {"from": "0001-01-01T00:00:00+08:00"},
        {"from": "9999-12-31T23:59:59+00:00"}, {"roll": "sideways"}, {"pauses": [["2026-02-12T10:00:00+08:00"]]},
        {"amount": 999999}, {"amount": 10**400}, {"unit": ["business_day"]}, {"calendar": {}},
    ],
)  # fmt: skip
def test_a_bad_line_is_answered_with_its_error(values: dict[str, object]) -> None:
    answer = ask(**values)
    assert set(answer) == {"id", "error"}
    assert answer["id"] == "q"


@pytest.mark.parametrize("line", ["", "[]", "{", "null", '"x"', "[" * 100_000])
def test_a_line_that_is_no_object_has_no_id(line: str) -> None:
    (answer,) = queries.check_lines([line])
    assert answer["id"] is None
    assert "error" in answer


@pytest.mark.parametrize(
    ("values", "total", "closed"),
    [
        ({"unit": "business_hour", "amount": 16}, 16 * 3600, []),
        ({"unit": "business_hour", "amount": 21}, 21 * 3600, [f"2026-02-{day}" for day in range(15, 24)]),
        ({"unit": "business_hour", "amount": 4, "from": "2026-02-13T16:30:00+08:00"}, 4 * 3600, []),
        ({"unit": "business_day", "amount": 3, "from": "2026-02-13T16:30:00+08:00"}, 3, [f"2026-02-{day}" for day in range(15, 24)]),
        ({"unit": "natural_day", "amount": 15, "from": "2026-02-05T10:00:00+08:00", "roll": "next"}, 15, []),
        ({"unit": "business_day", "amount": 0}, 0, []),
    ],
)  # fmt: skip
def test_the_account_adds_up_to_the_amount(values: dict[str, object], total: int, closed: list[str]) -> None:
    line = json.dumps({"id": "q", "calendar": "cn-office", "from": "2026-02-12T10:00:00+08:00", **values})
    (answer,) = queries.check_lines([line], explain=True)
    assert answer | {"days": 0, "counted_in": 0} == ask(**values) | {"days": 0, "counted_in": 0}
    assert sum(day["counted"] for day in answer["days"]) == total
    assert [day["date"] for day in answer["days"] if day["why"] == "closed"] == closed
    assert answer["counted_in"] == ("second" if values["unit"] == "business_hour" else "day")
