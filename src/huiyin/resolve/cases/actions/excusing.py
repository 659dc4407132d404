"""A missed limit that was not the bank's to prevent: asked for with its grounds, granted by another person (§8.14)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.standards.queries import facet
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.protect.access import queries as access
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.pausing import written
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.facts import ExcuseStepped
from huiyin.resolve.cases.models import Case, Excuse


@transaction.atomic
def request_excuse(
    *, case: UUID, clock: UUID, reason: str, text: str, by: Actor, at: datetime, version: int | None = None
) -> Excuse:
    """Ask that a miss be counted apart in adjusted rates. Raw rates keep it whatever is decided."""
    if reason not in {label.code for label in facet("excuse_reason")}:
        raise Refused("reason_missing")
    found = ground.held(case, "excuse", version)
    requester = ground.only_staff(by)
    if not permit.can(by, "case.extend", queries.sight(found, at)):
        ground.allow(by, "case.request_extension", found, at)
    missed = {view.id: view for view in clock_queries.missed(case)}
    if clock not in missed:
        raise Refused("nothing_missed")
    if queries.open_excuse(case):
        raise Refused("excuse_waiting")
    asked = Excuse.objects.create(
        id=new_id(), case=found, clock=clock, family=missed[clock].family, reason=reason,
        evidence=written(found, text, by, at), requester_id=requester, requested_at=at,
    )  # fmt: skip
    ground.write(found)
    _record(asked, "asked", by, at)
    for person in access.holders("supervisor", at, found.unit_path):
        ground.notify(
            person, "excuse_to_decide", found, by, at, f"excuse:{asked.id}",
            zh="工单 {number} 申请超时豁免，请审批", en="A request to excuse a missed limit of case {number} waits for you",
        )  # fmt: skip
    return asked


@transaction.atomic
def decide_excuse(*, excuse: UUID, grant: bool, by: Actor, at: datetime) -> Excuse:
    """Somebody else decides. Granted, the clock says so; the breach itself is never deleted."""
    asked = Excuse.objects.select_for_update().filter(pk=excuse).first()
    if asked is None:
        raise Gone
    if asked.outcome != "waiting":
        raise Refused("already_settled")
    case = ground.held(asked.case_id, "excuse")
    approver = ground.only_staff(by)
    if approver == asked.requester_id:
        raise Refused("own_excuse")
    ground.allow(by, "case.extend", case, at, queries.sight(case, at, requester=asked.requester_id))
    asked.outcome = "granted" if grant else "refused"
    asked.approver_id, asked.decided_at = approver, at
    asked.save(update_fields=["outcome", "approver", "decided_at"])
    _record(asked, asked.outcome, by, at)
    if grant:
        clocks.excuse(
            clock=asked.clock, reason=asked.reason, approver=approver, asked_by=asked.requester_id, by=by, at=at
        )
    ground.write(case)
    _tell(asked, case, by, at)
    return asked


def _tell(asked: Excuse, case: Case, by: Actor, at: datetime) -> None:
    words = ("已获批准", "was granted") if asked.outcome == "granted" else ("未获批准", "was refused")
    ground.notify(
        asked.requester_id, "excuse_decided", case, by, at, f"excuse decided:{asked.pk}",
        zh="工单 {number} 的超时豁免" + words[0], en="The request to excuse a missed limit of case {number} " + words[1],
    )  # fmt: skip


def _record(asked: Excuse, step: str, by: Actor, at: datetime) -> None:
    fact = ExcuseStepped(case=asked.case_id, excuse=asked.pk, clock=asked.clock, step=step, reason=asked.reason)
    ground.tell_history(asked.case, fact, by, at)
