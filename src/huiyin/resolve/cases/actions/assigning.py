"""Who works on a case, what it is about, and who keeps away from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as unit_queries
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import Happening, record_many
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, opening
from huiyin.resolve.cases.actions.handing_over import cancel_handovers_of
from huiyin.resolve.cases.actions.legs import end_legs_of
from huiyin.resolve.cases.actions.redress import drop_redress_of
from huiyin.resolve.cases.actions.refusals import NotAllowed, Refused, Stale
from huiyin.resolve.cases.actions.replying import approve_anew, take_back_drafts
from huiyin.resolve.cases.actions.stepping import step_given_up
from huiyin.resolve.cases.facts import CaseAssigned, CaseMoved, CaseReclassified, SeverityRaised
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules.words import RECLASSIFIED, SEVERITIES
from huiyin.resolve.triage import actions as triage


@transaction.atomic
def assign(*, case: UUID, handler: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Give a case to somebody to work on, or take it oneself. Of many who take it at once, one wins.

    Taking over for oneself what a colleague has needs the version that was seen: it is meant, not a race.
    """
    found = ground.held(case, "assign", version)
    if handler == by.staff and found.handler_id not in (None, handler) and version is None:
        raise Refused("already_taken")
    _may_assign(found, handler, by, at)
    ground.fit(handler, found, at)
    if found.handler_id == handler and found.state != "new":
        raise Refused("same_person")
    claimed = _work_on(found, handler, by, at)
    ground.notify(handler, "case_assigned", claimed, by, at, f"assigned:{case}:{claimed.version}")
    return claimed


def _may_assign(case: Case, handler: UUID, by: Actor, at: datetime) -> None:
    """A supervisor assigns; anybody who may answer the case takes it for themselves while nobody has it."""
    if by.kind == "machine":
        return
    sight = queries.sight(case, at)
    if handler == by.staff and case.handler_id is None and permit.can(by, "case.reply", sight):
        return
    verdict = permit.can(by, "case.assign", sight)
    if not verdict:
        if handler == by.staff and case.handler_id is not None:
            raise Refused("already_taken")
        raise NotAllowed(verdict.reason, verdict.rule)


def _work_on(case: Case, handler: UUID, by: Actor, at: datetime) -> Case:
    try:
        ground.write(case, handler_id=handler, state="working" if case.state == "new" else case.state)
    except Stale as error:
        if case.handler_id is None:
            raise Refused("already_taken") from error
        raise
    unit = _unit_of(handler)
    ground.tell_history(case, CaseAssigned(case=case.id, handler=handler, unit=unit), by, at)
    return case


def _unit_of(person: UUID) -> UUID | None:
    found = staff.person(person)
    return found.unit_id if found else None


@dataclass(frozen=True)
class Assigning:
    """One line of `assign_many`."""

    case: UUID
    handler: UUID
    at: datetime
    by: Actor


@transaction.atomic
def assign_many(*, items: Sequence[Assigning]) -> None:
    """Assign a batch of new cases, for the generator: same tables and facts, no inbox lines."""
    units = {id: person.unit_id for id, person in staff.people(item.handler for item in items).items()}
    told = []
    cases = queries.cases(item.case for item in items)
    if any(cases[item.case].state != "new" for item in items):
        raise Refused("wrong_state")
    ground.write_many([(cases[item.case], {"handler_id": item.handler, "state": "working"}) for item in items])
    for item in items:
        fact = CaseAssigned(case=item.case, handler=item.handler, unit=units.get(item.handler))
        told.append(Happening(fact, f"matter:{item.case}", item.by, item.at))
    if told:
        record_many(happenings=told, recorded_at=max(item.at for item in items))


