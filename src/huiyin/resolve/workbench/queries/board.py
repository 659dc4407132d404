"""The supervisor's board: who has what, what will be late, what waits for an approval."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.rules import forecast

TO_ANSWER = ("new", "working", "approving")
HORIZON = 3
MOST_PEOPLE = 100
MOST_UNITS = 30
_SECONDS = 8 * 3600
_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))


@dataclass
class Load:
    """One person (None: nobody yet) or one unit. `late_in`: forecast late today, tomorrow, on the day after."""

    who: Any = None
    open: int = 0
    due_today: int = 0
    late: int = 0
    late_in: list[int] = field(default_factory=lambda: [0] * HORIZON)
    pace: forecast.Pace | None = None
    away: bool = False
    substitute: Any = None

    @property
    def coming(self) -> int:
        return sum(self.late_in)


@dataclass(frozen=True)
class Board:
    people: list[Load]
    units: list[Load]
    nobody: Load
    total: Load
    days: list[datetime]
    middle: float
    working_days: int
    approvals: list[Any]
    capped: bool


def board(actor: Actor, at: datetime, unit: str = "") -> Board:
    """Over the units for which the actor assigns cases, or one of them and what is below it."""
    seen = cases.visible_to(actor, at, "case.assign").filter(closed_at=None, state__in=TO_ANSWER).order_by()
    on = localdate(at)
    if unit and (chosen := units.by_code(unit)):
        seen = seen.filter(unit__in=units.under(units.path_of(chosen.pk, on), on))
    days = _days(at)
    people, places = _loads(seen, at, days[0])
    coming = seen.filter(rank_at__gte=at, rank_at__lt=days[-1]).order_by("rank_at", "id")
    near = list(coming.values_list("handler_id", "unit_id", "rank_at"))
    answered, working_days = _answered(actor, at)
    middle = forecast.middle(list(answered.values()), working_days)
    away = staff.absent_at(at)
    nobody = people.pop(None, Load())
    total = Load()
    queues: dict[UUID | None, list[tuple[UUID, datetime]]] = defaultdict(list)
    for handler, place, due in near:
        queues[handler].append((place, due))
    person: UUID | None
    left = _working_days_left({due for *_, due in near if due > at}, at)
    for person, queue in queues.items():
        one = nobody if person is None else people.setdefault(person, Load())
        pace = forecast.pace(answered.get(person, 0), working_days, middle) if person else None
        if pace is None or (person in away and away[person] is None):
            verdicts = [True] * len(queue)  # nobody works on it
        else:
            verdicts = forecast.late([left.get(due, -1.0) for _, due in queue], pace.per_day, one.late)
        for (place, due), is_late in zip(queue, verdicts, strict=True):
            if is_late and due > at:
                day = next(index for index, end in enumerate(days) if due < end)
                for load in (one, places[place], total):
                    load.late_in[day] += 1
    _name(people, places, answered, working_days, middle, away)
    for load in (*people.values(), nobody):
        total.open, total.due_today, total.late = (
            total.open + load.open, total.due_today + load.due_today, total.late + load.late,
        )  # fmt: skip
    listed = sorted(people.values(), key=lambda load: (-load.coming, -load.late, -load.open, load.who.number))
    by_unit = sorted(places.values(), key=lambda load: (-load.coming, -load.late, -load.open))
    return Board(
        people=listed[:MOST_PEOPLE],
        units=by_unit[:MOST_UNITS],
        nobody=nobody,
        total=total,
        days=[at, *days[:-1]],
        middle=middle,
        working_days=working_days,
        approvals=cases.approvals(actor, at),
        capped=len(listed) > MOST_PEOPLE or len(by_unit) > MOST_UNITS,
    )


def _days(at: datetime) -> list[datetime]:
    """The ends of today, tomorrow and the day after, home time."""
    first = cases.midnight(at)
    return [first + timedelta(days=index) for index in range(HORIZON)]


def _loads(seen: Any, at: datetime, tonight: datetime) -> tuple[dict[UUID | None, Load], dict[UUID, Load]]:
    """Counted twice, by person and by unit: together they would be as many lines as there are pairs of both."""
    figures = {
        "open": Count("pk"),
        "today": Count("pk", filter=Q(rank_at__gte=at, rank_at__lt=tonight)),
        "late": Count("pk", filter=Q(rank_at__lt=at)),
    }
    people, places = (
        {
            key: Load(open=open, due_today=today, late=late)
            for key, open, today, late in seen.values_list(by).annotate(**figures)
        }
        for by in ("handler_id", "unit_id")
    )
    return people, defaultdict(Load, places)


def _answered(actor: Actor, at: datetime) -> tuple[dict[UUID, int], int]:
    """Cases answered in the last four weeks by whoever handled them, and the working days in them."""
    since = at - timedelta(days=forecast.PERIOD_DAYS)
    found = (
        cases.visible_to(actor, at, "case.assign")
        .filter(answered_at__gte=since, handler__isnull=False)
        .order_by()
        .values_list("handler_id")
        .annotate(n=Count("pk"))
    )
    calendar, today = standards.office(), localdate(at)
    days = [today - timedelta(days=back) for back in range(1, forecast.PERIOD_DAYS + 1)]
    return dict(found), sum(1 for day in days if calendar.open_on(day))


def _working_days_left(dues: Iterable[datetime], at: datetime) -> dict[datetime, float]:
    calendar, now = standards.office(), _seconds(at)
    return {due: calendar.between(now, _seconds(due)) / _SECONDS for due in dues}


def _seconds(at: datetime) -> int:
    return int((at - _EPOCH).total_seconds())


def _name(
    people: dict[UUID | None, Load],
    places: dict[UUID, Load],
    answered: dict[UUID, int],
    working_days: int,
    middle: float,
    away: dict[UUID, UUID | None],
) -> None:
    known = staff.people([*people, *away.values()])
    for id, load in people.items():
        if id is None:
            continue
        load.who = known[id]
        load.pace = forecast.pace(answered.get(id, 0), working_days, middle)
        load.away = id in away
        load.substitute = known.get(away[id]) if away.get(id) else None  # type: ignore[arg-type]
    named = units.units(places)
    for id, load in places.items():
        load.who = named[id]
