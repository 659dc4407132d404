"""Another system posts to the bank, through the real address with real signatures; it learns what came of it."""

import json

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.listen.channels import actions
from huiyin.listen.channels.models import Arrival, Channel
from huiyin.listen.channels.plugs.webhook.signing import signature
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Addition, Voice
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases

BY = machine("test")
KEY, NEXT = "a-long-enough-first-key", "a-long-enough-second-key"
MAPPING = (
    "text = data.text; customer.name = data.user.name; customer.phone = data.user.mobile; unit = data.branch;"
    " conversation = data.thread; kind := complaint; source_id = data.id"
)  # fmt: skip


@pytest.fixture
def channel(cast, at):
    return actions.add_channel(
        code="app", kind="webhook", name="手机银行", settings={"mapping": MAPPING, "per_minute": "5"},
        secrets={"key": KEY}, enabled=True, by=BY, at=at,
    )  # fmt: skip


def post(at, data, id="m1", key=KEY, body=None, **change):
    body = json.dumps({"data": data}).encode() if body is None else body
    stamp = int(at.timestamp())
    headers = {
        "webhook-id": id, "webhook-timestamp": str(stamp), "webhook-signature": signature(key, id, stamp, body),
    } | change  # fmt: skip
    return Client().post("/hooks/app/", body, content_type="application/json", headers=headers)


DATA = {"text": "转账失败但已扣款", "branch": "O0101", "id": "A-77", "user": {"name": "张三", "mobile": 13800138000}}


def test_what_is_sent_becomes_a_case_and_a_repeat_changes_nothing(channel, cast, at):
    first, again = post(at, DATA), post(at, DATA)
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    (voice,) = Voice.objects.all()
    assert first.json()["number"] == voice.number and first.json()["link"] == voices.link(voice.id)
    words = voices.words(voice.id)
    assert (words.text, words.name, words.phone) == ("转账失败但已扣款", "张三", "13800138000")
    assert voice.unit_id == cast.unit["O0101"].pk and voice.channel == "web" and cases.case(voice.id)
    assert post(at, DATA | {"text": "另一段"}).status_code == 409


def test_messages_of_one_conversation_are_one_matter(channel, at):
    for number, thread in enumerate(["t1", "t1", "t2"]):
        post(at, DATA | {"text": f"第{number}段", "thread": thread, "id": f"A{number}"}, id=f"m{number}")
    assert Voice.objects.count() == 2 and Addition.objects.count() == 1


def test_what_a_later_version_adds_is_not_read_and_an_old_delivery_is_signed_anew(channel, at, later, settings):
    """Item 73: a schema with more in it, an event of a type we do not know, and a delivery that waited for three days."""
    more = DATA | {"schema": 2, "nested": {"role": "admin", "assignee": "10001", "sla_due": "2099-01-01"}}
    assert post(at, more).status_code == 200
    case = cases.case(Voice.objects.get().id)
    assert case.handler_id is None and case.due_at.year == 2026
    body, stamp = json.dumps({"data": DATA | {"id": "A-78"}}).encode(), int(at.timestamp())
    old = {"webhook-timestamp": str(stamp), "webhook-signature": signature(KEY, "late", stamp, body)}
    settings.HUIYIN_NOW = later(days=3).isoformat()
    assert post(later(days=3), None, id="late", body=body, **old).status_code == 401
    assert post(later(days=3), None, id="late", body=body).status_code == 200
    assert (
        post(later(days=3), None, id="odd", body=b'{"type":"something.new","payload":[]}').json()["reason"] == "empty"
    )


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"webhook-signature": "v1,AAAA"}, 401), ({"webhook-signature": ""}, 401), ({"webhook-id": "m2"}, 401),
        ({"webhook-timestamp": "1"}, 401),
    ],
)  # fmt: skip
def test_not_genuine_not_fresh_or_too_large_leaves_no_trace(channel, at, later, change, status):
    assert post(at, DATA, **change).status_code == status
    assert post(later(minutes=6), DATA).status_code == post(later(minutes=-6), DATA).status_code == 401
    assert post(at, DATA, body=b"x" * 262_145).status_code == 413
    assert post(at, DATA, body=b"x" * 2_600_000).status_code == 413
    assert Client().get("/hooks/app/").status_code == 405 and not Arrival.objects.exists()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "malformed"), (b'{"data":1,"data":2}', "malformed"), (b'{"data":{"text":NaN}}', "malformed"),
        (b"[" * 50_000, "malformed"), (b"\xff", "malformed"), (b"{}", "empty"), (b'{"data":{"text":["a"]}}', "problem"),
        (b'{"data":{"text":"a","branch":"NOWHERE"}}', "problem"), (b'{"data":{"text":"\\ud800"}}', "malformed"),
        (b'{"data":{"text":"a","user":{"mobile":"call me"}}}', "problem"), (b'{"data":{"text":"a\\u0000"}}', "malformed"),
    ],
)  # fmt: skip
def test_what_is_genuine_but_cannot_be_read_is_kept_for_a_person(channel, at, body, why):
    answer = post(at, None, body=body)
    assert (answer.status_code, answer.json()["reason"]) == (400, why)
    assert Arrival.objects.get().state == "unreadable" and not Voice.objects.exists()


def test_a_key_is_changed_without_a_gap_and_is_never_shown(channel, at):
    changed = actions.set_channel(channel=channel.id, version=1, secrets={"key": NEXT}, by=BY, at=at)
    assert post(at, DATA, id="a").status_code == post(at, DATA, id="b", key=NEXT).status_code == 200
    actions.set_channel(channel=channel.id, version=changed.version, secrets={"key": NEXT + "!"}, by=BY, at=at)
    assert post(at, DATA, id="c").status_code == 401 and post(at, DATA, id="d", key=NEXT).status_code == 200
    assert (
        KEY not in str(Channel.objects.values()) and vault.reveal("channels_channel", channel.id)["key_before"] == NEXT
    )


@pytest.mark.parametrize(
    ("values", "secrets"), [({"mapping": "kind = a"}, {}), ({"mapping": "text = a b"}, {}), ({}, {"key": "short"})]
)
def test_settings_that_cannot_be_do_not_switch_it_on(channel, at, values, secrets):
    with pytest.raises(actions.Unfit):
        actions.set_channel(channel=channel.id, version=1, settings=values, secrets=secrets, by=BY, at=at)
    assert post(at, DATA).status_code == 200


def test_a_sender_gone_wild_is_told_to_slow_down_and_a_repeat_is_still_answered(channel, at):
    codes = [post(at, DATA | {"id": f"A{n}"}, id=f"m{n}").status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert post(at, DATA | {"id": "A0"}, id="m0").status_code == 200
