"""What a detector found, whichever it was."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin.measure.alerts.rules.families import key, unit_of


@dataclass(frozen=True)
class Part:
    cell: dict[str, str]
    observed: float
    expected: float
    share: float


@dataclass(frozen=True)
class Found:
    """One event, by a surge of counts or by a rate that turned."""

    indicator: str
    rule: str
    family: str
    cell: dict[str, str]
    since: date
    seen: date
    weeks: int
    observed: float
    expected: float
    upper: float | None
    p: float
    explained_by: tuple[Part, ...]
    series: tuple[tuple[str, float, float | None, float | None], ...]

    @property
    def key(self) -> str:
        return key(self.cell)

    @property
    def unit(self) -> str | None:
        return unit_of(self.cell)

    def plain(self) -> dict[str, Any]:
        """As `huiyin alerts --json` prints it."""
        return {
            "indicator": self.indicator,
            "cell": self.cell,
            "since": self.since.isoformat(),
            "observed": self.observed,
            "expected": self.expected,
            "p": self.p,
            "explained_by": [
                {"cell": p.cell, "observed": p.observed, "expected": p.expected, "share": p.share}
                for p in self.explained_by
            ],
        }
