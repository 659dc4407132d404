"""Imported complaints that a second process worked out become the same rows and the same history."""

from collections.abc import Callable
from datetime import date

import pytest
from django.apps import apps
from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.ledger.actions import seal
from huiyin.listen.voices.actions import importing
from huiyin.listen.voices.queries import words_many
from huiyin.platform.imports.rules import Row
from huiyin.platform.imports.tasks import ahead

pytestmark = pytest.mark.django_db
BY = machine("import")
DRAWN = {"vault.datakey": {"wrapped"}, "vault.sealed": {"blob"}, "cases.closure": {"id"}}


def rows() -> list[Row]:
    """An answered one with words, an answered one late, one in progress, one of the bank's own old system."""
    told = {"received_on": date(2024, 3, 1), "sent_on": date(2024, 3, 4), "source": "cfpb", "channel": "web"}
    values = [
        told | {"outcome": "Closed with explanation", "timely": True, "text": "They charged me twice.", "product": "Mortgage"},
        told | {"outcome": "Closed with monetary relief", "timely": False, "received_on": date(2024, 2, 29)},
        told | {"outcome": "In progress", "timely": None, "issue": "Fees"},
        told | {"source": "old", "outcome": "Closed"},
    ]  # fmt: skip
    return [Row(n, f"key-{n}", b"", dict(value)) for n, value in enumerate(values, start=2)]


def everything() -> dict[str, list[dict]]:
    """Every row of every room, without numbers that only count and without what is drawn at random."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        counted = {f.attname for f in model._meta.concrete_fields if f.get_internal_type() == "BigAutoField"}
        leave = counted | DRAWN.get(label, set()) | ({"entry_id"} if label.startswith("ledger.") else set())
        lines = model._base_manager.values()
        found[label] = sorted(({k: v for k, v in line.items() if k not in leave} for line in lines), key=repr)
    return found


def after(work: Callable[[], object]) -> dict[str, list[dict]]:
    """What stands there when `work` has been done; then it is undone."""
    with transaction.atomic():
        work()
        found = everything()
        transaction.set_rollback(True)
    return found


def test_what_was_worked_out_ahead_is_what_would_have_been_written(cast) -> None:
    def plainly() -> None:
        batch = rows()
        importing.number_rows(batch)
        assert importing.take_complaints(batch, by=BY, at=cast.at) == ["new"] * 4

    def ahead_of_it() -> None:
        batch = rows()
        importing.number_rows(batch)
        nothing = everything()
        found = ahead.worked_out(importing.take_complaints, batch, by=BY, at=cast.at)
        assert everything() == nothing
        assert found.outcomes == ["new"] * 4 and ahead.write_worked_out(found)

    both = after(plainly), after(ahead_of_it)
    assert both[0] == both[1]
    assert len(both[0]["voices.voice"]) == 4 and len(both[0]["cases.closure"]) == 3


def test_what_no_longer_fits_is_not_written(cast) -> None:
    batch = rows()
    importing.number_rows(batch)
    late, moved = (ahead.worked_out(importing.take_complaints, batch, by=BY, at=cast.at) for _ in range(2))
    importing.take_complaints(batch, by=BY, at=cast.at)
    before = everything()
    assert not ahead.write_worked_out(late)  # somebody else imported them in the meantime
    moved.stamps["units_unit"] = "another"
    assert not ahead.write_worked_out(moved)  # the bank's tree of units has moved in the meantime
    assert everything() == before
    seal(at=cast.at)
    assert ledger.verify_ledger().ok
    assert not clocks.recompute(workers=1).differences
    assert "They charged me twice." in {
        words.text for words in words_many([r["id"] for r in before["voices.voice"]]).values()
    }
