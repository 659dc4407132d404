"""Reading clocks. A `ClockView` is a plain value; its `_at` properties are datetimes in UTC."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.signing import Signer
from django.db import DatabaseError
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from huiyin.bank.clocks.models import ClockQuarantine, ClockRow, ClockRung, clocks_of_subjects
from huiyin.bank.clocks.rules.checking import checked
from huiyin.bank.clocks.rules.clock import SOURCE, seconds_of, when
from huiyin.bank.clocks.rules.clock import Clock as ClockView
from huiyin.bank.clocks.rules.clock import maybe as moment
from huiyin.bank.clocks.rules.explain import Explanation, explained
from huiyin.bank.clocks.rules.judging import CALLED_OFF, CANNOT_TELL, Change, Judged, is_late, judged, pinned
from huiyin.bank.clocks.rules.legs import HANDLE, Attribution, LegLine, attributed, is_early, legs_of
from huiyin.bank.clocks.rules.preview import Preview, at_the_moment, on_calendar, on_pack
from huiyin.bank.clocks.rules.project import parts, projected, which_ends
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import Calendar
from huiyin.kernel.limits import Pack, Rung

__all__ = [
    "CALLED_OFF",
    "CANNOT_TELL",
    "Change",
    "ClockView",
    "Judged",
    "LegLine",
    "Preview",
    "is_late",
    "moment",
    "pinned",
]

CHUNK = 500
OPEN = ["running", "paused"]


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
        rows = ClockRow.objects.filter(subject__in=part, state__in=OPEN, due_at__isnull=False)
        for view in rows.values_of():
            best = found.get(view.subject)
            if best is None or _urgency(view) < _urgency(best):
                found[view.subject] = view
    return found


def promised(subject: UUID) -> ClockView | None:
    """The date told to the customer: the newest promise of the matter, else its earliest limit with a due time."""
    views = clocks_of(subject)
    promises = [view for view in views if view.family == "PROMISE" and view.state != "cancelled"]
    if promises:
        return promises[-1]
    dated = [v for v in views if v.due is not None and v.state != "cancelled" and v.family != "STEP"]
    return min(dated, key=_urgency) if dated else None


def explain(clock_id: UUID, at: datetime) -> Explanation | None:
    """Anchor, rule, calendar and every day between, adding up to what is consumed."""
    found = clock(clock_id)
    return explained(standards.book(), found, seconds_of(at)) if found else None


def attribution(subject: UUID, at: datetime, cycle: int | None = None) -> Attribution | None:
    """Who used the time of a cycle (the newest, unless given), person by person: the sums are exact.

    None where no limit of the whole matter runs (TOTAL, else the earliest with a due time)."""
    views = clocks_of(subject)
    wanted = cycle or max((view.cycle for view in views), default=1)
    mine = [view for view in views if view.cycle == wanted]
    whole = [view for view in mine if view.family == "TOTAL"] or [view for view in mine if view.family == "REG"]
    if not whole:
        return None
    return attributed(standards.book(), whole[0], legs_of(mine), seconds_of(at))


def missed(subject: UUID) -> list[ClockView]:
    """The limits of a matter that were missed and are not excused."""
    views = clocks_of(subject)
    return [v for v in views if (v.breached is not None or v.met is False) and not v.excused and v.state != "cancelled"]


def waits(subject: UUID) -> dict[str, list[ClockView]]:
    """Per reason the clocks of a matter that stand still for it now."""
    found: dict[str, list[ClockView]] = {}
    for view in clocks_of(subject):
        for reason in dict.fromkeys(wait.reason for wait in view.waits):
            found.setdefault(reason, []).append(view)
    return found


def end_of_day(on: date) -> datetime:
    """24:00 of a date where the bank is."""
    return when(standards.office().end_of(on))


def due_without_extensions(view: ClockView) -> datetime | None:
    """When it would have been due had nobody lengthened it: shown beside the extended date (§8.7)."""
    return projected(standards.book(), view._replace(extensions=())).due_at


def legs(subject: UUID, cycle: int | None = None) -> list[ClockView]:
    """The legs of a matter in the order they began; `holder`, `route`, `inherited` and `charged` tell of each."""
    return legs_of(clocks_of_subjects([subject]), cycle)


def term_ends(view: ClockView) -> datetime | None:
    """When the term of a clock is over, also of one that only warns and is never late."""
    terms = parts(standards.book(), view)
    if not terms:
        return None
    calendar = standards.book().calendar(view.calendar)
    return when(which_ends(calendar, terms, view.anchor, view.spans(view.anchor), view.extensions)[1].at)


def sent_back_early(subject: UUID, at: datetime) -> bool:
    """If whoever handles the matter sent it back now: would the sender pay for the time?"""
    mine = [leg for leg in legs(subject) if leg.open and leg.purpose == HANDLE]
    return bool(mine) and is_early(standards.book().calendar(mine[-1].calendar), mine[-1], seconds_of(at))


def preview_calendar(calendar: Calendar, at: datetime) -> Preview:
    """What `actions.reproject` would do if this calendar version were taken into use. Nothing is written."""
    rows = ClockRow.objects.filter(state__in=OPEN, calendar__startswith=f"{calendar.code}/")
    clocks = rows.exclude(calendar=calendar.ref).values_of()
    return on_calendar(standards.book(), clocks, calendar, seconds_of(at))


def preview_pack(pack: Pack, at: datetime) -> Preview:
    """What `actions.redefine` would do if this pack version were in force. Nothing is written."""
    rows = ClockRow.objects.filter(state__in=OPEN, pack=pack.code)
    clocks = rows.exclude(definition__in=[limit.ref for limit in pack.limits]).values_of()
    return on_pack(standards.book(), clocks, pack, seconds_of(at))


def behind_pack(pack: Pack) -> list[UUID]:
    """The matters with running clocks on an older version of a pack."""
    rows = ClockRow.objects.filter(state__in=OPEN, pack=pack.code).exclude(definition__in=[x.ref for x in pack.limits])
    return list(rows.order_by("subject").values_list("subject", flat=True).distinct())


def behind_calendar(code: str) -> list[UUID]:
    """The matters with running clocks on an older version of a calendar."""
    rows = ClockRow.objects.filter(state__in=OPEN, calendar__startswith=f"{code}/")
    rows = rows.exclude(calendar=standards.book().calendar(code).ref)
    return list(rows.order_by("subject").values_list("subject", flat=True).distinct())


def excusable(calendar: Calendar, since: datetime, at: datetime) -> list[ClockView]:
    """The misses due since an instant that would have been in time under a calendar (a storm day closed after the event).

    A list for `actions.excuse_many`; settled clocks are never rewritten.
    """
    rows = ClockRow.objects.filter(calendar__startswith=f"{calendar.code}/", due_at__gte=since, excused=False)
    found = []
    for view in rows.filter(Q(met=False) | Q(breached_at__isnull=False)).order_by("due_at", "id").values_of():
        due = at_the_moment(standards.book(), view, calendar)
        ended = view.satisfied if view.satisfied is not None else seconds_of(at)
        if view.state != "cancelled" and view.evidence != SOURCE and due is not None and ended <= due:
            found.append(view)
    return found


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


def rung_called(clock_id: UUID, code: str) -> Rung:
    """What the ladder says of a rung that rang: whom it calls, how and whether at any hour.

    What rings without a rung of its own (late on arrival, late under a stricter limit) calls the holder.
    """
    found = clock(clock_id)
    plain, _plus, _round = code.partition("+")
    ladder = standards.book().limit(found.definition).ladder if found else ()
    return next((rung for rung in ladder if rung.code == plain), Rung(plain, "due", 0))


def rungs_of(clock: UUID) -> list[tuple[str, datetime, bool]]:
    """What rang: rung, when, and whether it was folded into a later one."""
    return list(ClockRung.objects.filter(clock_id=clock).values_list("rung", "rung_at", "collapsed"))


def check_lines(lines: Iterable[str], *, explain: bool = False) -> Iterator[dict[str, Any]]:
    """The answers of `huiyin clock check`, one per line, in order; by the shipped calendars where no institution is."""
    try:
        calendars = standards.book().calendars
    except DatabaseError:
        calendars = standards.shipped_book().calendars
    return (checked(calendars, line, explain=explain) for line in lines)


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
