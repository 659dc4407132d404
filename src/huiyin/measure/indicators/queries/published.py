"""Figures as they were published: complete, frozen, the same for every reader (decision 23)."""

from dataclasses import dataclass
from datetime import date, datetime

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import paths
from huiyin.measure.history import queries as history
from huiyin.measure.indicators.models import Published

# Somebody recused from a matter sees a complete figure only where one matter cannot be read out of it.
FEWEST = 5


@dataclass(frozen=True)
class Figure:
    month: date
    unit_path: str
    version: int
    num: int
    den: int
    value: float | None
    state: str
    at: datetime


def published(*, code: str, actor: Actor, at: datetime) -> list[Figure]:
    """Newest month first; the institution's own figures, and those of the units the actor may see."""
    allowed = paths(actor, "dashboard.read")
    careful = bool(history.hidden(actor, at))
    found = Published.objects.filter(indicator=code).order_by("-month", "unit_path", "-version")
    return [
        Figure(
            row.month, row.unit_path, row.version, row.num, row.den,
            float(row.value) if row.value is not None else None, row.state, row.at,
        )
        for row in found
        if allowed
        and (not row.unit_path or row.unit_path.startswith(allowed))
        and not (careful and row.den < FEWEST)
    ]  # fmt: skip
