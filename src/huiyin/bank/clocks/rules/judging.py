"""What another length of a limit would have meant for clocks that are already recorded.

Nothing here is written down: a clock is looked at as it would stand, its pauses and extensions counted as they were.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil
from typing import NamedTuple

from huiyin.bank.clocks.rules.clock import CANCELLED, Clock, Part
from huiyin.bank.clocks.rules.project import ends, parts
from huiyin.kernel.calendar import HOUR_UNITS, HorizonExceeded, Term, seconds
from huiyin.kernel.limits import Book

IN_TIME, LATE, OPEN, OPEN_LATE, CANNOT_TELL, CALLED_OFF = (
    "in_time", "late", "open", "open_late", "cannot_tell", "cancelled",
)  # fmt: skip


class Judged(NamedTuple):
    """One cycle under the changed limit. `before` and `after`: in_time | late | open | open_late | cannot_tell | cancelled."""

    clock: Clock
    due: int | None
    before: str
    after: str

    @property
    def newly_late(self) -> bool:
        return is_late(self.after) and not is_late(self.before) and self.before != CANNOT_TELL

    @property
    def newly_in_time(self) -> bool:
        return is_late(self.before) and not is_late(self.after) and self.after != CANNOT_TELL


def is_late(verdict: str) -> bool:
    return verdict in (LATE, OPEN_LATE)


def verdict(clock: Clock, due: int | None, now: int) -> str:
    """How a clock stands against a due time: the moment it was met decides, or now while it is open."""
    if clock.state == CANCELLED:
        return CALLED_OFF
    if due is None:
        return CANNOT_TELL
    if clock.open:
        return OPEN_LATE if now > due else OPEN
    if clock.satisfied is None:
        return CANNOT_TELL  # attested by a source that gives no time
    return LATE if clock.satisfied > due else IN_TIME


class Change(NamedTuple):
    """Another length of a limit; the roll, the end of the day and the start day stay those of the definition."""

    amount: str
    unit: str

    def term(self, old: Term, cycle: int) -> Term:
        whole = seconds(self.amount) if self.unit in HOUR_UNITS else int(self.amount)
        amount = ceil(whole / 2) if cycle > 1 else whole
        return replace(old, unit=self.unit, amount=amount)  # type: ignore[arg-type]  # Term refuses any other unit


def judged(book: Book, clocks: Iterable[Clock], change: Change, now: int) -> Iterator[Judged]:
    """Every clock under the changed length. Later cycles get half of it, as they do (decision 17).

    Cannot tell: dates chosen by a person, clocks without a time of their own, extensions in another unit.
    """
    terms: dict[tuple[Term, bool], tuple[Part, ...]] = {}
    for clock in clocks:
        before = verdict(clock, clock.due, now)
        limit = book.limit(clock.definition)
        old = parts(book, clock)
        other_unit = clock.extensions and old and old[0].term.unit != change.unit
        if limit.chosen_date or limit.earliest_of or len(old) != 1 or clock.due is None or other_unit:
            yield Judged(clock, clock.due, before, CALLED_OFF if before == CALLED_OFF else CANNOT_TELL)
            continue
        key = (old[0].term, clock.cycle > 1)
        if key not in terms:
            terms[key] = (Part(change.term(old[0].term, clock.cycle)),)
        try:
            end = ends(book, clock._replace(parts=terms[key]))
        except HorizonExceeded:
            end = None
        due = end.at if end else None
        yield Judged(clock, due, before, verdict(clock, due, now))


def pinned(clocks: Iterable[Clock]) -> list[str]:
    """The pack versions a matter stands under, as `code/version`: those of its open clocks before those that ended."""
    found: dict[str, str] = {}
    for clock in sorted(clocks, key=lambda c: (c.open, c.armed)):
        found[clock.pack] = clock.definition.rpartition("/")[0]
    return sorted(found.values())
