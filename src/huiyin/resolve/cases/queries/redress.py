"""What was offered and paid in a case, and how much whom may grant."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from huiyin.bank.standards import queries as standards
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases.models import Redress, RedressLimit
from huiyin.resolve.cases.rules import redress as rule

REDRESS_TABLE = "cases_redress"


def limits(currency: str = "CNY") -> dict[str, int]:
    """Role -> the most it may grant alone, in minor units: as shipped, or the newest that two people of the bank set."""
    found = dict(rule.SHIPPED) if currency == "CNY" else {}
    rows = RedressLimit.objects.filter(currency=currency, confirmed_at__isnull=False).order_by("confirmed_at", "id")
    return found | dict(rows.values_list("role", "amount"))


def limit_changes() -> list[RedressLimit]:
    """What was proposed and decided about the limits, the newest first; what waits for a decision before all."""
    rows = RedressLimit.objects.select_related("proposed_by", "decided_by").order_by("-proposed_at", "-id")[:200]
    return sorted(rows, key=lambda row: row.decided_at is not None)


def redress_of(case: UUID) -> list[Redress]:
    return list(Redress.objects.filter(case=case).select_related("proposer", "approver"))


def open_redress(cases: Iterable[UUID]) -> set[UUID]:
    """The cases in which something is proposed, offered or accepted and not yet carried out."""
    return set(Redress.objects.filter(case__in=list(cases), state__in=rule.OPEN).values_list("case", flat=True))


def totals(case: UUID) -> dict[str, tuple[int, int]]:
    """Currency -> (accepted by the customer, carried out), in minor units."""
    found: dict[str, tuple[int, int]] = {}
    for row in Redress.objects.filter(case=case, state__in=("accepted", "paid"), amount__gt=0):
        accepted, paid = found.get(row.currency, (0, 0))
        found[row.currency] = (accepted + row.amount, paid + (row.amount if row.state == "paid" else 0))
    return found


@dataclass(frozen=True)
class Put:
    """An offer as its customer reads it. `state`: offered | accepted | declined | paid."""

    id: UUID
    what: str
    amount: str
    text: str
    state: str


def put_to_the_customer(case: UUID, language: str) -> list[Put]:
    """What was offered in a case, the oldest first."""
    rows = list(Redress.objects.filter(case=case, state__in=("offered", "accepted", "declined", "paid")))
    texts = vault.reveal_many(REDRESS_TABLE, [row.pk for row in rows])
    return [
        Put(
            id=row.pk,
            what=standards.label("redress_kind", row.kind).word(language),
            amount=rule.written(row.amount, row.currency) if row.amount else "",
            text=texts.get(row.pk, {}).get("text", ""),
            state=row.state,
        )
        for row in rows
    ]
