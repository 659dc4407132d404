"""Legs: where the time of a matter went, and that nothing of it is lost or counted twice."""

import random
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from huiyin.bank.clocks import actions, queries
from huiyin.bank.clocks.rules.legs import Attribution
from huiyin.bank.clocks.tests.test_loop import TICK, armed, clock, local

pytestmark = pytest.mark.django_db
WANG, LI, ZHAO = (UUID(int=n) for n in (1, 2, 3))


def report(subject: UUID, at: str) -> Attribution:
    found = queries.attribution(subject, local(at))
    assert found is not None
    return found


def enter(subject: UUID, holder: UUID, at: str) -> queries.ClockView:
    found = actions.enter_leg(subject=subject, holder=holder, by=TICK, at=local(at))
    assert found is not None
    return found


def send(
    subject: UUID, route: str, at: str, receiver: UUID | None = None, leg: UUID | None = None
) -> queries.ClockView:
    return actions.reroute(subject=subject, route=route, receiver=receiver, leg=leg, by=TICK, at=local(at))


def used(found: Attribution) -> dict[UUID | None, int]:
    return {share.staff: share.business_s for share in found.shares}


def hours(n: float) -> int:
    return int(n * 3600)


def test_a_transfer_moves_no_limit_of_the_whole_matter() -> None:
    subject = armed()
    before = {c.family: c.due_at for c in queries.clocks_of(subject)}
    enter(subject, WANG, "2026-03-05 11:00")
    send(subject, "transfer", "2026-03-05 15:30", LI)
    assert {c.family: c.due_at for c in queries.clocks_of(subject) if c.family != "STEP"} == before
    first, second = queries.legs(subject)
    assert (first.holder, first.met, second.holder, second.route) == (WANG, True, LI, "transfer")
    found = report(subject, "2026-03-05 17:30")
    assert used(found) == {None: hours(1), WANG: hours(3), LI: hours(2)}
    assert actions.rebuild(subjects=[subject]) == []


def test_a_consultation_stops_the_sender_s_leg_and_costs_the_consulted() -> None:
    subject = armed()
    mine = enter(subject, WANG, "2026-03-05 10:00")
    asked = send(subject, "consult", "2026-03-05 11:00", LI)
    assert clock_by(subject, mine.id).state == "paused"
    send(subject, "return", "2026-03-05 14:30", leg=asked.id)
    after = clock_by(subject, mine.id)
    assert after.state == "running"
    assert after.due_at == local("2026-03-09 15:30")  # 16 working hours and the two spent waiting
    assert used(report(subject, "2026-03-05 15:30")) == {WANG: hours(2), LI: hours(2)}
    assert clock(subject, "TOTAL").state == "running"
    assert actions.rebuild(subjects=[subject]) == []


def test_the_sender_waits_for_the_last_of_two_consultations_and_nobody_ends_that_wait_by_a_pause_verb() -> None:
    subject = armed()
    mine = enter(subject, WANG, "2026-03-05 10:00")
    one = send(subject, "consult", "2026-03-05 11:00", LI)
    two = send(subject, "consult", "2026-03-05 11:30", ZHAO)
    send(subject, "return", "2026-03-05 13:30", leg=one.id)
    assert clock_by(subject, mine.id).state == "paused"
    actions.resume(subject=subject, by=TICK, at=local("2026-03-05 14:00"))
    assert clock_by(subject, mine.id).state == "paused"
    send(subject, "return", "2026-03-05 14:30", leg=two.id)
    assert clock_by(subject, mine.id).state == "running"
    assert used(report(subject, "2026-03-05 14:30")) == {WANG: hours(1), LI: hours(1), ZHAO: hours(1)}


def test_joint_handling_runs_beside_and_takes_no_time_from_the_handler() -> None:
    subject = armed()
    mine = enter(subject, WANG, "2026-03-05 10:00")
    beside = send(subject, "joint", "2026-03-05 11:00", LI)
    assert clock_by(subject, mine.id).state == "running"
    send(subject, "return", "2026-03-05 14:30", leg=beside.id)
    assert used(report(subject, "2026-03-05 14:30")) == {WANG: hours(3)}


@pytest.mark.parametrize(
    ("sent_back", "payer"), [("2026-03-05 16:30", WANG), ("2026-03-05 16:30:01", LI)], ids=["within", "a second later"]
)
def test_bounce_back_within_four_working_hours_costs_the_sender_and_later_the_receiver(
    sent_back: str, payer: UUID
) -> None:
    subject = armed()
    enter(subject, WANG, "2026-03-05 10:00")
    send(subject, "transfer", "2026-03-05 11:00", LI)
    back = send(subject, "bounce", sent_back)
    assert (back.holder, back.route) == (WANG, "bounce")
    lasted = hours(4) + (1 if payer == LI else 0)
    shares = used(report(subject, sent_back))
    assert shares[payer] == lasted + (hours(1) if payer == WANG else 0)
    assert actions.rebuild(subjects=[subject]) == []


def test_a_leg_that_nobody_sent_cannot_be_sent_back() -> None:
    subject = armed()
    enter(subject, WANG, "2026-03-05 10:00")
    with pytest.raises(actions.Refused):
        send(subject, "bounce", "2026-03-05 11:00")


