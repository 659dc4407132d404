"""An indicator as a catalogue file defines it, checked before anything is computed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from huiyin.kernel.label import Label
from huiyin.measure.indicators.rules.sql import BASES

KINDS = ("share", "rate", "count", "duration", "stock", "mean", "sum")
CHARTS = ("p", "u", "xmr")
UNITS = {
    "percent": Label("percent", "%", "%"),
    "per_10000": Label("per_10000", "件/万户", "per 10,000"),
    "cases": Label("cases", "件", "complaints"),
    "minutes": Label("minutes", "分钟", "minutes"),
    "days": Label("days", "日", "days"),
    "score": Label("score", "分", "of 5"),
    "gap": Label("gap", "分", "points of 7"),
    "yuan": Label("yuan", "元", "CNY"),
    "nps": Label("nps", "分", "points"),
}
DIRECTIONS = {
    "up": Label("up", "越高越好", "higher is better"),
    "down": Label("down", "越低越好", "lower is better"),
    "none": Label("none", "不评好坏", "neither good nor bad"),
}
_MUST = {
    "code": str, "version": int, "order": int, "name_zh": str, "name_en": str, "text_zh": str, "text_en": str,
    "kind": str, "chart": str, "unit": str, "direction": str, "min_n": int, "source": str, "facts": list,
    "base": str, "day": str, "population": str, "numerator": str,
}  # fmt: skip
_MAY: dict[str, Any] = {"target": (int, float), "value": str, "mature_days": int, "variant": list}


class Faulty(ValueError):
    """A catalogue file that cannot be used, and why."""


@dataclass(frozen=True)
class Variant:
    """The same figure with a further condition: adjusted, or without extensions."""

    label: Label
    numerator: str = ""
    population: str = ""


@dataclass(frozen=True)
class Definition:
    code: str
    version: int
    order: int
    name: Label
    text: Label
    kind: str
    chart: str
    unit: str
    direction: str
    min_n: int
    source: str
    facts: tuple[str, ...]
    base: str
    day: str
    population: str
    numerator: str
    value: str = ""
    target: float | None = None
    mature_days: int = 0
    variants: tuple[Variant, ...] = ()

    @property
    def label(self) -> Label:
        return self.name

    @property
    def parts(self) -> int:
        """A value is counted in whole parts so that sums are exact: gaps in hundredths of a point, money in fen."""
        return 100 if self.unit in ("gap", "yuan") else 1

    @property
    def unit_label(self) -> Label:
        return UNITS[self.unit]

    @property
    def direction_label(self) -> Label:
        return DIRECTIONS[self.direction]


def read(found: Mapping[str, Any], fact_types: Collection[str]) -> Definition:
    """The definition, or a Faulty that says what is wrong with the file."""
    code = found.get("code", "?")
    for key, kind in _MUST.items():
        if not isinstance(found.get(key), kind):
            raise Faulty(f"{code}: {key} is missing or of the wrong kind")
    for key, value in found.items():
        if key not in _MUST and not isinstance(value, _MAY.get(key, ())):
            raise Faulty(f"{code}: {key} is unknown or of the wrong kind")
    for key, allowed in (
        ("kind", KINDS), ("chart", CHARTS), ("unit", UNITS), ("direction", DIRECTIONS), ("base", BASES),
    ):  # fmt: skip
        if found[key] not in allowed:
            raise Faulty(f"{code}: {key} cannot be {found[key]!r}")
    unknown = [fact for fact in found["facts"] if fact not in fact_types]
    if unknown:
        raise Faulty(f"{code}: there is no fact {', '.join(unknown)}")
    if (found["kind"] in ("duration", "mean", "sum")) != bool(found.get("value")):
        raise Faulty(f"{code}: a duration, a mean or a sum needs a value, nothing else may have one")
    return Definition(
        code=code, version=found["version"], order=found["order"],
        name=Label(code, found["name_zh"], found["name_en"]), text=Label(code, found["text_zh"], found["text_en"]),
        kind=found["kind"], chart=found["chart"], unit=found["unit"], direction=found["direction"],
        min_n=found["min_n"], source=found["source"], facts=tuple(found["facts"]), base=found["base"],
        day=found["day"], population=found["population"], numerator=found["numerator"], value=found.get("value", ""),
        target=found.get("target"), mature_days=found.get("mature_days", 0),
        variants=tuple(_variant(v) for v in found.get("variant", [])),
    )  # fmt: skip


def _variant(found: Mapping[str, str]) -> Variant:
    label = Label(found["code"], found["name_zh"], found["name_en"])
    return Variant(label, found.get("numerator", ""), found.get("population", ""))
