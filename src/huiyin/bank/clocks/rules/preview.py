"""What a new calendar or pack version would do to running clocks, before anybody agrees to it."""

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks.rules.clock import Clock, maybe
from huiyin.bank.clocks.rules.project import projected
from huiyin.kernel.calendar import Calendar
from huiyin.kernel.limits import Book, Limit, Pack


@dataclass(frozen=True)
class Moved:
    """One clock whose due time would change."""

    clock: Clock
    old_due_at: datetime | None
    due_at: datetime | None
    newly_late: bool
    newly_in_time: bool


@dataclass(frozen=True)
class Preview:
    """`affected` open clocks would be judged anew; `moved` are those whose due time changes, the earliest new due first.

    `in_time` counts clocks that are past due now and would not be; a breach that is on record stays on record.
    """

    affected: int
    moved: tuple[Moved, ...]

    @property
    def late(self) -> int:
        return sum(one.newly_late for one in self.moved)

    @property
    def in_time(self) -> int:
        return sum(one.newly_in_time for one in self.moved)

    @property
    def subjects(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(one.clock.subject for one in self.moved))


def on_calendar(book: Book, clocks: Iterable[Clock], calendar: Calendar, now: int) -> Preview:
    trial = replace(book, calendars=_with(book.calendars, calendar, calendar.code, calendar.ref), _limits={})
    return _previewed(clocks, lambda clock: projected(trial, clock._replace(calendar=calendar.ref)), now)


def on_pack(book: Book, clocks: Iterable[Clock], pack: Pack, now: int) -> Preview:
    trial = replace(book, packs=(*(p for p in book.packs if p.ref != pack.ref), pack), _limits={})

    def under(clock: Clock) -> Clock:
        found = successor(book.limit(clock.definition), pack)
        return projected(trial, clock._replace(definition=found.ref)) if found else clock

    return _previewed(clocks, under, now)


def at_the_moment(book: Book, clock: Clock, calendar: Calendar) -> int | None:
    """When an ended clock would have been due under another calendar, everything else as it was."""
    trial = replace(book, calendars=_with(book.calendars, calendar, calendar.ref), _limits={})
    return projected(trial, clock._replace(calendar=calendar.ref)).due


def successor(limit: Limit, pack: Pack) -> Limit | None:
    """The same limit in another version of its pack, by its id."""
    return next((other for other in pack.limits if other.id == limit.id), None)


def _previewed(clocks: Iterable[Clock], anew: Callable[[Clock], Clock], now: int) -> Preview:
    affected, moved = 0, []
    for clock in clocks:
        affected += 1
        due = anew(clock).due
        if due == clock.due:
            continue
        was, is_ = (d is not None and now > d for d in (clock.due, due))
        moved.append(Moved(clock, clock.due_at, maybe(due), is_ and not was, was and not is_))
    moved.sort(key=lambda one: (one.due_at is None, one.due_at, one.clock.id))
    return Preview(affected, tuple(moved))


def _with(known: Mapping[str, Calendar], calendar: Calendar, *refs: str) -> Mapping[str, Calendar]:
    """The known calendars, each still read only when asked for, and one more under these names."""
    return ChainMap(dict.fromkeys(refs, calendar), known)  # type: ignore[arg-type]  # it is only read
