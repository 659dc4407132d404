"""What a rule pack says: one Limit per clock, in the bank's words, chosen by the facts of the matter.

Plain values, shared by the room that keeps the packs (bank/standards) and the room that runs the clocks
(bank/clocks). Field names are those of the TOML files.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from huiyin.kernel.calendar import Calendar, Term
from huiyin.kernel.label import Label

FAMILIES = ("ACK", "RESPONSE", "UPDATE", "STEP", "OWNER", "PROMISE", "TOTAL", "REG", "DEADLINE")

BOUNCE_WITHIN = 4 * 3600
"""Business seconds within which what is sent back (退单) costs the sender, not the receiver (clock.md §8.9)."""

Condition = Mapping[str, frozenset[str]]
"""Every named attribute must be one of the values; an empty condition always holds."""


LEVELS = ("holder", "owner", "head", "above", "desk")
"""Whom a rung may call: who works on the matter, its first-contact owner, the head of the unit, the unit above, the duty
desk. Each gives way to the next who is here: holder → substitutes → head → above → desk."""

CHANNELS = ("inbox", "mail", "sms")
"""How a colleague is called. The inbox always has the line; mail and SMS go out beside it."""


@dataclass(frozen=True)
class Rung:
    """One escalation point: `80%`, `left 1`, `due` or `after 1`, in the clock's own unit.

    `to`: LEVELS it calls; `channels`: CHANNELS; `urgent`: quiet hours do not hold it. One that repeats rings `times` times
    more, `every` so many units: each is a rung of its own, the `again`-th of the first.
    """

    code: str
    point: str  # percent | left | due | after
    amount: int
    to: tuple[str, ...] = ("holder",)
    channels: tuple[str, ...] = ("inbox",)
    urgent: bool = False
    every: int = 0
    times: int = 0
    again: int = 0


def is_late(rung: str) -> bool:
    """Does a rung of this code ring at or after the due time, and not before?"""
    return rung.startswith(("due", "after", "100%"))


@dataclass(frozen=True)
class Step:
    """An extension that may be granted: up to so much in all, by whom."""

    to: int
    role: str
    when: Condition = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Limit:
    """A clock definition. Without terms it measures but has no due time; `warn_only` rings and has none either.

    Several `terms` run side by side and the earliest ends the clock. `earliest_of` takes the terms of the named
    families of the same matter; `chosen_date` names the attribute
    that may hold a date chosen by a person. `pause` lists the reasons that stop it, `pause_told` those that
    stop it if the customer was told.
    """

    id: str
    pack: str
    version: str
    family: str
    purpose: str
    label: Label
    arm: tuple[str, ...]
    stop: tuple[str, ...]
    cancel: tuple[str, ...]
    anchor: str
    calendar: str
    terms: tuple[Term, ...]
    earliest_of: tuple[str, ...]
    warn_only: bool
    chosen_date: str
    selector: Condition
    arm_if: Condition
    priority: int
    pause: frozenset[str]
    pause_told: frozenset[str]
    extension: tuple[Step, ...]
    reopen: str  # none | new | continue
    ladder: tuple[Rung, ...]
    verified: str
    source: Label
    note: Label | None = None
    kinds: frozenset[str] = frozenset({"case"})
    reserve: int = 0  # of a step: seconds of the whole term kept for the steps after it
    section: str = ""  # where the reference page on regulations treats it

    @cached_property
    def ref(self) -> str:
        """`pack/version/id`, as a clock records it."""
        return f"{self.pack}/{self.version}/{self.id}"

    @property
    def in_days(self) -> bool:
        return bool(self.terms) and self.terms[0].in_days

    @property
    def unit(self) -> str:
        """What its points are counted in; a promise without own terms counts calendar days."""
        return self.terms[0].unit if self.terms else "natural_day"

    def asks(self, event: str, kind: str, attrs: Mapping[str, Any]) -> bool:
        """Is this limit armed by the event, for a matter like this?"""
        return event in self.arm and kind in self.kinds and holds(self.arm_if, attrs)


@dataclass(frozen=True, eq=False)
class Provision:
    """What a pack asks for besides clocks: a duty, a flag, wording, a right with its window, an exclusion from figures.

    `codes` are the machine's words for it (flags, indicator ids, wording codes); `term` and `calendar` only where it
    lasts for a time, such as the days in which a customer may ask for a review.
    """

    id: str
    sort: str  # duty | flag | wording | right | exclusion | report | record
    label: Label
    verified: str
    source: Label
    section: str = ""
    codes: tuple[str, ...] = ()
    term: Term | None = None
    calendar: str = ""


@dataclass(frozen=True)
class Communication:
    """A letter that a law names and that changes what runs: holding response, delay notice, summary resolution.

    Delivered, it is the `event` of the pack's clocks. `answers`: it decides the matter. `window`: the purpose of the
    limit after which it may no longer be sent. `response`: the attribute the matter has from then on, by which further
    limits are chosen. `asks`: what has to be written, each a placeholder of the text: reason | expected | outcome.
    """

    id: str
    label: Label
    event: str
    answers: bool
    asks: tuple[str, ...]
    title: Label
    body: Label
    verified: str
    source: Label
    section: str = ""
    window: str = ""
    response: str = ""


@dataclass(frozen=True, eq=False)
class Pack:
    """`applies`: the matters it is for. `calendars`: the calendars an institution may choose between, the default first."""

    code: str
    version: str
    label: Label
    authority: Label
    legal: bool
    effective_from: date
    effective_to: date | None
    limits: tuple[Limit, ...]
    sha256: str
    note: Label | None = None
    applies: Condition = field(default_factory=dict)
    calendars: tuple[str, ...] = ()
    provisions: tuple[Provision, ...] = ()
    communications: tuple[Communication, ...] = ()

    @property
    def ref(self) -> str:
        return f"{self.code}/{self.version}"

    @property
    def kinds(self) -> frozenset[str]:
        """The sorts of thing it has clocks for; a pack without clocks is for cases."""
        return frozenset(kind for limit in self.limits for kind in limit.kinds) or frozenset({"case"})

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True, eq=False)
class Book:
    """The packs and calendars an institution works by, every version that a running clock may still name."""

    packs: tuple[Pack, ...]
    calendars: Mapping[str, Calendar]  # by code (the current version) and by code/version
    _limits: dict[str, Limit] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._limits.update({limit.ref: limit for pack in self.packs for limit in pack.limits})

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The attributes of a matter that any rule asks about."""
        conditions = [c for limit in self._limits.values() for c in (limit.selector, limit.arm_if)]
        return tuple(sorted({"complexity", "severity", *(name for condition in conditions for name in condition)}))

    @cached_property
    def starting(self) -> frozenset[str]:
        """The events that start a clock."""
        return frozenset(event for limit in self._limits.values() for event in limit.arm)

    def limit(self, ref: str) -> Limit:
        return self._limits[ref]

    def calendar(self, ref: str) -> Calendar:
        return self.calendars[ref]

    def pack(self, code: str, on: date) -> Pack | None:
        """The version of a pack in force on a date (the newest wins), or the very one named by `code/version`."""
        if "/" in code:
            return next((pack for pack in self.packs if pack.ref == code), None)
        found = [pack for pack in self.packs if pack.code == code and pack.in_force(on)]
        return max(found, key=lambda pack: (pack.effective_from, pack.version)) if found else None


def holds(condition: Condition, attrs: Mapping[str, Any]) -> bool:
    return all(str(attrs.get(name, "")).lower() in values for name, values in condition.items())


def chosen(limits: Iterable[Limit], event: str, kind: str, attrs: Mapping[str, Any]) -> list[Limit]:
    """Per pack, family and purpose the first match by priority: exactly one definition, or none."""
    found: dict[tuple[str, str, str], Limit] = {}
    for limit in limits:
        if limit.asks(event, kind, attrs) and holds(limit.selector, attrs):
            key = (limit.pack, limit.family, limit.purpose)
            if key not in found or limit.priority < found[key].priority:
                found[key] = limit
    return list(found.values())
