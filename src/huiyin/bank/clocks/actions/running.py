"""Starting clocks and ending them, one matter at a time or many."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.actions.pen import Pen, Refused
from huiyin.bank.clocks.models import ClockRow, clocks_of_subjects, remember_none
from huiyin.bank.clocks.rules.arming import Start, armed_fact, attested_fact, chosen_term, started, started_by, starts
from huiyin.bank.clocks.rules.clock import SOURCE, Clock, seconds_of
from huiyin.bank.clocks.rules.ending import breached, concerns, ended, key_of, stops
from huiyin.bank.clocks.rules.judging import pinned
from huiyin.bank.clocks.rules.story import attested
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import OutOfRange
from huiyin.kernel.limits import Book, Pack

CHUNK = 500
HOME_OFFSET = 8 * 3600  # the dates of packs are China's
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Arming(NamedTuple):
    """One matter whose clocks start. `at` is its own instant in a batch; evidence `source` never rings.

    `then` is what is already known to have happened next (generated or imported history): the clocks are written
    once, as they stand afterwards.
    """

    subject: UUID
    kind: str
    stream: str
    event: str
    attrs: Mapping[str, Any]
    anchors: Mapping[str, datetime]
    packs: Sequence[str]
    at: datetime | None = None
    evidence: str = ""
    then: Sequence["Happened"] = ()


class Happened(NamedTuple):
    """One event of a matter: when it really was, and when we came to know (the same, unless given)."""

    subject: UUID
    event: str
    occurred_at: datetime
    evidence: str = "event"
    met: bool | None = None
    detected_at: datetime | None = None


@transaction.atomic
def arm(
    *,
    subject: UUID,
    kind: str,
    stream: str,
    event: str,
    attrs: Mapping[str, Any],
    anchors: Mapping[str, datetime],
    packs: Sequence[str],
    by: Actor,
    at: datetime,
    evidence: str = "",
) -> list[Clock]:
    """Start every clock that the packs in force give this matter. Doing it twice is doing it once."""
    item = Arming(subject, kind, stream, event, attrs, anchors, packs, at, evidence)
    return arm_many(items=[item], by=by, at=at)[subject]


@transaction.atomic(savepoint=False)
def arm_many(*, items: Iterable[Arming], by: Actor, at: datetime, fresh: bool = False) -> dict[UUID, list[Clock]]:
    """The same for many matters. `fresh` promises that none of them has clocks yet."""
    batch = list(items)
    pen = Pen(standards.book(), by, at)
    known = set() if fresh else _known({item.subject for item in batch})
    if fresh:
        remember_none(item.subject for item in batch)
    plans: dict[tuple[Any, ...], list[Start]] = {}
    found: dict[UUID, list[Clock]] = {item.subject: [] for item in batch}
    for item in batch:
        started_at = item.at or at
        now = seconds_of(started_at)
        mine: dict[UUID, Clock] = {}
        for start in _plan(plans, pen.book, item):
            clock = _start(pen.book, start, item, started_at, now)
            if clock.id in known:
                continue
            known.add(clock.id)
            if item.evidence == SOURCE and (said := _attests(pen.book, clock, item, started_at)):
                mine[clock.id] = clock = attested(clock, said.event, said.met)
                pen.arm(clock, attested_fact(clock, said.event, said.met), started_at)
                continue
            pen.arm(clock, armed_fact(clock), started_at)
            ends = any(one.evidence == SOURCE and concerns(pen.book, clock, one.event) for one in item.then)
            if clock.due is not None and clock.due < now and item.evidence != SOURCE and not ends:
                clock = _late_at_intake(pen, clock, started_at)
            mine[clock.id] = clock
        for event in item.then:
            _end(pen, mine, event)
        found[item.subject] += mine.values()
    pen.write()
    return found


def _attests(book: Book, clock: Clock, item: Arming, at: datetime) -> Happened | None:
    """What the source says ended this clock, if it gives no other time than that of the record itself."""
    said = item.then[0] if item.then else None
    if said is None or said.evidence != SOURCE or said.occurred_at != at:
        return None
    return said if stops(book, clock, said.event) else None


def _plan(plans: dict[tuple[Any, ...], list[Start]], book: Book, item: Arming) -> list[Start]:
    """What the packs start, worked out once per sort of matter."""
    first = min(item.anchors.values(), default=None)
    if first is None:
        raise Refused(_("A time limit needs a moment to count from."))
    packs = _in_force(book, tuple(item.packs), (seconds_of(first) + HOME_OFFSET) // 86_400)
    key = (item.event, item.kind, packs, *[item.attrs.get(name) for name in book.asked])
    if key not in plans:
        _check_attrs(item.attrs)
        plans[key] = started_by(packs, book, item.event, item.kind, item.attrs)
    return plans[key]


@lru_cache(maxsize=8192)
def _in_force(book: Book, codes: tuple[str, ...], days: int) -> tuple[Pack, ...]:
    """The versions in force on a date, given as days since 1970."""
    on = date.fromordinal(_EPOCH_DAY + days)
    return tuple(pack for code in codes if (pack := book.pack(code, on)))


def _check_attrs(attrs: Mapping[str, Any]) -> None:
    """A complexity or severity nobody knows would find no limit at all."""
    for name in ("complexity", "severity"):
        if name in attrs and attrs[name] not in {label.code for label in standards.facet(name)}:
            raise Refused(_("“%(value)s” is not a known value.") % {"value": attrs[name]})


def _start(book: Book, start: Start, item: Arming, at: datetime, now: int) -> Clock:
    anchor = item.anchors.get(start.limit.anchor)
    if anchor is None:
        raise Refused(_("The moment from which the limit counts is missing."), anchor=start.limit.anchor)
    if anchor > at:
        raise Refused(_("A time limit cannot begin in the future."))
    parts = ()
    chosen = item.attrs.get(start.limit.chosen_date) if start.limit.chosen_date else None
    if chosen is not None:
        parts = _until(book, start, seconds_of(anchor), chosen)
    try:
        return started(
            book,
            start,
            subject=item.subject,
            kind=item.kind,
            stream=item.stream,
            anchor=seconds_of(anchor),
            at=now,
            parts=parts,
            evidence=item.evidence,
        )
    except OutOfRange as wrong:
        raise Refused(_("The date is too far away.")) from wrong


def _until(book: Book, start: Start, anchor: int, chosen: date) -> Any:
    calendar = book.calendar(start.limit.calendar)
    if not 0 <= (chosen - calendar.date_of(anchor)).days <= 3 * 365:
        raise Refused(_("The due date must lie between today and three years from now."))
    return chosen_term(start.limit, calendar, anchor, chosen)


def _late_at_intake(pen: Pen, clock: Clock, at: datetime) -> Clock:
    """Already past due when it came in: one breach, one notice (pitfall T32)."""
    clock = pen.tell(clock, breached(clock, seconds_of(at), "intake"), at)
    return pen.tell(clock, facts.ClockRung(**key_of(clock), rung="intake", due_at=clock.due_at), at)


@transaction.atomic(savepoint=False)
def happened(
    *,
    subject: UUID,
    event: str,
    by: Actor,
    at: datetime,
    occurred_at: datetime | None = None,
    evidence: str = "event",
    met: bool | None = None,
) -> list[Clock]:
    """An event ends every clock of the matter that stops on it, and starts those it starts. Returns the changed ones."""
    item = Happened(subject, event, occurred_at or at, evidence, met, at)
    return happened_many(items=[item], by=by, at=at)[subject]


@transaction.atomic(savepoint=False)
def happened_many(*, items: Iterable[Happened], by: Actor, at: datetime) -> dict[UUID, list[Clock]]:
    """The same for many matters; several events of one matter take effect in the order given."""
    batch = list(items)
    pen = Pen(standards.book(), by, at)
    clocks = load({item.subject for item in batch})
    changed: dict[UUID, dict[UUID, Clock]] = {item.subject: {} for item in batch}
    for item in batch:
        mine = clocks.get(item.subject)
        if not mine:
            continue
        changed[item.subject].update(_end(pen, mine, item))
    pen.write()
    return {subject: list(found.values()) for subject, found in changed.items()}


def _end(pen: Pen, mine: dict[UUID, Clock], item: Happened) -> dict[UUID, Clock]:
    """Pass one event through the clocks of its matter; returns those it changed or started."""
    occurred = seconds_of(item.occurred_at)
    detected = seconds_of(item.detected_at) if item.detected_at else occurred
    changed = {}
    touched = [clock for clock in mine.values() if clock.undecided and concerns(pen.book, clock, item.event)]
    for clock in sorted(touched, key=_place):
        story = ended(pen.book, clock, item.event, occurred, detected, item.evidence, item.met)
        changed[clock.id] = pen.tell_all(clock, story, item.occurred_at)
    for clock in _started_by(pen, mine, item):
        changed[clock.id] = clock
    mine.update(changed)
    return changed


def _place(clock: Clock) -> tuple[str, str, str, int, int]:
    """One order for the facts of one event, however the clocks were found."""
    return clock.key


def _started_by(pen: Pen, mine: dict[UUID, Clock], item: Happened) -> list[Clock]:
    """Clocks that begin with this event, such as a hand-over waiting to be accepted: one more leg each time."""
    if item.event not in pen.book.starting or not mine:
        return []
    packs = pinned(mine.values())
    one = next(iter(mine.values()))
    on = item.occurred_at.astimezone(standards.HOME_ZONE).date()
    found = []
    for start in starts(pen.book, packs, on, item.event, one.kind, {}):
        limit = start.limit
        alike = [c for c in mine.values() if (c.pack, c.family, c.purpose) == (limit.pack, limit.family, limit.purpose)]
        if any(clock.open for clock in alike):
            continue
        cycle = max(clock.cycle for clock in mine.values())
        leg = max((clock.leg for clock in alike if clock.cycle == cycle), default=0) + 1
        moment = seconds_of(item.occurred_at)
        clock = started(
            pen.book,
            start,
            subject=item.subject,
            kind=one.kind,
            stream=one.stream,
            anchor=moment,
            at=moment,
            cycle=cycle,
            leg=leg,
        )
        pen.arm(clock, armed_fact(clock), item.occurred_at)
        found.append(clock)
    return found


def _known(subjects: set[UUID]) -> set[UUID]:
    wanted = list(subjects)
    found: set[UUID] = set()
    for i in range(0, len(wanted), CHUNK):
        found.update(ClockRow.objects.filter(subject__in=wanted[i : i + CHUNK]).values_list("id", flat=True))
    return found


def load(subjects: set[UUID]) -> dict[UUID, dict[UUID, Clock]]:
    """The clocks of the matters, locked, in the order they were armed."""
    wanted = list(subjects)
    found: dict[UUID, dict[UUID, Clock]] = {}
    for i in range(0, len(wanted), CHUNK):
        for clock in clocks_of_subjects(wanted[i : i + CHUNK], lock=True):
            found.setdefault(clock.subject, {})[clock.id] = clock
    return found
