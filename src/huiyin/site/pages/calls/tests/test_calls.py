"""The call centre tells of a call, through the real address; the agent sees who it is and writes the complaint down."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.calls import queries
from huiyin.listen.calls.models import Call
from huiyin.listen.channels import actions as channels
from huiyin.listen.channels.models import Arrival
from huiyin.listen.channels.plugs.webhook.signing import signature
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Voice
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.tests import stories

KEY = "a-long-enough-first-key"


@pytest.fixture
def centre(cast, at):
    channels.add_channel(
        code="centre", kind="calls", name="95000", secrets={"key": KEY}, enabled=True, by=machine("test"), at=at
    )

    def tell(step, id="e1", **more):
        said = {"event": f"call.{step}", "call": "c-1", "at": at.isoformat()} | more
        body, stamp = json.dumps(said).encode(), int(at.timestamp())
        headers = {
            "webhook-id": id, "webhook-timestamp": str(stamp), "webhook-signature": signature(KEY, id, stamp, body),
        }  # fmt: skip
        return Client().post("/hooks/centre/", body, content_type="application/json", headers=headers)

    return tell


@pytest.fixture
def desk(cast):
    return lambda who: cast.login(Client(), who)


def test_from_the_ringing_of_the_telephone_to_the_case(centre, desk, cast, at):
    theirs = stories.taken(cast, at)  # an earlier matter of the same number, with a colleague of the branch
    wang, sun = desk("wang"), desk("sun")
    assert "hy-empty" in wang.get("/desk/calls/").content.decode()
    assert centre("started", agent="10001", **{"from": "+86 138 0013 8000"}).status_code == 200
    page = wang.get("/desk/calls/now/").content.decode()
    assert (
        "138 0013 8000" in page and theirs.number not in page and "张" not in page
    )  # a teller may not read that matter
    assert "138 0013 8000" not in sun.get("/desk/calls/now/").content.decode()
    call = Call.objects.get()
    assert sun.post(f"/desk/calls/{call.id}/take/").status_code == 404
    form = wang.post(f"/desk/calls/{call.id}/take/")
    assert form["location"] == wang.post(f"/desk/calls/{call.id}/take/")["location"] and "138" not in form["location"]
    typed = wang.get(form["location"]).content.decode()
    assert "+86 138 0013 8000" in typed and desk("zhao").get(form["location"]).status_code == 404
    entry = {
        "channel": "phone",
        "kind": "complaint",
        "phone": "+86 138 0013 8000",
        "text": "手续费多收了",
        "unit": "O0101",
    }
    begun = form["location"].split("begun=")[1]
    slips = [wang.post("/desk/new/", entry | {"begun": begun, "key": str(n)}) for n in range(2)]
    assert [slip.status_code for slip in slips] == [302, 302] and slips[0]["location"] == slips[1]["location"]
    voice = Voice.objects.get(taken_by=cast.wang.pk)
    call.refresh_from_db()
    assert (call.matter, call.outcome) == (voice.id, "taken") and cases.case(voice.id).owner_id == cast.wang.pk
    assert voices.words(voice.id).phone == "13800138000"
    kept = "".join(Entry.objects.filter(stream=f"call:{call.id}").values_list("payload", flat=True))
    assert "0013" not in kept and "0013" not in str(Call.objects.values())


def test_a_colleague_who_may_read_the_matters_sees_them_at_once(centre, desk, cast, at):
    theirs = stories.taken(cast, at, "zhao")
    centre("started", agent="10003", **{"from": "13800138000"})
    page = desk("zhao").get("/desk/calls/").content.decode()
    assert theirs.number in page and "张*兰" in page and "张桂兰" not in page


def test_events_in_any_order_and_twice_are_one_call(centre, desk, at):
    for number, event in enumerate(["ended", "started", "recorded", "started"]):
        more = {"agent": "10001", "from": "13800138000"} if event == "started" else {}
        more |= {"recording": "https://record.example/c-1"} if event == "recorded" else {}
        assert centre(event, id=f"e{number}", **more).status_code == 200
    call = Call.objects.get()
    assert call.ended_at == at and call.recorded and call.agent_id
    assert set(Arrival.objects.values_list("state", "why")) == {("recorded", "call")}
    wang = desk("wang")
    assert "https://record.example/c-1" in wang.get("/desk/calls/").content.decode()
    assert wang.post(f"/desk/calls/{call.id}/settle/", {"outcome": "nonsense"}).status_code == 400
    assert wang.post(f"/desk/calls/{call.id}/settle/", {"outcome": "answered"}).status_code == 302
    assert wang.post(f"/desk/calls/{call.id}/settle/", {"outcome": "wrong"}).status_code == 409
    assert wang.post(f"/desk/calls/{call.id}/take/").status_code == 409


@pytest.mark.parametrize(
    "more",
    [
        {"event": "call.exploded"}, {"call": ""}, {"call": "x" * 81}, {"at": "yesterday"}, {"at": "2026-03-05T10:00:00"},
        {"from": "javascript:1"}, {"agent": "<b>"}, {"recording": "http://plain.example/"}, {"recording": "javascript:x"},
    ],
)  # fmt: skip
def test_an_event_that_is_none_is_kept_for_a_person(centre, more):
    assert centre("started", **more).status_code == 400
    assert Arrival.objects.get().state == "unreadable" and not Call.objects.exists()


def test_a_supervisor_sees_missed_calls_calls_without_an_outcome_and_how_fast_they_come(
    centre, desk, cast, at, settings
):
    past = at - timedelta(hours=4)

    def told(call, event, number, when=past, **more):
        assert centre(event, id=f"{call}-{event}-{number}", call=call, at=when.isoformat(), **more).status_code == 200

    told("lost", "started", 1, **{"from": "13900001111"})
    told("lost", "ended", 2)
    told("found", "started", 1, **{"from": "13900002222"})
    told("found", "ended", 2)
    told("again", "started", 1, at - timedelta(seconds=3), agent="10003", **{"from": "13900002222"})
    told("loose", "started", 1, past - timedelta(seconds=2), agent="10003")
    told("loose", "ended", 2)
    told("elsewhere", "started", 1, past, agent="10011")  # of another branch
    board = queries.board(cast.actor("sun"), at)
    assert (board.calls, board.taken, board.missed, len(board.unwrapped)) == (2, 2, [], 1), "the branch's own"
    whole = queries.board(cast.actor("duty"), at)
    assert [(one.phone, one.again) for one in whole.missed] == [("13900001111", False), ("13900002222", True)]
    assert (whole.calls, whole.taken, len(whole.unwrapped)) == (5, 3, 2)
    assert board.to_screen[0] == 3.0 and queries.board(cast.actor("wang"), at) is None
    settings.HUIYIN_NOW = at.isoformat()
    page = desk("duty").get("/desk/calls/", headers={"accept-language": "en"}).content.decode()
    assert "nobody has called back" in page and "139****1111" in page and "13900001111" not in page
    assert "Missed calls" not in desk("wang").get("/desk/calls/", headers={"accept-language": "en"}).content.decode()
