"""One line of `huiyin clock check`: a question about a due time in JSON, answered with the engine's own arithmetic."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from huiyin.bank.clocks.rules.clock import seconds_of
from huiyin.bank.clocks.rules.explain import Day, account
from huiyin.kernel.calendar import DAY_UNITS, HOUR_UNITS, Calendar, Due, Span, Term, due, seconds, united

MOST = 10**9


def checked(calendars: Mapping[str, Calendar], line: str, *, explain: bool = False) -> dict[str, Any]:
    """`{"id", "due_at", "provisional"}`, or `{"id", "error"}` for a line that cannot be answered.

    With `explain` also `counted_in` (second | day) and `days`: each date from the first to the due one, its open
    windows, what it adds to the amount, and why (start_day | closed | paused | counted | none). They add up to it.
    """
    asked: Any = None
    try:
        asked = json.loads(line, parse_float=Decimal)
        if not isinstance(asked, dict):
            raise ValueError("not an object")
        return _answered(calendars, asked, explain)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as wrong:
        error = f"missing or unknown: {wrong}" if isinstance(wrong, KeyError) else str(wrong)
        return {"id": _plain(asked.get("id")) if isinstance(asked, dict) else None, "error": error}


def _answered(calendars: Mapping[str, Calendar], asked: dict[str, Any], explain: bool) -> dict[str, Any]:
    calendar = calendars[asked["calendar"]]
    term = _term(asked["unit"], asked["amount"], asked.get("roll", "none"))
    pauses = united((_instant(start), _instant(end)) for start, end in asked.get("pauses") or ())
    anchor = _instant(asked["from"])
    found = due(calendar, term, anchor, pauses)
    if found.date is not None:
        text = found.date.isoformat()
    else:
        text = datetime.fromtimestamp(found.at, _zone(calendar.zone)).isoformat()
    answer = {"id": _plain(asked.get("id")), "due_at": text, "provisional": found.provisional}
    return answer | _explained(calendar, term, anchor, found, pauses) if explain else answer


def _explained(calendar: Calendar, term: Term, anchor: int, found: Due, pauses: Sequence[Span]) -> dict[str, Any]:
    days = account(calendar, term, term.amount, anchor, found.at, found.at, tuple(pauses), ())
    return {
        "counted_in": "day" if term.in_days else "second",
        "days": [_day(day, _zone(calendar.zone)) for day in days],
    }


def _day(day: Day, zone: ZoneInfo) -> dict[str, Any]:
    windows = [[start.astimezone(zone).isoformat(), end.astimezone(zone).isoformat()] for start, end in day.windows]
    told: dict[str, Any] = {"date": day.date.isoformat(), "windows": windows, "counted": day.counted, "why": day.why}
    more = {"exception": day.exception, "kind": day.kind, "notice": day.notice}
    return told | {name: value for name, value in more.items() if value} | ({} if day.covered else {"covered": False})


def _term(unit: str, amount: Any, roll: str) -> Term:
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or not 0 <= amount <= MOST:
        raise ValueError(f"not an amount: {amount}")
    if unit in HOUR_UNITS:
        return _made(unit, seconds(amount), roll)
    if unit not in DAY_UNITS or amount != int(amount):
        raise ValueError(f"not an amount of {unit}: {amount}")
    return _made(unit, int(amount), roll)


@lru_cache(maxsize=4096)
def _made(unit: Any, amount: int, roll: str) -> Term:
    return Term(unit, amount, roll)


def _instant(text: str) -> int:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"an instant needs an offset: {text}")
    return seconds_of(at)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
