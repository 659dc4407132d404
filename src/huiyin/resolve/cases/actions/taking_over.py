"""Matters that another system has kept become cases as they stood there (decision 31).

They get clocks but no owner, no notices and no messages. What the source attests is taken over as attested:
timeliness without a time, and the closed state. One batch, few statements, each row written once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.standards import queries as standards
from huiyin.kernel.fact import Fact
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import Happening, record_many
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.opening import Desk, Heard, desk_at
from huiyin.resolve.cases.facts import CaseAnswered, CaseClosed, CaseOpened
from huiyin.resolve.cases.models import Case, Closure
from huiyin.resolve.cases.rules.sources import PACKS_OF_SOURCE, is_closed


@transaction.atomic
def take_over_many(*, heard: Sequence[Heard]) -> None:
    """Write the cases of imported voices, their clocks and what the source says became of them."""
    if not heard:
        return
    now = max(item.at for item in heard)
    desk = desk_at(now)
    packs = _packs(heard)
    both = list(zip(heard, packs, strict=True))
    done = [item for item in heard if _closed(item)]
    tables.insert_values(Case, [_row(item, desk, stamped) for item, stamped in both])
    tables.insert_values(Closure, [_closure(item) for item in done])
    _record([(item, _opened(item, desk, stamped)) for item, stamped in both], now)
    arming = [_arming(item, stamped) for item, stamped in both]
    armed = clocks.arm_many(items=arming, by=heard[0].by, at=now, fresh=True)
    _record([(item, fact) for item in done for fact in _ended(item.fact.voice)], now)
    still = {item.fact.voice for item in heard} - {item.fact.voice for item in done}
    turns = {id: ground.turn_of(armed[id]) for id in still}
    ground.retime_many([id for id, turn in turns.items() if turn.due_at], turns)


def _closed(item: Heard) -> bool:
    return is_closed(item.fact.outcome)


def _row(item: Heard, desk: Desk, packs: tuple[str, ...]) -> dict[str, object]:
    fact = item.fact
    unit = fact.unit or desk.head_office
    row: dict[str, object] = {
        "id": fact.voice, "number": fact.number, "kind": fact.kind, "channel": fact.channel,
        "product": fact.product or "", "language": fact.language, "unit_id": unit, "unit_path": desk.paths.get(unit, ""),
        "customer": fact.customer, "source": fact.source, "received_at": fact.received_at, "opened_at": item.at,
        "owner_how": "import", "packs": " ".join(packs),
    }  # fmt: skip
    return row | {"state": "closed", "closed_at": item.at, "outcome": "imported"} if _closed(item) else row


def _closure(item: Heard) -> dict[str, object]:
    return {
        "id": new_id(), "case_id": item.fact.voice, "cycle": 1, "outcome": "imported", "closed_by": item.by.ref,
        "closed_at": item.at,
    }  # fmt: skip


def _opened(item: Heard, desk: Desk, packs: tuple[str, ...]) -> CaseOpened:
    fact, unit = item.fact, item.fact.unit or desk.head_office
    return CaseOpened(case=fact.voice, number=fact.number, owner=None, how="import", unit=unit, packs=packs or None)


def _packs(heard: Sequence[Heard]) -> list[tuple[str, ...]]:
    """What the source itself stands under, else the institution's own choice; asked once for those that are alike."""
    alike = [(item.fact.source or "", item.fact.kind, item.fact.received_at) for item in heard]
    known: dict[tuple[str, str, datetime], tuple[str, ...]] = {}
    for source, kind in {(source, kind) for source, kind, _at in alike}:
        days = {at for one, sort, at in alike if (one, sort) == (source, kind)}
        known |= {(source, kind, at): packs for at, packs in _packs_of(source, kind, days).items()}
    return [known[key] for key in alike]


def _packs_of(source: str, kind: str, received: set[datetime]) -> Mapping[datetime, tuple[str, ...]]:
    named = PACKS_OF_SOURCE.get(source)
    if named:
        return standards.named_in_force(named, received)
    attrs = {"kind": kind, "source": source, "topic": "general"}
    return {at: standards.packs_for(attrs, at) for at in received}


def _ended(case: UUID) -> tuple[Fact, Fact]:
    return (
        CaseAnswered(case=case, reply=None, cycle=1, evidence="source"),
        CaseClosed(case=case, cycle=1, outcome="imported"),
    )


def _arming(item: Heard, packs: tuple[str, ...]) -> clocks.Arming:
    fact = item.fact
    said = clocks.Happened(fact.voice, "complaint.decision_notified", item.at, "source", fact.timely)
    return clocks.Arming(
        subject=fact.voice,
        kind="case",
        stream=f"matter:{fact.voice}",
        event="complaint.received",
        attrs={
            "kind": fact.kind,
            "complexity": "simple",
            "severity": "ordinary",
            "channel": fact.channel,
            "source": fact.source or "",
            "vulnerable": False,
            "response": "final" if _closed(item) else "in_progress",
        },
        anchors={"received_at": fact.received_at, "sent_at": fact.sent_at or fact.received_at},
        packs=packs,
        at=item.at,
        evidence="source",
        then=(said,) if _closed(item) else (),
    )


def _record(told: Sequence[tuple[Heard, Fact]], now: datetime) -> None:
    happenings = [Happening(fact, f"matter:{item.fact.voice}", item.by, item.at) for item, fact in told]
    record_many(happenings=happenings, recorded_at=now)
