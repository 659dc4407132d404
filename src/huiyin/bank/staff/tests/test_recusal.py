"""Who keeps away from a matter (decision 4; SoD1, SoD2, SoD15, SoD17; items 86 and 87)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from huiyin.bank.staff import actions, queries
from huiyin.bank.staff.models import Recusal
from huiyin.ledger import queries as ledger
from huiyin.ledger.models import Entry


@pytest.fixture
def matter():
    return uuid4()


@pytest.fixture
def do(cast):
    return {"by": cast.actor("sun"), "at": cast.at}


def hidden(staff, at):
    return set(queries.recused_subjects(staff.pk, at).values_list("subject", flat=True))


def test_the_accused_and_their_manager_keep_away_at_once(cast, matter, do):
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    assert queries.recused(matter, cast.at) == {cast.wang.pk: "accused", cast.li.pk: "manager"}
    assert hidden(cast.wang, cast.at) == hidden(cast.li, cast.at) == {matter}
    assert hidden(cast.zhao, cast.at) == set()
    assert queries.accused(matter) == [cast.wang.pk]


def test_saying_it_twice_changes_nothing(cast, matter, do):
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    assert Recusal.objects.count() == Entry.objects.filter(type="staff.recused").count() == 2


def test_the_manager_comes_back_masked_when_the_reply_is_out(cast, matter, do, later):
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    at = later(days=2)
    actions.release_managers(subject=matter, by=cast.actor("sun"), at=at)
    assert queries.recused(matter, at) == {cast.wang.pk: "accused"}
    assert queries.masked_for(matter, at) == {cast.li.pk}
    assert queries.recused(matter, later(days=1))[cast.li.pk] == "manager", "the past stays as it was"


def test_a_manager_who_is_named_kin_or_approver_does_not_come_back(cast, matter, do, later):
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    actions.accuse(subject=matter, staff=cast.li.pk, **do)
    actions.release_managers(subject=matter, by=cast.actor("sun"), at=later(days=1), keep=[cast.sun.pk])
    assert set(queries.recused(matter, later(days=2))) == {cast.wang.pk, cast.li.pk, cast.sun.pk}


@pytest.mark.parametrize("why", ["accused", "kin", "unit"])
def test_some_recusals_never_end(cast, matter, do, why):
    actions.recuse(subject=matter, staff=cast.wang.pk, why=why, **do)
    with pytest.raises(actions.NeverEnds):
        actions.end_recusal(subject=matter, staff=cast.wang.pk, why=why, **do)
    with pytest.raises(actions.NeverEnds):
        actions.recuse(subject=matter, staff=cast.wang.pk, why=why, until_at=cast.at + timedelta(days=1), **do)


def test_declared_kin_keep_away_even_when_declared_later(cast, matter, do):
    actions.declare_kin(staff=cast.zhao.pk, other=cast.wang.pk, **do)
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    assert queries.recused(matter, cast.at)[cast.zhao.pk] == "kin"
    actions.declare_kin(staff=cast.wang.pk, other=cast.qian.pk, **do)
    assert queries.recused(matter, cast.at)[cast.qian.pk] == "kin"


def test_a_new_manager_joins_the_recusal(cast, matter, do):
    actions.accuse(subject=matter, staff=cast.wang.pk, **do)
    actions.report_to(staff=cast.wang.pk, manager=cast.qian.pk, **do)
    assert queries.recused(matter, cast.at)[cast.qian.pk] == "manager"


def test_a_whole_outlet_complained_about_moves_the_case_up(cast, matter, do):
    actions.accuse_unit(subject=matter, unit=cast.unit["O0101"].pk, **do)
    assert queries.recused(matter, cast.at) == {cast.wang.pk: "unit", cast.li.pk: "manager"}
    assert queries.fit_handlers(matter, cast.unit["O0101"].pk, cast.at) == []
    assert queries.next_up(matter, cast.unit["O0101"].pk, cast.at) == cast.unit["B01"].pk


def test_the_rule_is_never_relaxed_the_case_goes_up_instead(cast, matter, do):
    """Complained-about = the only handler left: the next unit up, not an exception."""
    for name in ("zhao", "qian", "sun"):
        actions.recuse(subject=matter, staff=getattr(cast, name).pk, why="accused", **do)
    assert queries.fit_handlers(matter, cast.unit["B01"].pk, cast.at) == []
    assert queries.next_up(matter, cast.unit["B01"].pk, cast.at) == cast.unit["HO"].pk


def test_nobody_fit_anywhere_is_said_so(cast, matter, do):
    for staff in queries.active(cast.at.date()):
        actions.recuse(subject=matter, staff=staff.pk, why="accused", **do)
    assert queries.next_up(matter, cast.unit["O0101"].pk, cast.at) is None
    assert queries.on_duty(cast.unit["O0101"].pk, cast.at, avoid=queries.recused(matter, cast.at)) is None


def test_a_batch_of_recusals_equals_one_by_one(cast, do):
    one, other, ended = uuid4(), uuid4(), uuid4()
    actions.recuse(subject=ended, staff=cast.li.pk, why="manager", until_at=cast.at + timedelta(days=1), **do)
    items = [(one, cast.zhao), (other, cast.wang), (one, cast.zhao)]
    actions.recuse_many(
        items=[
            *(actions.Recusing(subject, staff.pk, "first_handler", do["by"], do["at"]) for subject, staff in items),
            actions.Recusing(ended, cast.li.pk, "manager", do["by"], do["at"]),
        ]
    )
    assert {id: queries.recused(id, cast.at + timedelta(days=2)) for id in (one, other, ended)} == {
        one: {cast.zhao.pk: "first_handler"}, other: {cast.wang.pk: "first_handler"}, ended: {cast.li.pk: "manager"},
    }  # fmt: skip
    assert [len(ledger.entries_of(f"matter:{id}")) for id in (one, other, ended)] == [1, 1, 2]


def test_a_batch_of_accusations_equals_one_by_one(cast, do):
    one, other = [uuid4(), uuid4()], [uuid4(), uuid4()]
    actions.declare_kin(staff=cast.zhao.pk, other=cast.wang.pk, **do)
    for subject in one:
        actions.accuse(subject=subject, staff=cast.wang.pk, **do)
    actions.accuse_many(pairs=[(subject, cast.wang.pk) for subject in other], **do)
    for left, right in zip(one, other, strict=True):
        assert queries.recused(left, cast.at) == queries.recused(right, cast.at)
    streams = {
        s: list(Entry.objects.filter(stream=f"matter:{s}").order_by("version").values_list("type", flat=True))
        for s in one + other
    }
    assert len({tuple(kinds) for kinds in streams.values()}) == 1


def test_many_at_once(cast, do):
    subjects = [uuid4() for _ in range(3)]
    actions.accuse(subject=subjects[0], staff=cast.wang.pk, **do)
    assert queries.recused_many(subjects, cast.at) == {subjects[0]: frozenset({cast.wang.pk, cast.li.pk})}
