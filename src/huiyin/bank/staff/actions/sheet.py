"""People from a sheet."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from huiyin.bank.staff.actions.posts import (
    NewStaff,
    add_many,
    leave,
    move,
    name_substitute,
    rename,
    report_to,
)
from huiyin.bank.staff.models import Staff
from huiyin.bank.staff.queries import by_numbers
from huiyin.bank.units.queries import by_codes
from huiyin.kernel.actor import Actor
from huiyin.platform.imports.actions import CHANGED, NEW, UNCHANGED, Outcome, takes
from huiyin.platform.imports.queries import Fault


@takes("staff")
def take_staff(rows: Sequence, *, by: Actor, at: datetime) -> list[Outcome]:
    """New numbers join, known ones move, are renamed or leave. Nobody leaves by being absent from the file."""
    today = localdate(at)
    units = by_codes(row.values["unit"] for row in rows)
    named = {row.values[name] for row in rows for name in ("number", "reports_to", "substitute") if row.values[name]}
    known = by_numbers(named)
    coming = {row.values["number"] for row in rows if row.values["unit"] in units}
    outcomes: list[Outcome] = []
    joining: list[NewStaff] = []
    for row in rows:
        value = row.values
        missing = [
            value[name]
            for name in ("reports_to", "substitute")
            if value[name] and (value[name] == value["number"] or value[name] not in known.keys() | coming)
        ]
        if value["unit"] not in units:
            outcomes.append(Fault("", "unknown_unit", {"code": value["unit"]}))
        elif missing:
            outcomes.append(Fault("", "unknown_staff", {"code": missing[0]}))
        elif value["number"] in known:
            outcomes.append(UNCHANGED)
        else:
            outcomes.append(NEW)
            joining.append(
                NewStaff(
                    value["number"], value["name"], units[value["unit"]].pk, value["post"],
                    value["active_from"] or today, value["name_en"] or "", value["reports_to"], value["substitute"],
                    value["email"] or "", value["phone"] or "", value["active_until"],
                )
            )  # fmt: skip
    everybody = known | {staff.number: staff for staff in add_many(staff=joining, by=by, at=at)}
    for index, row in enumerate(rows):
        if outcomes[index] == UNCHANGED and _update(
            known[row.values["number"]], row.values, units[row.values["unit"]].pk, everybody, by, at
        ):
            outcomes[index] = CHANGED
    return outcomes


def _update(staff: Staff, value: dict, unit: UUID, everybody: dict[str, Staff], by: Actor, at: datetime) -> bool:
    """What the sheet says differently. An empty cell leaves things as they are."""
    changed = False
    words = (
        value["name"],
        value["name_en"] or staff.name_en,
        value["email"] or staff.email,
        value["phone"] or staff.phone,
    )
    if words != (staff.name, staff.name_en, staff.email, staff.phone):
        name, name_en, email, phone = words
        rename(staff=staff.pk, name=name, name_en=name_en, email=email, phone=phone, by=by, at=at)
        changed = True
    if (unit, value["post"]) != (staff.unit_id, staff.post):
        move(staff=staff.pk, unit=unit, post=value["post"], from_date=localdate(at), by=by, at=at)
        staff.reports_to_id = None
        changed = True
    manager = everybody[value["reports_to"]].pk if value["reports_to"] else staff.reports_to_id
    if manager != staff.reports_to_id:
        report_to(staff=staff.pk, manager=manager, by=by, at=at)
        changed = True
    substitute = everybody[value["substitute"]].pk if value["substitute"] else staff.substitute_id
    if substitute != staff.substitute_id:
        name_substitute(staff=staff.pk, substitute=substitute, by=by, at=at)
        changed = True
    if value["active_until"] and value["active_until"] != staff.active_until:
        leave(staff=staff.pk, from_date=value["active_until"], by=by, at=at)
        changed = True
    return changed
