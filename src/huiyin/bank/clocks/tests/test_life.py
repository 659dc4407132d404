"""Pause, extension, supersession, hand-over, new cycle, calendar change: each with the pitfall it answers."""

import random
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from huiyin.bank.clocks import actions, facts, queries
from huiyin.bank.clocks.actions import sweeping
from huiyin.bank.clocks.models import ClockQuarantine, ClockRow, ClockRung
from huiyin.bank.clocks.tests.test_loop import PACKS, TICK, armed, clock, local
from huiyin.bank.standards import actions as standards
from huiyin.bank.standards import queries as standard_queries
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import Calendar
from huiyin.kernel.ids import new_id
from huiyin.ledger import queries as ledger
from huiyin.ledger.news import REACTIONS, on

pytestmark = pytest.mark.django_db
AGREED = local("2026-06-30 18:00")


def stream_types(subject: UUID) -> list[str]:
    return [entry.type for entry in ledger.entries_of(f"matter:{subject}")]


# V18, V19, T20, T34: verdicts


@pytest.mark.parametrize(
    ("answered", "met", "lag"),
    [("2026-03-11 00:00:00", True, None), ("2026-03-11 00:00:01", False, 1)],
)
def test_v19_the_last_second_is_in_time_and_the_next_is_late(answered: str, met: bool, lag: int | None) -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local(answered))
    total = clock(subject, "TOTAL")
    assert total.met is met
    assert (total.breached_at is not None) is not met
    if lag:
        assert (total.breached - total.due) == lag


def test_v19_still_open_at_the_sweep_an_hour_later_lags_an_hour() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-11 01:00"))
    total = clock(subject, "TOTAL")
    assert total.breached - total.due == 3600
    assert total.standing(local("2026-03-11 01:00")) == "late"
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-12 09:00"))
    assert clock(subject, "TOTAL").met is False
    assert stream_types(subject).count("clock.breached") == 4  # ACK, RESPONSE, TOTAL and PROMISE, once each


def test_t34_an_answer_late_but_before_any_sweep_is_late_all_the_same() -> None:
    subject = armed()
    at = local("2026-03-20 10:00")
    actions.happened(
        subject=subject, event="complaint.decision_notified", by=TICK, at=at, occurred_at=local("2026-03-11 00:00:30")
    )
    assert clock(subject, "TOTAL").met is False


def test_v18_paused_then_answered_in_one_go_counts_the_pause_first() -> None:
    subject = armed()
    actions.pause(subject=subject, reason="customer_wait", by=TICK, at=local("2026-03-09 10:00"), until=AGREED)
    assert clock(subject, "TOTAL").state == "paused"
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-13 10:00"))
    total = clock(subject, "TOTAL")
    assert total.due_date == date(2026, 3, 14)
    assert total.met is True
    assert actions.rebuild(subjects=[subject]) == []


def test_v20_nothing_but_a_clock_fact_moves_a_due_time() -> None:
    subject = armed()
    before = queries.clocks_of(subject)
    actions.happened(subject=subject, event="case.noted", by=TICK, at=local("2026-03-06 10:00"))
    actions.supersede(subject=subject, attrs={"complexity": "simple"}, by=TICK, at=local("2026-03-06 10:00"))
    assert queries.clocks_of(subject) == before


# T15, T16, T21: pauses


def test_the_regulator_s_clock_runs_while_ours_waits() -> None:
    subject = armed()
    stopped = actions.pause(subject=subject, reason="customer_material", by=TICK, at=local("2026-03-06 10:00"))
    assert {c.family for c in stopped} == {"TOTAL"}
    told = armed()
    stopped = actions.pause(
        subject=told, reason="customer_material", by=TICK, at=local("2026-03-06 10:00"), customer_told=True
    )
    assert {c.family for c in stopped} == {"TOTAL", "PROMISE"}
    assert actions.pause(subject=armed(), reason="approval", by=TICK, at=local("2026-03-06 10:00")) == []


def test_a_paused_clock_does_not_ring_and_resumes_with_its_days() -> None:
    subject = armed()
    actions.pause(subject=subject, reason="customer_wait", by=TICK, at=local("2026-03-06 10:00"), until=AGREED)
    actions.sweep(by=TICK, at=local("2026-03-20 10:00"))
    assert clock(subject, "TOTAL").breached_at is None
    actions.resume(subject=subject, by=TICK, at=local("2026-03-20 10:00"))
    total = clock(subject, "TOTAL")
    assert total.due_date == date(2026, 3, 10) + timedelta(days=14)
    assert actions.rebuild(subjects=[subject]) == []


