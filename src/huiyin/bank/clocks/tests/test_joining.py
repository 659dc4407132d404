"""Merge, unmerge and split of clocks (§8.12, pitfall T36), and running clocks onto newer standards."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from importlib import resources
from uuid import UUID, uuid4

import pytest

from huiyin.bank.clocks import actions, queries
from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.clocks.tests.test_life import office_of_2027
from huiyin.bank.clocks.tests.test_loop import TICK, armed, clock, local
from huiyin.bank.standards import actions as standards
from huiyin.bank.standards import queries as standard_queries
from huiyin.bank.standards import rules
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import Exceptional
from huiyin.kernel.ids import new_id
from huiyin.ledger import queries as ledger

pytestmark = pytest.mark.django_db


def open_clocks(subject: UUID) -> dict[tuple[str, int], queries.ClockView]:
    return {(c.family, c.leg): c for c in queries.clocks_of(subject) if c.open and c.purpose != "handover"}


def merge(survivor: UUID, *members: UUID, at: str) -> list[queries.ClockView]:
    return actions.merge(survivor=survivor, members=members, by=TICK, at=local(at))


def test_t36_the_survivor_keeps_the_earliest_receipt_and_due_of_every_family() -> None:
    early, late = armed("2026-03-05 10:00"), armed("2026-03-09 10:00")
    merge(late, early, at="2026-03-09 15:00")
    found = {c.family: (c.anchor_at, c.due_date) for c in queries.clocks_of(late) if c.family in ("TOTAL", "REG")}
    assert found == {
        "TOTAL": (local("2026-03-05 10:00"), date(2026, 3, 10)),
        "REG": (local("2026-03-05 10:00"), date(2026, 3, 20)),
    }
    assert {c.state for c in queries.clocks_of(early)} == {"merged"}
    assert actions.rebuild(subjects=[early, late]) == []


def test_a_later_complaint_with_a_shorter_limit_gives_the_survivor_its_limit() -> None:
    survivor, member = armed("2026-03-05 10:00", complexity="exceptional"), armed("2026-03-06 10:00")
    merge(survivor, member, at="2026-03-06 15:00")
    total = clock(survivor, "TOTAL")
    assert (total.due_date, total.definition) == (date(2026, 3, 11), "iso-house/2026.1/total-simple")


def test_t36_a_merged_matter_rings_no_more_but_keeps_its_verdicts_and_gets_its_own() -> None:
    survivor, member = armed("2026-03-09 10:00"), armed("2026-03-05 10:00")
    actions.happened(subject=member, event="complaint.acknowledged", by=TICK, at=local("2026-03-05 11:00"))
    actions.sweep(by=TICK, at=local("2026-03-09 10:00"))
    before = len([e for e in ledger.entries_of(f"matter:{member}") if e.type == "clock.rung"])
    merge(survivor, member, at="2026-03-09 15:00")
    actions.sweep(by=TICK, at=local("2026-04-09 10:00"))
    assert len([e for e in ledger.entries_of(f"matter:{member}") if e.type == "clock.rung"]) == before
    assert clock(member, "ACK").met is True
    assert clock(member, "RESPONSE").breached_at == local("2026-03-09 10:00")
    for subject in (survivor, member):
        actions.happened(
            subject=subject, event="complaint.decision_notified", by=TICK, at=local("2026-04-09 10:00"),
            occurred_at=local("2026-03-20 10:00"),
        )  # fmt: skip
    assert (clock(member, "TOTAL").met, clock(member, "REG").met) == (False, True)
    assert (clock(survivor, "TOTAL").met, clock(survivor, "REG").met) == (False, True)
    assert actions.rebuild(subjects=[survivor, member]) == []


def test_merging_twice_is_merging_once_and_never_goes_in_a_circle() -> None:
    one, two, three = armed("2026-03-05 10:00"), armed("2026-03-06 10:00"), armed("2026-03-09 10:00")
    merge(one, two, at="2026-03-09 11:00")
    before = queries.clock_views([one, two])
    assert merge(one, two, at="2026-03-09 12:00") == []
    assert queries.clock_views([one, two]) == before
    for survivor, member in ((two, one), (two, three), (one, one), (three, two)):
        with pytest.raises(actions.Refused):
            merge(survivor, member, at="2026-03-09 13:00")


def test_t36_unmerge_restores_the_members_clocks_with_the_merged_time_counted() -> None:
    survivor, member = armed("2026-03-09 10:00"), armed("2026-03-05 10:00")
    own = {c.family: c.due_at for c in queries.clocks_of(survivor)}
    before = {c.family: c.due_at for c in queries.clocks_of(member)}
    merge(survivor, member, at="2026-03-09 15:00")
    actions.unmerge(survivor=survivor, member=member, by=TICK, at=local("2026-03-16 10:00"))
    assert {c.family: c.due_at for c in queries.clocks_of(member)} == before
    assert {c.family: c.due_at for c in queries.clocks_of(survivor) if c.open} == own
    assert clock(member, "REG").state == "running"
    actions.sweep(by=TICK, at=local("2026-03-16 10:01"))
    assert clock(member, "TOTAL").breached_at == local("2026-03-16 10:01")
    assert not any(c.adopted for c in queries.clocks_of(survivor))
    assert actions.rebuild(subjects=[survivor, member]) == []


def test_unmerging_one_of_two_leaves_the_survivor_with_the_terms_of_the_other() -> None:
    survivor, first, second = armed("2026-03-10 10:00"), armed("2026-03-05 10:00"), armed("2026-03-07 10:00")
    merge(survivor, first, second, at="2026-03-10 11:00")
    assert clock(survivor, "REG").due_date == date(2026, 3, 20)
    actions.unmerge(survivor=survivor, member=first, remaining=[second], by=TICK, at=local("2026-03-11 10:00"))
    assert clock(survivor, "REG").due_date == date(2026, 3, 22)
    actions.unmerge(survivor=survivor, member=second, by=TICK, at=local("2026-03-12 10:00"))
    assert clock(survivor, "REG").due_date == date(2026, 3, 25)
    assert actions.rebuild(subjects=[survivor, first, second]) == []


def test_an_extension_granted_while_merged_stays_with_the_survivor_afterwards() -> None:
    survivor, member = armed("2026-03-09 10:00"), armed("2026-03-05 10:00")
    merge(survivor, member, at="2026-03-09 15:00")
    actions.extend(
        clock=clock(survivor, "REG").id, to=30, reason="investigation", notice=uuid4(), by=TICK,
        at=local("2026-03-10 10:00"), attrs={"complexity": "complex"},
    )  # fmt: skip
    assert clock(survivor, "REG").due_date == date(2026, 4, 4)
    actions.unmerge(survivor=survivor, member=member, by=TICK, at=local("2026-03-11 10:00"))
    assert clock(survivor, "REG").due_date == date(2026, 4, 8)
    assert not clock(member, "REG").extended


def test_a_limit_only_the_member_has_open_is_carried_and_given_back() -> None:
    """The survivor is answered already, or is an enquiry without a regulator's limit."""
    survivor, member = armed("2026-03-05 10:00", kind="enquiry"), armed("2026-03-06 10:00")
    actions.happened(subject=survivor, event="complaint.acknowledged", by=TICK, at=local("2026-03-05 11:00"))
    assert "REG" not in {c.family for c in queries.clocks_of(survivor)}
    merge(survivor, member, at="2026-03-06 11:00")
    carried = open_clocks(survivor)
    assert carried["REG", 1].due_date == date(2026, 3, 21)
    assert carried["ACK", 2].due_at == local("2026-03-09 17:30")
    actions.unmerge(survivor=survivor, member=member, by=TICK, at=local("2026-03-06 15:00"))
    assert {("REG", 1), ("ACK", 2)}.isdisjoint(open_clocks(survivor))
    assert clock(survivor, "ACK").met is True
    assert actions.rebuild(subjects=[survivor, member]) == []


