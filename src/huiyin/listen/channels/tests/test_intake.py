"""Bytes first, then words: what arrives is safe at once, is heard once, and is never out of sight."""

import json

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.channels import actions, plugs, queries
from huiyin.listen.channels.models import Arrival
from huiyin.listen.channels.rules.contract import Call
from huiyin.listen.channels.tests import slips
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Addition, Voice

BY = machine("test")


@pytest.fixture
def channel(cast, at, monkeypatch):
    monkeypatch.setitem(plugs.PLUGS, "slips", "huiyin.listen.channels.tests.slips")
    monkeypatch.setattr(slips, "PLUG", slips.Slips(), raising=False)
    plugs.plug.cache_clear()
    yield actions.add_channel(
        code="front", kind="slips", name="前台便条", settings={"desk": "1"}, secrets={"word": "芝麻"}, enabled=True,
        by=BY, at=at,
    )  # fmt: skip
    plugs.plug.cache_clear()


def come(at, key="1", word="芝麻", **said):
    said = {"text": "柜台排队两个小时", "from": ["客户甲"]} | said
    raw = json.dumps(said).encode()
    return actions.called(code="front", call=Call("POST", {}, {"word": word, "slip": key}, raw, at))


@pytest.mark.django_db
def test_what_arrives_is_a_voice_with_the_same_id_once(channel, at):
    first, again = come(at), come(at)
    assert first == again and first.body.startswith(b"heard TS-")
    arrival, voice = Arrival.objects.get(), Voice.objects.get()
    assert arrival.id == voice.id and voice.channel == "letter"
    assert voices.words(voice.id).text == "柜台排队两个小时"
    assert json.loads(queries.raw(arrival.id))["text"] == "柜台排队两个小时"
    told = list(Entry.objects.filter(stream=f"arrival:{arrival.id}").order_by("version").values_list("type", flat=True))
    assert told == ["arrival.stored", "arrival.settled"]


@pytest.mark.django_db
def test_the_same_key_with_other_bytes_is_refused(channel, at):
    come(at)
    with pytest.raises(actions.KeyReused):
        come(at, text="另一段话")


@pytest.mark.django_db
def test_who_does_not_know_the_word_leaves_no_trace(channel, at):
    assert come(at, word="西瓜").status == 403
    assert not Arrival.objects.exists()


@pytest.mark.django_db
def test_a_greeting_writes_nothing(channel, settings):
    answer = Client().get("/hooks/front/?echo=hello")
    assert answer.content == b"hello" and not Arrival.objects.exists()
    assert Client().get("/hooks/nosuch/").status_code == 404


@pytest.mark.django_db
def test_a_crash_after_the_first_commit_loses_nothing(channel, at):
    kept = actions.arrive(channel=channel, key="9", raw=b'{"text": "abc def"}', by=BY, at=at)
    assert kept.state == "received"  # … and here the process dies
    later = at.replace(hour=at.hour + 1)
    assert actions.retry_pending(by=BY, at=later) == 1
    assert actions.retry_pending(by=BY, at=later) == 0
    assert Voice.objects.get().id == kept.id


@pytest.mark.django_db
def test_what_cannot_be_read_stays_in_sight_until_a_person_enters_it(channel, cast, at):
    kept = actions.arrive(channel=channel, key="9", raw=b"\xff\x00 {", by=BY, at=at)
    assert actions.understand(arrival=kept.id, at=at) == "unreadable"
    zhou = cast.actor("zhou")
    (waiting,) = queries.waiting(queries.readable_by(zhou, at))
    assert waiting.why == "malformed"
    with pytest.raises(actions.NotThere):
        actions.leave(arrival=kept.id, by=cast.actor("wang"), at=at)
    assert actions.try_again(arrival=kept.id, by=zhou, at=at) == "unreadable"
    made = actions.enter(arrival=kept.id, raw_words={"text": "纸条写着：取款机吞卡"}, by=zhou, at=at)
    assert Voice.objects.get().id == made == kept.id
    with pytest.raises(actions.Decided):
        actions.leave(arrival=kept.id, by=zhou, at=at)


@pytest.mark.django_db
def test_a_genuine_reference_of_the_known_sender_adds_to_the_matter_and_a_forged_one_does_not(channel, at):
    come(at)
    matter = Voice.objects.get()
    token = queries.thread_token(matter.id)
    assert come(at, key="2", token=f"关于 [{token}]", text="补充：还有录音").body.startswith(b"message TS-")
    assert Addition.objects.get().voice_id == matter.id
    forged = token[:-16] + "a" * 16
    assert come(at, key="3", token=forged, text="我是别人").body.startswith(b"heard TS-")
    assert come(at, key="4", token=token, text="换了发件人", **{"from": ["客户乙"]}).body.startswith(b"held")
    assert Addition.objects.count() == 1 and Voice.objects.count() == 2
