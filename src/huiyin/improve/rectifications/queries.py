"""Rectifications as people and other rooms read them."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.improve.rectifications.models import Link, Rectification, Step
from huiyin.improve.rectifications.rules import effect
from huiyin.improve.rectifications.rules.opening import OpeningRule, opening_rules
from huiyin.improve.rectifications.rules.steps import BOARD, OPEN, STATES, VERIFYING, WORK, Roles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.measure.alerts import queries as alerts
from huiyin.measure.indicators import queries as indicators
from huiyin.protect.access import queries as grants

CHIPS = {"opened": "info", "planned": "info", "done": "warn", "verified": "info", "effective": "ok", "closed": "ok"}


@lru_cache(maxsize=1)
def table() -> tuple[OpeningRule, ...]:
    """The decision table opening.toml."""
    return opening_rules(tomllib.loads((Path(__file__).parent / "opening.toml").read_text("utf-8")))


def visible_to(actor: Actor, at: datetime) -> QuerySet[Rectification]:
    """Those of the units in scope, and those the person owns, verifies or found; never one they are recused from."""
    reach = Q(pk__in=[])
    for path in permit.paths(actor, "rectification.read"):
        reach |= Q(unit_path__startswith=path)
    if actor.staff is not None:
        reach |= Q(owner=actor.staff) | Q(verifier=actor.staff) | Q(inspector=actor.staff)
    return Rectification.objects.filter(reach).exclude(pk__in=staff.recused_subjects(actor.staff, at).values("subject"))


def rectification(id: UUID) -> Rectification | None:
    return Rectification.objects.select_related("unit", "owner", "verifier", "opener", "alert").filter(pk=id).first()


def roles(of: Rectification) -> Roles:
    return Roles(of.owner_id, of.inspector_id, of.verifier_id, of.closer_id)


def steps(id: UUID) -> list[Step]:
    return list(Step.objects.filter(rectification=id).select_related("by", "to"))


def linked(id: UUID) -> list[UUID]:
    return list(Link.objects.filter(rectification=id).values_list("matter", flat=True))


def alerts_of(row: Rectification) -> list[str]:
    """The numbers of the alerts it is about: the one it came from, and those that joined it or opened it again."""
    joined = Step.objects.filter(rectification=row, what__in=("linked", "reopened")).values_list("words", flat=True)
    return [*([row.alert.number] if row.alert else []), *joined]


def about_alert(actor: Actor, at: datetime, alert: alerts.Alert) -> QuerySet[Rectification]:
    """What was done about an alert as far as this person may see it: what it opened, joined or opened again."""
    joined = Step.objects.filter(what__in=("linked", "reopened"), words=alert.number).values("rectification")
    return visible_to(actor, at).filter(Q(alert=alert.pk) | Q(pk__in=joined)).order_by("-opened_at", "-id")


def show_on_the_alert_page() -> None:
    """The alert page leads on to what is done about it."""
    alerts.panel(_card)


def _card(alert: alerts.Alert, actor: Actor, at: datetime) -> alerts.Panel | None:
    if not permit.can(actor, "rectification.read"):
        return None
    found = [card(row, at) for row in about_alert(actor, at, alert).select_related("owner", "unit")[:5]]
    cards = [(one, STATES[one.row.state], CHIPS.get(one.row.state, "none")) for one in found]
    return alerts.Panel("rectifications/card.html", {"cards": cards, "work": WORK}) if cards else None


def for_alert(alert: UUID) -> Rectification | None:
    """The rectification that an alert led to."""
    return Rectification.objects.filter(alert=alert).order_by("-opened_at", "-id").first()


def open_about(indicator: str, family: str, cell_key: str) -> Rectification | None:
    return (
        Rectification.objects.filter(indicator=indicator, family=family, cell_key=cell_key, state__in=OPEN)
        .order_by("opened_at", "id")
        .first()
    )


def last_closed(indicator: str, family: str, cell_key: str) -> Rectification | None:
    found = Rectification.objects.filter(indicator=indicator, family=family, cell_key=cell_key, state="closed")
    return found.order_by("-closed_at", "-id").first()


@dataclass(frozen=True)
class Card:
    """A rectification on the board."""

    row: Rectification
    title: Label
    overdue: bool
    due: date
    days_left: int


def board(
    actor: Actor, at: datetime, found: QuerySet[Rectification] | None = None, most: int = 40
) -> list[tuple[str, list[Card], int]]:
    """(state, cards, how many in all) for each column; overdue first, then by date."""
    rows = (visible_to(actor, at) if found is None else found).select_related("unit", "owner")
    columns = []
    for state in BOARD:
        mine = rows.filter(state=state)
        order = ("-closed_at", "-id") if state == "closed" else ("due_date", "id")
        columns.append((state, [card(r, at) for r in mine.order_by(*order)[:most]], mine.count()))
    return columns


def card(row: Rectification, at: datetime) -> Card:
    today = timezone.localtime(at).date()
    return Card(row, title(row), overdue(row, at), row.due_date, (row.due_date - today).days)


def overdue(row: Rectification, at: datetime) -> bool:
    """Late by the first deadline: another date does not help (indicator M71)."""
    return row.state in WORK and timezone.localtime(at).date() > row.due_date


def title(row: Rectification) -> Label:
    """Where, and which indicator."""
    where = alerts.named(row.cell)
    name = alerts.indicator_label(row.indicator)
    if not where and row.unit is not None:
        return Label("t", f"{row.unit.zh} · {name.zh}", f"{row.unit.en} · {name.en}")
    places = [v for d, v in where if not (d.code == "branch" and "outlet" in row.cell)]
    zh = " · ".join([*(p.zh for p in places), name.zh])
    return Label("t", zh, " · ".join([*(p.en for p in places), name.en]))


@dataclass(frozen=True)
class Basis:
    """What a rectification is measured by: the indicator, its target, and the readings before."""

    before: dict[str, Any]
    target: float | None
    lower_is_better: bool
    counts: bool


def measured(row: Rectification, at: datetime, months: int = 18) -> list[effect.Reading]:
    """The indicator by month up to the last whole month, from the same definition before and after."""
    today = timezone.localtime(at).date()
    last = date(today.year, today.month, 1)
    first = last
    for _ in range(months):
        first = date(first.year - (first.month == 1), first.month - 1 or 12, 1)
    return readings(row.indicator, row.counts, row.family, row.cell, row.unit_path, first, last)


def readings(
    indicator: str, counts: bool, family: str, cell: Mapping[str, str], path: str, first: date, last: date
) -> list[effect.Reading]:
    """Whole months from `first` up to, not including, `last`."""
    if counts:
        return [effect.Reading(month, float(n)) for month, n in alerts.volume(family, dict(cell), first, last)]
    return [
        effect.Reading(point.start, point.value, point.n)
        for point in alerts.rate(indicator, dict(cell), path, first, last)
    ]


def after(row: Rectification, at: datetime) -> list[effect.Reading]:
    """The whole months since the work of this round was done."""
    if row.done_at is None:
        return []
    begun = timezone.localtime(row.done_at).date()
    first = effect.next_month(begun)
    today = timezone.localtime(at).date()
    last = date(today.year, today.month, 1)
    if first >= last:
        return []
    return readings(row.indicator, row.counts, row.family, row.cell, row.unit_path, first, last)


def effect_of(row: Rectification, at: datetime) -> tuple[str, list[effect.Reading]]:
    """The verdict and the readings it rests on."""
    found = after(row, at)
    adverse = False
    if row.done_at is not None:
        since = effect.next_month(timezone.localtime(row.done_at).date())
        adverse = alerts.alerts_about(row.indicator, row.unit_id, since, row.cell_key).exists()
    return effect.verdict(found, row.target, row.lower_is_better, adverse), found


def why_due(row: Rectification, actor: Actor) -> str:
    """Where the newest deadline is explained day by day, for somebody who may read the rectification."""
    known = clocks.clocks_of(row.pk)
    return clocks.link(known[-1].id, actor) if known else ""


def indicator_choices() -> list[tuple[str, Label]]:
    return [
        (one.code, one.name)
        for one in indicators.catalogue()
        if one.direction != "none" and one.kind in ("share", "rate", "duration", "mean")
    ]


def shares() -> set[str]:
    """The indicators whose value lies between 0 and 1."""
    return {one.code for one in indicators.catalogue() if one.kind == "share"}


def unit_choices(actor: Actor, at: datetime) -> list[tuple[str, Label]]:
    """The units for which this person may open a rectification."""
    reach = permit.paths(actor, "rectification.open")
    return [
        (str(one.id), Label(one.code, one.zh, one.en))
        for one in units.all_units(timezone.localtime(at).date())
        if any(one.path.startswith(path) for path in reach)
    ]


MOST = 40  # of one unit's people, and of those found by name

Group = tuple[Named, list[tuple[str, Label]]]


def owners(actor: Actor, at: datetime, unit: UUID | None, words: str = "", chosen: UUID | None = None) -> list[Group]:
    """Who may be made the owner: the people of the unit concerned and of those above it, nearest first, then the heads
    of departments. With `words`, the people of that name or number in one's own units instead. `chosen` stays."""
    today = timezone.localtime(at).date()
    here = staff.active(today).select_related("unit")
    known: list[Any] = list(here.filter(pk=chosen)) if chosen else []
    if words:
        named = Q(name__icontains=words) | Q(name_en__icontains=words) | Q(number__istartswith=words)
        mine = staff.visible_to(actor, at).filter(named, pk__in=here.order_by().values("pk"))
        return _by_unit([*known, *mine[:MOST]])
    everywhere = units.all_units(today)
    view = units.view(unit, today) if unit else None
    heads = here.filter(post__in=staff.HEAD_POSTS)
    for place in [view, *units.above(view.id, today)] if view else [u for u in everywhere if u.parent is None]:
        others = here.filter(unit=place.id).exclude(post__in=staff.HEAD_POSTS)
        known += [*heads.filter(unit=place.id), *others[:MOST]]
    known += heads.filter(unit__in=[u.id for u in everywhere if u.kind == "department"])
    return _by_unit(known)


def verifiers(at: datetime, path: str | None) -> list[Group]:
    """Who may verify there, by their role."""
    fit = {id for role in VERIFYING for id in grants.holders(role, at, path)}
    return _by_unit(staff.people(fit).values())


def _by_unit(people: Iterable[Any]) -> list[Group]:
    found: dict[UUID, Group] = {}
    for one in dict.fromkeys(people):
        post = staff.POST[one.post]
        said = Label(one.number, f"{one.zh}（{one.number}）· {post.zh}", f"{one.en} ({one.number}) · {post.en}")
        found.setdefault(one.unit_id, (one.unit, []))[1].append((str(one.pk), said))
    return list(found.values())


def waiting_for(person: UUID | None) -> QuerySet[Rectification]:
    """What waits for one person: their plans and work, and what they have to verify."""
    return Rectification.objects.filter(
        Q(owner=person, state__in=("opened", "planned")) | Q(verifier=person, state="done")
    ).order_by("due_date", "id")
