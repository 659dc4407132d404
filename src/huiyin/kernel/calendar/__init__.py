"""Calendars and the arithmetic of time limits: plain Python, UTC seconds in, UTC seconds out."""

from huiyin.kernel.calendar.days import (
    Calendar,
    CalendarRejected,
    Exceptional,
    HorizonExceeded,
    Notice,
    OutOfRange,
    Window,
    week,
    windows,
)
from huiyin.kernel.calendar.terms import (
    DAY_UNITS,
    HOUR_UNITS,
    Due,
    Span,
    Term,
    consumed,
    due,
    earliest,
    moment,
    seconds,
    united,
)

__all__ = [
    "DAY_UNITS",
    "HOUR_UNITS",
    "Calendar",
    "CalendarRejected",
    "Due",
    "Exceptional",
    "HorizonExceeded",
    "Notice",
    "OutOfRange",
    "Span",
    "Term",
    "Window",
    "consumed",
    "due",
    "earliest",
    "moment",
    "seconds",
    "united",
    "week",
    "windows",
]
