"""Where every unit stood on every day, from the facts of its openings, moves and closings alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

ALWAYS = date(1900, 1, 1)
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True)
class Placed:
    """One `unit.placed` fact, in ledger order."""

    unit: str
    code: str
    kind: str
    from_date: date
    parent: str | None = None
    until_date: date | None = None


@dataclass(frozen=True)
class Stay:
    """A unit counts under this path from a day (included) until a day (excluded).

    The first stay reaches back and the last one forward without end: what is told about a unit before it opened
    or after it closed still counts somewhere.
    """

    unit: str
    code: str
    kind: str
    parent: str | None
    path: str
    from_day: date
    until_day: date


def stays(facts: Sequence[Placed]) -> list[Stay]:
    """The paths of all units by date. A later fact about the same unit and day replaces the earlier one."""
    chosen: dict[str, dict[date, Placed]] = {}
    for fact in facts:
        chosen.setdefault(fact.unit, {})[fact.from_date] = fact
    days = sorted(
        {d for own in chosen.values() for d in own}
        | {p.until_date for own in chosen.values() for p in own.values() if p.until_date}
    )
    timeline = {unit: sorted(own.values(), key=lambda p: p.from_date) for unit, own in chosen.items()}
    found: list[Stay] = []
    for unit in timeline:
        found.extend(_stays_of(unit, timeline, days))
    return sorted(found, key=lambda s: (s.path, s.from_day))


def _stays_of(unit: str, timeline: dict[str, list[Placed]], days: list[date]) -> list[Stay]:
    found: list[Stay] = []
    for start, end in zip(days, [*days[1:], FOREVER], strict=True):
        own = _placed(timeline[unit], start)
        if own is None:
            continue
        path = _path(unit, timeline, start)
        last = found[-1] if found else None
        if last and last.until_day == start and last.path == path and last.kind == own.kind:
            found[-1] = Stay(unit, own.code, own.kind, own.parent, path, last.from_day, end)
        else:
            found.append(Stay(unit, own.code, own.kind, own.parent, path, start, end))
    if found:
        found[0] = replace(found[0], from_day=ALWAYS)
        found[-1] = replace(found[-1], until_day=FOREVER)
    return found


def _placed(own: list[Placed], on: date) -> Placed | None:
    current = None
    for fact in own:
        if fact.from_date <= on:
            current = fact
    if current and current.until_date and current.until_date <= on:
        return None
    return current


def _path(unit: str, timeline: dict[str, list[Placed]], on: date) -> str:
    codes: list[str] = []
    seen: set[str] = set()
    at: str | None = unit
    while at and at not in seen:
        seen.add(at)
        placed = _placed(timeline.get(at, []), on)
        if placed is None:
            break
        codes.append(placed.code)
        at = placed.parent
    return "".join(f"{code}/" for code in reversed(codes))
