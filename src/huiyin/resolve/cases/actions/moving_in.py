"""A bank moves in: its own complaints of before, open and closed, with their own times, people and ids.

Open ones get clocks that run from the day they were really received; what is late already is said once (T32). Closed ones
are kept as the old system attests them (decision 31): no owner is bothered, nothing rings. Done twice is done once: the key
is the number in the old system.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.products import queries as products
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import is_code
from huiyin.kernel.ids import id_from, new_id
from huiyin.kernel.label import Label
from huiyin.ledger.actions import Happening, record_many
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries as sheets
from huiyin.platform.imports.queries import Fault
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.opening import attrs_of, choose_owner, desk_at
from huiyin.resolve.cases.facts import CaseAnswered, CaseAssigned, CaseClosed, CaseOpened
from huiyin.resolve.cases.models import Case, Closure
from huiyin.resolve.cases.rules.moving import SOURCE, wrong

FACETS = ("channel", "kind", "category", "cause", "complexity", "severity")


@dataclass(frozen=True)
class Moving:
    """One complaint on its way in: its row as values, who it concerns here, and the id it will have."""

    id: UUID
    number: str
    row: dict[str, Any]
    unit: UUID
    owner: UUID | None
    handler: UUID | None
    customer: UUID | None
    closed: bool


def _listed(name: str) -> None:
    @imports.lists(name)
    def words() -> list[Label]:
        return standards.facet(name)


for _name in FACETS:
    _listed(_name)


@imports.takes("own_cases")
def move_in(rows: Sequence, *, by: Actor, at: datetime) -> list[imports.Outcome]:
    """Take a batch; a row that cannot be is a fault, a record that is here already stays as it was first told."""
    known = heard.known_refs(SOURCE, [row.key for row in rows])
    here = units.by_codes(row.values["unit"] for row in rows)
    people = staff.by_numbers({row.values[n] for row in rows for n in ("owner", "handler") if row.values.get(n)})
    names = _columns()
    outcomes: list[imports.Outcome] = []
    fresh = []
    for row in rows:
        value = _zoned(row.values)
        fault = None if row.key in known else _fault(row.key, value, here, people, names, at)
        if row.key in known:
            outcomes.append(imports.UNCHANGED)
        elif fault:
            outcomes.append(fault)
        else:
            outcomes.append(imports.NEW)
            fresh.append((row.key, value))
    if fresh:
        with transaction.atomic():
            _take(fresh, here, people, by, at)
    return outcomes


def _fault(
    key: str, value: dict[str, Any], here: Any, people: Any, names: dict[str, str], at: datetime
) -> Fault | None:
    if not is_code(key):
        return Fault(names["source_id"], "no_code")
    if value["unit"] not in here:
        return Fault(names["unit"], "unknown_unit", {"code": value["unit"]})
    for column in ("owner", "handler"):
        if value.get(column) and value[column] not in people:
            return Fault(names[column], "unknown_staff", {"code": value[column]})
    if value.get("product") and products.product(value["product"]) is None:
        return Fault(names["product"], "unknown_product", {"code": value["product"]})
    found = wrong(value, at)
    return Fault(names[found[0]], found[1]) if found else None


def _columns() -> dict[str, str]:
    """The headers in the reader's language, by field."""
    chinese = (get_language() or "zh-hans").startswith("zh")
    (shape,) = sheets.mapping("cases").shapes
    return {
        column.to: next((text for text in column.headers if text.isascii() != chinese), column.headers[0])
        for column in shape.columns
    }


def _zoned(row: dict[str, Any]) -> dict[str, Any]:
    """Times without a zone are those of the bank's wall clock."""
    zone = ZoneInfo(settings.TIME_ZONE)
    times = {
        name: row[name].replace(tzinfo=zone) for name in ("received_at", "answered_at", "closed_at") if row.get(name)
    }
    return row | times


def _take(fresh: Sequence[tuple[str, dict[str, Any]]], here: Any, people: Any, by: Actor, at: datetime) -> None:
    """Hear them (their cases are not opened by the reaction), then write the cases as they stood."""
    views = voices.hear_many(
        items=[_heard(key, value, here[value["unit"]].pk) for key, value in fresh], by=by, at=at, recorded_at=at
    )
    moving = [
        Moving(
            view.id, view.number, value, here[value["unit"]].pk,
            people[value["owner"]].pk if value.get("owner") else None,
            people[value["handler"]].pk if value.get("handler") else None, view.customer, value["status"] == "closed",
        )
        for view, (_key, value) in zip(views, fresh, strict=True)
    ]  # fmt: skip
    _write([_owned(item, at) for item in moving], by, at)


def _owned(item: Moving, at: datetime) -> Moving:
    """An open case has somebody who answers for it: the one named, else by the rule of first contact."""
    if item.closed or item.owner or item.handler:
        return item
    chosen = choose_owner(unit=item.unit, at=at, recused=())
    return Moving(**(vars(item) | {"owner": chosen.staff}))


