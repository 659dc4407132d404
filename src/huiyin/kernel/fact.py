"""What happened, in the past tense: the only thing a room says upwards."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, ClassVar
from uuid import UUID

FACTS: dict[str, type["Fact"]] = {}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of every fact. A subclass is a frozen dataclass of ids, codes, times and numbers.

    `type` is `noun.verbed`; `schema` grows when an optional field is added. No personal data
    and no free text: those stay in room tables, where they can be corrected or erased.
    """

    type: ClassVar[str]
    schema: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = FACTS.setdefault(cls.type, cls)
        if known.__qualname__ != cls.__qualname__ or known.__module__ != cls.__module__:
            raise TypeError(f"two facts are called {cls.type}")

    def payload(self) -> dict[str, Any]:
        """The fact as plain JSON values; fields that are None are left out."""
        found = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if value is not None:
                found[field.name] = _plain(value)
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    raise TypeError(f"a fact may hold ids, codes, times and whole numbers, not {type(value).__name__}")


def iso(at: datetime) -> str:
    """An aware instant as UTC text with microseconds, the one form used in the ledger."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    utc = at.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
