"""Days that were shut against their calendar, and which misses they explain."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.standards import queries as standards
from huiyin.kernel.calendar import Exceptional
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases.models import ShutDay

SHUT_TABLE = "cases_shutday"


def explained_by(calendar: str, day: date, at: datetime) -> list[ClockView]:
    """The misses that would have been in time had the calendar been shut on that day."""
    known = standards.book().calendars[calendar]
    shut = replace(known, exceptions={**known.exceptions, day: Exceptional("CLOSED", "shut")}, _years=[])
    since = datetime.combine(day, time(), ZoneInfo(known.zone))
    return [view for view in clocks.excusable(shut, since, at) if view.kind == "case"]


def shut_days() -> list[ShutDay]:
    """The newest first, what waits before all."""
    rows = ShutDay.objects.select_related("requester", "approver")[:100]
    return sorted(rows, key=lambda row: row.outcome != "waiting")


def grounds_of(rows: list[ShutDay]) -> dict[UUID, str]:
    kept = vault.reveal_many(SHUT_TABLE, [row.pk for row in rows])
    return {id: words.get("grounds", "") for id, words in kept.items()}


def cases_named(row: ShutDay) -> dict[UUID, int]:
    """How many misses of which case it names."""
    found: dict[UUID, int] = {}
    for id in row.clocks:
        view = clocks.clock(UUID(id))
        if view is not None:
            found[view.subject] = found.get(view.subject, 0) + 1
    return found
