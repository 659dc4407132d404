"""Reading clocks. A `ClockView` is a plain value; its `_at` properties are datetimes in UTC."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.signing import Signer
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.crypto import constant_time_compare

from huiyin.bank.clocks.models import ClockQuarantine, ClockRow, ClockRung, clocks_of_subjects
from huiyin.bank.clocks.rules.checking import checked
from huiyin.bank.clocks.rules.clock import Clock as ClockView
from huiyin.bank.clocks.rules.clock import seconds_of
from huiyin.bank.clocks.rules.explain import Explanation, explained
from huiyin.bank.clocks.rules.judging import Change, Judged, is_late, judged, pinned
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor

__all__ = ["Change", "ClockView", "Judged", "is_late", "pinned"]

CHUNK = 500


def clocks_of(subject: UUID) -> list[ClockView]:
    """Every clock of a matter, in order of cycle, then due time."""
    return sorted(clocks_of_subjects([subject]), key=_order)


def clock(id: UUID) -> ClockView | None:
    found = ClockRow.objects.filter(id=id).values_of()
    return found[0] if found else None


def clock_views(subjects: Iterable[UUID]) -> dict[UUID, list[ClockView]]:
    """Every clock of many matters."""
    found: dict[UUID, list[ClockView]] = {}
    for part in _chunks(subjects):
        for view in clocks_of_subjects(part):
            found.setdefault(view.subject, []).append(view)
    for views in found.values():
        views.sort(key=_order)
    return found


def earliest_due(subjects: Iterable[UUID]) -> dict[UUID, ClockView]:
    """Per matter the open clock that is due first; the regulator's before the bank's at the same instant."""
    found: dict[UUID, ClockView] = {}
    for part in _chunks(subjects):
        rows = ClockRow.objects.filter(subject__in=part, state__in=["running", "paused"], due_at__isnull=False)
        for view in rows.values_of():
            best = found.get(view.subject)
            if best is None or _urgency(view) < _urgency(best):
                found[view.subject] = view
    return found


def next_due(outer: str = "id") -> Subquery:
    """For another room's queryset: the earliest due time among the open clocks of the row named by `outer`."""
    rows = ClockRow.objects.filter(subject=OuterRef(outer), state__in=["running", "paused"], due_at__isnull=False)
    return Subquery(rows.order_by("due_at").values("due_at")[:1])


def open_rows() -> QuerySet[ClockRow]:
    """Open clocks with a due time, earliest first (columns `subject`, `due_at`, `family`, `pack`)."""
    rows = ClockRow.objects.filter(state__in=["running", "paused"])
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")


def promised(subject: UUID) -> ClockView | None:
    """The date told to the customer: the newest promise of the matter, else its earliest limit with a due time."""
    views = clocks_of(subject)
    promises = [view for view in views if view.family == "PROMISE" and view.state != "cancelled"]
    if promises:
        return promises[-1]
    dated = [view for view in views if view.due is not None and view.state != "cancelled"]
    return min(dated, key=_urgency) if dated else None


def explain(clock_id: UUID, at: datetime) -> Explanation | None:
    """Anchor, rule, calendar and every day between, adding up to what is consumed."""
    found = clock(clock_id)
    return explained(standards.book(), found, seconds_of(at)) if found else None


def link(clock_id: UUID, actor: Actor) -> str:
    """The address of the day-by-day page, for a page that has checked that this actor may read the matter.

    The address carries a seal for this one reader, so that it opens for nobody else.
    """
    return f"/desk/clocks/{clock_id}/?seal={_signer().signature(_sealed(clock_id, actor))}"


def may_follow(clock_id: UUID, actor: Actor, seal: str) -> bool:
    """Was this link made for this reader?"""
    return constant_time_compare(_signer().signature(_sealed(clock_id, actor)), seal)


def _signer() -> Signer:
    return Signer(salt="huiyin.bank.clocks.link")


def _sealed(clock_id: UUID, actor: Actor) -> str:
    return f"{clock_id}|{actor.ref}"


def rungs_of(clock: UUID) -> list[tuple[str, datetime, bool]]:
    """What rang: rung, when, and whether it was folded into a later one."""
    return list(ClockRung.objects.filter(clock_id=clock).values_list("rung", "rung_at", "collapsed"))


def check_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The answers of `huiyin clock check`, one per line, in order."""
    calendars = standards.book().calendars
    return (checked(calendars, line) for line in lines)


def waiting(at: datetime) -> int:
    """Clocks whose ring is due and not yet recorded: the sweeper's backlog."""
    return ClockRow.objects.filter(next_rung_at__lte=at).count()


def quarantined() -> int:
    """Clocks set aside because ringing them failed."""
    return ClockQuarantine.objects.count()


def what_if(
    *,
    pack: str,
    family: str,
    change: Change,
    from_at: datetime,
    until_at: datetime,
    at: datetime,
    purpose: str = "",
) -> Iterator[Judged]:
    """The recorded clocks of matters received in a period, judged again under another length. Nothing is written."""
    rows = ClockRow.objects.filter(pack=pack, family=family, anchor_at__gte=from_at, anchor_at__lt=until_at)
    if purpose:
        rows = rows.filter(purpose=purpose)
    return judged(standards.book(), rows.order_by("anchor_at", "id").values_of(), change, seconds_of(at))


def _order(view: ClockView) -> tuple[int, int, str, str, int]:
    return view.cycle, view.due if view.due is not None else 1 << 60, view.family, view.purpose, view.leg


def _urgency(view: ClockView) -> tuple[int, int, str]:
    assert view.due is not None
    return view.due, 0 if view.legal else 1, view.family


def _chunks(subjects: Iterable[UUID]) -> Iterable[list[UUID]]:
    wanted = list(dict.fromkeys(subjects))
    return (wanted[i : i + CHUNK] for i in range(0, len(wanted), CHUNK))
