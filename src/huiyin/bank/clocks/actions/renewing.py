"""Running clocks onto a newer calendar or pack: only by somebody's explicit order, after a preview (§8.8, §8.15)."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from huiyin.bank.clocks.actions.changing import move
from huiyin.bank.clocks.actions.pen import Pen
from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.clocks.rules.clock import Clock
from huiyin.bank.clocks.rules.preview import successor
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor


@transaction.atomic
def reproject(*, calendar: str, by: Actor, at: datetime, limit: int | None = None) -> int:
    """Judge every open clock on an older version of this calendar by the current one. Ended clocks are left alone."""
    book = standards.book()
    current = book.calendar(calendar).ref
    rows = ClockRow.objects.filter(calendar__startswith=f"{calendar}/").exclude(calendar=current)

    def onto(pen: Pen, clock: Clock) -> Clock:
        return move(pen, clock, "calendar", clock.definition, current, None)

    return _renew(rows, onto, by, at, limit)


@transaction.atomic
def redefine(*, pack: str, by: Actor, at: datetime, limit: int | None = None) -> int:
    """Judge every open clock on an older version of this pack by the version in force, where it has the same limit.

    Anchor, pauses and extensions are kept; a clock that was given terms of its own keeps those.
    """
    book = standards.book()
    newest = book.pack(pack, at.astimezone(standards.HOME_ZONE).date())
    if newest is None:
        return 0
    refs = [found.ref for found in newest.limits]
    rows = ClockRow.objects.filter(pack=pack).exclude(definition__in=refs)

    def onto(pen: Pen, clock: Clock) -> Clock:
        found = successor(book.limit(clock.definition), newest)
        return move(pen, clock, "definition", found.ref, None, clock.parts or None) if found else clock

    return _renew(rows, onto, by, at, limit)


def _renew(
    rows: QuerySet[ClockRow], onto: Callable[[Pen, Clock], Clock], by: Actor, at: datetime, limit: int | None
) -> int:
    rows = rows.select_for_update().filter(state__in=["running", "paused"]).order_by("id")
    pen = Pen(standards.book(), by, at)
    for clock in (rows[:limit] if limit else rows).values_of():  # type: ignore[attr-defined]
        onto(pen, clock)
    pen.write()
    return len(pen.changed)
