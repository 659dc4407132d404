"""Open, move, merge and close units from a day on; keep the denominators."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import rules
from huiyin.bank.units.facts import UnitPlaced
from huiyin.bank.units.models import Exposure, Placement, Unit
from huiyin.bank.units.queries import placements
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many


class WrongCode(Refusal):
    status = 400
    message = _("A unit code has 1 to 16 capital letters, digits or hyphens.")


class CodeTaken(Refusal):
    message = _("A unit with this code exists already.")


class WrongPlace(Refusal):
    message = _("A unit of this kind cannot stand there.")


class HistoryStands(Refusal):
    message = _("There is already a change on or after this day. The past of the organisation is not rewritten.")


class StillOccupied(Refusal):
    message = _("Units still stand below this one. Move or close them first, or merge it into another unit.")


@dataclass(frozen=True)
class NewUnit:
    """One line of `add_many`; parents are named by code and may stand in the same batch."""

    code: str
    name: str
    kind: str
    parent: str | None = None
    name_en: str = ""
    region: str = ""
    id: UUID | None = None


@dataclass(frozen=True)
class NewExposure:
    unit: UUID
    month: date
    product: str = ""
    customers: int = 0
    accounts: int = 0
    transactions: int = 0


def open_unit(
    *,
    code: str,
    name: str,
    kind: str,
    parent: UUID | None,
    from_date: date,
    by: Actor,
    at: datetime,
    name_en: str = "",
    region: str = "",
    id: UUID | None = None,
) -> Unit:
    """A unit opens on a day, under a parent that is open that day."""
    parent_code = Unit.objects.values_list("code", flat=True).get(pk=parent) if parent else None
    line = NewUnit(code, name, kind, parent_code, name_en, region, id)
    return add_many(units=[line], from_date=from_date, by=by, at=at)[0]


@transaction.atomic
def add_many(*, units: Iterable[NewUnit], from_date: date, by: Actor, at: datetime) -> list[Unit]:
    """Open a batch of units. A parent must come before its children or be open already."""
    known = {place.unit.code: (place.unit, place.path) for place in placements(from_date).select_related("unit")}
    taken = set(Unit.objects.values_list("code", flat=True))
    made, places, told = [], [], []
    for line in units:
        if not rules.is_code(line.code):
            raise WrongCode(code=line.code)
        if line.code in taken:
            raise CodeTaken(code=line.code)
        above = known.get(line.parent) if line.parent else None
        if (line.parent and above is None) or not rules.may_stand_under(line.kind, above[0].kind if above else None):
            raise WrongPlace(code=line.code)
        unit = Unit(
            id=line.id or new_id(),
            code=line.code,
            name=line.name,
            name_en=line.name_en,
            kind=line.kind,
            region=line.region,
        )
        parent = above[0] if above else None
        path = rules.path_under(above[1] if above else "", line.code)
        made.append(unit)
        places.append(Placement(unit=unit, parent=parent, path=path, from_date=from_date))
        told.append(_placed(unit, parent.pk if parent else None, from_date, by, at))
        known[line.code] = (unit, path)
        taken.add(line.code)
    Unit.objects.bulk_create(made, batch_size=500)
    Placement.objects.bulk_create(places, batch_size=500)
    if told:
        record_many(happenings=told, recorded_at=at)
    return made


@transaction.atomic
def rename_unit(*, unit: UUID, name: str, name_en: str, region: str, by: Actor, at: datetime) -> Unit:
    """Another name for the same unit. Its past figures carry the new name, its place does not change."""
    found = Unit.objects.select_for_update().get(pk=unit)
    found.name, found.name_en, found.region = name, name_en, region
    found.save(update_fields=["name", "name_en", "region"])
    return found


@transaction.atomic
def place_unit(*, unit: UUID, parent: UUID, from_date: date, by: Actor, at: datetime) -> Placement:
    """Move a unit, with everything below it, under another parent from a day on. Earlier days stay as they were."""
    here = _open_placement(unit, from_date)
    there = placements(from_date).filter(unit=parent).select_related("unit").first()
    if there is None or not rules.may_stand_under(here.unit.kind, there.unit.kind):
        raise WrongPlace
    if there.path.startswith(here.path):
        raise WrongPlace(_("A unit cannot stand below itself."))
    moved = _move(here, there, from_date, by, at)
    return moved[0]


@transaction.atomic
def close_unit(*, unit: UUID, from_date: date, by: Actor, at: datetime) -> None:
    """The unit's last day is the day before. Its open matters fall to its parent (`queries.paths`)."""
    here = _open_placement(unit, from_date)
    if _below(here, from_date):
        raise StillOccupied
    _end(here, from_date, by, at)


