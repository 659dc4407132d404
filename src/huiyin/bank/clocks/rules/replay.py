"""Stored payloads back into facts, and a whole stream into its clocks."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import date, datetime
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.rules.clock import Clock
from huiyin.bank.clocks.rules.story import Fold
from huiyin.kernel.limits import Book

KINDS: dict[str, type[facts.ClockFact]] = {
    kind.type: kind
    for kind in (
        facts.ClockArmed,
        facts.ClockAttested,
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
    fold = Fold(book, stream)
    for kind, at, payload in entries:
        if kind in KINDS:
            fold.take(revived(KINDS[kind], payload), at)
    return fold.clocks()


def revived(kind: type[facts.ClockFact], payload: dict[str, Any]) -> facts.ClockFact:
    """The fact a payload was written from. Fields left out because they were None come back as None.

    TypeError if a field is missing that every such fact has. The fields are set at once instead of one by one as a
    frozen dataclass does: a home's whole history is read through here.
    """
    blank, required, readers = _shape(kind)  # type: ignore[arg-type]
    if not required <= payload.keys():
        raise TypeError(f"{kind.type} without {', '.join(sorted(required - payload.keys()))}")
    fact = object.__new__(kind)
    values = fact.__dict__
    values.update(blank)
    values.update(payload if payload.keys() <= blank.keys() else {k: v for k, v in payload.items() if k in blank})
    for name, reader in readers:
        if (value := values[name]) is not None:
            values[name] = reader(value)
    return fact


@lru_cache(maxsize=32)
def _shape(kind: type[facts.ClockFact]) -> tuple[dict[str, Any], frozenset[str], tuple[tuple[str, Any], ...]]:
    """Every field with what it is when left out; those that are never left out; those that need reading."""
    hints = get_type_hints(kind)
    blank = {one.name: None if one.default is MISSING else one.default for one in fields(kind)}
    missing = {one.name for one in fields(kind) if one.default is MISSING}
    readers = ((name, _reader(hints[name])) for name in blank)
    return (
        blank,
        frozenset(missing.difference(REQUIRED_MAY_BE_NONE)),
        tuple((name, read) for name, read in readers if read is not _as_is),
    )


def _reader(hint: Any) -> Any:
    leaves = [leaf for leaf in get_args(hint) if leaf is not type(None)] if _optional(hint) else [hint]
    leaf = leaves[0]
    if get_origin(leaf) is tuple:
        return tuple
    if leaf is UUID:
        return _uuid
    if leaf is datetime:
        return _moment
    if leaf is date:
        return date.fromisoformat
    return _as_is


@lru_cache(maxsize=65_536)
def _uuid(text: str) -> UUID:
    """A matter's id is in every fact of it, a clock's in each of its own."""
    return UUID(text)


@lru_cache(maxsize=65_536)
def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType)


def _as_is(value: Any) -> Any:
    return value
