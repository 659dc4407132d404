"""Which part of a sender's JSON becomes which field of a submission, as the bank has set it for that sender."""

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"([A-Za-z0-9_$@-]{1,64})((?:\[\d{1,3}\])*)")
TARGETS = frozenset(
    {
        "kind", "text", "subject", "product", "unit", "occurred_at", "want", "where", "source_id", "customer.name",
        "customer.phone", "customer.email", "customer.id_number", "representative.name", "representative.mandate",
        "complained_about", "conversation", "language",
    }
)  # fmt: skip


class BadMapping(Exception):
    """The mapping itself is wrong; the message names the entry."""


def steps(path: str) -> list[str | int]:
    """`data.items[0].text` as its steps."""
    found: list[str | int] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise BadMapping(path)
        found.append(match[1])
        found += [int(number) for number in re.findall(r"\d+", match[2])]
    if len(found) > 20:
        raise BadMapping(path)
    return found


def at(value: Any, path: str) -> Any:
    """What stands at the path, or None."""
    for step in steps(path):
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return None
    return value


def checked(fields: Mapping[str, str], constant: Mapping[str, str]) -> None:
    """BadMapping if a target is unknown, a path is none, or nothing gives the words."""
    for target in (*fields, *constant):
        if target not in TARGETS:
            raise BadMapping(target)
    for path in fields.values():
        steps(path)
    if "text" not in fields:
        raise BadMapping("text")


def submission(value: Any, fields: Mapping[str, str], constant: Mapping[str, str]) -> dict[str, Any]:
    """The value as a raw submission, for the intake rules to judge. Whole numbers are taken as their figures."""
    raw: dict[str, Any] = {}
    for target, found in [*constant.items(), *((target, at(value, path)) for target, path in fields.items())]:
        if found is None:
            continue
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if target == "complained_about" and isinstance(found, str):
            found = [found]
        group, _dot, name = target.partition(".")
        if name:
            raw.setdefault(group, {})[name] = found
        else:
            raw[target] = found
    return raw