@transaction.atomic
def merge_unit(*, unit: UUID, into: UUID, from_date: date, by: Actor, at: datetime) -> None:
    """Close a unit in favour of another, which takes over its children and its open matters."""
    here = _open_placement(unit, from_date)
    heir = placements(from_date).filter(unit=into).select_related("unit").first()
    if heir is None or heir.path.startswith(here.path):
        raise WrongPlace
    for child in _below(here, from_date):
        if child.parent_id == unit:
            if not rules.may_stand_under(child.unit.kind, heir.unit.kind):
                raise WrongPlace
            _move(child, heir, from_date, by, at)
    Unit.objects.filter(pk=unit).update(merged_into=into)
    _end(here, from_date, by, at)


def set_exposure(
    *,
    unit: UUID,
    month: date,
    by: Actor,
    at: datetime,
    product: str = "",
    customers: int = 0,
    accounts: int = 0,
    transactions: int = 0,
) -> None:
    line = NewExposure(unit, month, product, customers, accounts, transactions)
    set_exposure_many(lines=[line], by=by, at=at)


@transaction.atomic
def set_exposure_many(*, lines: Sequence[NewExposure], by: Actor, at: datetime) -> int:
    """Insert or overwrite denominators; the month is cut to its first day."""
    rows = {
        (line.unit, line.month.replace(day=1), line.product): Exposure(
            unit_id=line.unit,
            month=line.month.replace(day=1),
            product=line.product,
            customers=line.customers,
            accounts=line.accounts,
            transactions=line.transactions,
        )
        for line in lines
    }
    Exposure.objects.bulk_create(
        list(rows.values()),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["unit", "month", "product"],
        update_fields=["customers", "accounts", "transactions"],
    )
    return len(rows)


def _open_placement(unit: UUID, from_date: date) -> Placement:
    """The unit's present placement, refused when a later change is already planned."""
    here = Placement.objects.select_for_update().filter(unit=unit, until_date=None).first()
    if here is None or here.from_date >= from_date:
        raise HistoryStands
    return here


def _below(here: Placement, on: date) -> list[Placement]:
    inside = Placement.objects.filter(path__startswith=here.path, until_date=None).exclude(unit=here.unit_id)
    found = list(inside.select_related("unit").order_by("path", "id"))
    if any(place.from_date >= on for place in found):
        raise HistoryStands
    return found


def _move(here: Placement, there: Placement, from_date: date, by: Actor, at: datetime) -> list[Placement]:
    old, new = here.path, rules.path_under(there.path, here.unit.code)
    moving = [here, *_below(here, from_date)]
    Placement.objects.filter(pk__in=[place.pk for place in moving]).update(until_date=from_date)
    fresh = [
        Placement(
            unit_id=place.unit_id,
            parent_id=there.unit_id if place is here else place.parent_id,
            path=rules.rebased(place.path, old, new),
            from_date=from_date,
        )
        for place in moving
    ]
    Placement.objects.bulk_create(fresh, batch_size=500)
    record(fact=_placed(here.unit, there.unit_id, from_date, by, at).fact, stream=f"unit:{here.unit_id}", by=by, at=at)
    return fresh


def _end(here: Placement, from_date: date, by: Actor, at: datetime) -> None:
    Placement.objects.filter(pk=here.pk).update(until_date=from_date)
    fact = UnitPlaced(
        unit=here.unit_id,
        code=here.unit.code,
        kind=here.unit.kind,
        from_date=here.from_date,
        parent=here.parent_id,
        until_date=from_date,
    )
    record(fact=fact, stream=f"unit:{here.unit_id}", by=by, at=at)


def _placed(unit: Unit, parent: UUID | None, from_date: date, by: Actor, at: datetime) -> Happening:
    fact = UnitPlaced(unit=unit.pk, code=unit.code, kind=unit.kind, from_date=from_date, parent=parent)
    return Happening(fact, f"unit:{unit.pk}", by, at)
