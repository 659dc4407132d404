"""The clock pitfalls of other help desks (peers.md T1 to T35, T57, T61 to T64), each by its number.

Those told elsewhere: T1 T4 T6 T7 T8 T64 in kernel/tests/test_calendar.py, T5 T11 T16 T18 T20 T23 T24 T31 T32 T34 T57 in test_life.py and test_joining.py, T25 T26 T58 in
resolve/cases/tests/test_timing.py, T19 and T61 in the rooms of cases and staff, T30 with the linter of bank/standards.
"""

from datetime import date

import pytest

from huiyin.bank.clocks import actions, queries
from huiyin.bank.clocks.rules.clock import seconds_of
from huiyin.bank.clocks.tests.test_loop import TICK, armed, clock, local
from huiyin.bank.standards import queries as standards
from huiyin.kernel.calendar import Calendar, Term, due
from huiyin.kernel.pauses import MATRIX, loosened
from huiyin.ledger import queries as ledger


def office() -> Calendar:
    return standards.calendar("cn-office")


@pytest.mark.django_db
def test_t3_an_instant_is_an_instant_whatever_zone_it_was_written_in() -> None:
    lines = [
        '{"id":1,"calendar":"cn-office","from":"2026-03-02T09:00:00+08:00","amount":7,"unit":"business_hour"}',
        '{"id":2,"calendar":"cn-office","from":"2026-03-02T01:00:00+00:00","amount":7,"unit":"business_hour"}',
        '{"id":3,"calendar":"cn-office","from":"2026-03-01T20:00:00-05:00","amount":7,"unit":"business_hour"}',
    ]
    assert {answer["due_at"] for answer in queries.check_lines(lines)} == {"2026-03-02T17:30:00+08:00"}


@pytest.mark.django_db
def test_t9_a_make_up_saturday_is_a_working_day_of_the_office() -> None:
    assert office().open_on(date(2026, 2, 14))
    assert not office().open_on(date(2026, 2, 16))


@pytest.mark.django_db
def test_t10_the_year_after_the_last_notice_is_provisional_and_never_an_exception() -> None:
    found = due(office(), Term("business_day", 5), seconds_of(local("2027-10-01 10:00")))
    assert found.provisional


@pytest.mark.django_db
def test_t12_a_verdict_names_the_calendar_version_it_was_given_by() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-10 10:00"))
    assert {c.calendar for c in queries.clocks_of(subject)} == {"cn-office/2026.1"}


@pytest.mark.django_db
def test_t13_a_percentage_never_decides() -> None:
    """99.951 % of the time used is not late (V16): whole seconds are compared."""
    start = seconds_of(local("2026-03-02 09:00"))
    found = due(standards.calendar("hotline"), Term("business_hour", 1_000_000), start)
    assert found.at - (start + 999_510) == 490


@pytest.mark.django_db
def test_t14_what_comes_in_at_night_starts_at_the_next_opening() -> None:
    found = due(office(), Term("business_hour", 3600), seconds_of(local("2026-03-02 22:00")))
    assert found.at == seconds_of(local("2026-03-03 10:00"))


@pytest.mark.django_db
def test_t15_a_paused_clock_really_stands_still_and_t17_no_other_write_moves_it() -> None:
    subject = armed()
    actions.pause(subject=subject, reason="external", by=TICK, at=local("2026-03-06 10:00"))
    explained = [
        queries.explain(clock(subject, "TOTAL").id, local(at)) for at in ("2026-03-08 10:00", "2026-03-12 10:00")
    ]
    assert len({e.consumed for e in explained if e}) == 1
    before = queries.clocks_of(subject)
    actions.happened(subject=subject, event="case.noted", by=TICK, at=local("2026-03-09 10:00"))
    assert queries.clocks_of(subject) == before


@pytest.mark.django_db
def test_t21_a_matter_decided_in_the_moment_it_arrives_does_not_run_on() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-05 10:00"))
    assert not any(c.open for c in queries.clocks_of(subject))
    assert actions.sweep(by=TICK, at=local("2026-06-05 10:00")) == 0


@pytest.mark.django_db
def test_t22_time_spent_closed_is_neither_work_nor_waiting() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-06 10:00"))
    actions.reopen(subject=subject, by=TICK, at=local("2026-03-26 10:00"))
    again = queries.explain(clock(subject, "TOTAL", 2).id, local("2026-03-26 11:00"))
    first = queries.explain(clock(subject, "TOTAL", 1).id, local("2026-03-26 11:00"))
    assert again is not None
    assert first is not None
    assert (first.consumed, again.consumed) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("event", ["case.assigned", "complaint.acknowledged", "case.noted"])
