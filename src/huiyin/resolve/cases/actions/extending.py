"""More time: asked for before the limit, granted by another person, void unless the customer is told (decision 15)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.standards.queries import facet, label, limit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.protect.access import queries as access
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters, opening
from huiyin.resolve.cases.actions.refusals import Gone, NotAllowed, Refused
from huiyin.resolve.cases.facts import ExtensionStepped
from huiyin.resolve.cases.models import Case, Extension
from huiyin.resolve.cases.rules import limits


@transaction.atomic
def request_extension(*, case: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Extension:
    """Ask for the next permitted step: 15 → 30 or 30 → 60 days."""
    if reason not in {label.code for label in facet("extension_reason")}:
        raise Refused("reason_missing")
    found = ground.held(case, "extend", version)
    ground.allow(by, "case.request_extension", found, at)
    requester = ground.only_staff(by)
    if queries.open_extension(case):
        raise Refused("extension_waiting")
    days = _limit_days(found)
    step = limits.next_extension(days)
    if step is None:
        raise Refused("no_more_time")
    if found.complexity not in step.complexities:
        raise Refused("not_complex_enough")
    if found.due_at is not None and at > found.due_at:
        raise Refused("past_due")
    asked = Extension.objects.create(
        id=new_id(), case=found, days=days, to_days=step.to_days, reason=reason, requester_id=requester,
        requested_at=at,
    )  # fmt: skip
    ground.write(found)
    _record(asked, "asked", by, at)
    for person in access.holders(step.role, at, found.unit_path):
        if person != requester:
            ground.notify(
                person, "extension_to_approve", found, by, at, f"extension:{asked.id}",
                zh="工单 {number} 申请延期，请审批", en="An extension of case {number} waits for your decision",
            )  # fmt: skip
    return asked


def _limit_days(case: Case) -> int:
    """The days of the legal limit as they stand; the house's own where no law applies."""
    running = [view for view in clock_queries.clocks_of(case.id) if view.open and view.due_at]
    for family in (*limits.LEGAL, "TOTAL"):
        for view in running:
            if view.family == family:
                return _days(view)
    raise Refused("no_running_limit")


@transaction.atomic
def approve_extension(*, extension: UUID, by: Actor, at: datetime) -> Extension:
    """Grant it; the customer is told, and only the delivered notice moves the limit."""
    asked, case = _waiting(extension)
    _may_decide(asked, case, by, at)
    if case.due_at is not None and at > case.due_at:
        raise Refused("past_due")
    _decide(asked, "approved", by, at)
    ground.write(case)
    letter = letters.draft(
        case, "extension", at=at, key=f"extension:{asked.id}", item=asked.id, days=str(asked.to_days),
        reason=_reason(asked, case),
    )  # fmt: skip
    letters.send(letter, by, at)
    asked.refresh_from_db()
    return asked


@transaction.atomic
def refuse_extension(*, extension: UUID, by: Actor, at: datetime) -> Extension:
    asked, case = _waiting(extension)
    _may_decide(asked, case, by, at)
    _decide(asked, "refused", by, at)
    ground.write(case)
    ground.notify(
        asked.requester_id, "extension_refused", case, by, at, f"refused:{asked.id}",
        zh="工单 {number} 的延期未获批准", en="The extension of case {number} was refused",
    )  # fmt: skip
    return asked


def _waiting(extension: UUID) -> tuple[Extension, Case]:
    asked = Extension.objects.select_for_update().filter(pk=extension).first()
    if asked is None:
        raise Gone
    if asked.outcome != "waiting":
        raise Refused("already_settled")
    return asked, ground.held(asked.case_id, "extend")


def _may_decide(asked: Extension, case: Case, by: Actor, at: datetime) -> None:
    if by.staff == asked.requester_id:
        raise Refused("own_request")
    sight = queries.sight(case, at, requester=asked.requester_id, extends_to_days=asked.to_days)
    try:
        ground.allow(by, "case.extend", case, at, sight)
    except NotAllowed as error:
        if error.rule == "SoD4b":
            raise Refused("step_too_far") from error
        raise


def _decide(asked: Extension, outcome: str, by: Actor, at: datetime) -> None:
    changed = Extension.objects.filter(pk=asked.pk, outcome="waiting").update(
        outcome=outcome, approver_id=ground.only_staff(by), decided_at=at
    )
    if not changed:
        raise Refused("already_settled")
    asked.outcome, asked.approver_id, asked.decided_at = outcome, by.staff, at
    _record(asked, outcome, by, at)


@transaction.atomic
def apply_extension(*, extension: UUID, notice: UUID, by: Actor, at: datetime) -> None:
    """The notice is delivered: every running limit for the decision gets the added days."""
    asked = Extension.objects.select_related("case").filter(pk=extension, outcome="approved").first()
    if asked is None:
        return
    Extension.objects.filter(pk=extension).update(outcome="applied", applied_at=at)
    _record(asked, "applied", by, at)
    for view in clock_queries.clocks_of(asked.case_id):
        if view.open and view.due_at and view.family in ("REG", "TOTAL") and asked.to_days > _days(view):
            clocks.extend(
                clock=view.id, to=asked.to_days, reason=asked.reason, by=by, at=at, notice=notice,
                attrs=opening.attrs_of(asked.case),
            )  # fmt: skip
    ground.retime(asked.case)


@transaction.atomic
def lapse_extension(*, extension: UUID, by: Actor, at: datetime) -> None:
    """The customer could not be told: the extension is void (§8.7)."""
    asked = Extension.objects.select_related("case").filter(pk=extension, outcome="approved").first()
    if asked is None:
        return
    Extension.objects.filter(pk=extension).update(outcome="lapsed")
    _record(asked, "lapsed", by, at)
    ground.notify(asked.requester_id, "delivery_failed", asked.case, by, at, f"lapsed:{extension}")


def _days(view: clock_queries.ClockView) -> int:
    """The days of a clock as it was set, its extensions included."""
    terms = [part.term for part in view.parts] or list(limit(view.definition).terms)
    return max((term.amount for term in terms), default=0) + sum(extension.amount for extension in view.extensions)


def _record(asked: Extension, step: str, by: Actor, at: datetime) -> None:
    fact = ExtensionStepped(case=asked.case_id, extension=asked.pk, step=step, to_days=asked.to_days)
    ground.tell_history(asked.case, fact, by, at)


def _reason(asked: Extension, case: Case) -> str:
    return label("extension_reason", asked.reason).word(case.language)