def _heard(key: str, value: dict[str, Any], unit: UUID) -> voices.Heard:
    received = value["received_at"]
    return voices.Heard(
        id=id_from(int(received.timestamp() * 1000), hashlib.blake2b(key.encode(), digest_size=10).digest()),
        kind=value.get("kind") or "complaint", channel=value["channel"], received_at=received, language="zh-hans",
        unit=unit, product=value.get("product"), source=SOURCE, source_ref=key,
        words=voices.Words(
            text=value["text"], title=value.get("title") or "", want=value.get("want") or "",
            name=value.get("customer_name") or "", phone=value.get("customer_phone") or "",
            email=value.get("customer_email") or "", id_number=value.get("customer_id") or "",
        ),
    )  # fmt: skip


def _write(moving: Sequence[Moving], by: Actor, at: datetime) -> None:
    """Cases, closures, facts at their own times, clocks; then the queue takes the due times over."""
    desk = desk_at(at)
    tables.insert_values(Case, [_row(item, desk.paths.get(item.unit, "")) for item in moving])
    tables.insert_values(Closure, [_closure(item, by) for item in moving if item.closed])
    told = [happening for item in moving for happening in _story(item, by)]
    record_many(happenings=told, recorded_at=at)
    cases = {case.pk: case for case in Case.objects.filter(pk__in=[item.id for item in moving])}
    armed = clocks.arm_many(items=[_arming(item, cases[item.id], at) for item in moving], by=by, at=at, fresh=True)
    running = [item.id for item in moving if not item.closed]
    turns = {id: ground.turn_of(armed[id]) for id in running}
    ground.retime_many([id for id in running if turns[id].due_at], turns)


def _row(item: Moving, path: str) -> dict[str, object]:
    value = item.row
    handler = item.handler or (item.owner if value["status"] in ("working", "answered") else None)
    row = {
        "id": item.id, "number": item.number, "kind": value.get("kind") or "complaint", "channel": value["channel"],
        "product": value.get("product") or "", "unit_id": item.unit, "unit_path": path, "customer": item.customer,
        "received_at": value["received_at"], "opened_at": value["received_at"], "owner_id": item.owner or item.handler,
        "handler_id": handler, "owner_how": "import", "state": value["status"], "category": value.get("category") or "",
        "cause": value.get("cause") or "", "complexity": value.get("complexity") or "simple",
        "severity": value.get("severity") or "ordinary", "to_classify": not item.closed and not value.get("category"),
        "answered_at": value.get("answered_at"), "closed_at": value.get("closed_at"),
        "outcome": (value.get("outcome") or "imported") if item.closed else "",
    }  # fmt: skip
    return row | {"packs": " ".join(standards.packs_for(attrs_of(Case(**row)), value["received_at"]))}


def _closure(item: Moving, by: Actor) -> dict[str, object]:
    value = item.row
    return {
        "id": new_id(), "case_id": item.id, "cycle": 1, "outcome": value.get("outcome") or "imported",
        "category": value.get("category") or "", "cause": value.get("cause") or "", "closed_by": by.ref,
        "closed_at": value["closed_at"],
    }  # fmt: skip


def _story(item: Moving, by: Actor) -> list[Happening]:
    value, stream = item.row, f"matter:{item.id}"
    received, owner = value["received_at"], item.owner or item.handler
    opened = CaseOpened(case=item.id, number=item.number, owner=owner, how="import", unit=item.unit)
    told = [Happening(opened, stream, by, received)]
    handler = item.handler or (item.owner if value["status"] == "working" else None)
    if handler and not item.closed:
        told.append(Happening(CaseAssigned(case=item.id, handler=handler, unit=item.unit), stream, by, received))
    if value.get("answered_at"):
        answered = CaseAnswered(case=item.id, reply=None, cycle=1, answered_at=value["answered_at"], evidence="source")
        told.append(Happening(answered, stream, by, value["answered_at"]))
    if item.closed:
        closed = CaseClosed(case=item.id, cycle=1, outcome=value.get("outcome") or "imported")
        told.append(Happening(closed, stream, by, value["closed_at"]))
    return told


def _arming(item: Moving, case: Case, at: datetime) -> clocks.Arming:
    """Closed: attested, silent. Answered: the decision is attested, nothing more runs on it. Open: running from its true day;
    somebody at work on it has acknowledged and spoken to the customer, as the old system attests."""
    value, event = item.row, "complaint.decision_notified"
    done = value.get("answered_at") or value.get("closed_at")
    then: tuple[clocks.Happened, ...] = ()
    if done:
        then = (clocks.Happened(item.id, event, done, "source", value.get("timely"), at),)
    elif value["status"] == "working":
        known = ("complaint.acknowledged", "complaint.responded")
        then = tuple(clocks.Happened(item.id, one, value["received_at"], "source", None, at) for one in known)
    return clocks.Arming(
        subject=item.id, kind="case", stream=f"matter:{item.id}", event="complaint.received", attrs=attrs_of(case),
        anchors={"received_at": value["received_at"]}, packs=case.pack_refs, at=value["received_at"] if item.closed else at,
        evidence="source" if item.closed else "", then=then,
    )  # fmt: skip
