"""The sweep: what should have rung by now, rings exactly once.

1. Read the next rows whose ring is due, oldest first; quarantined ones are left out until their retry.
2. In one transaction per batch: lock the rows, look again, insert the rungs (the unique insert is the claim),
   save the rows, record the facts and run the reactions. Killed anywhere, nothing or all of it happened.
3. If a batch fails, its rows are taken one by one; the row that fails alone goes into quarantine and is
   reported by `queries.quarantined()`. The others ring.
4. Pages to the end: a row that rang has a later next ring, or none.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import F

from huiyin.bank.clocks.actions.pen import Pen
from huiyin.bank.clocks.models import ClockQuarantine, ClockRow
from huiyin.bank.clocks.rules.clock import seconds_of
from huiyin.bank.clocks.rules.ringing import due_story
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.platform.tables.actions import in_turn

log = logging.getLogger(__name__)

PAGE = 100
RETRY_AFTER = timedelta(minutes=30)


def sweep(*, by: Actor, at: datetime, limit: int | None = None) -> int:
    """Record every rung and breach that is due. Returns how many clocks rang."""
    swept = 0
    while limit is None or swept < limit:
        page = _page(at, PAGE if limit is None else min(PAGE, limit - swept))
        if not page:
            break
        swept += _ring_page(page, by, at)
    return swept


def _page(at: datetime, size: int) -> list[UUID]:
    rows = ClockRow.objects.filter(next_rung_at__lte=at)
    rows = rows.exclude(id__in=ClockQuarantine.objects.filter(retry_at__gt=at).values("clock_id"))
    return list(rows.order_by("next_rung_at", "id").values_list("id", flat=True)[:size])


def _ring_page(page: list[UUID], by: Actor, at: datetime) -> int:
    try:
        return _ring(page, by, at)
    except OperationalError:
        raise  # the database is busy or away: nothing is wrong with the clocks
    except Exception:
        # One of them is poisoned: find it by taking them singly. Its story is told by the quarantine.
        return sum(_ring_one(id, by, at) for id in page)


def _ring_one(id: UUID, by: Actor, at: datetime) -> int:
    try:
        return _ring([id], by, at)
    except OperationalError:
        raise
    except Exception as wrong:
        log.exception("clock %s cannot ring", id)
        _set_aside(id, at, wrong)
        return 0


@in_turn()
def _ring(page: list[UUID], by: Actor, at: datetime) -> int:
    rows = ClockRow.objects.select_for_update().filter(id__in=page, next_rung_at__lte=at)
    pen = Pen(standards.book(), by, at)
    clocks = rows.order_by("next_rung_at", "id").values_of()
    for clock in clocks:
        if pen.tell_all(clock, due_story(pen.book, clock, seconds_of(at))) is clock:
            raise RuntimeError(f"{clock.next_rung} of clock {clock.id} is due but has nothing to say")
    pen.write()
    if clocks:
        ClockQuarantine.objects.filter(clock_id__in=[clock.id for clock in clocks]).delete()
    return len(clocks)


def _set_aside(id: UUID, at: datetime, wrong: Exception) -> None:
    with transaction.atomic():
        _, new = ClockQuarantine.objects.get_or_create(
            clock_id=id,
            defaults={"since_at": at, "retry_at": at + RETRY_AFTER, "tries": 1, "error": type(wrong).__name__},
        )
        if not new:
            ClockQuarantine.objects.filter(clock_id=id).update(
                retry_at=at + RETRY_AFTER, tries=F("tries") + 1, error=type(wrong).__name__
            )
