"""The supervisor's board and the note between shifts."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.bank.staff import actions as staff
from huiyin.kernel.actor import machine
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import queries as ledger
from huiyin.platform.messages.models import Notice
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.workbench import actions, queries
from huiyin.resolve.workbench.models import ShiftNote


def due(case: Case, when: datetime) -> Case:
    """The limit of a case, as a shorter one would have set it."""
    Case.objects.filter(pk=case.pk).update(legal_due_at=when, rank_at=when)
    return stories.fresh(case)


def test_the_forecast_follows_the_pace_and_the_order_of_due(cast: Any, at: datetime) -> None:
    """Four cases due tonight at a case a day: the first three hours of a working day are left, so one turn is too late."""
    tonight, tomorrow = at + timedelta(hours=6), at + timedelta(days=1, hours=6)
    for number in range(2):
        due(stories.taken(cast, at, phone=f"1390013900{number}"), tonight)
    due(stories.taken(cast, at, phone="13900139005"), tomorrow)
    board = queries.board(cast.actor("sun"), at)
    (zhao,) = board.people
    assert (zhao.who.pk, zhao.open, zhao.due_today, zhao.late) == (cast.zhao.pk, 3, 2, 0)
    assert zhao.late_in == [2, 1, 0] and not zhao.pace.own and board.total.late_in == [2, 1, 0]
    assert [load.late_in for load in board.units] == [[2, 1, 0]]


def test_what_nobody_handles_is_late_unless_somebody_takes_it(cast: Any, at: datetime) -> None:
    due(stories.hear(cast, at), at + timedelta(hours=5))
    board = queries.board(cast.actor("sun"), at)
    assert board.nobody.open == 1 and board.nobody.late_in == [1, 0, 0]


def test_whoever_is_away_without_a_substitute_answers_nothing(cast: Any, at: datetime) -> None:
    due(stories.taken(cast, at), at + timedelta(days=2))
    staff.absent(
        staff=cast.zhao.pk, from_at=at - timedelta(hours=1), until_at=at + timedelta(days=9), substitute=None,
        by=machine("cast"), at=at,
    )  # fmt: skip
    (zhao,) = queries.board(cast.actor("sun"), at).people
    assert zhao.away and zhao.coming == 1


def test_approvals_stand_on_the_board_of_those_who_may_give_them(cast: Any, at: datetime, client: Client) -> None:
    case = stories.grade(cast, stories.taken(cast, at), at, complexity="complex", severity="serious")
    stories.drafted(cast, case, at)
    longer = stories.grade(cast, stories.taken(cast, at, phone="13900139002"), at, complexity="complex")
    cases.request_extension(case=longer.pk, reason="investigation", by=cast.actor("zhao"), at=at)
    html = cast.login(client, "sun").get("/desk/board/").content.decode()
    assert f"/desk/cases/{case.pk}/#approve" in html and f"/desk/cases/{longer.pk}/#grant" in html
    assert "赵敏" in html and "handler=10003" in html


def test_redress_above_ones_own_limit_waits_on_the_board(cast: Any, at: datetime) -> None:
    case = stories.taken(cast, at)
    cases.propose_redress(case=case.pk, kind="money", amount=50_000, text="误工", by=cast.actor("zhao"), at=at)
    (one,) = queries.board(cast.actor("sun"), at).approvals
    assert (one.case.pk, one.who.pk, one.kind.code) == (case.pk, cast.zhao.pk, "redress-approve")
    assert queries.board(cast.actor("duty"), at).approvals and not queries.board(cast.actor("zhao"), at).approvals


def test_the_board_is_of_ones_own_units(cast: Any, at: datetime, client: Client) -> None:
    stories.hear(cast, at, unit="O0201")
    sun = cast.login(client, "sun")
    assert queries.board(cast.actor("sun"), at).total.open == 0
    assert sun.get("/desk/board/?unit=B02").status_code == 400 and sun.get("/desk/board/?unit=O0101").status_code == 200
    assert cast.login(Client(), "zhao").get("/desk/board/").status_code == 403


def test_a_shift_is_handed_over_and_taken_once(cast: Any, at: datetime, client: Client) -> None:
    case = stories.taken(cast, at)
    zhao = cast.login(client, "zhao")
    key = "0190d6e0-0000-7000-8000-000000000001"
    data = {"text": "客户下午来电，请回电", "watched": f"{case.number}，", "key": key}
    first = zhao.post("/desk/shifts/", data)
    assert zhao.post("/desk/shifts/", data)["Location"] == first["Location"], "the same note, sent twice"
    note = ShiftNote.objects.get()
    assert (note.open, note.watched, note.taker_id) == (1, [case.number], None)
    assert "下午来电" not in str(ledger.entries_of(f"shift:{note.pk}")), "the words are in the vault"
    assert Notice.objects.filter(staff=cast.qian.pk, kind="shift_handed_over").count() == 1
    qian = cast.login(Client(), "qian")
    assert "交接班" in qian.get("/desk/work/").content.decode()
    assert "客户下午来电" in qian.get(first["Location"]).content.decode()
    assert qian.post(f"/desk/shifts/{note.pk}/take/").status_code == 302
    assert ShiftNote.objects.get().taker_id == cast.qian.pk
    assert cast.login(Client(), "sun").post(f"/desk/shifts/{note.pk}/take/").status_code == 409
    assert [fact.type for fact in ledger.entries_of(f"shift:{note.pk}")] == ["shift.handed_over", "shift.taken_over"]


def test_nobody_takes_their_own_shift_and_nobody_elsewhere_reads_it(cast: Any, at: datetime) -> None:
    note = actions.hand_over_shift(text="无", watched=[], by=cast.actor("zhao"), at=at)
    with pytest.raises(Refusal):
        actions.take_over_shift(note=note.pk, by=cast.actor("zhao"), at=at)
    assert queries.shift_note(note.pk, cast.actor("chen"), at) is None
    elsewhere = stories.hear(cast, at, unit="O0201")
    with pytest.raises(Refusal):
        actions.hand_over_shift(text="无", watched=[elsewhere.number], by=cast.actor("zhao"), at=at)
