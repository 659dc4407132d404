"""Several rule packs on one case: the institution's choice, what the case is about, versions stamped, and approved changes."""

from datetime import datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.standards import actions as standards
from huiyin.bank.standards import queries as standards_queries
from huiyin.kernel.permit import Denied
from huiyin.ledger import queries as ledger
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.tests import stories

pytestmark = pytest.mark.django_db
ALL = "cn-nfra-complaint\niso-house\ncn-credit-report\ncn-aml\ncn-pboc-consumer\ncn-elder"


def approved(cast: Any, at: datetime, **what: Any) -> Any:
    """One officer proposes, another approves."""
    made = standards.propose(by=cast.actor("lin"), at=at, **what)
    return standards.decide(proposal=made.id, approve=True, by=cast.actor("han"), at=at)


@pytest.fixture
def officers(cast: Any) -> Any:
    for key in ("lin", "han"):
        cast.person(key, unit="HO", post="consumer_protection", roles={"consumer_protection": "HO"})
    return cast


def running(case: Any) -> set[tuple[str, str]]:
    return {(view.pack, view.family) for view in clock_queries.clocks_of(case.id) if view.open}


def pack_text(code: str) -> str:
    """A shipped pack as text."""
    return (resources.files("huiyin.bank.standards") / f"packs/{code}.toml").read_text("utf-8")


def newer(code: str, at: datetime, target: tuple[int, int]) -> str:
    """The next version of a pack, in force from today, with another length."""
    text = pack_text(code)
    version = next(line for line in text.splitlines() if line.startswith("version"))
    since = next(line for line in text.splitlines() if line.startswith("effective_from"))
    text = text.replace(version, 'version = "2099.1"').replace(since, f"effective_from = {at.date()}")
    assert f"target = {target[0]}" in text
    return text.replace(f"target = {target[0]}", f"target = {target[1]}", 1)


def test_a_new_institution_works_by_the_house_and_the_regulator(cast: Any, at: datetime) -> None:
    case = stories.hear(cast, at)
    assert case.pack_refs == ("iso-house/2026.1", "cn-nfra-complaint/2020.1")
    (opened,) = [e for e in ledger.entries_of(case.stream) if e.type == "case.opened"]
    assert '"packs":["iso-house/2026.1","cn-nfra-complaint/2020.1"]' in opened.payload


def test_the_choice_is_proposed_by_one_and_approved_by_another(officers: Any, at: datetime) -> None:
    made = standards.propose(sort="choice", body=ALL, by=officers.actor("lin"), at=at)
    assert standards_queries.choice() == standards_queries.PACKS_AT_FIRST
    with pytest.raises(Denied) as refused:
        standards.decide(proposal=made.id, approve=True, by=officers.actor("lin"), at=at)
    assert refused.value.verdict.rule == "SoD7"
    standards.decide(proposal=made.id, approve=True, by=officers.actor("han"), at=at)
    assert set(standards_queries.choice()) == set(ALL.split("\n"))
    assert [e.type for e in ledger.entries_of("standard:packs")] == [
        "standard.proposed", "standard.packs_chosen", "standard.decided",
    ]  # fmt: skip
    with pytest.raises(standards.Refused):
        standards.decide(proposal=made.id, approve=True, by=officers.actor("han"), at=at)


def test_a_case_may_carry_several_packs(officers: Any, at: datetime) -> None:
    """A credit-report objection that the PBoC forwarded: 20 days, 15 days and the regulator's 15 side by side."""
    approved(officers, at, sort="choice", body=ALL)
    case = stories.taken(officers, at)
    actions.set_law(case=case.id, topic="credit_report", source="pboc", by=officers.actor("sun"), at=at)
    case = stories.fresh(case)
    assert {ref.partition("/")[0] for ref in case.pack_refs} == {
        "iso-house", "cn-nfra-complaint", "cn-credit-report", "cn-pboc-consumer",
    }  # fmt: skip
    views = clock_queries.clocks_of(case.id)
    regs = {view.pack: view for view in views if view.family == "REG"}
    assert set(regs) == {"cn-nfra-complaint", "cn-credit-report", "cn-pboc-consumer"}
    credit = regs["cn-credit-report"]
    assert credit.due_date is not None and (credit.due_date - at.date()).days == 20
    assert case.legal_due_at == regs["cn-nfra-complaint"].due_at  # the earliest legal one leads
    assert clocks.rebuild(subjects=[case.id]) == []


