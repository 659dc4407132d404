"""Proof by enumeration that every matter meets exactly one definition per pack, family and purpose (pitfall T30)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from huiyin.kernel.limits import Limit, Pack, holds


@dataclass(frozen=True)
class Finding:
    """`why`: none (a matter without a definition) | two (equal priority) | dead (never chosen) | unknown (attribute or value)."""

    pack: str
    family: str
    purpose: str
    why: str
    case: tuple[tuple[str, str], ...] = ()
    limits: tuple[str, ...] = ()


def lint(pack: Pack, values: Mapping[str, Iterable[str]]) -> list[Finding]:
    """`values`: what each attribute of a matter may be."""
    groups: dict[tuple[str, str, str, str], list[Limit]] = {}
    for limit in pack.limits:
        for event in limit.arm:
            for kind in limit.kinds:
                groups.setdefault((limit.family, limit.purpose, event, kind), []).append(limit)
    return [finding for group in groups.values() for finding in _lint_group(pack, group, values)]


def _lint_group(pack: Pack, group: list[Limit], values: Mapping[str, Iterable[str]]) -> list[Finding]:
    found = []
    family, purpose = group[0].family, group[0].purpose
    used = {name for limit in group for condition in (limit.selector, limit.arm_if) for name in condition}
    for limit in group:
        for condition in (limit.selector, limit.arm_if):
            for name, wanted in condition.items():
                strange = wanted - {value.lower() for value in values.get(name, ())}
                if strange:
                    case = tuple((name, value) for value in sorted(strange))
                    found.append(Finding(pack.ref, family, purpose, "unknown", case, (limit.id,)))
    names = sorted(used & set(values))
    alive: set[str] = set()
    for combination in product(*(list(values[name]) for name in names)):
        attrs = dict(zip(names, combination, strict=True))
        armed = [limit for limit in group if holds(limit.arm_if, attrs)]
        matching = sorted((limit for limit in armed if holds(limit.selector, attrs)), key=lambda limit: limit.priority)
        case = tuple(attrs.items())
        if armed and not matching:
            found.append(Finding(pack.ref, family, purpose, "none", case))
        if matching:
            alive.add(matching[0].id)
            equals = tuple(limit.id for limit in matching if limit.priority == matching[0].priority)
            if len(equals) > 1:
                found.append(Finding(pack.ref, family, purpose, "two", case, equals))
    found += [Finding(pack.ref, family, purpose, "dead", (), (limit.id,)) for limit in group if limit.id not in alive]
    return found