def test_a_pause_over_its_expected_end_ends_by_itself() -> None:
    subject = armed()
    until = local("2026-03-09 10:00")
    actions.pause(subject=subject, reason="customer_wait", by=TICK, at=local("2026-03-06 10:00"), until=until)
    actions.sweep(by=TICK, at=local("2026-03-09 12:00"))
    total = clock(subject, "TOTAL")
    assert total.state == "running"
    assert total.due_date == date(2026, 3, 13)
    assert actions.rebuild(subjects=[subject]) == []


def test_82_a_thousand_pauses_add_up() -> None:
    subject = armed(complexity="exceptional")
    at = local("2026-03-06 10:00")
    for n in range(60):
        actions.pause(subject=subject, reason="customer_wait", by=TICK, at=at + timedelta(minutes=2 * n), until=AGREED)
        actions.resume(subject=subject, by=TICK, at=at + timedelta(minutes=2 * n + 1))
    assert clock(subject, "TOTAL").due_date == date(2026, 4, 4)
    assert actions.rebuild(subjects=[subject]) == []


def test_pausing_after_due_clears_nothing() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-12 10:00"))
    actions.pause(subject=subject, reason="customer_wait", by=TICK, at=local("2026-03-12 11:00"), until=AGREED)
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-30 10:00"))
    assert clock(subject, "TOTAL").met is False


# §8.7: extension


def extend(subject: UUID, family: str, at: str = "2026-03-10 10:00", **values: object) -> list[queries.ClockView]:
    settled = {"reason": "investigation", "notice": uuid4(), "by": TICK, "at": local(at), **values}
    return actions.extend(clock=clock(subject, family).id, **settled)  # type: ignore[arg-type]


def test_an_extension_moves_the_promise_with_the_limit() -> None:
    subject = armed()
    changed = extend(subject, "TOTAL", to=15, role="supervisor")
    assert {c.family for c in changed} == {"TOTAL", "PROMISE"}
    assert clock(subject, "TOTAL").due_date == date(2026, 3, 20)
    assert clock(subject, "PROMISE").due_date == date(2026, 3, 20)
    assert clock(subject, "TOTAL").extended
    extend(subject, "REG", to=30, role="supervisor", attrs={"complexity": "complex"})
    assert clock(subject, "REG").due_date == date(2026, 4, 4)
    assert actions.rebuild(subjects=[subject]) == []


def test_an_extension_starts_another_round_of_warnings() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-10 09:30"))
    extend(subject, "TOTAL", to=15)
    actions.sweep(by=TICK, at=local("2026-03-20 09:30"))
    assert {r for r, _, _ in queries.rungs_of(clock(subject, "TOTAL").id)} == {"50%", "80%", "50%+1", "80%+1"}
    assert actions.rebuild(subjects=[subject]) == []


@pytest.mark.parametrize(
    "values",
    [
        {"at": "2026-03-11 00:00:01", "to": 15},
        {"to": 15, "notice": None},
        {"to": 5},
        {"to": 61},
        {"amount": 0},
        {"to": 30, "role": "supervisor"},
        {"to": 15, "reason": "because"},
    ],
)
def test_an_extension_needs_time_notice_reason_role_and_a_cap(values: dict[str, object]) -> None:
    subject = armed()
    with pytest.raises(actions.Refused):
        extend(subject, "TOTAL", **values)  # type: ignore[arg-type]
    assert not clock(subject, "TOTAL").extended


def test_the_regulator_s_limit_reaches_thirty_and_sixty_only_for_complex_matters() -> None:
    subject = armed()
    with pytest.raises(actions.Refused):
        extend(subject, "REG", to=30, attrs={"complexity": "simple"})
    extend(subject, "REG", to=30, role="supervisor", attrs={"complexity": "exceptional"})
    with pytest.raises(actions.Refused):
        extend(subject, "REG", to=60, role="supervisor", attrs={"complexity": "exceptional"})
    extend(subject, "REG", to=60, role="consumer_protection", attrs={"complexity": "exceptional"})
    assert clock(subject, "REG").due_date == date(2026, 5, 4)


# §8.8: supersession


