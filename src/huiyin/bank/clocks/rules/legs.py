"""Legs: who holds a matter from when, how much time a leg gets, and who pays for the time that passed (§8.9).

At every instant exactly one leg runs for the matter: the consultation that was asked first and is still open, else the
leg of whoever handles it. Joint handling runs beside and pays nothing. So the shares add up to what is consumed, to the
second and to the day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from huiyin.bank.clocks.rules.clock import DONE, Clock, Part, when
from huiyin.bank.clocks.rules.explain import account
from huiyin.bank.clocks.rules.project import added, parts, which_ends
from huiyin.kernel.calendar import Calendar, Span
from huiyin.kernel.limits import BOUNCE_WITHIN, Book, Limit

STEPS = "house-steps"
HANDLE, CONSULT, JOINT = "handle", "consult", "joint"
BEGINS = {"enter": HANDLE, "transfer": HANDLE, "bounce": HANDLE, "consult": CONSULT, "joint": JOINT}
"""What kind of leg a route begins."""


def legs_of(clocks: Iterable[Clock], cycle: int | None = None) -> list[Clock]:
    """The legs of a matter in the order they began (of one cycle, if given)."""
    found = [c for c in clocks if c.family == "STEP" and c.holdings and cycle in (None, c.cycle)]
    return sorted(found, key=lambda c: (c.cycle, c.armed, c.leg))


def target(limit: Limit, calendar: Calendar, at: int, total: Clock | None) -> tuple[tuple[Part, ...], bool]:
    """The terms of a leg that begins now, and whether it comes late.

    The step's budget, or what the whole matter has left less what the later steps need, if that is less. Terms are
    empty where they are the definition's own. Late means: less than a quarter of the budget is left.
    """
    budget = limit.terms[0].amount
    if total is None or total.due is None:
        return (), False
    left = 0 if total.breached is not None else max(0, calendar.between(at, total.due) - limit.reserve)
    if left >= budget:
        return (), False
    return (Part(replace(limit.terms[0], amount=left)),), left * 4 < budget


def is_early(calendar: Calendar, leg: Clock, at: int) -> bool:
    """Was it sent back soon enough to cost the sender?"""
    return calendar.between(leg.anchor, at) <= BOUNCE_WITHIN


@dataclass(frozen=True)
class Turn:
    """A stretch of time, the leg that ran for the matter, and who pays (a staff id in hex; empty: nobody had it)."""

    start: int
    end: int
    leg: Clock | None
    payer: str


def turns(legs: Sequence[Clock], start: int, end: int) -> list[Turn]:
    """The time from `start` to `end` cut where somebody else takes the turn; nothing is left out or counted twice."""
    cuts = {start, end}
    for one in legs:
        cuts.update(holding.start for holding in one.holdings)
        if one.satisfied is not None:
            cuts.add(one.satisfied)
    points = sorted(cut for cut in cuts if start <= cut <= end)
    found: list[Turn] = []
    for a, b in pairwise(points):
        leg = _whose(legs, a)
        payer = "" if leg is None else leg.charged or _holder(leg, a)
        if found and found[-1].leg is leg and found[-1].payer == payer:
            found[-1] = Turn(found[-1].start, b, leg, payer)
        else:
            found.append(Turn(a, b, leg, payer))
    return found


def _whose(legs: Sequence[Clock], at: int) -> Clock | None:
    running = [leg for leg in legs if leg.holdings[0].start <= at and (leg.satisfied is None or at < leg.satisfied)]
    consulted = [leg for leg in running if leg.purpose == CONSULT]
    handling = [leg for leg in running if leg.purpose == HANDLE]
    return consulted[0] if consulted else handling[-1] if handling else None


def _holder(leg: Clock, at: int) -> str:
    return [holding.staff for holding in leg.holdings if holding.start <= at][-1]


@dataclass(frozen=True)
class Share:
    """What one person used of the matter's time. `units` are the limit's own: seconds, or days.

    `staff` None: nobody had taken it up. A day belongs to whoever had it at its end.
    """

    staff: UUID | None
    units: int
    elapsed_s: int
    business_s: int


@dataclass(frozen=True)
class LegLine:
    """One leg as it went. `answerable`: who answers for its lateness, most used first; empty while it is not late.

    `units`, `elapsed_s` and `business_s` are what it used of the matter's time: nothing while it ran beside another.
    """

    clock: Clock
    staff: UUID | None
    route: str
    entered_at: datetime
    left_at: datetime | None
    late: bool
    answerable: tuple[UUID, ...]
    units: int = 0
    elapsed_s: int = 0
    business_s: int = 0


@dataclass(frozen=True)
class Attribution:
    """Who used the time of one cycle. The shares add up to `consumed`, `elapsed_s` and `business_s` exactly."""

    total: Clock
    unit: str
    consumed: int
    elapsed_s: int
    business_s: int
    shares: tuple[Share, ...]
    legs: tuple[LegLine, ...]


def attributed(book: Book, total: Clock, legs: Sequence[Clock], now: int) -> Attribution:
    """`total`: the clock of the whole matter; `legs`: those of its cycle."""
    calendar = book.calendar(total.calendar)
    end = max(total.anchor, min(now, total.satisfied) if total.satisfied is not None else now)
    spans = total.spans(end)
    found = turns(legs, total.anchor, end)
    elapsed = [_length(None, turn.start, turn.end, spans) for turn in found]
    business = [_length(calendar, turn.start, turn.end, spans) for turn in found]
    unit, units = _units(book, calendar, total, end, spans, found, elapsed, business)
    paid: dict[str, list[int]] = {}
    ran: dict[UUID, list[int]] = {}
    for turn, *used in zip(found, units, elapsed, business, strict=True):
        _add(paid.setdefault(turn.payer, [0, 0, 0]), used)
        if turn.leg is not None:
            _add(ran.setdefault(turn.leg.id, [0, 0, 0]), used)
    by_payer = {payer: used[1] for payer, used in paid.items()}
    return Attribution(
        total=total,
        unit=unit,
        consumed=sum(units),
        elapsed_s=sum(elapsed),
        business_s=sum(business),
        shares=tuple(
            sorted(
                (Share(_staff(payer), *used) for payer, used in paid.items()),
                key=lambda share: (-share.units, -share.elapsed_s),
            )
        ),
        legs=tuple(_line(leg, legs, now, by_payer, ran.get(leg.id, [0, 0, 0])) for leg in legs),
    )


def _add(to: list[int], used: Sequence[int]) -> None:
    for place, value in enumerate(used):
        to[place] += value


def _units(
    book: Book,
    calendar: Calendar,
    total: Clock,
    end: int,
    spans: tuple[Span, ...],
    found: Sequence[Turn],
    elapsed: list[int],
    business: list[int],
) -> tuple[str, list[int]]:
    """What each turn used in the limit's own unit; a day goes to whoever had the matter at its end."""
    terms = parts(book, total)
    if not terms:
        return "elapsed_hour", elapsed
    place, due = which_ends(calendar, terms, total.anchor, spans, total.extensions)
    term = terms[place].term
    if not term.in_days:
        return term.unit, business if term.unit == "business_hour" else elapsed
    budget = term.amount + added(terms[place], total.extensions)
    units = [0] * len(found)
    for day in account(calendar, term, budget, total.anchor, due.at, end, spans, total.pauses):
        if day.used:
            moment = min(calendar.end_of(day.date), end) - 1
            units[next(n for n, turn in enumerate(found) if turn.start <= moment < turn.end)] += day.used
    return term.unit, units


