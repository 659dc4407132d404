"""A storm day: one excuse over many misses, by two people; nothing is rewritten (clock.md §8.15)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from huiyin.bank.clocks import actions as clock_actions
from huiyin.bank.clocks import queries as clocks
from huiyin.ledger import queries as ledger
from huiyin.resolve.cases import actions
from huiyin.resolve.cases.actions import NotAllowed, Refused
from huiyin.resolve.cases.models import ShutDay
from huiyin.resolve.cases.tests.stories import TICK, drafted, taken

pytestmark = pytest.mark.django_db
Later = Callable[..., datetime]
STORM = date(2026, 3, 6)


@pytest.fixture
def officers(cast: Any) -> Any:
    for key in ("lin", "han"):
        cast.person(key, unit="HO", post="consumer_protection", roles={"consumer_protection": "HO"})
    return cast


def answered_a_day_late(cast: Any, at: datetime, later: Later, phone: str) -> Any:
    """Heard on Thursday; the first answer was due on Friday, the day of the storm, and came on Saturday."""
    case = taken(cast, at, phone=phone)
    clock_actions.sweep(by=TICK, at=later(hours=26))
    reply = drafted(cast, case, later(days=2))
    actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=later(days=2))
    return case


def response(case: Any) -> clocks.ClockView:
    return next(view for view in clocks.clocks_of(case.id) if view.family == "RESPONSE")


def test_one_excuse_over_many_misses_by_two_people(officers: Any, at: datetime, later: Later, client: Any) -> None:
    late = [answered_a_day_late(officers, at, later, phone) for phone in ("13911110001", "13911110002")]
    assert [response(case).met for case in late] == [False, False]
    now, lin, han = later(days=5), officers.actor("lin"), officers.actor("han")
    said: dict[str, Any] = {
        "calendar": "cn-office",
        "day": STORM,
        "reason": "disaster",
        "text": "市政府停业令",
        "at": now,
    }
    for wrong, code in (
        ({"reason": "laziness"}, "reason_missing"), ({"day": date(2026, 3, 7)}, "shut_day_was_free"),
        ({"calendar": "nowhere"}, "shut_day_was_free"), ({"day": now.date()}, "shut_day_ahead"),
        ({"day": date(2026, 3, 9)}, "nothing_missed_by_it"),
    ):  # fmt: skip
        with pytest.raises(Refused) as no:
            actions.ask_shut_day(**said | wrong, by=lin)
        assert no.value.code == code
    with pytest.raises(NotAllowed):
        actions.ask_shut_day(**said, by=officers.actor("zhao"))
    row = actions.ask_shut_day(**said, by=lin)
    assert not response(late[0]).excused, "asking excuses nothing"
    with pytest.raises(Refused) as no:
        actions.ask_shut_day(**said, by=han)
    assert no.value.code == "excuse_waiting"
    with pytest.raises((NotAllowed, Refused)):
        actions.decide_shut_day(shut=row.pk, grant=True, by=lin, at=now)
    officers.login(client, "han")
    page = client.get("/desk/cases/shut-days/").content.decode()
    assert "市政府停业令" in page and all(case.number in page for case in late)
    assert client.post(f"/desk/cases/shut-days/{row.pk}/grant/").status_code == 302
    assert client.post(f"/desk/cases/shut-days/{row.pk}/grant/").status_code == 409, "once"
    done = ShutDay.objects.get()
    assert (done.outcome, done.excused) == ("granted", len(done.clocks))
    for case in late:
        view = response(case)
        assert (view.excused, view.met) == (True, False), "excused, and still a miss"
    assert [e.type for e in ledger.entries_of(f"shut:{row.pk}")] == ["shut_day.stepped"] * 2
    assert clock_actions.rebuild(subjects=[case.id for case in late]) == []
