"""Responsibility (row R5): what really caused it, and which post of which unit answers for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import Happening, record_many
from huiyin.platform.tables import actions as tables
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.facts import CauseFound
from huiyin.resolve.cases.models import Case, Finding
from huiyin.resolve.cases.queries.findings import leaf_causes
from huiyin.resolve.cases.rules import steps

FINDING_TABLE = "cases_finding"
NO_POST = "none"  # nobody of the bank: a third party, the customer, the environment
BLAMELESS = ("third_party.", "customer.", "external.")


@dataclass(frozen=True)
class Found:
    """One line of `find_cause_many`."""

    case: UUID
    root_cause: str
    post: str
    unit: UUID | None
    by: Actor
    at: datetime


@transaction.atomic
def find_cause(
    *, case: UUID, root_cause: str, post: str, by: Actor, at: datetime, unit: UUID | None = None, text: str = "",
    version: int | None = None,
) -> Finding:  # fmt: skip
    """Record root cause and accountable post and unit of this cycle; a later finding of the same cycle replaces it.

    Where a third party, the customer or the environment caused it, the post may be `none`.
    """
    line = Found(case, root_cause, post, unit, by, at)
    _check(line, {label.code for label in leaf_causes()})
    if unit is not None and units.unit(unit) is None:
        raise Refused("unit_missing")
    found = ground.held(case, "find", version)
    ground.allow(by, "case.reply", found, at)
    row = Finding.objects.filter(case=case, cycle=found.cycle).first() or Finding(id=new_id(), case=found)
    for name, value in _said(line, found).items():
        setattr(row, name, value)
    row.save()
    if text.strip():
        vault.keep(subject=case, table=FINDING_TABLE, row=row.id, values={"text": ground.text_of(text)})
    ground.write(found)
    ground.tell_history(found, _fact(row), by, at)
    return row


@transaction.atomic
def find_cause_many(*, items: Sequence[Found]) -> None:
    """The first finding of a batch of cases, for the generator: same rules, tables and facts."""
    if not items:
        return
    leaves = {label.code for label in leaf_causes()}
    cases = queries.cases(item.case for item in items)
    rows = []
    for item in items:
        _check(item, leaves)
        case = cases[item.case]
        no = steps.refusal("find", case.state)
        if no:
            raise Refused(no)
        rows.append(tables.new(Finding, id=new_id(), case_id=case.id, **_said(item, case)))
    tables.insert(rows)
    ground.write_many([(cases[item.case], {"handler_id": cases[item.case].handler_id}) for item in items])
    told = [
        Happening(_fact(row), cases[item.case].stream, item.by, item.at) for row, item in zip(rows, items, strict=True)
    ]
    record_many(happenings=told, recorded_at=max(item.at for item in items))


def _check(item: Found, leaves: set[str]) -> None:
    if item.root_cause not in leaves:
        raise Refused("not_a_leaf")
    if item.post not in staff.POST and not (item.post == NO_POST and item.root_cause.startswith(BLAMELESS)):
        raise Refused("post_missing")
    if item.post != NO_POST and item.unit is None:
        raise Refused("unit_missing")


def _said(item: Found, case: Case) -> dict[str, Any]:
    return {
        "cycle": case.cycle, "root_cause": item.root_cause, "post": item.post,
        "at_unit_id": item.unit if item.post != NO_POST else None, "found_by_id": item.by.staff, "found_at": item.at,
    }  # fmt: skip


def _fact(row: Finding) -> CauseFound:
    return CauseFound(
        case=row.case_id, cycle=row.cycle, root_cause=row.root_cause, post=row.post, at_unit=row.at_unit_id
    )
