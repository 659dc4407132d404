"""Which unit a matter belongs to: what the customer named, else where such matters were dealt with. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from huiyin.kernel.intervals import wilson

U = TypeVar("U")
SHORTEST = 4  # characters of a name that is looked for
FEWEST, MOST_OF = 10, 0.6  # past cases, and the share of them that one unit must have had


@dataclass(frozen=True)
class Suggested(Generic[U]):
    """`why`: named | owner | past. Of `n` past cases the unit had `hits`; `low` is the lower end of the 95 % interval."""

    unit: U
    why: str
    hits: int = 0
    n: int = 0
    low: float = 0.0


def named(text: str, names: Iterable[tuple[U, str]]) -> U | None:
    """The unit whose name stands in the text; of several the longest, of two different equally long ones none.

    A bank's outlets share their first characters (the town); people leave them out, so the last five or more
    characters of a name are enough where only one unit ends so."""
    folded = text.casefold()
    ends: dict[str, set[U]] = {}
    for unit, name in names:
        name = name.casefold()
        latin = name.isascii()
        for start in range(0, 1 if latin else max(1, len(name) - 4)):
            if len(name) - start >= SHORTEST:
                ends.setdefault(name[start:], set()).add(unit)
    found = [(len(end), next(iter(units))) for end, units in ends.items() if len(units) == 1 and end in folded]
    if not found:
        return None
    longest = max(length for length, _unit in found)
    best = {unit for length, unit in found if length == longest}
    return best.pop() if len(best) == 1 else None


def suggested(
    text: str, names: Sequence[tuple[U, str]], past: Mapping[U, int], owner: U | None = None
) -> Suggested[U] | None:
    """Named by the customer; else the unit that answers for the product; else the one that had most of the past cases
    of the same kind, if that is clear enough."""
    told = named(text, names)
    if told is not None:
        return Suggested(told, "named")
    if owner is not None:
        return Suggested(owner, "owner")
    n = sum(past.values())
    if n < FEWEST:
        return None
    unit, hits = max(past.items(), key=lambda one: (one[1], str(one[0])))
    if hits < MOST_OF * n:
        return None
    return Suggested(unit, "past", hits, n, wilson(hits, n)[0])
