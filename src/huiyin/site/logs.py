"""What is logged: one line per record, no personal data. Bodies, query strings and secret links never get in.

An exception is told by its type and its place; its message may quote what somebody typed, so it is left out
unless HUIYIN_DEBUG is on.
"""

import logging
import time
import traceback
from types import TracebackType

from django.conf import settings

_BREAKS = {code: f"\\x{code:02x}" for code in [*range(32), 127, 0x85]} | {0x2028: "\\u2028", 0x2029: "\\u2029"}


class OneLine(logging.Formatter):
    """2026-11-22T12:00:00.000Z ERROR huiyin.web: message · ValueError at voices/actions.py:41 < voices/views.py:12"""

    converter = time.gmtime  # type: ignore[assignment]
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        text = self._said(record)
        if record.exc_info and record.exc_info[0]:
            text += f" · {self._failure(*record.exc_info)}"  # type: ignore[misc]
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {text}"
        return line.translate(_BREAKS)

    def _said(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        if record.name.startswith("django.") and request is not None:
            # Django quotes the path, which may be a customer's secret link: the route says as much.
            match = getattr(request, "resolver_match", None)
            route = match.route if match else "?"
            return f"{getattr(record, 'status_code', '')} /{route} {getattr(request, 'reference', '')}"
        return record.getMessage()

    def _failure(self, kind: type[BaseException], error: BaseException, place: TracebackType | None) -> str:
        frames = reversed(traceback.extract_tb(place)[-8:])
        trail = " < ".join(f"{frame.filename.split('/site-packages/')[-1]}:{frame.lineno}" for frame in frames)
        message = f" {error}" if settings.DEBUG else ""
        return f"{kind.__name__}{message} at {trail}"


def configuration(level: str) -> dict[str, object]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "huiyin.site.logs.OneLine"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "django.security": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "axes": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
            "huiyin": {"handlers": ["stderr"], "level": level, "propagate": False},
        },
    }
