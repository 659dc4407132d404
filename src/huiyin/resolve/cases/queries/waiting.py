"""What waits for somebody's decision: replies and redress to approve, extensions and excuses to grant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.resolve.cases.models import Case, Excuse, Extension, Redress, Reply
from huiyin.resolve.cases.queries.records import sight, visible_to

MOST = 100
REPLY = Label("approve", "答复待审批", "Reply to approve")
EXTENSION = Label("grant", "延期待批准", "Extension to grant")
EXCUSE = Label("grant-excuse", "超时豁免待批准", "Missed limit to excuse")
REDRESS = Label("redress-approve", "补偿方案待审批", "Redress to approve")


@dataclass(frozen=True)
class Approval:
    """One decision that waits: what, of which case, who asked, since when, and where on the case page it is made."""

    kind: Label
    case: Case
    who: Any
    since: datetime
    due_at: datetime | None

    @property
    def href(self) -> str:
        return f"/desk/cases/{self.case.pk}/#{self.kind.code}"


def approvals(actor: Actor, at: datetime) -> list[Approval]:
    """What this person may decide now, in the order in which the cases are due."""
    found = [*_replies(actor, at), *_extensions(actor, at), *_excuses(actor, at), *_redress(actor, at)]
    return sorted(found, key=lambda one: (one.case.rank_at, one.since, str(one.case.pk)))


def _replies(actor: Actor, at: datetime) -> list[Approval]:
    if not permit.can(actor, "case.approve_reply"):
        return []
    cases = visible_to(actor, at, "case.approve_reply").filter(state="approving")
    rows = Reply.objects.filter(case__in=cases.values("pk"), state="waiting").select_related("case", "author")
    return [
        Approval(REPLY, row.case, row.author, row.drafted_at, row.case.due_at)
        for row in rows.order_by("case__rank_at", "id")[:MOST]
        if permit.can(actor, "case.approve_reply", sight(row.case, at, author=row.author_id))
    ]


def _extensions(actor: Actor, at: datetime) -> list[Approval]:
    if not permit.can(actor, "case.extend"):
        return []
    cases = visible_to(actor, at, "case.extend").filter(closed_at=None)
    rows = Extension.objects.filter(case__in=cases.values("pk"), outcome="waiting").select_related("case", "requester")
    return [
        Approval(EXTENSION, row.case, row.requester, row.requested_at, row.case.due_at)
        for row in rows.order_by("case__rank_at", "id")[:MOST]
        if permit.can(
            actor, "case.extend", sight(row.case, at, requester=row.requester_id, extends_to_days=row.to_days)
        )
    ]


def _excuses(actor: Actor, at: datetime) -> list[Approval]:
    """A missed limit is excused by another person than the one who asked, over closed cases too."""
    if not permit.can(actor, "case.extend"):
        return []
    cases = visible_to(actor, at, "case.extend")
    rows = Excuse.objects.filter(case__in=cases.values("pk"), outcome="waiting").select_related("case", "requester")
    return [
        Approval(EXCUSE, row.case, row.requester, row.requested_at, row.case.due_at)
        for row in rows.order_by("case__rank_at", "id")[:MOST]
        if permit.can(actor, "case.extend", sight(row.case, at, requester=row.requester_id))
    ]


def _redress(actor: Actor, at: datetime) -> list[Approval]:
    """What somebody proposed above their own limit. Whether this reader's limit reaches is said on the case page."""
    if not permit.can(actor, "case.approve_redress"):
        return []
    cases = visible_to(actor, at, "case.approve_redress").filter(closed_at=None)
    rows = Redress.objects.filter(case__in=cases.values("pk"), state="waiting").select_related("case", "proposer")
    return [
        Approval(REDRESS, row.case, row.proposer, row.proposed_at, row.case.due_at)
        for row in rows.order_by("case__rank_at", "id")[:MOST]
        if permit.can(actor, "case.approve_redress", sight(row.case, at, author=row.proposer_id))
    ]
