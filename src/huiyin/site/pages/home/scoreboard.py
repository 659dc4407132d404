"""The public scoreboard: how complaints were handled in the last whole months. The whole bank, counts only, no person.

Anybody may read it, so nothing is shown that rests on few complaints; and the first page opens without it rather than
not at all.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from huiyin.kernel.actor import machine
from huiyin.measure.indicators import queries as indicators

log = logging.getLogger(__name__)

READER = machine("portal")
MONTHS = 6
FEWEST = 10  # complaints in a month; below it only "fewer than 10" is said
RECEIVED, IN_TIME, SATISFIED, DURATION = CODES = ("M12", "M15", "M05", "M18")
FRESH, AGAIN = timedelta(minutes=10), timedelta(minutes=1)  # how long figures stand; when a failure is tried again


@dataclass(frozen=True)
class Figure:
    """A number with its n, or the reason why there is none: few | none."""

    value: float | None
    n: int
    why: str = ""


@dataclass(frozen=True)
class Month:
    first: date
    received: Figure
    in_time: Figure
    satisfied: Figure
    days: Figure


@dataclass(frozen=True)
class Scoreboard:
    """Newest month first."""

    months: tuple[Month, ...]
    as_of: datetime | None
    definitions: tuple[indicators.Definition, ...]

    @property
    def newest(self) -> Month:
        return self.months[0]


_kept: dict[str, tuple[datetime, Scoreboard | None]] = {}
_lock = threading.Lock()


def scoreboard(at: datetime) -> Scoreboard | None:
    """None where nothing can be said yet. Asked of the columns once in ten minutes, however many people look."""
    home = str(settings.HUIYIN_HOME)
    with _lock:
        until, found = _kept.get(home, (at, None))
        if at >= until:
            try:
                found, lasts = _measured(at), FRESH
            except Exception:
                log.exception("the public scoreboard could not be computed")
                found, lasts = None, AGAIN
            _kept[home] = (at + lasts, found)
        return found


def forget() -> None:
    """The next visitor gets fresh figures."""
    _kept.clear()


def _measured(at: datetime) -> Scoreboard | None:
    span = indicators.span()
    if span.first is None or span.as_of_day is None:
        return None
    until = span.as_of_day.replace(day=1)
    first = max(indicators.back(until, "month", MONTHS), span.first.replace(day=1))
    if first >= until:
        return None
    points = {
        code: {
            point.period.start: point
            for point in indicators.series(code=code, actor=READER, at=at, from_day=first, until_day=until).points
        }
        for code in CODES
    }
    months = [
        Month(
            day,
            _count(points[RECEIVED].get(day)),
            *(_figure(points[code].get(day)) for code in (IN_TIME, SATISFIED, DURATION)),
        )
        for day in sorted(points[RECEIVED], reverse=True)
    ]
    shown = tuple(month for month in months if month.received.why != "none")
    return Scoreboard(shown, span.as_of, tuple(map(indicators.indicator, CODES))) if shown else None


def _count(point: indicators.Point | None) -> Figure:
    n = point.n if point else 0
    if n == 0:
        return Figure(None, 0, "none")
    return Figure(float(n), n) if n >= FEWEST else Figure(None, 0, "few")


def _figure(point: indicators.Point | None) -> Figure:
    """Only what its definition calls enough to judge; n is not told where it is small."""
    if point is None or point.n == 0 or point.value is None:
        return Figure(None, 0, "none")
    return Figure(point.value, point.n) if point.judged else Figure(None, 0, "few")
