"""What a new version changes, field by field: values for the page, which words them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin.kernel.calendar import Calendar
from huiyin.kernel.limits import Communication, Limit, Pack, Provision

LIMIT_FIELDS = (
    "terms", "earliest_of", "anchor", "calendar", "arm", "stop", "selector", "arm_if", "pause", "pause_told",
    "extension", "reopen", "ladder", "verified",
)  # fmt: skip


Entry = Limit | Provision | Communication


@dataclass(frozen=True)
class Field:
    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Difference:
    """One limit, provision or communication: `how` is added | removed | changed."""

    entry: Entry
    how: str
    fields: tuple[Field, ...] = ()
    other: bool = False  # words, source or order changed too

    @property
    def unit(self) -> str:
        """What its rungs are counted in."""
        return self.entry.unit if isinstance(self.entry, Limit) else ""


def between_packs(old: Pack | None, new: Pack) -> list[Difference]:
    before: dict[str, Entry] = {one.id: one for one in _entries(old)} if old else {}
    after = {one.id: one for one in _entries(new)}
    found = [Difference(one, "removed") for id, one in before.items() if id not in after]
    for id, one in after.items():
        was = before.get(id)
        if was is None:
            found.append(Difference(one, "added"))
            continue
        names = LIMIT_FIELDS if isinstance(one, Limit) else ("term", "codes", "verified")
        pairs = [(name, getattr(was, name, None), getattr(one, name, None)) for name in names]
        fields = tuple(Field(*pair) for pair in pairs if pair[1] != pair[2])
        other = _words(was) != _words(one)
        if fields or other:
            found.append(Difference(one, "changed", fields, other))
    return found


def _words(one: Entry) -> tuple[Any, ...]:
    """What is no field of its own: words, source, order, and the text of a letter."""
    return (
        one.label,
        one.source,
        *(getattr(one, name, None) for name in ("note", "priority", "title", "body", "event")),
    )


def _entries(pack: Pack) -> Iterable[Entry]:
    return (*pack.limits, *pack.provisions, *pack.communications)


@dataclass(frozen=True)
class Day:
    """A date that a new calendar version treats differently: `old` and `new` are open | closed."""

    on: date
    old: str
    new: str
    name: str


def between_calendars(old: Calendar | None, new: Calendar) -> list[Day]:
    """Dates on which one is open and the other is not, among all days that either of them excepts."""
    if old is None:
        return []
    days = sorted({*old.exceptions, *new.exceptions})
    return [
        Day(day, _state(old, day), _state(new, day), new.exceptions[day].name if day in new.exceptions else "")
        for day in days
        if old.open_on(day) != new.open_on(day)
    ]


def _state(calendar: Calendar, day: date) -> str:
    return "open" if calendar.open_on(day) else "closed"