def test_a_looser_limit_keeps_anchor_and_pauses() -> None:
    subject = armed()
    actions.pause(subject=subject, reason="customer_wait", by=TICK, at=local("2026-03-06 10:00"), until=AGREED)
    actions.resume(subject=subject, by=TICK, at=local("2026-03-08 10:00"))
    actions.supersede(subject=subject, attrs={"complexity": "complex"}, by=TICK, at=local("2026-03-09 10:00"))
    assert clock(subject, "TOTAL").due_date == date(2026, 3, 22)
    assert clock(subject, "PROMISE").due_date == date(2026, 3, 22)  # the regulator's 15 days, with the pause
    assert actions.rebuild(subjects=[subject]) == []


def test_a_stricter_limit_already_past_breaches_now_with_one_notice() -> None:
    subject = armed(complexity="complex")
    at = local("2026-03-13 10:00")
    actions.sweep(by=TICK, at=at)
    before = set(queries.rungs_of(clock(subject, "TOTAL").id))
    actions.supersede(subject=subject, attrs={"complexity": "simple"}, by=TICK, at=at)
    total = clock(subject, "TOTAL")
    assert total.due_date == date(2026, 3, 10)
    assert total.breached_at == at
    assert {r for r, _, _ in set(queries.rungs_of(total.id)) - before} == {"breach", "superseded"}
    actions.sweep(by=TICK, at=at + timedelta(minutes=1))
    assert {r for r, _, _ in set(queries.rungs_of(total.id)) - before} == {"breach", "superseded"}
    breach = [e for e in ledger.entries_of(f"matter:{subject}") if e.type == "clock.breached"][-1]
    assert '"lag_s":0' in breach.payload


def test_a_looser_limit_never_takes_back_a_breach() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-12 10:00"))
    actions.supersede(subject=subject, attrs={"complexity": "complex"}, by=TICK, at=local("2026-03-12 11:00"))
    assert clock(subject, "TOTAL").breached_at is not None


# §8.9: hand-over


def test_a_hand_over_moves_no_limit_and_calls_after_four_working_hours() -> None:
    subject = armed()
    before = {c.family: c.due_at for c in queries.clocks_of(subject)}
    actions.happened(subject=subject, event="handover.offered", by=TICK, at=local("2026-03-05 16:30"))
    actions.sweep(by=TICK, at=local("2026-03-06 11:59"))
    leg = next(c for c in queries.clocks_of(subject) if c.purpose == "handover")
    assert queries.rungs_of(leg.id) == []
    actions.sweep(by=TICK, at=local("2026-03-06 12:00"))
    assert [r for r, _, _ in queries.rungs_of(leg.id)] == ["100%"]
    actions.happened(subject=subject, event="handover.accepted", by=TICK, at=local("2026-03-06 14:00"))
    actions.happened(subject=subject, event="handover.offered", by=TICK, at=local("2026-03-06 15:00"))
    legs = [c.leg for c in queries.clocks_of(subject) if c.purpose == "handover"]
    assert legs == [1, 2]
    assert {c.family: c.due_at for c in queries.clocks_of(subject) if c.purpose != "handover"} == before
    assert actions.rebuild(subjects=[subject]) == []


# §8.10, §8.11: failed delivery and new cycles


def test_a_failed_delivery_lets_the_clock_run_as_if_nothing_had_happened() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-09 10:00"))
    actions.unhappened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-12 10:00"))
    actions.sweep(by=TICK, at=local("2026-03-12 10:01"))
    total = clock(subject, "TOTAL")
    assert (total.state, total.met, total.breached_at) == ("running", None, local("2026-03-12 10:01"))
    assert actions.rebuild(subjects=[subject]) == []


def test_t23_t24_a_new_cycle_has_half_the_days_and_the_old_verdict_stands() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-20 10:00"))
    actions.reopen(subject=subject, by=TICK, at=local("2026-03-23 10:00"), attrs={"complexity": "simple"})
    assert clock(subject, "TOTAL").met is False
    again = {c.family: c.due_date for c in queries.clocks_of(subject) if c.cycle == 2}
    assert again["TOTAL"] == date(2026, 3, 26)
    assert again["REG"] == date(2026, 3, 31)
    assert again["PROMISE"] == date(2026, 3, 26)
    assert "ACK" not in again
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-25 10:00"))
    assert clock(subject, "TOTAL", 2).met is True
    assert clock(subject, "TOTAL", 1).met is False
    actions.reopen(subject=subject, by=TICK, at=local("2026-03-27 10:00"))
    assert clock(subject, "TOTAL", 3).due_date == date(2026, 3, 30)
    assert actions.rebuild(subjects=[subject]) == []


