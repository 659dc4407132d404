"""Cards of the case page: who has it and had it how long, and what is offered to make good."""

from datetime import datetime
from typing import Any

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.bank.units import queries as units
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.models import Case, Redress
from huiyin.resolve.cases.queries.redress import REDRESS_TABLE
from huiyin.resolve.cases.rules import words
from huiyin.resolve.cases.rules.redress import written


def holders(case: Case, at: datetime) -> list[dict[str, Any]]:
    """One line per leg, the newest first: who, in which unit, from when, how long, and whether it is theirs now."""
    held = queries.held(case, at)
    people = staff.people(line.person for line in held if line.person)
    units_of = units.units({person.unit_id for person in people.values()})
    total = max(sum(line.spent.total_seconds() for line in held), 1)
    return [
        {
            "kind": words.LEG_KINDS[line.leg.kind],
            "how": words.LEG_HOWS.get(line.leg.how) or words.HOWS.get(line.leg.how),
            "end": words.LEG_OUTCOMES.get(line.leg.end) if line.leg.part and line.leg.end else None,
            "person": people.get(line.person) if line.person else None,
            "unit": units_of.get(people[line.person].unit_id) if line.person in people else None,
            "from": line.leg.entered_at,
            "spent": line.spent,
            "parallel": line.leg.kind in ("joint", "escalation"),
            "share": round(100 * line.spent.total_seconds() / total),
            "now": line.leg.open,
            "charged": line.leg.charged is not None and line.leg.charged != line.leg.holder,
        }
        for line in reversed(held)
    ]


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