def test_a_matter_seen_wrongly_is_put_right_and_back(officers: Any, at: datetime) -> None:
    approved(officers, at, sort="choice", body=ALL)
    case = stories.taken(officers, at)
    sun = officers.actor("sun")
    actions.set_law(case=case.id, topic="aml_measure", by=sun, at=at)
    assert ("cn-aml", "REG") in running(case)
    actions.set_law(case=case.id, topic="general", by=sun, at=at)
    assert ("cn-aml", "REG") not in running(case)
    later = at + timedelta(days=2)
    actions.set_law(case=case.id, topic="aml_measure", by=sun, at=later)
    (again,) = [view for view in clock_queries.clocks_of(case.id) if view.pack == "cn-aml" and view.open]
    assert (again.anchor_at, again.leg) == (case.received_at, 2)
    assert clocks.rebuild(subjects=[case.id]) == []


def test_an_extension_of_one_law_does_not_lengthen_the_other(officers: Any, at: datetime) -> None:
    """The promise is the earlier of all: 30 days for the one limit leave the 20 of the other where they are."""
    approved(officers, at, sort="choice", body=ALL)
    case = stories.grade(officers, stories.taken(officers, at), at, complexity="exceptional")
    actions.set_law(case=case.id, topic="credit_report", by=officers.actor("sun"), at=at)
    (reg,) = [v for v in clock_queries.clocks_of(case.id) if v.pack == "cn-nfra-complaint"]
    clocks.extend(
        clock=reg.id, reason="investigation", to=30, notice=case.id, by=officers.actor("sun"), at=at,
        attrs={"complexity": "exceptional"},
    )  # fmt: skip
    (promise,) = [v for v in clock_queries.clocks_of(case.id) if v.family == "PROMISE" and v.open]
    assert promise.due_date is not None and (promise.due_date - at.date()).days == 20


@pytest.mark.parametrize(("topic", "source"), [("moonshine", ""), ("general", "the moon")])
def test_an_unknown_law_is_refused(cast: Any, at: datetime, topic: str, source: str) -> None:
    case = stories.taken(cast, at)
    with pytest.raises(Refused):
        actions.set_law(case=case.id, topic=topic, source=source, by=cast.actor("sun"), at=at)
    assert stories.fresh(case).version == case.version


def test_an_approved_version_is_for_new_cases_and_old_ones_stay_where_they_began(officers: Any, at: datetime) -> None:
    old = stories.grade(officers, stories.taken(officers, at), at, complexity="simple")
    later = at + timedelta(days=1)
    approved(officers, later, sort="pack", body=newer("cn-nfra-complaint", later, (15, 10)))
    new = stories.hear(officers, later)
    assert "cn-nfra-complaint/2099.1" in new.pack_refs
    stories.grade(officers, old, later, complexity="complex")  # chosen again, in its own version
    (reg,) = [v for v in clock_queries.clocks_of(old.id) if v.pack == "cn-nfra-complaint"]
    assert reg.definition == "cn-nfra-complaint/2020.1/reg"
    (reg,) = [v for v in clock_queries.clocks_of(new.id) if v.pack == "cn-nfra-complaint"]
    assert reg.due_date is not None and (reg.due_date - later.date()).days == 10


def test_running_cases_move_only_when_that_too_is_approved(officers: Any, at: datetime) -> None:
    old = stories.taken(officers, at)
    later = at + timedelta(days=1)
    made = approved(officers, later, sort="pack", body=newer("cn-nfra-complaint", later, (15, 4)), running=True)
    assert actions.carry_out(by=stories.TICK, at=later) == 1
    case = stories.fresh(old)
    assert "cn-nfra-complaint/2099.1" in case.pack_refs
    views = {view.family: view for view in clock_queries.clocks_of(old.id)}
    assert views["REG"].due_date is not None and (views["REG"].due_date - at.date()).days == 4
    assert views["PROMISE"].due_date == views["REG"].due_date  # the promise follows what became the earlier one
    assert case.legal_due_at == views["REG"].due_at
    assert actions.carry_out(by=stories.TICK, at=later) == 0  # done once
    assert [e.type for e in ledger.entries_of("standard:cn-nfra-complaint")][-1] == "standard.applied"
    made.refresh_from_db()
    assert (made.moved, made.done_at) == (1, later)
    assert clocks.rebuild(subjects=[old.id]) == []
    stories.grade(officers, old, later, complexity="complex")  # and stays in the version it was moved to
    (reg,) = [v for v in clock_queries.clocks_of(old.id) if v.family == "REG"]
    assert reg.definition == "cn-nfra-complaint/2099.1/reg"