def test_a_paused_clock_is_merged_with_its_days() -> None:
    survivor, member = armed("2026-03-09 10:00"), armed("2026-03-05 10:00")
    actions.pause(subject=member, reason="external", by=TICK, at=local("2026-03-06 10:00"))
    merge(survivor, member, at="2026-03-09 15:00")
    assert clock(survivor, "TOTAL").due_date == date(2026, 3, 13)
    assert actions.rebuild(subjects=[survivor, member]) == []


def test_a_split_matter_counts_from_the_same_moment_with_the_same_pauses() -> None:
    subject, part = armed("2026-03-05 10:00"), new_id()
    actions.happened(subject=subject, event="complaint.acknowledged", by=TICK, at=local("2026-03-05 11:00"))
    actions.pause(subject=subject, reason="external", by=TICK, at=local("2026-03-06 10:00"))
    actions.resume(subject=subject, by=TICK, at=local("2026-03-08 10:00"))
    actions.split(subject=subject, into=part, by=TICK, at=local("2026-03-09 10:00"))
    for family in ("TOTAL", "REG", "PROMISE"):
        here, there = clock(subject, family), clock(part, family)
        assert (here.anchor, here.due, here.pauses) == (there.anchor, there.due, there.pauses)
    assert "ACK" not in {c.family for c in queries.clocks_of(part)}
    with pytest.raises(actions.Refused):
        actions.split(subject=subject, into=part, by=TICK, at=local("2026-03-09 10:00"))
    assert actions.rebuild(subjects=[subject, part]) == []


def test_a_matter_split_when_late_is_late_with_one_notice() -> None:
    subject, part = armed("2026-03-05 10:00"), new_id()
    at = local("2026-03-12 10:00")
    actions.sweep(by=TICK, at=at)
    actions.split(subject=subject, into=part, by=TICK, at=at)
    actions.sweep(by=TICK, at=at)
    assert [r for r, _, c in queries.rungs_of(clock(part, "TOTAL").id) if not c] == ["superseded"]
    assert clock(part, "TOTAL").breached_at == at


