"""Proof that rows are nothing but projections: recompute them from the ledger and compare, or put them right."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.clocks.rules.clock import Clock
from huiyin.bank.clocks.rules.replay import replayed
from huiyin.bank.clocks.rules.rows import COLUMNS, row_of
from huiyin.bank.standards import queries as standards
from huiyin.ledger import queries as ledger


@dataclass(frozen=True)
class Difference:
    """A column in which a row and its history disagree; `column` is `missing` or `extra` for whole rows."""

    clock: UUID
    column: str
    stored: object = None
    replayed: object = None


@transaction.atomic
def rebuild(*, subjects: Iterable[UUID], repair: bool = False) -> list[Difference]:
    """Recompute the clocks of these matters from the ledger. With `repair` the rows are rewritten."""
    book = standards.book()
    found: list[Difference] = []
    for subject in subjects:
        stored = {clock.id: clock for clock in ClockRow.objects.select_for_update().filter(subject=subject).values_of()}
        told: dict[UUID, Clock] = {}
        for stream in _streams(subject, stored.values()):
            entries = ((e.type, e.occurred_us // 1_000_000, json.loads(e.payload)) for e in ledger.entries_of(stream))
            told.update(replayed(book, stream, entries))
        found += differences(stored, told)
        if repair and stored != told:
            ClockRow.objects.all().insert_clocks(told[id] for id in told.keys() - stored.keys())
            ClockRow.objects.all().update_clocks(told[id] for id in told.keys() & stored.keys())
    return found


def _streams(subject: UUID, clocks: Iterable[Clock]) -> list[str]:
    return sorted({clock.stream for clock in clocks} | {f"matter:{subject}"})


def differences(stored: dict[UUID, Clock], told: dict[UUID, Clock]) -> list[Difference]:
    found = [Difference(id, "missing") for id in told.keys() - stored.keys()]
    found += [Difference(id, "extra") for id in stored.keys() - told.keys()]
    for id in told.keys() & stored.keys():
        here, there = row_of(stored[id], False), row_of(told[id], False)
        found += [Difference(id, n, a, b) for n, a, b in zip(COLUMNS, here, there, strict=True) if a != b]
    return found