def test_an_escalated_leg_stays_with_its_holder_and_a_substitute_goes_on_with_the_same_leg() -> None:
    subject = armed()
    mine = enter(subject, WANG, "2026-03-05 10:00")
    send(subject, "escalate", "2026-03-05 11:00", ZHAO)
    send(subject, "substitute", "2026-03-05 12:00", LI)
    (leg,) = queries.legs(subject)
    assert (leg.id, leg.due_at, leg.holder, leg.helpers) == (mine.id, mine.due_at, LI, (ZHAO.hex,))
    assert used(report(subject, "2026-03-05 14:30")) == {WANG: hours(2), LI: hours(1)}
    assert actions.rebuild(subjects=[subject]) == []


def test_a_leg_that_came_late_is_marked_and_its_breach_is_the_earlier_holders() -> None:
    """Due Tuesday 24:00; entered Tuesday 11:00, five working hours left, four of them kept for later steps."""
    subject = armed()
    enter(subject, WANG, "2026-03-05 10:00")
    late = send(subject, "transfer", "2026-03-10 11:00", LI)
    assert late.inherited
    assert late.due_at == local("2026-03-10 12:00")
    actions.sweep(by=TICK, at=local("2026-03-10 14:00"))
    lines = {line.staff: line for line in report(subject, "2026-03-10 14:00").legs}
    assert lines[LI].late
    assert lines[LI].answerable == (WANG,)
    assert lines[WANG].answerable == (WANG,)  # three days on a step of two
    assert actions.rebuild(subjects=[subject]) == []


def test_a_leg_that_begins_when_all_time_is_gone_is_due_at_once() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-12 10:00"))
    leg = enter(subject, WANG, "2026-03-12 10:00")
    assert (leg.inherited, leg.due_at) == (True, local("2026-03-12 10:00"))


def test_a_day_belongs_to_whoever_had_the_matter_at_its_end() -> None:
    subject = armed()
    enter(subject, WANG, "2026-03-05 10:00")
    send(subject, "transfer", "2026-03-07 22:00", LI)
    found = report(subject, "2026-03-09 09:00")
    assert (found.unit, found.consumed) == ("natural_day", 4)
    assert {share.staff: share.units for share in found.shares} == {WANG: 1, LI: 3}


def test_a_new_cycle_has_its_own_legs_and_account() -> None:
    subject = armed()
    enter(subject, WANG, "2026-03-05 10:00")
    actions.happened(subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-03-06 10:00"))
    assert queries.legs(subject)[0].met
    actions.reopen(subject=subject, by=TICK, at=local("2026-03-09 10:00"), attrs={})
    again = enter(subject, LI, "2026-03-09 11:00")
    assert again.cycle == 2
    assert {share.staff for share in report(subject, "2026-03-09 15:00").shares} == {None, LI}
    first = queries.attribution(subject, local("2026-03-20 10:00"), cycle=1)
    assert first is not None
    assert first.elapsed_s == hours(24)
    assert actions.rebuild(subjects=[subject]) == []


@pytest.mark.parametrize("seed", range(12))
def test_shares_add_up_to_what_was_consumed_whatever_happened(seed: int) -> None:
    """Random lives: transfers, consultations, bounces, substitutes, pauses, in and out of hours."""
    rng = random.Random(seed)
    people = [uuid4() for _ in range(5)]
    subject = armed(complexity="exceptional")
    at = local("2026-03-05 10:00") + timedelta(hours=rng.random() * 10)
    actions.enter_leg(subject=subject, holder=people[0], by=TICK, at=at)
    for _ in range(25):
        at += timedelta(seconds=rng.randint(1, 90_000))
        verb = rng.choice(
            ["transfer", "consult", "joint", "return", "bounce", "escalate", "substitute", "pause", "resume"]
        )
        open_legs = [leg for leg in queries.legs(subject) if leg.open]
        try:
            if verb == "pause":
                actions.pause(subject=subject, reason=rng.choice(["external", "mediation"]), by=TICK, at=at)
            elif verb == "resume":
                actions.resume(subject=subject, by=TICK, at=at)
            else:
                chosen = rng.choice(open_legs).id if verb in ("return", "bounce", "substitute") else None
                actions.reroute(subject=subject, route=verb, receiver=rng.choice(people), leg=chosen, by=TICK, at=at)
        except actions.Refused:
            continue
        actions.sweep(by=TICK, at=at)
        found = queries.attribution(subject, at)
        assert found is not None
        explained = queries.explain(found.total.id, at)
        assert explained is not None
        assert sum(share.units for share in found.shares) == found.consumed == explained.consumed
        paused = sum(b - a for a, b in found.total.spans(int(at.timestamp())))
        assert sum(share.elapsed_s for share in found.shares) == int(at.timestamp()) - found.total.anchor - paused
        assert sum(share.business_s for share in found.shares) == found.business_s
        assert min(min(share.units, share.elapsed_s, share.business_s) for share in found.shares) >= 0
    assert actions.rebuild(subjects=[subject]) == []


def clock_by(subject: UUID, id: UUID) -> queries.ClockView:
    return next(c for c in queries.clocks_of(subject) if c.id == id)
