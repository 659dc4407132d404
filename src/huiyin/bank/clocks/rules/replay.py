"""Stored payloads back into facts, and a whole stream into its clocks."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import Clock
from huiyin.bank.clocks.rules.story import told
from huiyin.kernel.limits import Book

KINDS: dict[str, type[facts.ClockFact]] = {
    kind.type: kind
    for kind in (
        facts.ClockArmed,
        facts.ClockPaused,
        facts.ClockResumed,
        facts.ClockExtended,
        facts.ClockSuperseded,
        facts.ClockRerouted,
        facts.ClockMerged,
        facts.ClockRestored,
        facts.ClockSatisfied,
        facts.ClockUnsatisfied,
        facts.ClockBreached,
        facts.ClockRung,
        facts.ClockCancelled,
        facts.ClockExcused,
    )
}
REQUIRED_MAY_BE_NONE = ("due_at", "old_due_at", "met")


def replayed(book: Book, stream: str, entries: Iterable[tuple[str, int, dict[str, Any]]]) -> dict[UUID, Clock]:
    """The clocks of a stream from its entries: (type, occurred in seconds, payload)."""
    clocks: dict[UUID, Clock] = {}
    for kind, at, payload in entries:
        if kind in KINDS:
            fact = revived(KINDS[kind], payload)
            clocks[fact.clock] = told(book, clocks.get(fact.clock), fact, at, stream)
    return clocks


def revived(kind: type[facts.ClockFact], payload: dict[str, Any]) -> facts.ClockFact:
    """The fact a payload was written from. Fields left out because they were None come back as None."""
    values = {}
    for name, reader in _readers(kind):  # type: ignore[arg-type]
        if name in payload:
            values[name] = reader(payload[name])
        elif name in REQUIRED_MAY_BE_NONE:
            values[name] = None
    return kind(**values)


@lru_cache(maxsize=32)
def _readers(kind: type[facts.ClockFact]) -> tuple[tuple[str, Any], ...]:
    hints = get_type_hints(kind)
    return tuple((name, _reader(hint)) for name, hint in hints.items() if name not in ("type", "schema"))


def _reader(hint: Any) -> Any:
    leaves = [leaf for leaf in get_args(hint) if leaf is not type(None)] if _optional(hint) else [hint]
    leaf = leaves[0]
    if get_origin(leaf) is tuple:
        return tuple
    if leaf is UUID:
        return UUID
    if leaf is datetime:
        return datetime.fromisoformat
    if leaf is date:
        return date.fromisoformat
    return _as_is


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType)


def _as_is(value: Any) -> Any:
    return value
