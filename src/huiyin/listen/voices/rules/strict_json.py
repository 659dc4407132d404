"""JSON as two programs read it alike: what the standard library lets pass is refused here.

Duplicate keys (the last would win), NaN and Infinity, numbers no other program can hold, half surrogate pairs, nesting
that would exhaust the stack: each has been a hole in somebody's product (reliability.md §6, 3-8).
"""

import json
import math
from typing import Any

DEPTH = 20
_DIGITS = 18


class BadJson(Exception):
    """`code` has its words in `problems.WORDS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def loads(body: bytes) -> Any:
    """The value of a body, or BadJson."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadJson("json_encoding") from wrong
    if _depth(text) > DEPTH:
        raise BadJson("json_depth")
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_decimal
        )
    except ValueError as wrong:
        raise BadJson("json") from wrong
    _no_halves(value)
    return value


def _depth(text: str) -> int:
    """How deep brackets nest, outside strings. Linear, and it stops at once when it is too deep."""
    depth = deepest = 0
    inside = escaped = False
    for char in text:
        if inside:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                inside = False
        elif char == '"':
            inside = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEPTH:
                return deepest
        elif char in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("json_duplicate")
    return found


def _no_constant(_name: str) -> Any:
    raise BadJson("json_number")


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise BadJson("json_number")
    return int(digits)


def _decimal(digits: str) -> float:
    value = float(digits) if len(digits) <= 40 else math.inf
    if not math.isfinite(value):
        raise BadJson("json_number")
    return value


def _no_halves(value: Any) -> None:
    """No string, key or value, may hold half of a surrogate pair or a NUL: not every database could store it."""
    if isinstance(value, str):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise BadJson("surrogate")
        if "\0" in value:
            raise BadJson("nul")
    elif isinstance(value, list):
        for item in value:
            _no_halves(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _no_halves(key)
            _no_halves(item)
