"""Which alerts open a rectification by themselves: a table, read from opening.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OpeningRule:
    """`*` matches everything. `days` until the deadline."""

    code: str
    indicator: str
    rule: str
    gravity: tuple[str, ...]
    days: int

    def fits(self, indicator: str, rule: str, gravity: str) -> bool:
        return (
            self.indicator in ("*", indicator)
            and (self.rule == "*" or rule.startswith(self.rule))
            and gravity in self.gravity
        )


def opening_rules(table: Mapping[str, Any]) -> tuple[OpeningRule, ...]:
    return tuple(
        OpeningRule(row["code"], row["indicator"], row["rule"], tuple(row["gravity"]), int(row["days"]))
        for row in table.get("rule", ())
    )


def rule_for(rules: Sequence[OpeningRule], indicator: str, rule: str, gravity: str) -> OpeningRule | None:
    """The first row that fits, as in a decision table."""
    return next((one for one in rules if one.fits(indicator, rule, gravity)), None)