def test_a_withdrawn_complaint_is_counted_apart_and_rings_no_more() -> None:
    subject = armed()
    actions.happened(subject=subject, event="complaint.withdrawn", by=TICK, at=local("2026-03-06 10:00"))
    assert {c.state for c in queries.clocks_of(subject)} == {"cancelled"}
    assert actions.sweep(by=TICK, at=local("2026-04-30 10:00")) == 0


# T32: late when it came in


def test_t32_late_at_intake_is_one_breach_and_one_notice() -> None:
    subject = new_id()
    at = local("2026-03-20 10:00")
    actions.arm(
        subject=subject, kind="case", stream=f"matter:{subject}", event="complaint.received", attrs={},
        anchors={"received_at": local("2026-03-02 10:00")}, packs=("iso-house",), by=TICK, at=at,
    )  # fmt: skip
    total = clock(subject, "TOTAL")
    assert total.breached_at == at
    assert [r for r, _, _ in queries.rungs_of(total.id)] == ["breach", "intake"]
    actions.sweep(by=TICK, at=at)
    assert [r for r, _, _ in queries.rungs_of(total.id)] == ["breach", "intake"]
    assert actions.rebuild(subjects=[subject]) == []


def test_t31_a_clock_never_starts_in_the_future_nor_without_its_anchor() -> None:
    subject = new_id()
    values = {
        "subject": subject, "kind": "case", "stream": f"matter:{subject}", "event": "complaint.received",
        "packs": PACKS, "by": TICK, "at": local("2026-03-05 10:00"),
    }  # fmt: skip
    for anchors in ({"received_at": local("2026-03-05 10:01")}, {"sent_at": local("2026-03-05 09:00")}, {}):
        with pytest.raises(actions.Refused):
            actions.arm(**values, attrs={}, anchors=anchors)  # type: ignore[arg-type]
    with pytest.raises(actions.Refused):
        actions.arm(**values, attrs={"complexity": "huge"}, anchors={"received_at": local("2026-03-05 09:00")})  # type: ignore[arg-type]
    assert queries.clocks_of(subject) == []


# Imported history


def test_an_imported_record_attests_its_timeliness_and_never_rings() -> None:
    subject = new_id()
    sent = local("2013-05-06 10:00")
    actions.arm(
        subject=subject, kind="case", stream=f"matter:{subject}", event="complaint.received",
        attrs={"source": "cfpb", "response": "in_progress"}, anchors={"sent_at": sent}, packs=("us-cfpb",), by=TICK,
        at=sent, evidence="source",
    )  # fmt: skip
    assert actions.sweep(by=TICK, at=local("2026-03-05 10:00")) == 0
    actions.happened(subject=subject, event="complaint.responded", by=TICK, at=sent, evidence="source", met=False)
    found = {c.purpose: c for c in queries.clocks_of(subject)}
    assert (found["respond"].met, found["respond"].satisfied_at) == (False, None)
    assert found["final"].state == "running"
    assert stream_types(subject) == ["clock.armed", "clock.armed", "clock.satisfied"]
    assert actions.rebuild(subjects=[subject]) == []


@pytest.mark.parametrize("met", [True, False, None])
def test_what_a_record_attests_without_a_time_is_one_fact(met: bool | None) -> None:
    """A closed record of another system: its clocks are armed and ended at once, as a rebuild from the ledger finds them."""
    subject, sent, event = new_id(), local("2013-05-06 10:00"), "complaint.decision_notified"
    said = actions.Happened(subject, event, sent, "source", met)
    item = actions.Arming(
        subject=subject, kind="case", stream=f"matter:{subject}", event="complaint.received",
        attrs={"source": "cfpb", "response": "final"}, anchors={"sent_at": sent}, packs=("us-cfpb",), at=sent,
        evidence="source", then=(said,),
    )  # fmt: skip
    actions.arm_many(items=[item], by=TICK, at=sent, fresh=True)
    (found,) = queries.clocks_of(subject)
    assert (found.state, found.met, found.satisfied_at, found.evidence) == ("done", met, None, "source")
    assert found.due_date == date(2013, 5, 20)  # it was still the 5th in New York
    assert stream_types(subject) == ["clock.attested"]
    assert actions.rebuild(subjects=[subject]) == []
    assert actions.sweep(by=TICK, at=local("2026-03-05 10:00")) == 0