def test_two_proposals_of_one_standard_do_not_cross(officers: Any, at: datetime) -> None:
    body = newer("cn-nfra-complaint", at, (15, 10))
    made = standards.propose(sort="pack", body=body, by=officers.actor("lin"), at=at)
    with pytest.raises(standards.Refused):
        standards.propose(sort="pack", body=body, by=officers.actor("han"), at=at)
    standards.adopt(code="cn-nfra-complaint", body=body.replace("2099.1", "2098.1"), by=stories.TICK, at=at)
    with pytest.raises(standards.Refused):  # the ground has moved
        standards.decide(proposal=made.id, approve=True, by=officers.actor("han"), at=at)
    standards.withdraw(proposal=made.id, by=officers.actor("lin"), at=at)
    assert standards.propose(sort="pack", body=body, by=officers.actor("han"), at=at).state == "open"


@pytest.mark.parametrize("wrong", ["overlap", "past", "same", "not toml", "nothing"])
def test_what_does_not_hold_cannot_even_be_proposed(officers: Any, at: datetime, wrong: str) -> None:
    body = newer("iso-house", at, (5, 4))
    body = {
        "overlap": body.replace("priority = 20", "priority = 10").replace('["complex"]', '["complex", "simple"]'),
        "past": body.replace(f"effective_from = {at.date()}", "effective_from = 2020-01-01"),
        "same": pack_text("iso-house"),
        "not toml": "code = ",
        "nothing": "",
    }[wrong]
    with pytest.raises(standards.Refused):
        standards.propose(sort="pack", body=body, by=officers.actor("lin"), at=at)
    assert not standards_queries.visible_to(officers.actor("lin")).exists()


def test_an_institution_elsewhere_chooses_its_own_calendar(officers: Any, at: datetime) -> None:
    approved(officers, at, sort="choice", body="uk-fca-disp=uk-scotland\niso-house=uk-scotland")
    case = stories.hear(officers, at)
    views = clock_queries.clocks_of(case.id)
    assert {view.calendar.partition("/")[0] for view in views} == {"uk-scotland"}
    assert {view.pack for view in views if view.family == "ACK"} == {"uk-fca-disp", "iso-house"}
    with pytest.raises(standards.Refused):
        standards.propose(sort="choice", body="cn-aml=uk-scotland", by=officers.actor("lin"), at=at)


def test_what_another_length_would_have_meant(cast: Any, at: datetime) -> None:
    """Three cases of the day: answered after 7 days, after 2 hours, and still open. With 5 days the first is late."""
    slow, quick, waiting = (stories.taken(cast, at) for _ in range(3))
    for case, moment in ((quick, at + timedelta(hours=2)), (slow, at + timedelta(days=7))):
        clocks.happened(subject=case.id, event="complaint.decision_notified", by=stories.TICK, at=moment)
    asked = {
        "pack": "cn-nfra-complaint", "family": "REG", "unit": "natural_day", "from_day": at.date(), "to_day": at.date(),
    }  # fmt: skip
    later = at + timedelta(days=8)
    before = [clock_queries.clocks_of(case.id) for case in (slow, quick, waiting)]
    found = queries.what_if(**asked, amount="5", at=later, actor=None)
    assert (found.judged, found.late, found.would_be_late, found.newly_late, found.still_open) == (3, 0, 2, 2, 1)
    assert {line.case for line in found.lines} == {slow.id, waiting.id}
    assert [(s.key, s.judged, s.more) for s in found.by_complexity] == [("simple", 3, 2)]
    assert queries.what_if(**asked, amount="10", at=later, actor=None).newly_late == 0
    assert queries.what_if(**asked, amount="10", at=later + timedelta(days=30), actor=None).late == 1  # the open one
    elsewhere = queries.what_if(**asked, amount="5", at=later, actor=cast.actor("feng"))
    assert elsewhere.judged == queries.visible_to(cast.actor("feng"), later).count()
    assert [clock_queries.clocks_of(case.id) for case in (slow, quick, waiting)] == before  # nothing was written
