"""Letters that a law names: who may send them, until when, what each does to the limits, and that only delivery counts."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from huiyin.bank.clocks import queries as clocks
from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import NotAllowed, Refused
from huiyin.resolve.cases.tests.stories import fresh, taken, traced
from huiyin.resolve.cases.tests.test_packing import approved

pytestmark = pytest.mark.django_db
Later = Callable[..., datetime]
WHY = "We are waiting for the merchant's records."


@pytest.fixture
def officers(cast: Any, at: datetime) -> Any:
    for key in ("lin", "han"):
        cast.person(key, unit="HO", post="consumer_protection", roles={"consumer_protection": "HO"})
    return cast


def abroad(cast: Any, at: datetime, *packs: str, **more: Any) -> Any:
    """A case under the law of another country, with somebody who works on it."""
    approved(cast, at, sort="choice", body="\n".join(("iso-house", *packs)))
    return taken(cast, at, language="en", **more)


def limit(case: Any, purpose: str) -> clocks.ClockView:
    return next(view for view in clocks.clocks_of(case.id) if view.purpose == purpose)


def asked(cast: Any, case: Any, code: str, at: datetime) -> Any:
    return actions.request_communication(
        case=case.id, code=code, text=WHY, expected_on=date(2026, 6, 30), by=cast.actor("zhao"), at=at
    )


def test_a_holding_response_meets_the_eight_weeks_and_says_all_that_disp_asks(
    officers: Any, at: datetime, later: Later
) -> None:
    case = abroad(officers, at, "uk-fca-disp")
    (letter,) = queries.sendable(case, at, answers=False)
    assert letter.code == "uk-fca-disp/2026.1/holding"
    row = asked(officers, case, letter.code, later(days=40))
    assert limit(case, "final_response").open, "asking for it stops nothing"
    with pytest.raises(Refused) as no:
        actions.decide_communication(communication=row.pk, grant=True, by=officers.actor("zhao"), at=later(days=40))
    assert no.value.code == "own_law_letter"
    done = actions.decide_communication(communication=row.pk, grant=True, by=officers.actor("sun"), at=later(days=41))
    assert done.state == "delivered", "on her page at once"
    final = limit(case, "final_response")
    assert (final.open, final.met, final.stopped_by) == (False, True, "complaint.holding_response")
    assert limit(case, "decide").open, "the house's own limit for the decision runs on"
    (sent,) = [one for one in messages.thread(case.id) if one.purpose == "law"]
    for must in (WHY, "30 June 2026", "Financial Ombudsman Service", "now", case.number):
        assert must in sent.body
    steps = [
        json.loads(e.payload)["step"] for e in ledger.entries_of(case.stream) if e.type == "case.communication_stepped"
    ]
    assert steps == ["asked", "granted", "delivered"]
    assert all(WHY not in entry.payload for entry in ledger.entries_of(case.stream)), "no words in the ledger"


def test_a_holding_reply_about_payments_starts_the_thirty_five_days(officers: Any, at: datetime, later: Later) -> None:
    case = abroad(officers, at, "uk-fca-disp")
    actions.set_law(case=case.id, topic="payment_service", by=officers.actor("zhao"), at=at)
    assert limit(case, "final_response").definition == "uk-fca-disp/2026.1/psd"
    row = asked(officers, fresh(case), "uk-fca-disp/2026.1/holding", later(days=10))
    actions.decide_communication(communication=row.pk, grant=True, by=officers.actor("sun"), at=later(days=10))
    after = limit(case, "after_holding")
    assert after.open and after.anchor_at == limit(case, "final_response").anchor_at
    assert after.due_date == date(2026, 4, 27), "35 business days of England, Good Friday and Easter Monday left out"


def test_a_failed_delivery_takes_the_letter_back_and_the_limit_runs_on(
    officers: Any, at: datetime, later: Later
) -> None:
    case = abroad(officers, at, "au-rg271")
    row = asked(officers, case, "au-rg271/2021.1/delay", later(days=20))
    actions.decide_communication(communication=row.pk, grant=True, by=officers.actor("sun"), at=later(days=20))
    assert limit(case, "idr_response").met
    actions.communication_lost(communication=row.pk, why="bounced", by=machine("tick"), at=later(days=21))
    assert limit(case, "idr_response").open and fresh(case).due_at == limit(case, "idr_response").due_at
    assert "delivery_failed" in [note.kind for note in messages.inbox(officers.zhao.pk)]
    again = asked(officers, case, "au-rg271/2021.1/delay", later(days=22))
    actions.decide_communication(communication=again.pk, grant=False, by=officers.actor("sun"), at=later(days=22))
    assert limit(case, "idr_response").open
    assert [row.state for row in queries.communications(case.id)] == ["failed", "refused"]


def test_in_progress_meets_the_fifteen_days_and_starts_the_sixty(officers: Any, at: datetime, later: Later) -> None:
    case = taken(officers, at, language="en")
    actions.limit_by_regulator(
        case=case.id, body="cfpb", received_on=date(2026, 3, 2), due_on=None, by=officers.actor("zhao"), at=at
    )
    (letter,) = queries.sendable(fresh(case), at, answers=False)
    row = asked(officers, fresh(case), letter.code, later(days=3))
    actions.decide_communication(communication=row.pk, grant=True, by=officers.actor("sun"), at=later(days=3))
    assert limit(case, "respond").met
    final = limit(case, "final")
    assert final.open and final.anchor_at == limit(case, "respond").anchor_at and final.due_date == date(2026, 5, 1)


def test_a_summary_resolution_is_a_reply_within_three_business_days(officers: Any, at: datetime, later: Later) -> None:
    case = abroad(officers, at, "uk-fca-disp")
    (short,) = queries.sendable(case, at, answers=True)
    reply = actions.resolve_summarily(
        case=case.id, code=short.code, text="We refunded the fee of 12 pounds.", accepted="by telephone, 4 March",
        by=officers.actor("zhao"), at=later(days=1),
    )  # fmt: skip
    actions.send_reply(reply=reply.pk, by=officers.actor("zhao"), at=later(days=1))
    case = traced(officers, case, later(days=1))
    assert case.state == "answered"
    assert {limit(case, p).stopped_by for p in ("final_response", "summary_resolution")} == {
        "complaint.summary_resolved"
    }
    (sent,) = [one for one in messages.thread(case.id) if one.purpose == "reply"]
    assert "We refunded the fee" in sent.body and "by telephone" not in sent.body and "Ombudsman" in sent.body
    other = taken(officers, at, language="en", phone="13900139000")
    assert queries.sendable(other, later(days=4), answers=True), "Monday is the second business day"
    assert not queries.sendable(other, later(days=6), answers=True)
    with pytest.raises(Refused) as no:
        actions.resolve_summarily(
            case=other.id, code=short.code, text="x", accepted="y", by=officers.actor("zhao"), at=later(days=6)
        )
    assert no.value.code == "no_such_law_letter"


def test_bad_input_is_refused_by_name(officers: Any, at: datetime, later: Later) -> None:
    case = abroad(officers, at, "uk-fca-disp")
    said: dict[str, Any] = {"case": case.id, "code": "uk-fca-disp/2026.1/holding", "text": WHY, "at": at}
    said |= {"expected_on": date(2026, 6, 30), "by": officers.actor("zhao")}
    for wrong, code in (
        ({"code": "au-rg271/2021.1/delay"}, "no_such_law_letter"),
        ({"code": "uk-fca-disp/2026.1/summary"}, "no_such_law_letter"),
        ({"code": "x"}, "no_such_law_letter"),
        ({"text": " "}, "empty_text"),
        ({"expected_on": date(2026, 3, 1)}, "expected_day_is_past"),
    ):
        with pytest.raises(Refused) as no:
            actions.request_communication(**said | wrong)
        assert no.value.code == code
    with pytest.raises(NotAllowed):
        actions.request_communication(**said | {"by": officers.actor("zhou")})
    actions.request_communication(**said)
    with pytest.raises(Refused) as no:
        actions.request_communication(**said)
    assert no.value.code == "law_letter_waiting"


def test_the_page_offers_the_letter_and_a_second_person_lets_it_out(officers: Any, at: datetime, client: Any) -> None:
    case = abroad(officers, at, "uk-fca-disp")
    seat = lambda who: officers.login(client, who)  # noqa: E731
    page = seat("zhao").get(f"/desk/cases/{case.id}/").content.decode()
    assert f"/desk/cases/{case.id}/law-letter/" in page and f"/desk/cases/{case.id}/summary/" in page
    said = {"version": case.version, "letter": "uk-fca-disp/2026.1/holding", "text": WHY, "expected": "2026-06-30"}
    assert seat("zhao").post(f"/desk/cases/{case.id}/law-letter/", said | {"expected": "soon"}).status_code == 422
    assert seat("zhao").post(f"/desk/cases/{case.id}/law-letter/", said).status_code == 302
    url = f"/desk/cases/{case.id}/grant-law-letter/"
    assert seat("zhao").post(url, {"version": case.version + 1}).status_code == 409
    assert seat("sun").post(url, {"version": case.version + 1}).status_code == 302
    page = seat("sun").get(f"/desk/cases/{case.id}/").content.decode()
    assert WHY.replace("'", "&#x27;") in page and "说明函" in page