def test_t27_only_a_delivered_answer_satisfies_the_first_response(event: str) -> None:
    subject = armed()
    actions.happened(subject=subject, event=event, by=TICK, at=local("2026-03-05 11:00"))
    assert clock(subject, "RESPONSE").open
    actions.happened(subject=subject, event="complaint.responded", by=TICK, at=local("2026-03-05 12:00"))
    assert clock(subject, "RESPONSE").met is True


@pytest.mark.django_db
def test_t28_each_clock_has_its_own_verdict_at_its_own_event() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.responded", by=TICK, at=local("2026-03-05 11:00"))
    assert {c.family: c.met for c in queries.clocks_of(subject) if not c.open} == {"ACK": True, "RESPONSE": True}
    assert clock(subject, "TOTAL").met is None


@pytest.mark.django_db
def test_t29_a_cancelled_clock_rings_no_more() -> None:
    subject = armed()
    actions.cancel(subject=subject, reason="reclassified", by=TICK, at=local("2026-03-06 10:00"))
    actions.sweep(by=TICK, at=local("2026-04-06 10:00"))
    assert "clock.rung" not in {e.type for e in ledger.entries_of(f"matter:{subject}")}


@pytest.mark.django_db
def test_t33_the_end_of_one_pause_neither_ends_another_nor_is_missed_after_an_outage() -> None:
    """Two reasons at once: each has its own end, and a week without a sweep counts both to their ends, not to now."""
    subject = armed()
    at = local("2026-03-06 10:00")
    actions.pause(subject=subject, reason="external", until=local("2026-03-09 10:00"), by=TICK, at=at)
    actions.pause(subject=subject, reason="customer_wait", until=local("2026-03-11 10:00"), by=TICK, at=at)
    actions.sweep(by=TICK, at=local("2026-03-09 12:00"))
    assert (clock(subject, "TOTAL").state, [w.reason for w in clock(subject, "TOTAL").waits]) == (
        "paused",
        ["customer_wait"],
    )
    actions.sweep(by=TICK, at=local("2026-03-13 10:00"))
    assert (clock(subject, "TOTAL").state, clock(subject, "TOTAL").due_date) == ("running", date(2026, 3, 15))
    assert actions.rebuild(subjects=[subject]) == []


@pytest.mark.django_db
def test_t35_no_rung_is_told_twice_however_often_the_sweep_runs() -> None:
    subject = armed()
    for hour in range(9, 18):
        actions.sweep(by=TICK, at=local(f"2026-03-12 {hour:02d}:00"))
    rungs = [r for r, _, _ in queries.rungs_of(clock(subject, "TOTAL").id)]
    assert len(rungs) == len(set(rungs))


@pytest.mark.django_db
def test_t62_a_computed_date_names_its_rule_anchor_and_version() -> None:
    told = queries.explain(clock(armed(), "REG").id, local("2026-03-06 10:00"))
    assert told is not None
    assert (told.limit.source.en, told.limit.anchor, told.clock.definition) == (
        "CBIRC Order 2020 No. 3, art. 18", "received_at", "cn-nfra-complaint/2020.1/reg",
    )  # fmt: skip


@pytest.mark.django_db
def test_t63_a_reminder_is_a_rung_that_a_late_sweep_still_finds() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-10 23:00"))
    assert "80%" in {r for r, _, _ in queries.rungs_of(clock(subject, "TOTAL").id)}


@pytest.mark.django_db
def test_no_pack_in_use_loosens_the_matrix() -> None:
    assert [limit.ref for pack in standards.packs() for limit in pack.limits if loosened(limit)] == []
    assert MATRIX["customer_material"].get("REG") is None
    assert MATRIX["approval"] == MATRIX["outage"] == {}


@pytest.mark.django_db
def test_a_regulator_s_clock_warns_even_while_it_is_paused() -> None:
    subject = armed()
    actions.pause(subject=subject, reason="external", customer_told=True, by=TICK, at=local("2026-03-06 10:00"))
    assert clock(subject, "REG").state == "paused"
    actions.sweep(by=TICK, at=local("2026-03-17 10:00"))
    assert clock(subject, "REG").state == "paused"
    assert {r for r, _, _ in queries.rungs_of(clock(subject, "REG").id)} == {"50%", "80%"}
    assert clock(subject, "REG").breached_at is None
    assert actions.rebuild(subjects=[subject]) == []
