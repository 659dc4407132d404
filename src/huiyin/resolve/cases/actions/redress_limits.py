"""How much a role may grant alone: proposed by one colleague of head office, decided by another."""

from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.db import transaction

from huiyin.bank.units.queries import whole_bank
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import NotAllowed, Refused
from huiyin.resolve.cases.facts import RedressLimitSet
from huiyin.resolve.cases.models import RedressLimit
from huiyin.resolve.cases.rules import redress as rule


@transaction.atomic
def propose_redress_limit(*, role: str, amount: int, by: Actor, at: datetime, currency: str = "CNY") -> RedressLimit:
    """Propose what this role may grant alone, in minor units; 0 takes the right away. The limit in use stands until then."""
    _may("standards.propose", by)
    if role not in rule.LIMITED:
        raise Refused("role_has_no_limit")
    if currency not in rule.CURRENCIES:
        raise Refused("currency_wrong")
    if not 0 <= amount <= rule.LARGEST:
        raise Refused("amount_wrong")
    list(RedressLimit.objects.select_for_update().filter(role=role))  # one proposal at a time for each role
    if RedressLimit.objects.filter(role=role, currency=currency, decided_at__isnull=True).exists():
        raise Refused("limit_waiting")
    return RedressLimit.objects.create(
        role=role, currency=currency, amount=amount, proposed_by_id=ground.only_staff(by), proposed_at=at
    )


@transaction.atomic
def decide_redress_limit(*, limit: UUID, approve: bool, by: Actor, at: datetime) -> RedressLimit:
    """The second person's yes or no. A yes counts for whatever is proposed or approved from now on."""
    row = RedressLimit.objects.select_for_update().filter(pk=limit).first()
    if row is None or row.decided_at is not None:
        raise Refused("already_settled")
    _may("standards.approve", by, requester=row.proposed_by_id)
    row.decided_at, row.decided_by_id = at, ground.only_staff(by)
    row.confirmed_at = at if approve else None
    row.save(update_fields=["decided_at", "decided_by", "confirmed_at"])
    if approve:
        fact = RedressLimitSet(limit=row.pk, role=row.role, currency=row.currency, amount=row.amount)
        record(fact=fact, stream=f"redress_limit:{row.role}", by=by, at=at)
    return row


def _may(action: str, by: Actor, requester: UUID | None = None) -> None:
    over = SimpleNamespace(unit_path=whole_bank().unit_path, requester=requester)
    verdict = permit.can(by, action, over)
    if not verdict:
        raise NotAllowed(verdict.reason, verdict.rule)
