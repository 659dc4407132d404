"""The cases that were closed in a span of time, with what a room above asks of each: who handled it, and how it went."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.bank.clocks import queries as clocks
from huiyin.resolve.cases.models import Case, Redress
from huiyin.resolve.cases.rules.words import VULNERABLE

# Closed without anybody's handling being to judge.
NOT_HANDLED = ("withdrawn", "imported", "merged")


@dataclass(frozen=True)
class Handled:
    """`redress` in minor units, accepted or paid; `late` by the clocks, excuses taken into account."""

    id: UUID
    number: str
    person: UUID
    unit: UUID
    closed_at: datetime
    late: bool
    reopened: bool
    vulnerable: bool
    redress: int


def handled(since: datetime, until: datetime, path: str = "") -> list[Handled]:
    """Complaints of the units under `path`, by the time of closing. The person is the handler, else the owner."""
    rows = Case.objects.filter(closed_at__gte=since, closed_at__lt=until, kind="complaint", unit_path__startswith=path)
    cases = list(rows.exclude(outcome__in=NOT_HANDLED).order_by("closed_at", "id"))
    late, redress = _late(row.pk for row in cases), _redress([row.pk for row in cases])
    return [
        Handled(
            id=row.pk, number=row.number, person=person, unit=row.unit_id, closed_at=row.closed_at,
            late=row.pk in late, reopened=row.cycle > 1, vulnerable=not VULNERABLE.isdisjoint(row.flag_codes),
            redress=redress.get(row.pk, 0),
        )
        for row in cases
        if row.closed_at is not None and (person := row.handler_id or row.owner_id)
    ]  # fmt: skip


def _late(ids: Iterable[UUID]) -> set[UUID]:
    return {
        subject
        for subject, views in clocks.clock_views(ids).items()
        if any((v.breached is not None or v.met is False) and not v.excused and v.state != "cancelled" for v in views)
    }


def _redress(ids: list[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for part in _parts(ids):
        rows = Redress.objects.filter(case__in=part, state__in=("accepted", "paid")).order_by()
        for case, amount in rows.values_list("case", "amount"):
            found[case] = found.get(case, 0) + amount
    return found


def _parts(ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]
