"""What another length of a limit would have meant for the cases of a period. Nothing is written."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.standards.queries import HOME_ZONE
from huiyin.kernel.actor import Actor
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.queries.records import visible_to


@dataclass(frozen=True)
class Share:
    """Of so many cycles how many are late under the limit as it is, and as it would be."""

    key: str
    judged: int
    late: int
    would_be_late: int

    @property
    def more(self) -> int:
        return self.would_be_late - self.late


@dataclass(frozen=True)
class Line:
    """One case whose verdict would change."""

    case: UUID
    number: str
    unit_path: str
    complexity: str
    received_at: datetime
    due_at: datetime | None
    would_be_due_at: datetime | None
    answered_at: datetime | None
    would_be_late: bool
    open: bool


@dataclass
class WhatIf:
    """Cycles of cases received in the period. `still_open` are judged as of now: those not yet late may become so.

    `cannot_tell`: no time is recorded (an imported record attests only a verdict), or an extension in another unit.
    `cancelled` cycles (withdrawn, not a complaint after all) are counted apart. Late ones lie within `judged`.
    """

    judged: int = 0
    late: int = 0
    would_be_late: int = 0
    newly_late: int = 0
    newly_in_time: int = 0
    still_open: int = 0
    cannot_tell: int = 0
    cancelled: int = 0
    by_unit: list[Share] = field(default_factory=list)
    by_complexity: list[Share] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def what_if(
    *,
    pack: str,
    family: str,
    amount: str,
    unit: str,
    from_day: date,
    to_day: date,
    at: datetime,
    actor: Actor | None,
    purpose: str = "",
) -> WhatIf:
    """Cases received from the first day to the last, as this actor may see them (the command line sees all)."""
    start = datetime.combine(from_day, time(), HOME_ZONE)
    end = datetime.combine(to_day + timedelta(days=1), time(), HOME_ZONE)
    cases = Case.objects.all() if actor is None else visible_to(actor, at)
    known = {
        id: (number, path, complexity)
        for id, number, path, complexity in cases.filter(received_at__gte=start, received_at__lt=end)
        .order_by()
        .values_list("id", "number", "unit_path", "complexity")
    }
    found = WhatIf()
    counts: dict[str, Counter[tuple[str, str]]] = {"unit": Counter(), "complexity": Counter()}
    change = clocks.Change(amount, unit)
    for one in clocks.what_if(
        pack=pack, family=family, purpose=purpose, change=change, from_at=start, until_at=end, at=at
    ):
        place = known.get(one.clock.subject)
        if place is None:
            continue
        if one.before == clocks.CALLED_OFF:
            found.cancelled += 1
            continue
        if clocks.CANNOT_TELL in (one.before, one.after):
            found.cannot_tell += 1
            continue
        was, would = clocks.is_late(one.before), clocks.is_late(one.after)
        found.judged += 1
        found.late += was
        found.would_be_late += would
        found.newly_late += one.newly_late
        found.newly_in_time += one.newly_in_time
        found.still_open += one.clock.open
        for name, key in (("unit", place[1]), ("complexity", place[2])):
            counts[name]["judged", key] += 1
            counts[name]["late", key] += was
            counts[name]["would", key] += would
        if was != would:
            found.lines.append(
                Line(
                    one.clock.subject, *place, one.clock.anchor_at, one.clock.due_at, clocks.moment(one.due),
                    one.clock.satisfied_at, would, one.clock.open,
                )
            )  # fmt: skip
    found.by_unit = _shares(counts["unit"])
    found.by_complexity = _shares(counts["complexity"])
    return found


def _shares(counts: Counter[tuple[str, str]]) -> list[Share]:
    keys = {key for what, key in counts if what == "judged"}
    shares = [Share(key, counts["judged", key], counts["late", key], counts["would", key]) for key in keys]
    return sorted(shares, key=lambda share: (-abs(share.more), share.key))
