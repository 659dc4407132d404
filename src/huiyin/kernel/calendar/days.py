"""When we are open: zone, weekly windows, day exceptions, coverage and where the knowledge comes from.

A calendar is immutable; another holiday notice makes another version. Windows are half-open wall-clock
seconds of one date, 24:00 allowed. Instants are whole UTC seconds. The first question about a year lays
all its windows out in sorted lists, after which every answer is a bisection.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
HORIZON_DAYS = 3 * 366
FIRST_YEAR, LAST_YEAR = 1970, 2199


class CalendarRejected(ValueError):
    """The calendar cannot be used: windows overlap, or it is never open for a fortnight."""


class HorizonExceeded(ValueError):
    """The due time lies more than three years after its anchor."""


class OutOfRange(ValueError):
    """The instant is outside the years calendars are kept for."""


class Window(NamedTuple):
    """Open from `opens` until before `closes`, in wall-clock seconds of the date."""

    opens: int
    closes: int


@dataclass(frozen=True)
class Notice:
    """The paper a day exception rests on."""

    number: str
    title: str = ""
    issuer: str = ""
    published: date | None = None
    url: str = ""


@dataclass(frozen=True)
class Exceptional:
    """One date that departs from the week: closed, open as another weekday, or with its own windows."""

    kind: Literal["CLOSED", "OPEN", "REPLACE"]
    name: str = ""
    notice: str = ""
    weekday: int | None = None
    windows: tuple[Window, ...] = ()


Week = tuple[tuple[Window, ...], ...]


@dataclass(frozen=True, eq=False)
class Calendar:
    """`coverage_from`..`coverage_to`: the dates for which exceptions are known; None means no bound."""

    code: str
    zone: str
    week: Week
    version: str = "1"
    exceptions: Mapping[date, Exceptional] = field(default_factory=dict)
    coverage_from: date | None = None
    coverage_to: date | None = None
    notices: tuple[Notice, ...] = ()
    _years: list["_Years"] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise CalendarRejected(f"{self.code}: a week has seven days, {len(self.week)} given")
        for opening in [*self.week, *(x.windows for x in self.exceptions.values())]:
            _check(self.code, opening)
        self._check_fortnights()

    @property
    def ref(self) -> str:
        """The code and version, as a clock records it."""
        return f"{self.code}/{self.version}"

    def windows(self, on: date) -> tuple[Window, ...]:
        """The wall-clock windows of a date: exception first, then the week."""
        found = self.exceptions.get(on)
        if found is None:
            return self.week[on.weekday()]
        if found.kind == "CLOSED":
            return ()
        if found.kind == "REPLACE":
            return found.windows
        if found.weekday is not None:
            return self.week[found.weekday]
        # A make-up day without a named weekday: the date's own windows, else those of a normal working day.
        return self.week[on.weekday()] or next((w for w in self.week if w), ())

    def covers(self, on: date) -> bool:
        """Are the exceptions of this date known?"""
        return (self.coverage_from is None or on >= self.coverage_from) and (
            self.coverage_to is None or on <= self.coverage_to
        )

    def open_on(self, on: date) -> bool:
        return bool(self.windows(on))

    def spans(self, on: date) -> list[tuple[int, int]]:
        """The windows of a date as instants. Empty ones (swallowed by a clock change) are left out."""
        return self._laid(on.toordinal()).spans(on.toordinal())

    def date_of(self, at: int) -> date:
        """The local date of an instant."""
        return date.fromordinal(self.day_of(at))

    def day_of(self, at: int) -> int:
        """The local date of an instant, as an ordinal."""
        if self._years and self._years[0].first <= at < self._years[0].last:
            return self._years[0].day_of(at)
        return self._grow(_year_of(at)).day_of(at)

    def end_of(self, on: date) -> int:
        """24:00 of a date."""
        return self._laid(on.toordinal()).midnight(on.toordinal() + 1)

    def start_of(self, on: date) -> int:
        return self._laid(on.toordinal()).midnight(on.toordinal())

    def clock_on(self, on: date, wall: int) -> int:
        """A wall-clock second of a date as an instant."""
        return instant(_zone(self.zone), on, wall)

    def opening(self, on: date) -> int | None:
        spans = self.spans(on)
        return spans[0][0] if spans else None

    def closing(self, on: date) -> int | None:
        spans = self.spans(on)
        return spans[-1][1] if spans else None

    def snap(self, at: int) -> int:
        """This instant if open, else the next opening."""
        return self._year(at).snap(at)

    def add(self, at: int, open_seconds: int) -> int:
        """The instant by which so many open seconds have passed. Exactly at closing time is that closing time."""
        years = self._year(at)
        if open_seconds <= 0:
            return years.snap(at)
        found = years.locate(years.count(at) + open_seconds)
        if found - at > HORIZON_DAYS * DAY:
            raise HorizonExceeded(f"{self.code}: more than three years after {_text(at)}")
        return found

    def between(self, start: int, end: int) -> int:
        """Open seconds from one instant to another."""
        if end <= start:
            return 0
        years = self._year(start)
        if end >= years.last:
            years = self._year(end, start)
        return years.count(end) - years.count(start)

    def nth_open_day(self, after: int, n: int) -> int:
        """The ordinal of the n-th open day after a day ordinal (n >= 1)."""
        days = self._year_of_day(after).open_days
        place = bisect_right(days, after) + n - 1
        if place >= len(days) or days[place] - after > HORIZON_DAYS:
            raise HorizonExceeded(f"{self.code}: more than three years after {date.fromordinal(after)}")
        return days[place]

    def next_open_day(self, on: int) -> int:
        """This day if open, else the next open one."""
        days = self._year_of_day(on).open_days
        place = bisect_left(days, on)
        if place >= len(days):
            raise HorizonExceeded(f"{self.code}: no open day after {date.fromordinal(on)}")
        return days[place]

    def previous_open_day(self, on: int) -> int:
        """This day if open, else the last open one before it."""
        years = self._year_of_day(on)
        place = bisect_right(years.open_days, on) - 1
        if place < 0:
            raise HorizonExceeded(f"{self.code}: no open day before {date.fromordinal(on)}")
        return years.open_days[place]

    # The years laid out so far; grown by whole years and replaced in one assignment, so threads may share it.

    def _year(self, at: int, also: int | None = None) -> "_Years":
        if self._years:
            years = self._years[0]
            if years.first <= at < years.safe and (also is None or also >= years.first):
                return years
        return self._grow(_year_of(at), _year_of(also) if also is not None else None)

    def _year_of_day(self, ordinal: int) -> "_Years":
        if self._years:
            years = self._years[0]
            if years.low < ordinal < years.high - HORIZON_DAYS - 2:
                return years
        return self._grow(_bounded(date.fromordinal(ordinal).year))

    def _laid(self, ordinal: int) -> "_Years":
        if self._years and self._years[0].low <= ordinal <= self._years[0].high:
            return self._years[0]
        return self._grow(_bounded(date.fromordinal(ordinal).year))

    def _grow(self, year: int, also: int | None = None) -> "_Years":
        wanted = [year, *([also] if also is not None else [])]
        low, high = min(wanted) - 1, max(wanted) + 5
        if self._years:
            low, high = min(low, self._years[0].low_year), max(high, self._years[0].high_year)
        years = _Years(self, low, high)
        self._years[:] = [years]
        return years

    def _check_fortnights(self) -> None:
        """At least one open second in any fourteen days; otherwise a clock on it would run for ever."""
        if not any(self.week):
            raise CalendarRejected(f"{self.code}: no weekday is ever open")
        for first in sorted(self.exceptions):
            stretch = (first + timedelta(days=n) for n in range(14))
            if not any(self.open_on(day) for day in stretch):
                raise CalendarRejected(f"{self.code}: closed for fourteen days from {first}")


class _Years:
    """The windows of some whole years as sorted lists: starts, ends and the open seconds up to each end."""

    def __init__(self, calendar: Calendar, low_year: int, high_year: int) -> None:
        self.low_year, self.high_year = low_year, high_year
        zone = _zone(calendar.zone)
        self.low, self.high = date(low_year, 1, 1).toordinal(), date(high_year, 12, 31).toordinal()
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.sums: list[int] = []  # open seconds before window i
        self.places: list[int] = []  # the first window of each day
        self.open_days: list[int] = []
        days = [date.fromordinal(ordinal) for ordinal in range(self.low, self.high + 2)]
        self.midnights = [instant(zone, on, 0) for on in days]
        total = 0
        for n, on in enumerate(days[:-1]):
            self.places.append(len(self.starts))
            midnight = self.midnights[n]
            changes = self.midnights[n + 1] - midnight != DAY  # on such a date clocks go forward or back
            for opens, closes in calendar.windows(on):
                start = instant(zone, on, opens) if changes else midnight + opens
                end = instant(zone, on, closes) if changes else midnight + closes
                if end > start:
                    self.starts.append(start)
                    self.ends.append(end)
                    self.sums.append(total)
                    total += end - start
            if len(self.starts) > self.places[-1]:
                self.open_days.append(self.low + n)
        self.places.append(len(self.starts))
        self.totals = [s + e - b for s, b, e in zip(self.sums, self.starts, self.ends, strict=True)]
        self.first, self.last = self.midnights[0], self.midnights[-1]
        self.safe = self.last - (HORIZON_DAYS + 2) * DAY

    def day_of(self, at: int) -> int:
        return self.low + bisect_right(self.midnights, at) - 1

    def midnight(self, ordinal: int) -> int:
        return self.midnights[ordinal - self.low]

    def spans(self, ordinal: int) -> list[tuple[int, int]]:
        first, after = self.places[ordinal - self.low : ordinal - self.low + 2]
        return [(self.starts[i], self.ends[i]) for i in range(first, after)]

    def count(self, at: int) -> int:
        """Open seconds from the beginning of the lists to an instant."""
        i = bisect_right(self.starts, at) - 1
        return self.sums[i] + min(at, self.ends[i]) - self.starts[i] if i >= 0 else 0

    def locate(self, total: int) -> int:
        """The first instant at which so many open seconds have passed."""
        i = bisect_left(self.totals, total)
        if i >= len(self.totals):
            raise HorizonExceeded("beyond the years of the calendar")
        return self.starts[i] + total - self.sums[i]

    def snap(self, at: int) -> int:
        i = bisect_right(self.ends, at)
        if i >= len(self.starts):
            raise HorizonExceeded("beyond the years of the calendar")
        return max(at, self.starts[i])


def instant(zone: ZoneInfo, on: date, wall: int) -> int:
    """A wall-clock second as a UTC second: the first of two when clocks go back, the change itself when they go forward."""
    days, rest = divmod(wall, DAY)
    if days:
        on = on + timedelta(days=days)
    first = datetime(on.year, on.month, on.day, rest // 3600, rest // 60 % 60, rest % 60, tzinfo=zone)
    at = _epoch(first)
    other = _epoch(first.replace(fold=1))
    return at if other >= at else _change(zone, other, at)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The instant at which the offset changes between two instants."""
    offset = datetime.fromtimestamp(before, zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def _epoch(at: datetime) -> int:
    return (at - _EPOCH) // _SECOND


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _bounded(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutOfRange(f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return year


def _year_of(at: int) -> int:
    return _bounded(1970 + at // 31_556_952)


def _text(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _check(code: str, opening: Sequence[Window]) -> None:
    last = 0
    for window in opening:
        if not last <= window.opens < window.closes <= DAY:
            raise CalendarRejected(f"{code}: windows must be ordered, apart and within 00:00 to 24:00")
        last = window.closes


_TIMES = re.compile(r"(\d\d):(\d\d)(?::(\d\d))?-(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


def windows(texts: Iterable[str]) -> tuple[Window, ...]:
    """`["09:00-12:00", "13:30-17:30"]` as windows."""
    found = []
    for text in texts:
        match = _TIMES.fullmatch(text)
        if not match:
            raise CalendarRejected(f"not a window: {text}")
        h1, m1, s1, h2, m2, s2 = (int(part or 0) for part in match.groups())
        if max(m1, s1, m2, s2) > 59:
            raise CalendarRejected(f"not a window: {text}")
        found.append(Window(h1 * 3600 + m1 * 60 + s1, h2 * 3600 + m2 * 60 + s2))
    return tuple(found)


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def week(named: Mapping[str, Sequence[str]]) -> Week:
    """A week from `{"mon": [...], ...}`; every weekday must be named, closed ones with an empty list (pitfall T8)."""
    if set(named) != set(WEEKDAYS):
        raise CalendarRejected(f"all seven weekdays must be named, not {sorted(named)}")
    return tuple(windows(named[day]) for day in WEEKDAYS)
