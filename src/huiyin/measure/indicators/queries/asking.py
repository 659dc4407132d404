"""Who asks, what for, and the answer from the columns, remembered as long as the columns stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import paths
from huiyin.measure.history import queries as history
from huiyin.measure.indicators.rules.sql import DIMENSIONS, Query, Scope

# Enough for every figure of a busy morning; emptied when it is full.
REMEMBERED = 4_000


@dataclass(frozen=True)
class Span:
    """The first and the last day on which anything was heard; the data reach up to, not including, `as_of_day`."""

    first: date | None
    last: date | None
    as_of: datetime | None
    as_of_day: date | None


def scope_of(actor: Actor, at: datetime, filters: Mapping[str, str] | None = None) -> Scope:
    """What this actor may see, narrowed to what they ask for. The product's own machines see everything."""
    asked = {name: value for name, value in (filters or {}).items() if value and name in ("unit", *DIMENSIONS)}
    if actor.kind == "machine":
        return Scope(("",), (), asked)
    return Scope(paths(actor, "dashboard.read"), tuple(history.hidden(actor, at)), asked)


def ask(query: Query, **values: Any) -> list[tuple[Any, ...]]:
    """The rows. Equal questions to the same columns are answered from memory."""
    known = history.columns()
    bound = {**query.values, **values, "as_of": _naive(known.as_of), "as_of_day": _day(known.as_of)}
    text = Query(query.text, bound).written()
    if text not in known.answers:
        if len(known.answers) > REMEMBERED:
            known.answers.clear()
        with history.connect(known) as con:
            known.answers[text] = con.execute(text).fetchall()
    return list(known.answers[text])


def span() -> Span:
    """The days the data cover."""
    text = (
        "SELECT min(first), max(last) FROM (SELECT min(received_day) AS first, max(received_day) AS last FROM matters "
        "UNION ALL SELECT min(answered_day), max(answered_day) FROM answers "
        "UNION ALL SELECT min(posted_day), max(posted_day) FROM posts)"
    )
    ((first, last),) = ask(Query(text, {}))
    as_of = history.freshness().as_of
    return Span(first, last, as_of, _day(as_of))


def without(scope: Scope, name: str) -> Scope:
    return replace(scope, filters={key: value for key, value in scope.filters.items() if key != name})


def _naive(instant: datetime | None) -> datetime | None:
    return instant.astimezone(ZoneInfo("UTC")).replace(tzinfo=None) if instant else None


def _day(instant: datetime | None) -> date | None:
    return instant.astimezone(ZoneInfo(settings.TIME_ZONE)).date() if instant else None