def _length(calendar: Calendar | None, start: int, end: int, spans: Sequence[Span]) -> int:
    """Seconds from one instant to another, the pauses left out; open seconds with a calendar."""
    count = calendar.between if calendar else _plain
    cut = ((max(start, a), min(end, b)) for a, b in spans)
    return count(start, end) - sum(count(a, b) for a, b in cut if b > a)


def _plain(start: int, end: int) -> int:
    return max(0, end - start)


def _line(leg: Clock, legs: Sequence[Clock], now: int, elapsed: dict[str, int], used: Sequence[int]) -> LegLine:
    late = leg.late(when(now)) or (leg.state == DONE and leg.met is False)
    return LegLine(
        clock=leg,
        staff=leg.holder,
        route=leg.route,
        entered_at=leg.anchor_at,
        left_at=leg.satisfied_at,
        late=late,
        answerable=answerable(leg, legs, elapsed) if late else (),
        units=used[0],
        elapsed_s=used[1],
        business_s=used[2],
    )


def answerable(leg: Clock, legs: Sequence[Clock], elapsed: dict[str, int]) -> tuple[UUID, ...]:
    """Whose lateness it is: the holder's, or the earlier holders' where the leg came late, most used first."""
    if not leg.inherited:
        payer = _staff(leg.charged) or leg.holder
        return (payer,) if payer else ()
    before = {
        holding.staff for other in legs if other.anchor <= leg.anchor and other is not leg for holding in other.holdings
    }
    own = {holding.staff for holding in leg.holdings}
    ranked = sorted(before - own, key=lambda staff: (-elapsed.get(staff, 0), staff))
    return tuple(id for staff in ranked if (id := _staff(staff)))


def _staff(text: str) -> UUID | None:
    return UUID(text) if text else None
