"""The ladder of a limit: at which points it calls whom, by which way, how often (clock.md §8.13)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from huiyin.bank.standards.rules.rejected import StandardRejected
from huiyin.kernel.calendar import HOUR_UNITS, Term, seconds
from huiyin.kernel.limits import CHANNELS, LEVELS, Limit, Rung

OFTEN = 31
"""How many times more a rung may ring: a month of days."""

_KNOWN = {"at", "to", "channel", "urgent", "every", "times"}


def rungs(where: str, entry: Any, terms: tuple[Term, ...]) -> Iterator[Rung]:
    """One entry of a ladder: its point alone, or a table.

    `{ at = "after 1", to = ["holder", "head"], channel = ["mail"], urgent = true, every = 1, times = 5 }`; without `to` a
    point up to the due time calls the holder, a later one the head of the unit. A repeating one is several rungs.
    """
    table = {"at": entry} if isinstance(entry, str) else entry
    if not isinstance(table, dict) or not isinstance(table.get("at"), str) or set(table) - _KNOWN:
        raise StandardRejected(f"{where}: not a rung: {entry}")
    unit = _unit(terms)
    point, raw = _point(where, table["at"], unit)
    every, times = (_number(where, table, name) for name in ("every", "times"))
    if times > OFTEN:
        raise StandardRejected(f"{where}: a rung repeats at most {OFTEN} times: {table['at']}")
    first = Rung(
        code=table["at"].replace(" ", "-"),
        point=point,
        amount=_in_units(raw, unit) if point in ("left", "after") else raw,
        to=_names(where, table, "to") or (("head",) if point == "after" else ("holder",)),
        channels=tuple(dict.fromkeys(("inbox", *_names(where, table, "channel")))),
        urgent=_flag(where, table),
        every=every,
        times=times,
    )
    yield first
    if every and point in ("due", "after"):
        if unit == "":
            raise StandardRejected(f"{where}: {table['at']} has no unit to repeat by where terms have several")
        for again in range(1, times + 1):
            later = raw + again * every
            yield replace(first, code=f"after-{later}", point="after", amount=_in_units(later, unit), again=again)


def misfits(limit: Limit) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """What makes no sense in a ladder, as (why, what): a point outside the term or named twice, a repetition that never
    comes, nobody or somebody unknown to call."""
    longest = max((term.amount for term in limit.terms), default=None)
    seen: set[str] = set()
    for rung in limit.ladder:
        pointless = longest is None and not limit.earliest_of
        beyond = longest is not None and rung.point == "left" and rung.amount > longest
        if pointless or beyond or rung.code in seen:
            yield "rung", (("rung", rung.code),)
        seen.add(rung.code)
        if rung.again:
            continue
        if bool(rung.every) != bool(rung.times) or (rung.every and rung.point not in ("due", "after")):
            yield "repeat", (("rung", rung.code),)
        for name in rung.to:
            if name not in LEVELS or (name == "owner" and limit.kinds != {"case"}):
                yield "recipient", (("rung", rung.code), ("to", name))
        for name in rung.channels:
            if name not in CHANNELS:
                yield "channel", (("rung", rung.code), ("channel", name))


def _point(where: str, text: str, unit: str) -> tuple[str, int]:
    if text == "due":
        return "due", 0
    if text.endswith("%") and text[:-1].isdecimal() and 0 < int(text[:-1]) <= 100:
        return "percent", int(text[:-1])
    point, _, amount = text.partition(" ")
    if point not in ("left", "after") or not (amount.isascii() and amount.isdecimal() and len(amount) < 6):
        raise StandardRejected(f"{where}: not a rung: {text}")
    if not unit:
        raise StandardRejected(f"{where}: {text} has no unit where terms have several; use a percentage or due")
    return point, int(amount)


def _unit(terms: tuple[Term, ...]) -> str:
    """The one unit of the terms (a promise without own terms counts calendar days); empty where there are several."""
    units = {term.unit for term in terms} or {"natural_day"}
    return next(iter(units)) if len(units) == 1 else ""


def _in_units(amount: int, unit: str) -> int:
    return seconds(amount) if unit in HOUR_UNITS else amount


def _names(where: str, table: dict[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found) or (name in table and not found):
        raise StandardRejected(f"{where}: {name} lists names: {found}")
    return tuple(dict.fromkeys(found))


def _number(where: str, table: dict[str, Any], name: str) -> int:
    found = table.get(name, 0)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 100_000:
        raise StandardRejected(f"{where}: {name} is a whole number: {found}")
    return found


def _flag(where: str, table: dict[str, Any]) -> bool:
    found = table.get("urgent", False)
    if not isinstance(found, bool):
        raise StandardRejected(f"{where}: urgent is true or false: {found}")
    return found
