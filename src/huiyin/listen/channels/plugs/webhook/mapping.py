"""Which part of a sender's JSON becomes which field of a submission, as the bank has set it for that sender.

One entry a line (or between semicolons): `text = data.items[0].text` takes what stands there, `kind := enquiry` is the
same for everybody.
"""

import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"([A-Za-z0-9_$@-]{1,64})((?:\[\d{1,3}\])*)")
TARGETS = {
    "text": "text", "subject": "subject", "conversation": "conversation", "language": "language", "kind": "kind",
    "product": "product", "unit": "unit", "occurred_at": "occurred_at", "want": "want", "source_id": "source_id",
    "complained_about": "complained_about", "customer.name": "name", "customer.phone": "phone",
    "customer.email": "email",
}  # fmt: skip
"""The name in a mapping → the name in what was parsed."""


class BadMapping(Exception):
    """The mapping itself is wrong; the message names the entry."""


def entries(
    text: str, targets: Mapping[str, str] = TARGETS, needed: tuple[str, ...] = ("text",)
) -> tuple[dict[str, str], dict[str, str]]:
    """(paths, constants) of a mapping as it is typed. BadMapping if an entry is none or nothing gives what is needed."""
    paths: dict[str, str] = {}
    constants: dict[str, str] = {}
    for line in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        match = re.fullmatch(r"([a-z_.]+)\s*(:?=)\s*(.{1,200})", line)
        if match is None or match[1] not in targets or match[1] in paths or match[1] in constants:
            raise BadMapping(line[:80])
        if match[2] == "=":
            steps(match[3])
            paths[match[1]] = match[3]
        else:
            constants[match[1]] = match[3]
    for name in needed:
        if name not in paths and (name == "text" or name not in constants):
            raise BadMapping(name)
    return paths, constants


def steps(path: str) -> list[str | int]:
    """`data.items[0].text` as its steps."""
    found: list[str | int] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise BadMapping(path[:80])
        found.append(match[1])
        found += [int(number) for number in re.findall(r"\d+", match[2])]
    if len(found) > 20:
        raise BadMapping(path[:80])
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


def picked(
    value: Any, text: str, targets: Mapping[str, str] = TARGETS, needed: tuple[str, ...] = ("text",),
    switches: tuple[str, ...] = (),
) -> dict[str, str]:  # fmt: skip
    """The fields of what was sent, as texts. TypeError where something else than a text or a number stands; a switch
    (`switches`) may be true or false as well, "1" or ""."""
    paths, constants = entries(text, targets, needed)
    found = {targets[target]: said for target, said in constants.items()}
    for target, path in paths.items():
        said = at(value, path)
        if target == "complained_about" and isinstance(said, list) and all(isinstance(one, str) for one in said):
            said = "\n".join(said)
        if said is None or said == "":
            continue
        if isinstance(said, bool) and target in switches:
            said = "1" if said else ""
        if isinstance(said, bool) or not isinstance(said, str | int | float):
            raise TypeError(target)
        found[targets[target]] = str(said)
    return found
