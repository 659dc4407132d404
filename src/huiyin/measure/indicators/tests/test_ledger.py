"""The totals reconcile with the ledger: every indicator is computed a second time from the entries, in plain Python."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from huiyin.customers.profiles.facts import CustomerMerged, CustomerUnmerged
from huiyin.kernel.actor import Actor, Scope, machine
from huiyin.ledger.actions import Happening
from huiyin.measure.history import actions as history
from huiyin.measure.history.tests.conftest import NOW
from huiyin.measure.history.tests.synthetic import BY, DAYS, START, Bank
from huiyin.measure.indicators import queries
from huiyin.measure.indicators.tests import plain

Tell = Callable[[Iterable[Happening]], int]
EVERYTHING = machine("test")
FIRST, LAST = date(2024, 1, 1), date(2026, 1, 1)


@pytest.fixture
def bank(tell: Tell) -> Bank:
    bank = Bank()
    tell(bank.everything(160, 240, 30))
    tell([*bank.reviews(120), *bank.surveys(150), *bank.settled(60)])
    history.copy(by=BY, at=NOW)
    return bank


def ours(code: str) -> dict[date, tuple[int, int, float | None]]:
    line = queries.series(code=code, actor=EVERYTHING, at=NOW, from_day=FIRST, until_day=LAST)
    rate = line.definition.kind == "rate"
    return {
        p.period.start: (
            p.num if rate else p.n,
            p.num,
            p.value if line.definition.kind in ("duration", "mean", "sum") else None,
        )
        for p in line.points
        if p.n or p.num
    }


def test_every_indicator_agrees_with_the_entries(bank: Bank) -> None:
    story = plain.story()
    for code in plain.ALL:
        theirs = {m: row for m, row in plain.monthly(code, story, NOW).items() if FIRST <= m < LAST}
        found = ours(code)
        assert {m: row[:2] for m, row in found.items()} == {m: row[:2] for m, row in theirs.items()}, code
        for month, (_, _, middle) in theirs.items():
            assert found[month][2] == pytest.approx(middle, abs=1e-6), code


def test_redress_reviews_and_mediations_are_there_to_be_agreed_on(bank: Bank) -> None:
    """What the comparison above compares is neither empty nor all of one kind."""
    span = {"from_day": FIRST, "until_day": LAST, "actor": EVERYTHING, "at": NOW}
    for code in ("M26", "M28", "M28B", "M35"):
        found = queries.reading(code=code, **span)
        assert found.n > found.numerator > 0 or (code == "M28" and found.n >= found.numerator > 0), code
    paid, each = queries.reading(code="M28", **span), queries.reading(code="M28B", **span)
    assert paid.value and each.value and each.value * each.n < paid.value, "those that were not upheld are paid, too"


def test_the_backlog_agrees_with_the_entries(bank: Bank) -> None:
    line = queries.series(code="M30", actor=EVERYTHING, at=NOW, from_day=FIRST, until_day=LAST)
    ends = [p.period.until - timedelta(days=1) for p in line.points]
    theirs = plain.m30(plain.story(), ends)
    assert [(p.n, p.num) for p in line.points] == [theirs[end] for end in ends]


def test_every_total_is_the_sum_of_its_parts(bank: Bank) -> None:
    span = {"from_day": FIRST, "until_day": LAST}
    for one in queries.catalogue():
        asked = {"code": one.code, "actor": EVERYTHING, "at": NOW, **span}
        whole = queries.reading(**asked)
        months = queries.series(**asked).points
        if one.kind != "stock":
            assert sum(p.num for p in months) == whole.numerator, one.code
        by_unit = queries.breakdown(**asked, by="unit_path")
        assert sum(s.point.num for s in by_unit) == whole.numerator, one.code
        listed = queries.rows(**asked, limit=10_000)
        assert (len(listed.rows), listed.hits) == (listed.total, whole.numerator), one.code
        if one.kind != "rate":
            assert listed.total == whole.n, one.code


def test_a_late_fact_changes_only_the_windows_it_touches(bank: Bank, tell: Tell) -> None:
    before = {code: ours(code) for code in plain.ALL}
    late = START + timedelta(days=200)
    tell(Bank(seed=99).case(5000, late))
    history.copy(by=BY, at=NOW)
    touched = {plain.local(late + timedelta(days=d)).replace(day=1) for d in (-40, 0, 40, 80)}
    for code in plain.ALL:
        after = ours(code)
        assert {m: v for m, v in after.items() if m not in touched} == {
            m: v for m, v in before[code].items() if m not in touched
        }, code
    assert ours("M12") != before["M12"]


def test_a_replay_gives_the_same_figures_bit_for_bit(bank: Bank) -> None:
    before = {code: ours(code) for code in [*plain.ALL, "M30"]}
    history.rebuild(by=BY, at=NOW)
    assert {code: ours(code) for code in before} == before


def test_no_duration_is_negative(bank: Bank) -> None:
    for code in ("M13", "M18"):
        found = queries.rows(code=code, actor=EVERYTHING, at=NOW, from_day=FIRST, until_day=LAST, limit=5000)
        assert all(row.value is not None and row.value >= 0 for row in found.rows)


def test_records_that_were_merged_are_counted_as_one_person(tell: Tell) -> None:
    """M22 by the surviving record: merged, in a chain, and taken apart again; each time as the entries say."""
    bank = Bank()
    tell(bank.units())
    at = START + timedelta(days=40)
    people = [bank._id() for _ in range(3)]
    for i, person in enumerate(people):
        bank.customers = [person]
        told = list(bank.case(9000 + i, at + timedelta(days=5 * i)))
        first, suggestion = told[0], next(h for h in told if h.fact.type == "voice.classified")
        facts = [first.fact, replace(suggestion.fact, category="loan", cause="service")]
        tell([h._replace(fact=fact) for h, fact in zip((first, suggestion), facts, strict=True)])

    def repeats() -> tuple[int, int]:
        history.copy(by=BY, at=NOW)
        found = queries.reading(code="M22", actor=EVERYTHING, at=NOW, from_day=FIRST, until_day=LAST)
        theirs = [hit for _day, hit, _v in plain.ALL["M22"](plain.story(), NOW)]
        assert (found.numerator, found.n) == (sum(theirs), len(theirs)), "the entries say the same"
        return found.numerator, found.n

    def say(fact: Any, member: Any) -> None:
        tell([Happening(fact, f"customer:{member}", BY, NOW)])

    assert repeats() == (0, 3)
    a, b, c = people
    say(CustomerMerged(member=a, into=b, ground="call", agreed="phone"), a)
    assert repeats() == (1, 3)
    say(CustomerMerged(member=b, into=c, ground="call", agreed="phone"), b)
    assert repeats() == (2, 3)
    say(CustomerUnmerged(member=a, into=b), a)
    assert repeats() == (1, 3)


def test_a_branch_sees_its_own_figures_only(bank: Bank) -> None:
    whole = queries.breakdown(code="M12", actor=EVERYTHING, at=NOW, by="unit_path", from_day=FIRST, until_day=LAST)
    chief = Actor("staff", "7", None, (Scope("supervisor", "HO/B02/"),))
    own = queries.reading(code="M12", actor=chief, at=NOW, from_day=FIRST, until_day=LAST)
    assert own.n == sum(s.point.n for s in whole if s.key.startswith("HO/B02/")) > 0
    nobody = Actor("staff", "8", None, ())
    assert queries.reading(code="M12", actor=nobody, at=NOW, from_day=FIRST, until_day=LAST).n == 0


def test_cells_count_each_complaint_once(bank: Bank) -> None:
    found = queries.cells(actor=EVERYTHING, at=NOW, by=["unit_path", "category"], grain="week")
    assert sum(cell.den for cell in found) == 160 + 60
    assert all(cell.period.weekday() == 0 for cell in found)


def test_filters_narrow_and_strange_ones_find_nothing(bank: Bank) -> None:
    span = {"from_day": FIRST, "until_day": START.date() + timedelta(days=DAYS + 1)}
    asked = {"code": "M12", "actor": EVERYTHING, "at": NOW, **span}
    phone = queries.reading(**asked, filters={"channel": "phone"}).n
    assert 0 < phone < 160
    assert queries.reading(**asked, filters={"channel": "'; DROP TABLE matters; --"}).n == 0
    assert queries.reading(**asked, filters={"unit": "HO/B01/"}).n < 160


def test_the_duration_counts_open_cases_by_kaplan_meier(bank: Bank) -> None:
    found = queries.reading(code="M18", actor=EVERYTHING, at=NOW, from_day=FIRST, until_day=LAST, whole=True)
    assert found.km and found.km[0] and found.still_open > 0
    assert found.value is not None and found.km[0] >= found.value


def test_the_backlog_is_split_by_age(bank: Bank) -> None:
    found = queries.reading(
        code="M30", actor=EVERYTHING, at=NOW, from_day=date(2025, 12, 1), until_day=LAST, whole=True
    )
    assert sum(n for _, n in found.bands) == found.n > 0


def test_extensions_are_told_apart(bank: Bank) -> None:
    found = queries.reading(code="M16", actor=EVERYTHING, at=NOW, from_day=FIRST, until_day=LAST, whole=True)
    (_, without), (_, adjusted) = found.variants
    assert without.num <= found.numerator and adjusted.den <= found.denominator
