"""What may be answered to what, and when the customer is reminded."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from huiyin.bank.standards import queries as standards
from huiyin.resolve.precontacts import rules
from huiyin.resolve.precontacts.forms import _amount
from huiyin.resolve.precontacts.rules import Answered

ITEMS = ["paper:contract", "fact:product", "fact:amount"]
KNOWN = ["fact:product"]
GOOD = {
    "paper:contract": Answered("here", files=("a.pdf",)),
    "fact:product": Answered("right"),
    "fact:amount": Answered("told", "1,280.00 CNY"),
}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, ""),
        ({"paper:contract": Answered("none"), "fact:amount": Answered("unsure")}, ""),
        ({"fact:product": Answered("wrong", "debit-card")}, ""),
        ({"paper:contract": Answered("here")}, "incomplete"),  # no file
        ({"paper:contract": Answered("none", files=("a.pdf",))}, "incomplete"),
        ({"paper:contract": Answered("right")}, "incomplete"),  # a paper is no fact
        ({"fact:product": Answered("wrong")}, "incomplete"),  # what is right?
        ({"fact:product": Answered("right", "debit-card")}, "incomplete"),
        ({"fact:product": Answered("told", "debit-card")}, "incomplete"),  # the bank has a value to confirm
        ({"fact:amount": Answered("right")}, "incomplete"),  # there was nothing to confirm
        ({"fact:unit": Answered("right")}, "incomplete"),  # was not asked
    ],
)
def test_answers_fit_what_was_asked(changed: dict[str, Answered], why: str) -> None:
    assert rules.wrong(ITEMS, KNOWN, GOOD | changed) == why
    assert rules.wrong(ITEMS, KNOWN, {"fact:product": Answered("right")}) == "incomplete"


@pytest.mark.django_db  # the bank's own calendar
@pytest.mark.parametrize(
    ("asked", "last", "remind", "until"),
    [
        # Thursday: the weekend does not count.
        (datetime(2026, 3, 5, 10, tzinfo=SHANGHAI), None, date(2026, 3, 9), date(2026, 3, 12)),
        (datetime(2026, 3, 5, 10, tzinfo=SHANGHAI), date(2026, 3, 20), date(2026, 3, 9), date(2026, 3, 20)),
        # Before the Spring Festival of 2026 (15 to 23 February off, the 14th worked).
        (datetime(2026, 2, 12, 10, tzinfo=SHANGHAI), None, date(2026, 2, 14), date(2026, 2, 26)),
    ],
)
def test_reminder_and_end_are_counted_in_working_days(
    asked: datetime, last: date | None, remind: date, until: date
) -> None:
    first, end = rules.times(standards.office(), asked, last)
    assert first.astimezone(SHANGHAI).date() == remind
    assert (end.astimezone(SHANGHAI) - asked).days >= 0 and end > first
    assert date.fromordinal(end.astimezone(SHANGHAI).date().toordinal()) in (
        until,
        date.fromordinal(until.toordinal() + 1),
    )


@pytest.mark.django_db
def test_a_near_day_leaves_half_of_the_time_before_the_reminder() -> None:
    asked = datetime(2026, 3, 5, 10, tzinfo=SHANGHAI)
    first, end = rules.times(standards.office(), asked, date(2026, 3, 6))
    assert asked < first < end and first - asked == end - first


def test_days_too_near_or_too_far_are_refused() -> None:
    today = date(2026, 3, 5)
    assert [rules.why_not_until(last, today) for last in (None, date(2026, 3, 6), date(2026, 4, 4))] == ["", "", ""]
    assert {rules.why_not_until(last, today) for last in (today, date(2026, 4, 5))} == {"wrong_day"}


def test_what_comes_later_stays_open() -> None:
    assert rules.settled({"paper:contract": "here", "fact:amount": "wrong"})
    assert not rules.settled({"paper:contract": "later"}) and not rules.settled({"fact:amount": "unsure"})


@pytest.mark.parametrize(
    ("typed", "currency", "kept"),
    [
        ("", "CNY", ""), (" ， ", "CNY", ""), ("1,280", "CNY", "1,280.00 CNY"), ("１，２８０.５", "CNY", "1,280.50 CNY"),
        ("1280", "JPY", "1,280 JPY"), ("1280.5", "JPY", None), ("1280.505", "CNY", None), ("-1", "CNY", None),
        ("1e30", "CNY", None), ("NaN", "CNY", None), ("2000000000", "CNY", "2,000,000,000.00 CNY"),
    ],
)  # fmt: skip
def test_amounts_are_kept_as_the_currency_is_written(typed: str, currency: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(ValidationError):
            _amount(typed, currency)
    else:
        assert _amount(typed, currency) == kept
