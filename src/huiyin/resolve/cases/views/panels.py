"""Cards of the case page: what is offered to make good."""

from typing import Any

from huiyin.bank.standards.queries import label
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.models import Case, Redress
from huiyin.resolve.cases.queries.redress import REDRESS_TABLE
from huiyin.resolve.cases.rules import words
from huiyin.resolve.cases.rules.redress import written


def redress(rows: list[Redress]) -> list[dict[str, Any]]:
    texts = vault.reveal_many(REDRESS_TABLE, [row.pk for row in rows])
    chips = {"paid": "ok", "accepted": "ok", "waiting": "info", "returned": "warn", "declined": "warn"}
    return [
        {
            "row": row,
            "kind": label("redress_kind", row.kind),
            "amount": written(row.amount, row.currency) if row.amount else "",
            "state": words.REDRESS_STATES[row.state],
            "chip": chips.get(row.state, "none"),
            **{name: texts.get(row.pk, {}).get(name, "") for name in ("text", "returned", "evidence")},
        }
        for row in rows
    ]


def totals(case: Case) -> list[dict[str, str]]:
    return [
        {"accepted": written(accepted, currency), "paid": written(paid, currency)}
        for currency, (accepted, paid) in sorted(queries.totals(case.pk).items())
    ]
