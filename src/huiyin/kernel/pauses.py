"""Which reason may stop which clock, and how long it may (clock.md §8.6). A rule pack may tighten this, never loosen it."""

from collections.abc import Iterable
from typing import Protocol

from huiyin.kernel.calendar import Term

STOP, TOLD, PACK = "stop", "told", "pack"
"""Stops; stops if the customer was told; stops where the rule pack says so. What is not listed runs on."""

MATRIX: dict[str, dict[str, str]] = {
    "customer_material": {"STEP": STOP, "TOTAL": STOP, "PROMISE": TOLD, "DEADLINE": STOP},
    "customer_wait": {"STEP": STOP, "TOTAL": STOP, "PROMISE": STOP, "DEADLINE": STOP},
    "external": {"STEP": STOP, "TOTAL": STOP, "REG": PACK, "DEADLINE": STOP},
    "mediation": {"STEP": STOP, "TOTAL": STOP, "REG": PACK, "DEADLINE": STOP},
    "other_department": {"STEP": STOP},
    "force_majeure": {"STEP": STOP, "TOTAL": STOP, "REG": PACK, "DEADLINE": STOP},
    "approval": {},
    "outage": {},
}
REASONS = tuple(MATRIX)

CONSULTED = "other_department"
"""Stops one leg while another department has its own; never chosen by a person."""

MATERIAL_DAYS = 5
_DAYS = {"customer_material": MATERIAL_DAYS, "external": 10, "mediation": 10}
DATED = frozenset({"customer_wait", "force_majeure"})
"""Their end is agreed or ordered, so it has to be named."""


def review_after(reason: str) -> Term | None:
    """How long such a pause lasts unless somebody names its end: working days, to close of business."""
    days = _DAYS.get(reason)
    return Term("business_day", days, end_of_term="close") if days else None


def may_stop(reason: str, family: str, *, told: bool = True) -> bool:
    """May this reason stop a clock of this family at all?"""
    how = MATRIX.get(reason, {}).get(family, "")
    return how in (STOP, PACK) or (how == TOLD and told)


class _Pausing(Protocol):
    @property
    def family(self) -> str: ...
    @property
    def pause(self) -> Iterable[str]: ...
    @property
    def pause_told(self) -> Iterable[str]: ...


def loosened(limit: _Pausing) -> list[str]:
    """The reasons for which a definition would stop although the matrix lets its family run."""
    found = [reason for reason in limit.pause if not may_stop(reason, limit.family, told=False)]
    return sorted({*found, *(reason for reason in limit.pause_told if not may_stop(reason, limit.family))})