# Rectifications


@pytest.mark.parametrize(("chosen", "expected"), [(None, date(2026, 4, 4)), (date(2026, 3, 31), date(2026, 3, 31))])
def test_a_rectification_has_a_chosen_date_or_thirty_days(chosen: date | None, expected: date) -> None:
    subject = new_id()
    at = local("2026-03-05 10:00")
    (found,) = actions.arm(
        subject=subject, kind="rectification", stream=f"rectification:{subject}", event="rectification.opened",
        attrs={"due_date": chosen} if chosen else {}, anchors={"opened_at": at}, packs=("house-rectification",),
        by=TICK, at=at,
    )  # fmt: skip
    assert (found.family, found.due_date) == ("DEADLINE", expected)
    actions.happened(subject=subject, event="rectification.verified", by=TICK, at=local("2026-03-30 10:00"))
    assert actions.rebuild(subjects=[subject]) == []


def test_a_chosen_date_in_the_past_is_refused() -> None:
    subject = new_id()
    at = local("2026-03-05 10:00")
    with pytest.raises(actions.Refused):
        actions.arm(
            subject=subject, kind="rectification", stream=f"rectification:{subject}", event="rectification.opened",
            attrs={"due_date": date(2026, 3, 4)}, anchors={"opened_at": at}, packs=("house-rectification",), by=TICK, at=at,
        )  # fmt: skip


# §8.14: excuse


def test_an_excuse_needs_a_miss_and_a_second_person() -> None:
    subject = armed()
    me, other = uuid4(), uuid4()
    by = Actor(kind="staff", id=str(me), staff=me)
    total = clock(subject, "TOTAL").id
    at = local("2026-03-12 10:00")
    with pytest.raises(actions.Refused):
        actions.excuse(clock=total, reason="outage", approver=other, by=by, at=at)
    actions.sweep(by=TICK, at=at)
    with pytest.raises(actions.Refused):
        actions.excuse(clock=total, reason="outage", approver=me, by=by, at=at)
    actions.excuse(clock=total, reason="outage", approver=other, by=by, at=at)
    found = clock(subject, "TOTAL")
    assert found.excused
    assert found.breached_at is not None
    assert actions.rebuild(subjects=[subject]) == []


# §8.15: another calendar


def test_a_new_notice_moves_open_clocks_and_leaves_settled_ones(settings: object) -> None:
    running, settled = armed("2026-12-29 10:00"), armed("2026-12-29 10:00")
    actions.happened(subject=settled, event="complaint.responded", by=TICK, at=local("2026-12-30 10:00"))
    actions.happened(subject=running, event="handover.offered", by=TICK, at=local("2026-12-31 16:30"))
    leg = next(c for c in queries.clocks_of(running) if c.purpose == "handover")
    assert leg.provisional
    standards.adopt(code="cn-office", by=TICK, at=local("2026-12-30 10:00"), body=office_of_2027())
    moved = actions.reproject(calendar="cn-office", by=TICK, at=local("2026-12-31 17:00"))
    assert moved == sum(c.open for s in (running, settled) for c in queries.clocks_of(s))
    after = next(c for c in queries.clocks_of(running) if c.purpose == "handover")
    assert not after.provisional
    assert after.next_rung_at == local("2027-01-04 12:00")
    assert clock(settled, "RESPONSE").calendar == "cn-office/2026.1"
    assert actions.reproject(calendar="cn-office", by=TICK, at=local("2026-12-31 17:01")) == 0
    assert actions.rebuild(subjects=[running, settled]) == []


def office_of_2027() -> str:
    """The shipped calendar with an invented notice for 2027."""
    from importlib import resources

    text = (resources.files("huiyin.bank.standards") / "calendars" / "cn-office.toml").read_text("utf-8")
    text = text.replace('version = "2026.1"', 'version = "2027.1"').replace(
        "coverage_to = 2026-12-31", "coverage_to = 2027-12-31"
    )
    return text + (
        '\n[[notice]]\nnumber = "test"\n[[holiday]]\nzh = "元旦"\nen = "New Year\'s Day"\n'
        'closed = [2027-01-01, 2027-01-03]\nopen = []\nnotice = "test"\n'
    )


