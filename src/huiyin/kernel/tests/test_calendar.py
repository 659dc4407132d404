"""The vectors of clock.md §8.19, the golden tests of domain.md §1.15 and the laws of §8.4."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from huiyin.kernel.calendar import (
    Calendar,
    CalendarRejected,
    Exceptional,
    HorizonExceeded,
    OutOfRange,
    Term,
    consumed,
    due,
    moment,
    seconds,
    united,
    week,
    windows,
)

OFFICE_HOURS = ["09:00-12:00", "13:30-17:30"]
WEEKDAYS = week(
    {
        day: OFFICE_HOURS if day not in ("sat", "sun") else []
        for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    }
)
ALWAYS = week({day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")})

CLOSED_2026 = ("01-01 01-03", "02-15 02-23", "04-04 04-06", "05-01 05-05", "06-19 06-21", "09-25 09-27", "10-01 10-07")
OPEN_2026 = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")


def arrangement_2026() -> dict[date, Exceptional]:
    found = {}
    for stretch in CLOSED_2026:
        first, last = (date.fromisoformat(f"2026-{day}") for day in stretch.split())
        while first <= last:
            found[first] = Exceptional("CLOSED")
            first += timedelta(days=1)
    found.update({date.fromisoformat(f"2026-{day}"): Exceptional("OPEN") for day in OPEN_2026})
    return found


OFFICE = Calendar(
    "cn-office",
    "Asia/Shanghai",
    WEEKDAYS,
    "2026",
    arrangement_2026(),
    coverage_from=date(2026, 1, 1),
    coverage_to=date(2026, 12, 31),
)
PLAIN = Calendar("mon-fri", "Asia/Shanghai", WEEKDAYS)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())


def local(seconds_: int) -> str:
    return datetime.fromtimestamp(seconds_, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def hours(amount: object) -> Term:
    return Term("business_hour", seconds(str(amount)))


@pytest.mark.parametrize(
    ("vector", "anchor", "amount", "expected"),
    [
        ("V1", "2026-02-13 16:30", 4, "2026-02-14 12:00"),
        ("V2", "2026-03-02 09:00", 7, "2026-03-02 17:30"),
        ("V3", "2026-03-02 12:30", 1, "2026-03-02 14:30"),
        ("V3", "2026-03-02 17:30", 1, "2026-03-03 10:00"),
        ("V4", "2026-01-04 08:00", "0.5", "2026-01-04 09:30"),
        ("V4", "2026-01-03 08:00", "0.5", "2026-01-04 09:30"),
        ("V5", "2026-02-15 11:00", 1, "2026-02-24 10:00"),
        ("V6", "2026-02-12 10:00", 16, "2026-02-14 12:00"),
        ("V14", "2026-05-08 16:00", 4, "2026-05-09 11:30"),
    ],
)
def test_business_hours(vector: str, anchor: str, amount: object, expected: str) -> None:
    assert local(due(OFFICE, hours(amount), at(anchor)).at) == expected


def test_v1_and_v14_a_calendar_without_make_up_days_is_later() -> None:
    holidays_only = {day: x for day, x in arrangement_2026().items() if x.kind == "CLOSED"}
    naive = Calendar("naive", "Asia/Shanghai", WEEKDAYS, exceptions=holidays_only)
    assert local(due(naive, hours(4), at("2026-02-13 16:30")).at) == "2026-02-24 12:00"
    assert local(due(naive, hours(4), at("2026-05-08 16:00")).at) == "2026-05-11 11:30"


def test_v6_a_pause_costs_the_open_time_it_covers() -> None:
    pause = (at("2026-02-13 17:00"), at("2026-02-24 10:00"))
    assert OFFICE.between(*pause) == seconds("8.5")
    assert local(due(OFFICE, hours(16), at("2026-02-12 10:00"), [pause]).at) == "2026-02-24 15:00"


def test_v14_a_percent_rung_uses_the_same_arithmetic() -> None:
    term = hours(4)
    assert local(moment(OFFICE, term, at("2026-05-08 16:00"), (), term.amount * 80 // 100)) == "2026-05-09 10:42"


@pytest.mark.parametrize(
    ("vector", "received", "days", "plain", "rolled"),
    [
        ("V7", "2026-02-05 10:00", 15, "02-20", "02-24"),
        ("V8", "2026-02-05 10:00", 30, "03-07", "03-09"),
        ("V9", "2026-09-18 09:10", 15, "10-03", "10-08"),
        ("V9", "2026-09-18 09:10", 30, "10-18", "10-19"),
        ("V10", "2026-01-20 10:00", 15, "02-04", "02-04"),
        ("V10", "2026-01-20 10:00", 30, "02-19", "02-24"),
        ("V10", "2026-01-20 10:00", 60, "03-21", "03-23"),
        ("golden", "2026-01-30 10:00", 15, "02-14", "02-14"),
        ("golden", "2026-01-30 10:00", 30, "03-01", "03-02"),
        ("golden", "2026-01-30 10:00", 60, "03-31", "03-31"),
        ("golden", "2026-02-01 10:00", 15, "02-16", "02-24"),
        ("golden", "2026-02-01 10:00", 30, "03-03", "03-03"),
        ("golden", "2026-09-21 10:00", 15, "10-06", "10-08"),
        ("golden", "2026-04-30 10:00", 60, "06-29", "06-29"),
    ],
)
def test_natural_days(vector: str, received: str, days: int, plain: str, rolled: str) -> None:
    unrolled = due(OFFICE, Term("natural_day", days), at(received))
    moved = due(OFFICE, Term("natural_day", days, roll="next"), at(received))
    assert (unrolled.date, unrolled.rolled_by) == (date.fromisoformat(f"2026-{plain}"), None)
    assert moved.date == date.fromisoformat(f"2026-{rolled}")
    assert moved.unrolled == unrolled.date
    assert moved.rolled_by == (None if plain == rolled else "roll_next")
    assert local(unrolled.at) == f"{unrolled.date + timedelta(days=1)} 00:00"


@pytest.mark.parametrize(
    ("vector", "received", "days", "expected", "naive"),
    [
        ("V11", "2026-09-18 10:00", 3, "09-22", "09-23"),
        ("V12", "2026-04-30 10:00", 5, "05-11", None),
        ("V13", "2026-09-30 18:00", 2, "10-09", None),
        ("golden", "2026-01-30 10:00", 5, "02-06", None),
        ("golden", "2026-09-21 10:00", 5, "09-29", None),
        ("golden", "2026-09-21 10:00", 7, "10-08", None),
        ("golden", "2026-09-30 10:00", 3, "10-10", None),
        ("golden", "2026-09-30 10:00", 5, "10-13", None),
    ],
)
def test_business_days(vector: str, received: str, days: int, expected: str, naive: str | None) -> None:
    assert due(OFFICE, Term("business_day", days), at(received)).date == date.fromisoformat(f"2026-{expected}")
    if naive:
        assert due(PLAIN, Term("business_day", days), at(received)).date == date.fromisoformat(f"2026-{naive}")


def test_v15_a_year_without_a_notice_is_provisional_and_never_an_error() -> None:
    golden = due(OFFICE, Term("natural_day", 15), at("2026-12-18 10:00"))
    assert (golden.date, golden.provisional) == (date(2027, 1, 2), True)
    for unit in ("natural_day", "business_day"):
        assert due(OFFICE, Term(unit, 5), at("2027-03-01 10:00")).provisional
    assert due(OFFICE, hours(4), at("2026-12-31 16:30")).provisional
    assert not due(OFFICE, hours(1), at("2026-12-31 16:00")).provisional
    always = Calendar("hotline", "Asia/Shanghai", ALWAYS)
    assert not due(always, Term("natural_day", 5), at("2027-03-01 10:00")).provisional


def test_v16_percent_never_decides_a_breach() -> None:
    term = Term("business_hour", 1_000_000)
    start = at("2026-03-02 09:00")
    almost = OFFICE.add(start, 999_510)
    assert consumed(OFFICE, term, start, almost) == 999_510
    assert almost < due(OFFICE, term, start).at


def test_v17_overlapping_pauses_are_united() -> None:
    pauses = united(
        [(at("2026-03-02 10:00"), at("2026-03-02 11:00")), (at("2026-03-02 10:30"), at("2026-03-02 11:30"))]
    )
    assert local(due(OFFICE, hours(1), at("2026-03-02 09:30"), pauses).at) == "2026-03-02 12:00"
    assert sum(end - start for start, end in pauses) == seconds("1.5")


@pytest.mark.parametrize(
    ("start", "end", "cost"),
    [
        ("2026-03-09 10:00", "2026-03-09 16:00", 0),
        ("2026-03-09 10:00", "2026-03-11 09:00", 2),
        ("2026-03-10 00:00", "2026-03-11 00:00", 1),
        ("2026-03-09 23:59", "2026-03-10 00:01", 1),
    ],
)
def test_a_pause_costs_a_day_when_it_covers_the_end_of_the_day(start: str, end: str, cost: int) -> None:
    for unit in ("natural_day", "business_day"):
        term = Term(unit, 5)
        paused = due(OFFICE, term, at("2026-03-06 10:00"), [(at(start), at(end))]).date
        assert paused == due(OFFICE, Term(unit, 5 + cost), at("2026-03-06 10:00")).date


def test_a_pause_over_closed_days_costs_no_business_day() -> None:
    pause = (at("2026-02-15 10:00"), at("2026-02-23 23:00"))
    term = Term("business_day", 3)
    assert due(OFFICE, term, at("2026-02-13 10:00"), [pause]) == due(OFFICE, term, at("2026-02-13 10:00"))


def test_amount_zero_is_the_anchor_snapped_to_open_time_or_the_same_day() -> None:
    assert local(due(OFFICE, hours(0), at("2026-02-14 18:00")).at) == "2026-02-24 09:00"
    assert local(due(OFFICE, hours(0), at("2026-03-02 10:15")).at) == "2026-03-02 10:15"
    assert due(OFFICE, Term("natural_day", 0), at("2026-02-15 10:00")).date == date(2026, 2, 15)
    assert due(OFFICE, Term("business_day", 0), at("2026-02-15 10:00")).date == date(2026, 2, 15)


def test_ends_of_term_and_the_start_day() -> None:
    received = at("2026-03-02 10:00")
    assert local(due(OFFICE, Term("business_day", 1, end_of_term="close"), received).at) == "2026-03-03 17:30"
    assert local(due(OFFICE, Term("business_day", 1, end_of_term="16:00"), received).at) == "2026-03-03 16:00"
    assert due(OFFICE, Term("natural_day", 3, count_start_day=True), received).date == date(2026, 3, 4)
    assert due(OFFICE, Term("business_day", 3, count_start_day=True), received).date == date(2026, 3, 4)


def test_roll_previous_goes_back() -> None:
    found = due(OFFICE, Term("natural_day", 15, roll="previous"), at("2026-02-05 10:00"))
    assert (found.date, found.rolled_by) == (date(2026, 2, 14), "roll_previous")


def test_t1_round_the_clock_has_no_lost_minute() -> None:
    always = Calendar("hotline", "Asia/Shanghai", ALWAYS)
    assert always.between(at("2026-03-02 00:00"), at("2026-03-09 00:00")) == 604_800


def test_t7_a_business_day_is_not_24_hours() -> None:
    received = at("2026-03-06 16:00")
    assert due(OFFICE, Term("business_day", 1), received).date == date(2026, 3, 9)
    assert local(due(OFFICE, hours(24), received).at) == "2026-03-12 10:30"


@pytest.mark.parametrize(
    "broken",
    [
        {"mon": ["09:00-12:00", "11:00-17:00"]},
        {"mon": ["17:00-09:00"]},
        {"mon": ["09:00-24:01"]},
        {"mon": ["9-12"]},
        {"mon": ["09:00-09:00"]},
    ],
)
def test_t8_broken_weeks_are_rejected(broken: dict[str, list[str]]) -> None:
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), OFFICE_HOURS)
    with pytest.raises(CalendarRejected):
        Calendar("broken", "Asia/Shanghai", week({**days, **broken}))


def test_t8_a_missing_weekday_or_a_week_that_never_opens_is_rejected() -> None:
    with pytest.raises(CalendarRejected):
        week({"mon": OFFICE_HOURS})
    with pytest.raises(CalendarRejected):
        Calendar("never", "Asia/Shanghai", tuple(() for _ in range(7)))
    fortnight = {date(2026, 3, 1) + timedelta(days=n): Exceptional("CLOSED") for n in range(15)}
    with pytest.raises(CalendarRejected):
        Calendar("fortnight", "Asia/Shanghai", WEEKDAYS, exceptions=fortnight)


def test_t8_the_horizon_is_three_years_and_loud() -> None:
    with pytest.raises(HorizonExceeded):
        due(OFFICE, Term("natural_day", 1200), at("2026-03-02 10:00"))
    with pytest.raises(HorizonExceeded):
        due(OFFICE, hours(8000), at("2026-03-02 10:00"))
    with pytest.raises(OutOfRange):
        due(OFFICE, hours(1), at("1900-03-02 10:00"))


def test_exceptions_replace_windows_or_lend_another_weekday() -> None:
    lent = Calendar(
        "lent",
        "Asia/Shanghai",
        week(
            {**dict.fromkeys(("mon", "tue", "wed", "thu"), OFFICE_HOURS), "fri": ["09:00-12:00"], "sat": [], "sun": []}
        ),
        exceptions={
            date(2026, 3, 7): Exceptional("OPEN", weekday=4),
            date(2026, 3, 8): Exceptional("OPEN"),
            date(2026, 3, 9): Exceptional("REPLACE", windows=windows(["10:00-11:00"])),
        },
    )
    assert lent.windows(date(2026, 3, 7)) == windows(["09:00-12:00"])
    assert lent.windows(date(2026, 3, 8)) == windows(OFFICE_HOURS)
    assert lent.windows(date(2026, 3, 9)) == windows(["10:00-11:00"])


def test_78_the_last_millisecond_before_spring_festival_belongs_to_its_day() -> None:
    last = datetime(2026, 2, 14, 23, 59, 59, 999_000, tzinfo=SHANGHAI)
    floor = int(last.timestamp())
    assert OFFICE.date_of(floor) == date(2026, 2, 14)
    assert due(OFFICE, Term("business_day", 1), floor).date == date(2026, 2, 24)


def test_80_81_clocks_going_forward_and_back_keep_elapsed_time() -> None:
    new_york = ZoneInfo("America/New_York")
    day = Calendar("ny", "America/New_York", ALWAYS)
    assert day.between(day.start_of(date(2026, 3, 8)), day.end_of(date(2026, 3, 8))) == 23 * 3600
    assert day.between(day.start_of(date(2026, 11, 1)), day.end_of(date(2026, 11, 1))) == 25 * 3600
    gap = Calendar("gap", "America/New_York", week({d: ["02:15-02:45", "03:00-04:00"] for d in WEEK}))
    assert gap.spans(date(2026, 3, 8)) == [(at("2026-03-08 03:00", new_york), at("2026-03-08 04:00", new_york))]


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = (
    "Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza",
    "Europe/London", "Europe/Berlin", "Europe/Moscow", "Africa/Casablanca", "Africa/Cairo", "America/New_York",
    "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham",
    "Antarctica/Troll",
)  # fmt: skip
SHAPES = (
    WEEKDAYS,
    ALWAYS,
    week({**{d: ["00:00-02:30", "03:30-24:00"] for d in WEEK}, "sun": []}),
    week({**{d: [] for d in WEEK}, "wed": ["22:00-24:00"], "thu": ["00:00-01:30"]}),
)
_MADE: dict[tuple[str, int], Calendar] = {}


def calendar_in(zone: str, shape: int) -> Calendar:
    """One calendar per zone and shape, with a few closed days; made once, for speed."""
    if (zone, shape) not in _MADE:
        closed = {date(2025, 1, 1) + timedelta(days=37 * n): Exceptional("CLOSED") for n in range(30)}
        _MADE[zone, shape] = Calendar(f"{zone}-{shape}", zone, SHAPES[shape], exceptions=closed)
    return _MADE[zone, shape]


calendars = st.builds(calendar_in, st.sampled_from(ZONES), st.integers(0, len(SHAPES) - 1))
instants = st.integers(at("2024-01-01 00:00"), at("2027-12-31 00:00"))
amounts = st.integers(1, 40 * 3600)


@given(calendars, instants, amounts)
@settings(max_examples=400, deadline=None)
def test_law_between_undoes_add(calendar: Calendar, start: int, amount: int) -> None:
    assert calendar.between(start, calendar.add(start, amount)) == amount


@given(calendars, instants, amounts, amounts)
@settings(max_examples=300, deadline=None)
def test_law_adding_twice_is_adding_the_sum(calendar: Calendar, start: int, one: int, other: int) -> None:
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@given(calendars, instants, st.integers(0, 10**6), amounts, st.integers(0, 10**5))
@settings(max_examples=300, deadline=None)
def test_law_add_is_monotone(calendar: Calendar, start: int, later: int, amount: int, more: int) -> None:
    assert calendar.add(start, amount) <= calendar.add(start + later, amount)
    assert calendar.add(start, amount) <= calendar.add(start, amount + more)


def with_day(calendar: Calendar, on: date, kind: str) -> Calendar:
    exceptions = {**calendar.exceptions, on: Exceptional(kind)}  # type: ignore[arg-type]
    return Calendar(calendar.code, calendar.zone, calendar.week, "2", exceptions)


@given(
    st.sampled_from(ZONES), instants, amounts, st.integers(0, 20), st.sampled_from(["business_hour", "business_day"])
)
@settings(max_examples=60, deadline=None)
def test_t64_a_closed_day_never_makes_it_earlier_an_open_one_never_later(
    zone: str, start: int, amount: int, day: int, unit: str
) -> None:
    calendar = calendar_in(zone, 0)
    on = calendar.date_of(start) + timedelta(days=day)
    term = Term(unit, amount if unit == "business_hour" else 1 + amount % 20)  # type: ignore[arg-type]
    before = due(calendar, term, start).at
    assert due(with_day(calendar, on, "CLOSED"), term, start).at >= before
    assert due(with_day(calendar, on, "OPEN"), term, start).at <= before


pauses = st.lists(st.tuples(st.integers(0, 30 * 86_400), st.integers(1, 5 * 86_400)), max_size=5)


@given(calendars, instants, amounts, pauses, st.sampled_from(["business_hour", "elapsed_hour"]))
@settings(max_examples=300, deadline=None)
def test_law_what_is_consumed_at_the_due_time_is_the_term(
    calendar: Calendar, start: int, amount: int, offsets: list[tuple[int, int]], unit: str
) -> None:
    spans = united((start + a, start + a + length) for a, length in offsets)
    term = Term(unit, amount)  # type: ignore[arg-type]
    assert consumed(calendar, term, start, due(calendar, term, start, spans).at, spans) == amount


@given(calendars, instants, st.integers(1, 60), pauses, st.sampled_from(["business_day", "natural_day"]))
@settings(max_examples=200, deadline=None)
def test_law_the_due_date_is_the_nth_counted_date(
    calendar: Calendar, start: int, days: int, offsets: list[tuple[int, int]], unit: str
) -> None:
    spans = united((start + a, start + a + length) for a, length in offsets)
    term = Term(unit, days)  # type: ignore[arg-type]
    found = due(calendar, term, start, spans)
    assert found.date is not None
    assume(calendar.end_of(found.date) > calendar.start_of(found.date))
    assert consumed(calendar, term, start, calendar.end_of(found.date) - 1, spans) == days
    assert consumed(calendar, term, start, calendar.start_of(found.date) - 1, spans) < days


@given(calendars, instants, st.integers(0, 2 * 86_400))
@settings(max_examples=300, deadline=None)
def test_law_counting_agrees_with_walking_the_windows(calendar: Calendar, start: int, length: int) -> None:
    """A second, naive path: add up the windows date by date."""
    end = start + length
    total, on = 0, calendar.date_of(start)
    while on <= calendar.date_of(end):
        for opens, closes in calendar.spans(on):
            total += max(0, min(closes, end) - max(opens, start))
        on += timedelta(days=1)
    assert calendar.between(start, end) == total


@given(st.sampled_from(ZONES), instants)
@settings(max_examples=200, deadline=None)
def test_t4_local_dates_agree_with_the_zone_database(zone: str, moment_: int) -> None:
    calendar = calendar_in(zone, 0)
    assert calendar.date_of(moment_) == datetime.fromtimestamp(moment_, UTC).astimezone(ZoneInfo(zone)).date()
