"""What happened, in the past tense: the only thing a room says upwards."""

import dataclasses
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from json.encoder import encode_basestring as _quoted  # type: ignore[attr-defined]
from types import UnionType
from typing import Annotated, Any, ClassVar, Union, dataclass_transform, get_args, get_origin, get_type_hints
from uuid import UUID

FACTS: dict[str, type["Fact"]] = {}

Term = Annotated[str, "term"]
"""A name from a public register or taxonomy (a company, a product of an imported source): words allowed.

Every other text in a fact is a code: see `is_code`.
"""

_CODE = re.compile(r"(?!1[3-9]\d{9}\Z)(?!\d{17}[\dXx]\Z)[!-?A-~]{1,200}\Z")
_TERM = re.compile(r"[^\x00-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff]{1,200}\Z")
Quote = Callable[[str], str]
Plan = tuple[tuple[str, str, Quote], ...]
_PLANS: dict[type, Plan] = {}
_LARGEST = 2**53 - 1  # RFC 8785: a whole number that every JSON reader keeps exactly


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Fact:
    """Base of every fact. A subclass is a frozen dataclass of ids, codes, times and numbers, without saying so.

    `type` is `noun.verbed`; `schema` grows when an optional field is added. No personal data
    and no free text: those stay in room tables, where they can be corrected or erased.
    """

    type: ClassVar[str]
    schema: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)  # the rest is below, once for all facts
        cls.__init__ = _first  # type: ignore[method-assign, assignment]
        known = FACTS.setdefault(cls.type, cls)
        if known.__qualname__ != cls.__qualname__ or known.__module__ != cls.__module__:
            raise TypeError(f"two facts are called {cls.type}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def payload(self) -> dict[str, Any]:
        """The fact as plain JSON values; fields that are None are left out."""
        found = {}
        for field in _fields(type(self)):
            value = getattr(self, field.name)
            if value is not None:
                found[field.name] = _plain(value)
        return found

    def canonical(self) -> str:
        """The payload as canonical JSON (RFC 8785), the text that is hashed. Refuses what a fact may not hold."""
        values = self.__dict__
        parts = []
        name = ""
        try:
            for name, key, quote in _PLANS.get(type(self)) or _plan(type(self)):
                value = values[name]
                if value is None:
                    continue
                kind = type(value)
                if kind is UUID:  # ids and codes are most of what facts hold
                    parts.append(f'{key}"{_dashed(value.int)}"')
                elif kind is str:
                    parts.append(key + quote(value))
                else:
                    parts.append(key + _text(value, quote))
        except ValueError as wrong:
            raise ValueError(f"{self.type}.{name}: {wrong}") from wrong
        return "{" + ",".join(parts) + "}"


def is_code(text: str) -> bool:
    """1 to 200 visible ASCII characters without `@`, and not a mobile phone or identity number.

    A name, an address or a sentence in Chinese, a sentence in English, an e-mail address: none of them passes.
    """
    return _CODE.match(text) is not None


def is_term(text: str) -> bool:
    """One line of 1 to 200 characters."""
    return _TERM.match(text) is not None


@lru_cache(maxsize=65_536)  # one instant stands in many facts
def iso(at: datetime) -> str:
    """An aware instant as UTC text with microseconds, the one form used in the ledger."""
    if at.tzinfo is UTC:
        return at.isoformat(timespec="microseconds")[:26] + "Z"
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _plan(fact: type[Fact]) -> Plan:
    """Per field, in the order of RFC 8785: its name, its JSON key and how its text is checked and quoted."""
    hints = get_type_hints(fact, include_extras=True)
    names = sorted(field.name for field in _fields(fact))
    plan = _PLANS[fact] = tuple((name, f'"{name}":', _quote(fact, name, hints[name])) for name in names)
    return plan


def _fields(kind: type[Fact]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)  # type: ignore[arg-type]  # mypy does not see what __init_subclass__ does


def _first(self: Fact, **values: Any) -> None:
    """The first fact of a kind makes the initialiser of all others: writing two hundred of them out would take a tenth of a
    second of every start, and one that sets its fields at once takes half the time of that of a frozen dataclass."""
    kind = type(self)
    fields = _fields(kind)
    given = {field.name: field.default for field in fields if field.default is not dataclasses.MISSING}
    names = ", ".join(f"{f.name}=given[{f.name!r}]" if f.name in given else f.name for f in fields)
    lines = [f" values[{field.name!r}] = {field.name}" for field in fields]
    made: dict[str, Any] = {"given": given}
    exec("\n".join([f"def __init__(self, *, {names}):", " values = self.__dict__", *lines]), made)
    kind.__init__ = made["__init__"]  # type: ignore[method-assign]
    kind.__init__(self, **values)


def _quote(fact: type[Fact], name: str, hint: Any) -> Quote:
    leaves = {leaf for leaf in _leaves(hint) if leaf is not type(None)}
    wrong = leaves - {str, Term, UUID, int, bool, datetime, date}
    if wrong or {str, Term} <= leaves:
        raise TypeError(f"{fact.type}.{name}: a fact may hold ids, codes, terms, times and whole numbers, not {hint}")
    return _quoted_term if Term in leaves else _quoted_code


@lru_cache(maxsize=4096)
def _quoted_code(text: str) -> str:
    if not is_code(text):
        raise ValueError("the ledger takes no personal data and no free text, only codes")
    return str(_quoted(text))


@lru_cache(maxsize=4096)
def _quoted_term(text: str) -> str:
    if not is_term(text):
        raise ValueError("the ledger takes no free text, only names of one line")
    return str(_quoted(text))


@lru_cache(maxsize=16_384)
def _dashed(number: int) -> str:
    """A UUID as text: one matter's id stands in many facts, one after the other."""
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _leaves(hint: Any) -> list[Any]:
    if get_origin(hint) in (Union, UnionType, tuple, list):
        return [leaf for part in get_args(hint) if part is not ... for leaf in _leaves(part)]
    return [hint]


def _text(value: Any, quote: Quote) -> str:
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is UUID:
        return f'"{_dashed(value.int)}"'
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        if not -_LARGEST <= value <= _LARGEST:
            raise ValueError(f"{value} is beyond what JSON keeps exactly")
        return str(value)
    if kind is datetime:
        return f'"{iso(value)}"'
    if kind in (tuple, list):
        return "[" + ",".join(_text(item, quote) for item in value) + "]"
    plain = _plain(value)
    if isinstance(value, date):
        return f'"{plain}"'
    return _text(str(plain) if isinstance(plain, str) else int(plain), quote)


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