@transaction.atomic
def classify(
    *,
    case: UUID,
    category: str,
    cause: str,
    complexity: str,
    severity: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """A person decides what it is about. Other grades mean other limits: the clocks keep their anchor (§8.8)."""
    found = ground.held(case, "classify", version)
    ground.allow(by, "case.note", found, at)
    triage.decide(voice=case, category=category, cause=cause, complexity=complexity, severity=severity, by=by, at=at)
    regraded = (found.complexity, found.severity) != (complexity, severity)
    ground.write(
        found, category=category, cause=cause, complexity=complexity, severity=severity, to_classify=False,
        confidence=None,
    )  # fmt: skip
    linked = opening.link_again(found)
    if linked != {"repeat_of": found.repeat_of, "flags": found.flags}:
        ground.write(found, **linked)
    if regraded and found.state in ("new", "working", "approving"):
        clocks.supersede(subject=case, attrs=opening.attrs_of(found), by=by, at=at)
    return ground.retime(found)


@transaction.atomic
def flag(*, case: UUID, code: str, on: bool) -> None:
    """A room above says that a case belongs to something of its own (group | event); it records why itself."""
    found = Case.objects.select_for_update().filter(pk=case).first()
    if found is None or (code in found.flag_codes) is on:
        return
    codes = [*found.flag_codes, code] if on else [one for one in found.flag_codes if one != code]
    ground.write(found, flags=" ".join(codes))


@transaction.atomic
def raise_severity(*, case: UUID, severity: str, why: str, by: Actor, at: datetime) -> None:
    """A room above knows that it is graver than it looked; never less grave. Another approval path applies from now on,
    and a reply that nobody approved yet no longer leaves without that."""
    found = Case.objects.select_for_update().filter(pk=case, closed_at=None).first()
    grades = list(SEVERITIES)
    if found is None or grades.index(found.severity) >= grades.index(severity):
        return
    ground.write(found, severity=severity)
    ground.tell_history(found, SeverityRaised(case=case, severity=severity, why=why), by, at)
    if found.state in ("new", "working", "approving"):
        clocks.supersede(subject=case, attrs=opening.attrs_of(found), by=by, at=at)
    ground.retime(found)
    approve_anew(found, by, at)
    key = f"severity:{case}:{severity}"
    ground.notify(
        found.handler_id or found.owner_id, "severity_raised", found, by, at, key,
        zh="工单 {number} 已按重大投诉办理，答复须经总行消保审批",
        en="Case {number} counts as major now: consumer protection approves its reply",
    )  # fmt: skip


@transaction.atomic
def reclassify(*, case: UUID, kind: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Not a complaint after all: an enquiry, a petition or a report of wrongdoing. An answer is still due:
    only the regulator's limit for complaints ends, the house's own runs on."""
    if kind not in RECLASSIFIED:
        raise Refused("not_this_kind")
    found = ground.held(case, "reclassify", version)
    ground.allow(by, "case.reclassify", found, at)
    ground.write(found, kind=kind)
    ground.tell_history(found, CaseReclassified(case=case, kind=kind), by, at)
    clocks.cancel(subject=case, reason="reclassified", by=by, at=at, families=frozenset({"REG"}))
    return ground.retime(found)


@transaction.atomic
def accuse(*, case: UUID, person: UUID, by: Actor, at: datetime) -> Case:
    """Somebody turns out to be complained about: they lose sight of the case at once, and what they held moves on."""
    found = ground.held(case, "accuse")
    ground.allow(by, "case.assign", found, at)
    staff_actions.accuse(subject=case, staff=person, by=by, at=at)
    flags = found.flags if "about_staff" in found.flag_codes else f"{found.flags} about_staff".strip()
    ground.write(found, flags=flags)
    return move_on(found, by, at)


@transaction.atomic
def accuse_unit(*, case: UUID, unit: UUID, by: Actor, at: datetime) -> Case:
    """A whole unit is complained about (SoD2): everybody there keeps away, and the case is worked on above it."""
    found = ground.held(case, "accuse")
    ground.allow(by, "case.assign", found, at)
    staff_actions.accuse_unit(subject=case, unit=unit, by=by, at=at)
    flags = found.flags if "about_staff" in found.flag_codes else f"{found.flags} about_staff".strip()
    ground.write(found, flags=flags)
    return move_on(found, by, at)


@transaction.atomic
def somebody_was_recused(*, case: UUID, by: Actor, at: datetime) -> None:
    """Kin were declared, or a recusal came from elsewhere: an open case moves away from them at once (SoD1)."""
    found = Case.objects.select_for_update().filter(pk=case, closed_at=None).first()
    if found is not None:
        move_on(found, by, at)


def move_on(case: Case, by: Actor, at: datetime) -> Case:
    """Owner or handler is recused now: the case gets others by the routing rule, an open hand-over to them ends."""
    barred = frozenset(staff.recused(case.id, at))
    cancel_handovers_of(case, barred, by, at)
    end_legs_of(case, barred, by, at)
    changes: dict[str, object] = {}
    if case.owner_id in barred:
        chosen = opening.choose_owner(unit=case.unit_id, at=at, recused=barred)
        changes |= {"owner_id": chosen.staff, "owner_how": chosen.how}
    if case.handler_id in barred:
        step_given_up(case=case.id, by=by, at=at)
        changes |= {"handler_id": None, "state": "new" if case.state in ("working", "approving") else case.state}
    if changes:
        ground.write(case, **changes)
    if "owner_id" in changes:
        ground.tell_history(case, CaseMoved(case=case.id, owner=case.owner_id, how=case.owner_how), by, at)
    take_back_drafts(case, barred, by, at)
    drop_redress_of(case, barred, by, at)
    if not changes:
        return case
    if case.owner_id is None:
        opening.incident(case, "no_owner", by, at)
    ground.notify(case.owner_id, "case_opened", case, by, at, f"moved:{case.id}:{case.version}")
    return case


@transaction.atomic
def flag_risk(*, case: UUID, on: bool, by: Actor, at: datetime) -> None:
    """The forecast says it will be late (pushed down by measure, decision 6)."""
    found = Case.objects.filter(pk=case, closed_at=None).first()
    if found is None or ("risk" in found.flag_codes) == on:
        return
    flags = [code for code in found.flag_codes if code != "risk"] + (["risk"] if on else [])
    Case.objects.filter(pk=case).update(flags=" ".join(flags))
    if on:
        ground.notify(found.handler_id or found.owner_id, "clock_rung", found, by, at, f"risk:{case}:{found.cycle}")


@transaction.atomic
def place_cases(*, units: Sequence[UUID], at: datetime) -> None:
    """A unit moved or closed: its cases go where its matters belong now, so that an open case stays somebody's."""
    on = localdate(at)
    paths = unit_queries.paths(on)
    moved = {below for unit in units if unit in paths for below in unit_queries.under(paths[unit], on)} | set(units)
    for unit in Case.objects.filter(unit__in=moved).order_by().values_list("unit", flat=True).distinct():
        where = paths.get(unit)
        if where is not None:
            Case.objects.filter(unit=unit).exclude(unit_path=where).update(unit_path=where)