def test_t57_running_clocks_keep_their_version_until_somebody_moves_them_after_a_preview() -> None:
    subject = armed("2026-03-05 10:00")
    at = local("2026-03-16 10:00")
    body = own_pack()
    preview = queries.preview_pack(rules.parse_pack(tomllib.loads(body), ""), at)
    assert (preview.affected, preview.late, len(preview.moved)) == (1, 1, 1)
    assert clock(subject, "REG").due_date == date(2026, 3, 20)
    standards.adopt(code="cn-nfra-complaint", body=body, by=TICK, at=at)
    assert clock(subject, "REG").due_date == date(2026, 3, 20)
    assert actions.redefine(pack="cn-nfra-complaint", by=TICK, at=at) == 1
    reg = clock(subject, "REG")
    assert (reg.due_date, reg.breached_at) == (date(2026, 3, 15), at)
    assert actions.redefine(pack="cn-nfra-complaint", by=TICK, at=at) == 0
    assert actions.rebuild(subjects=[subject]) == []


def own_pack() -> str:
    text = (resources.files("huiyin.bank.standards") / "packs" / "cn-nfra-complaint.toml").read_text("utf-8")
    return (
        text.replace('version = "2020.1"', 'version = "2026.9"')
        .replace("target = 15", "target = 10")
        .replace("effective_from = 2020-03-01", "effective_from = 2026-03-16")
    )


def test_t11_a_preview_of_a_calendar_says_what_moving_will_do_and_moves_nothing() -> None:
    early, settled = armed("2026-12-29 10:00"), armed("2026-12-29 10:00")
    actions.happened(subject=settled, event="complaint.decision_notified", by=TICK, at=local("2026-12-30 10:00"))
    actions.enter_leg(subject=early, holder=uuid4(), by=TICK, at=local("2026-12-31 16:30"))
    at = local("2026-12-31 17:00")
    before = list(ClockRow.objects.order_by("id").values())
    preview = queries.preview_calendar(standard_queries.read_calendar(tomllib.loads(office_of_2027())), at)
    assert preview.affected == len([c for c in queries.clocks_of(early) if c.open])
    assert [one.clock.family for one in preview.moved] == ["STEP"]
    assert list(ClockRow.objects.order_by("id").values()) == before
    standards.adopt(code="cn-office", by=TICK, at=at, body=office_of_2027())
    assert actions.reproject(calendar="cn-office", by=TICK, at=at) == preview.affected
    assert {c.id: c.due_at for c in queries.legs(early)} == {one.clock.id: one.due_at for one in preview.moved}
    assert {c.calendar for c in queries.clocks_of(settled)} == {"cn-office/2026.1"}


def test_a_storm_day_is_a_list_of_excuses_and_rewrites_nothing() -> None:
    """Closed on 6 March by order, after the event: the acknowledgement due that day would have been due on the 9th."""
    late, very_late, fine = armed(), armed(), armed()
    for subject, at in ((late, "2026-03-09 10:00"), (very_late, "2026-03-10 10:00"), (fine, "2026-03-06 10:00")):
        actions.happened(subject=subject, event="complaint.acknowledged", by=TICK, at=local(at))
    office = standard_queries.calendar("cn-office")
    stormy = replace(
        office, version="storm", exceptions={**office.exceptions, date(2026, 3, 6): Exceptional("CLOSED")}, _years=[]
    )
    found = [
        c for c in queries.excusable(stormy, local("2026-03-01 00:00"), local("2026-03-10 11:00")) if c.family == "ACK"
    ]
    assert [c.subject for c in found] == [late]
    me, other = uuid4(), uuid4()
    by = Actor(kind="staff", id=str(me), staff=me)
    with pytest.raises(actions.Refused):
        actions.excuse_many(
            clocks=[c.id for c in found], reason="disaster", approver=me, by=by, at=local("2026-03-11 10:00")
        )
    with pytest.raises(actions.Refused):
        ids = [*(c.id for c in found), clock(fine, "ACK").id]
        actions.excuse_many(clocks=ids, reason="disaster", approver=other, by=by, at=local("2026-03-11 10:00"))
    assert not clock(late, "ACK").excused
    actions.excuse_many(
        clocks=[c.id for c in found], reason="disaster", approver=other, by=by, at=local("2026-03-11 10:00")
    )
    after = clock(late, "ACK")
    assert (after.excused, after.met, after.calendar) == (True, False, "cn-office/2026.1")
    assert actions.rebuild(subjects=[late]) == []


def test_an_excuse_list_is_all_or_nothing_and_names_each_clock_once() -> None:
    subject = armed()
    actions.sweep(by=TICK, at=local("2026-03-12 10:00"))
    me = uuid4()
    by = Actor(kind="staff", id=str(me), staff=me)
    total = clock(subject, "TOTAL").id
    at = local("2026-03-12 11:00") + timedelta(minutes=1)
    assert len(actions.excuse_many(clocks=[total, total], reason="outage", approver=uuid4(), by=by, at=at)) == 1
