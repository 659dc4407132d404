"""Merging matters: whose terms the survivor goes on with, and what it had of its own (§8.12)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import Clock, Pause, extension_text, part_text, pause_text
from huiyin.bank.clocks.rules.replay import KINDS, revived
from huiyin.bank.clocks.rules.story import told
from huiyin.kernel.limits import Book

APART = frozenset({"STEP", "OWNER"})
"""Families that stay with their own matter: a leg belongs to its holder, ownership is not a term."""

JOINED = frozenset({"merge", "carry", "unmerge"})
"""Why terms are another matter's; a split matter's terms are its own."""


def kind_of(clock: Clock) -> tuple[str, str, str]:
    """What makes clocks of two matters the same limit."""
    return clock.pack, clock.family, clock.purpose


def earliest(clocks: Iterable[Clock]) -> Clock:
    """The one due first; the survivor's own (given first) where they are equal."""
    return min(clocks, key=lambda clock: clock.due if clock.due is not None else 1 << 60)


def terms_of(clock: Clock) -> dict[str, Any]:
    """The whole terms of a clock, as the fact of a supersession may hold them."""
    return {
        "definition": clock.definition,
        "calendar": clock.calendar,
        "anchor_at": clock.anchor_at,
        "terms": tuple(part_text(part) for part in clock.parts) or None,
        "pauses": tuple(pause_text(_ended(pause, clock)) for pause in clock.pauses) or None,
        "extensions": tuple(extension_text(extension) for extension in clock.extensions) or None,
    }


def _ended(pause: Pause, clock: Clock) -> Pause:
    if pause.end is None:
        raise ValueError(f"clock {clock.id} is paused: its pause has no length yet")
    return pause


def same_terms(one: Clock, other: Clock) -> bool:
    return terms_of(one) == terms_of(other)


def alone(book: Book, stream: str, entries: Iterable[tuple[str, int, dict[str, Any]]]) -> dict[UUID, Clock]:
    """The clocks of a stream as they would be had nothing been merged into it; later pauses and extensions count."""
    found: dict[UUID, Clock] = {}
    carried: set[UUID] = set()
    for kind, at, payload in entries:
        if kind not in KINDS:
            continue
        fact = revived(KINDS[kind], payload)
        if isinstance(fact, facts.ClockSuperseded) and fact.why in JOINED:
            if fact.why == "carry":
                carried.add(fact.clock)
            continue
        found[fact.clock] = told(book, found.get(fact.clock), fact, at, stream)
    return {id: clock for id, clock in found.items() if id not in carried}
