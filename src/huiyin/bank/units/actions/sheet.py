"""Units and their business volumes from a sheet."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localdate

from huiyin.bank.units import rules
from huiyin.bank.units.actions.tree import (
    NewExposure,
    NewUnit,
    WrongPlace,
    add_many,
    place_unit,
    rename_unit,
    set_exposure_many,
)
from huiyin.bank.units.models import Exposure, Unit
from huiyin.bank.units.queries import UnitView, all_units, by_codes
from huiyin.kernel.actor import Actor
from huiyin.platform.imports.actions import CHANGED, NEW, UNCHANGED, Outcome, takes
from huiyin.platform.imports.queries import Fault


@takes("units")
def take_units(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """New codes open; known ones are renamed or moved, from the day given or from today on. Nothing is closed by absence."""
    today = localdate(at)
    outcomes: list[Outcome] = []
    here = {view.code: view for view in all_units(today)}
    known = by_codes(row.values["code"] for row in rows)
    for row in rows:
        value = row.values
        unit, parent = known.get(value["code"]), here.get(value["parent"] or "")
        if not rules.is_code(value["code"]):
            outcomes.append(Fault("", "wrong_code"))
        elif value["parent"] and parent is None:
            outcomes.append(Fault("", "unknown_unit", {"code": value["parent"]}))
        elif not rules.may_stand_under(value["kind"], parent.kind if parent else None):
            outcomes.append(Fault("", "wrong_place"))
        elif unit is None:
            from_date = value["from_date"] or today
            line = NewUnit(
                value["code"], value["name"], value["kind"], value["parent"] or None, value["name_en"] or "",
                value["region"] or "",
            )  # fmt: skip
            try:
                (made,) = add_many(units=[line], from_date=from_date, by=by, at=at)
            except WrongPlace:  # the parent opens later than this unit
                outcomes.append(Fault("", "wrong_place"))
                continue
            path = rules.path_under(parent.path if parent else "", made.code)
            here[made.code] = UnitView(
                made.pk, made.code, made.name, made.name_en, made.kind, path, parent.id if parent else None, made.region
            )
            outcomes.append(NEW)
        elif unit.kind != value["kind"]:
            outcomes.append(Fault("", "kind_stands"))
        else:
            outcomes.append(_update(unit, value, here, parent, by, at))
    return outcomes


def _update(
    unit: Unit, value: dict, here: dict[str, UnitView], parent: UnitView | None, by: Actor, at: datetime
) -> Outcome:
    changed = False
    words = (value["name"], value["name_en"] or unit.name_en, value["region"] or unit.region)
    if words != (unit.name, unit.name_en, unit.region):
        rename_unit(unit=unit.pk, name=words[0], name_en=words[1], region=words[2], by=by, at=at)
        changed = True
    stands = here.get(unit.code)
    if stands and parent and stands.parent != parent.id:
        try:
            place_unit(unit=unit.pk, parent=parent.id, from_date=localdate(at), by=by, at=at)
        except WrongPlace:
            return Fault("", "wrong_place")
        here.update({view.code: view for view in all_units(localdate(at))})
        changed = True
    return CHANGED if changed else UNCHANGED


@takes("exposures")
def take_exposures(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """A month that is there already gets the new figures."""
    units = by_codes(row.values["unit"] for row in rows)
    months = {row.values["month"] for row in rows}
    known = {
        (e.unit_id, e.month, e.product): (e.customers, e.accounts, e.transactions)
        for e in Exposure.objects.filter(unit__in=units.values(), month__in=months)
    }
    outcomes: list[Outcome] = []
    lines = []
    for row in rows:
        value, unit = row.values, units.get(row.values["unit"])
        figures = tuple(value[name] or 0 for name in ("customers", "accounts", "transactions"))
        if unit is None:
            outcomes.append(Fault("", "unknown_unit", {"code": value["unit"]}))
        elif min(figures) < 0:
            outcomes.append(Fault("", "negative"))
        else:
            before = known.get((unit.pk, value["month"], value["product"] or ""))
            outcomes.append(NEW if before is None else UNCHANGED if before == figures else CHANGED)
            if before != figures:
                lines.append(NewExposure(unit.pk, value["month"], value["product"] or "", *figures))
    set_exposure_many(lines=lines, by=by, at=at)
    return outcomes