# T17, T18, T29, T35: the sweep


def test_t18_every_clock_is_visited_whatever_the_page_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "PAGE", 3)
    subjects = [armed() for _ in range(7)]
    late = local("2026-03-30 10:00")
    actions.sweep(by=TICK, at=late)
    assert queries.waiting(late) == 0
    assert all(clock(subject, "REG").breached_at == late for subject in subjects)


def test_a_poisoned_clock_is_set_aside_and_the_others_ring() -> None:
    good, bad = armed(), armed()
    ClockRow.objects.filter(subject=bad, family="TOTAL").update(definition="nobody/1/knows")
    late = local("2026-03-12 10:00")
    actions.sweep(by=TICK, at=late)
    assert clock(good, "TOTAL").breached_at == late
    assert clock(bad, "REG").next_rung_at > late
    assert queries.quarantined() == 1
    assert ClockQuarantine.objects.get().error == "KeyError"
    ClockRow.objects.filter(subject=bad, family="TOTAL").update(definition="iso-house/2026.1/total-simple")
    actions.sweep(by=TICK, at=late + timedelta(hours=1))
    assert clock(bad, "TOTAL").breached_at == late + timedelta(hours=1)
    assert queries.quarantined() == 0


def test_a_sweep_killed_anywhere_rings_everything_exactly_once() -> None:
    """A reaction that dies now and then stands for a kill: the transaction is undone and taken up again."""
    rng = random.Random(2026)
    deaths = 0

    @on(facts.ClockRung)
    def die_sometimes(news: object) -> None:
        nonlocal deaths
        if rng.random() < 0.3:
            deaths += 1
            raise RuntimeError("killed")

    try:
        subjects = [armed() for _ in range(4)]
        at = local("2026-03-05 11:00")
        while at < local("2026-03-30 10:00"):
            actions.sweep(by=TICK, at=at)
            at += timedelta(hours=rng.choice([1, 7, 26, 90]))
        for hour in range(1, 40):
            actions.sweep(by=TICK, at=at + timedelta(hours=hour))
    finally:
        REACTIONS[facts.ClockRung] = [r for r in REACTIONS[facts.ClockRung] if r.one is not die_sometimes]
    assert deaths > 3
    for subject in subjects:
        total = clock(subject, "TOTAL")
        rungs = [r for r, _, _ in queries.rungs_of(total.id)]
        assert sorted(rungs) == sorted(set(rungs))
        assert set(rungs) == {"50%", "80%", "due", "breach", "after-1", "after-3"}
        recorded = [e for e in ledger.entries_of(f"matter:{subject}") if e.type == "clock.rung"]
        assert len(recorded) == ClockRung.objects.filter(clock__subject=subject).exclude(rung="breach").count()
    assert actions.rebuild(subjects=subjects) == []


def test_t5_no_warning_comes_at_midnight_or_on_a_closed_day() -> None:
    calendar: Calendar = standard_queries.calendar("cn-office")
    for day in range(1, 29, 3):
        subject = armed(f"2026-02-{day:02d} 23:30", complexity="complex")
        for view in queries.clocks_of(subject):
            ring = view.next_ring
            if ring is not None and view.next_rung not in ("", "breach", "due"):
                assert ring == view.anchor or calendar.snap(ring) == ring


# One and many


def test_single_and_bulk_paths_give_equal_rows_and_payloads() -> None:
    subjects = [new_id() for _ in range(6)]
    received = [local("2026-03-05 10:00") + timedelta(hours=7 * n) for n in range(6)]
    levels = ["simple", "complex", "exceptional"] * 2
    items = [
        actions.Arming(
            s, "case", f"matter:{s}", "complaint.received", {"complexity": c}, {"received_at": at}, PACKS, at
        )
        for s, c, at in zip(subjects, levels, received, strict=True)
    ]
    events = [
        actions.Happened(s, event, at + timedelta(days=days))
        for s, at in zip(subjects, received, strict=True)
        for event, days in (
            ("complaint.acknowledged", 0),
            ("complaint.responded", 1),
            ("complaint.decision_notified", 12),
        )
    ]

    def single() -> None:
        for item in items:
            actions.arm(
                subject=item.subject, kind=item.kind, stream=item.stream, event=item.event, attrs=item.attrs,
                anchors=item.anchors, packs=item.packs, by=TICK, at=item.at or received[0],
            )  # fmt: skip
        for event in events:
            actions.happened(subject=event.subject, event=event.event, by=TICK, at=event.occurred_at)

    def bulk() -> None:
        actions.arm_many(items=items, by=TICK, at=local("2026-04-01 10:00"), fresh=True)
        actions.happened_many(items=events, by=TICK, at=local("2026-04-01 10:00"))

    def at_once() -> None:
        mine = {s: tuple(e for e in events if e.subject == s) for s in subjects}
        whole = [item._replace(then=mine[item.subject]) for item in items]
        actions.arm_many(items=whole, by=TICK, at=local("2026-04-01 10:00"), fresh=True)

    assert outcome(single, subjects) == outcome(bulk, subjects) == outcome(at_once, subjects)


