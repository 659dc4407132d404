"""The columns of `events`: one for every field of the facts that say something about service."""

import hashlib
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from huiyin.kernel.fact import Fact

# Of what is told about customers, only that two records are one person's: so that a person is counted once.
MERGES = ("customer.merged", "customer.unmerged")
# Who signed in and what was granted is read in the ledger, never in the columns.
FAMILIES = (
    "voice",
    "case",
    "clock",
    "message",
    "survey",
    "answer",
    "rectification",
    "alert",
    "unit",
    "staff",
    "post",
    "quality",
    "review",
    "mediation",
)
# The case and its voice are the matter itself: the column `key` already holds them.
LEFT_OUT = {"case", "voice"}
BASE = {
    "seq": "int",
    "stream": "text",
    "version": "int",
    "type": "text",
    "actor": "text",
    "occurred_at": "instant",
    "recorded_at": "instant",
    "key": "text",
}
KINDS: dict[object, str] = {UUID: "text", str: "text", bool: "bool", int: "int", datetime: "instant", date: "day"}


def event_columns(facts: Mapping[str, type[Fact]]) -> dict[str, str]:
    """Column name -> text | int | bool | instant | day, for every field of the service facts, in a fixed order."""
    found: dict[str, str] = {}
    for name in sorted(facts):
        for field, kind in _told_by(name, facts[name]).items():
            if found.setdefault(field, kind) != kind:
                found[field] = "text"
    clash = set(found) & set(BASE)
    if clash:
        raise ValueError(f"a fact may not call a field {sorted(clash)}: history uses that name")
    return dict(sorted(found.items()))


def event_fields(facts: Mapping[str, type[Fact]]) -> dict[str, dict[str, str]]:
    """Fact type -> the columns it fills, and what this fact writes there: where two facts differ the column is text."""
    return {name: dict(sorted(_told_by(name, fact).items())) for name, fact in facts.items()}


def fingerprint(shape: Mapping[str, object]) -> str:
    """Changes when a fact gains a field or a table is folded otherwise: then the columns are made anew from the ledger."""
    return hashlib.sha256(repr(sorted(shape.items())).encode()).hexdigest()[:16]


def _told_by(name: str, fact: type[Fact]) -> dict[str, str]:
    if name.split(".")[0] not in FAMILIES and name not in MERGES:
        return {}
    hints = {field: KINDS.get(_plain(hint)) for field, hint in typing.get_type_hints(fact).items()}
    return {f: kind for f, kind in hints.items() if kind and f not in LEFT_OUT and f not in ("type", "schema")}


def _plain(hint: object) -> object:
    """`X | None` is X; a tuple or a ClassVar is nothing a column can hold."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        inner = [part for part in typing.get_args(hint) if part is not type(None)]
        return inner[0] if len(inner) == 1 else None
    return hint
