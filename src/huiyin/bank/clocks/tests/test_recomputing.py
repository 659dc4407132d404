"""`huiyin clock recompute`: every row is what the ledger says, or the command says which is not."""

import json
from datetime import timedelta

import pytest

from huiyin.bank.clocks import actions
from huiyin.bank.clocks.actions import recomputing
from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.clocks.rules.arming import clock_id
from huiyin.bank.clocks.tests.test_loop import TICK, armed, clock, local

pytestmark = pytest.mark.django_db


def lives() -> list:
    """Matters with everything that can happen to a clock."""
    found = [armed(f"2026-03-{day:02d} 10:00", complexity="complex") for day in range(2, 14)]
    for n, subject in enumerate(found):
        at = local(f"2026-03-{2 + n:02d} 11:00")
        actions.enter_leg(subject=subject, holder=subject, by=TICK, at=at)
        actions.pause(subject=subject, reason="external", by=TICK, at=at + timedelta(hours=n))
        actions.happened(subject=subject, event="complaint.acknowledged", by=TICK, at=at)
    actions.merge(survivor=found[3], members=[found[0], found[5]], by=TICK, at=local("2026-03-20 10:00"))
    actions.sweep(by=TICK, at=local("2026-03-25 10:00"))
    return found


@pytest.mark.parametrize("piece", [7, 2_000])
def test_every_clock_is_compared_once_whatever_the_size_of_a_piece(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    monkeypatch.setattr(recomputing, "PIECE", piece)
    lives()
    found = actions.recompute(workers=1)
    assert (found.clocks, found.differences) == (ClockRow.objects.count(), ())
    assert found.entries > found.clocks


def test_a_changed_row_a_missing_one_and_one_too_many_are_named_and_put_right() -> None:
    subjects = lives()
    total = clock(subjects[1], "TOTAL")
    ClockRow.objects.filter(id=total.id).update(met=True, due_at=local("2027-01-01 00:00"))
    ClockRow.objects.filter(id=clock(subjects[2], "REG").id).delete()
    extra = ClockRow.objects.get(id=clock(subjects[4], "ACK").id)
    extra.pk, extra.leg = subjects[4], 9
    extra.save(force_insert=True)
    found = actions.recompute(workers=1)
    gone = clock_id(subjects[2], "cn-nfra-complaint", "REG", "decide", 1, 1)
    assert {(d.column, d.clock) for d in found.differences} == {
        ("met", total.id), ("due_at", total.id), ("missing", gone), ("extra", subjects[4]),
    }  # fmt: skip
    actions.recompute(workers=1, repair=True)
    assert actions.recompute(workers=1).differences == ()
    assert clock(subjects[1], "TOTAL").due == total.due


def test_an_account_that_reads_the_same_but_is_written_otherwise_is_found() -> None:
    (subject,) = lives()[:1]
    row = ClockRow.objects.exclude(account="").filter(subject=subject).first()
    assert row is not None
    ClockRow.objects.filter(pk=row.pk).update(account=json.dumps(json.loads(row.account)))
    assert [d.column for d in actions.recompute(workers=1).differences] == ["account"]


def test_a_row_that_cannot_be_read_is_a_difference_and_not_a_crash() -> None:
    (subject,) = lives()[:1]
    row = ClockRow.objects.filter(subject=subject, family="STEP").get()
    ClockRow.objects.filter(pk=row.pk).update(account="{")
    assert [(d.clock, d.column) for d in actions.recompute(workers=1).differences] == [(row.pk, "unreadable")]
    actions.recompute(workers=1, repair=True)
    assert actions.recompute(workers=1).differences == ()