def test_clocks_that_are_remembered_are_those_that_are_read() -> None:
    """Armed, followed twice in one batch, answered: the same rows and entries as without a memory, and nothing else known."""
    subjects = [new_id() for _ in range(3)]
    received, later = local("2026-03-05 10:00"), local("2026-04-01 10:00")
    first, second = uuid4(), uuid4()

    def story() -> None:
        actions.arm_many(
            items=[
                actions.Arming(
                    s, "case", f"matter:{s}", "complaint.received", {"complexity": "simple"}, {"received_at": received},
                    PACKS, received,
                )
                for s in subjects
            ],
            by=TICK, at=later, fresh=True,
        )  # fmt: skip
        hands = [(s, first, 1) for s in subjects] + [(subjects[0], second, 30), (subjects[2], second, 31)]
        actions.follow_many(
            items=[actions.Following(s, who, TICK, received + timedelta(hours=h), "") for s, who, h in hands]
        )
        actions.pause(subject=subjects[1], reason="customer_material", by=TICK, at=received + timedelta(hours=40))
        actions.happened_many(
            items=[
                actions.Happened(s, "complaint.decision_notified", received + timedelta(days=9 + n))
                for n, s in enumerate(subjects)
            ],
            by=TICK, at=later,
        )  # fmt: skip

    known: list[object] = []

    def remembered() -> None:
        with actions.remembering():
            story()
            known.append(queries.clock_views(subjects))

    told = outcome(story, subjects)
    assert outcome(remembered, subjects) == told
    assert known == [told[0]]  # type: ignore[index]


class Undo(Exception):
    pass


def outcome(act: object, subjects: list[UUID]) -> object:
    """What an act leaves behind: rows and payloads; then everything is taken back."""
    from django.db import transaction

    found: object = None
    try:
        with transaction.atomic():
            act()  # type: ignore[operator]
            found = (
                queries.clock_views(subjects),
                [(e.type, e.occurred_us, e.payload) for s in subjects for e in ledger.entries_of(f"matter:{s}")],
            )
            raise Undo
    except Undo:
        return found


def test_explanations_add_up() -> None:
    subject = armed("2026-02-12 10:00", complexity="complex")
    actions.happened(subject=subject, event="handover.offered", by=TICK, at=local("2026-02-13 16:30"))
    actions.pause(subject=subject, reason="customer_wait", by=TICK, at=local("2026-02-13 17:00"), until=AGREED)
    actions.resume(subject=subject, by=TICK, at=local("2026-02-25 10:00"))
    extend(subject, "TOTAL", at="2026-02-26 10:00", to=30)
    for view in queries.clocks_of(subject):
        for at in ("2026-02-12 10:00", "2026-02-14 11:00", "2026-03-05 10:00", "2026-06-01 10:00"):
            told = queries.explain(view.id, local(at))
            assert told is not None
            if told.days:
                assert sum(day.counted for day in told.days) == told.budget
                assert sum(day.used for day in told.days) == told.consumed
    total = queries.explain(clock(subject, "TOTAL").id, local("2026-03-05 10:00"))
    assert total is not None
    festival = next(day for day in total.days if day.date == date(2026, 2, 17))
    assert (festival.why, festival.notice) == ("paused", "国办发明电〔2025〕7号")
    assert festival.paused == ("customer_wait",)


def test_the_earliest_due_clock_comes_first_and_the_regulator_s_before_ours() -> None:
    subject = armed(complexity="complex")
    actions.happened(subject=subject, event="complaint.responded", by=TICK, at=local("2026-03-05 11:00"))
    assert queries.earliest_due([subject])[subject].family == "REG"
    assert queries.promised(subject).family == "PROMISE"
