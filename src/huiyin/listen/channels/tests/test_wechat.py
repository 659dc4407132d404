"""A customer writes to the bank's official account, through the real address with the platform's own signatures."""

import base64
from urllib.parse import urlencode

import pytest
from django.test import Client, override_settings

from huiyin.kernel.actor import customer, machine
from huiyin.ledger.models import Entry
from huiyin.listen.channels import actions
from huiyin.listen.channels.models import Arrival, Awaited, Sender
from huiyin.listen.channels.plugs.wechat import account as wechat
from huiyin.listen.channels.tests import platform as other
from huiyin.listen.channels.tests.platform import AES, APPID, OPENID, TOKEN, message, opened, query, sealed
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Addition, Voice
from huiyin.platform.files import queries as files
from huiyin.platform.messages import tasks
from huiyin.platform.messages.models import Delivery
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.tests import stories

BY = machine("test")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def channel(cast, at, settings):
    settings.HUIYIN_BANK_NAME, settings.HUIYIN_HOTLINE = "青禾银行", "95000"
    settings.HUIYIN_OUTBOUND_ALLOW = ["127.0.0.1"]
    wechat._tokens.clear()
    return actions.add_channel(
        code="oa", kind="wechat", name="公众号", settings={"appid": APPID}, secrets={"token": TOKEN, "aes": AES},
        unit=cast.unit["B01"].pk, enabled=True, by=BY, at=at,
    )  # fmt: skip


def post(content: str, at, *, nonce="n1", plain=False, **change: str):
    stamp = int(at.timestamp())
    body = content if plain else other.xml(ToUserName="gh_1", Encrypt=sealed(content))
    secret = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0] if not plain else None
    asked = query(stamp, nonce, secret) | change
    with override_settings(HUIYIN_NOW=at.isoformat()):
        return Client().post(f"/hooks/oa/?{urlencode(asked)}", body, content_type="text/xml")


def say(text, at, id="1", **more):
    return post(message(text, id=id, at=int(at.timestamp()), **more), at, nonce=f"n{id}")


def test_the_platform_is_greeted_only_if_it_signs(channel, at):
    asked = query(int(at.timestamp())) | {"echostr": "5837405"}
    assert Client().get(f"/hooks/oa/?{urlencode(asked)}").content == b"5837405"
    for wrong in ({"signature": "0" * 40}, {"nonce": "other"}, {"timestamp": "1"}, {"timestamp": "x"}):
        assert Client().get(f"/hooks/oa/?{urlencode(asked | wrong)}").status_code == 403
    assert not Arrival.objects.exists()


def test_a_message_becomes_a_case_and_the_customer_reads_the_number_at_once(channel, at):
    told = opened(say("柜台排队两个小时，没有人管", at).content)
    voice = Voice.objects.get()
    assert voice.channel == "wechat" and cases.case(voice.id) is not None
    assert told["ToUserName"] == OPENID and told["FromUserName"] == "gh_1"
    assert voice.number in told["Content"] and voices.link(voice.id) in told["Content"] and "95000" in told["Content"]
    kept = "".join(Entry.objects.values_list("payload", flat=True)) + "".join(
        Arrival.objects.values_list("key", flat=True)
    )
    assert OPENID not in kept and "排队" not in kept


def test_the_platform_asks_again_and_gets_the_same_answer(channel, at):
    first, again = (opened(say("柜台排队", at).content)["Content"] for _ in range(2))
    assert first == again and Voice.objects.count() == 1
    english = opened(say("I waited two hours at the counter", at, "9", sender="oOther").content)["Content"]
    assert "we have your message" in english


def test_what_is_said_while_the_matter_is_open_belongs_to_it_and_afterwards_is_a_new_one(channel, cast, at, later):
    say("柜台排队", at)
    (voice,) = Voice.objects.all()
    told = opened(say("还有，大堂经理态度不好", later(days=3), "2").content)["Content"]
    assert "已补充" in told and voice.number in told and Addition.objects.get().voice_id == voice.id
    _answer(cast, voice.id, at)
    case_actions.confirm(case=voice.id, by=customer(voice.id), at=later(days=3))
    assert stories.fresh(voice.id).state == "closed"
    say("换一件事：手机银行登不上", later(days=4), "3")
    assert Voice.objects.count() == 2
    actions.conversations_go_on(matters=[voice.id])
    assert Sender.objects.get(matter=voice.id).ended_at is None


def test_menus_and_followers_are_answered_and_open_nothing(channel, at):
    event = {"MsgType": "event", "MsgId": ""}
    assert "您好" in opened(say("", at, "1", Event="subscribe", **event).content)["Content"]
    assert "直接发送" in opened(say("", at, "2", Event="CLICK", EventKey="complaint", **event).content)["Content"]
    assert "/track/" in opened(say("", at, "3", Event="CLICK", EventKey="progress", **event).content)["Content"]
    assert say("", at, "4", Event="unsubscribe", **event).content == b"success"
    assert set(Arrival.objects.values_list("state", "why")) == {("rejected", "noise")} and not Voice.objects.exists()


def test_what_is_altered_old_or_of_another_account_leaves_no_trace(channel, at, later):
    content = message("x", at=1)
    stamp = int(at.timestamp())
    body = other.xml(ToUserName="gh_1", Encrypt=sealed(content))
    for asked in (
        query(stamp, "n", sealed(content)), query(stamp, "n"), query(stamp - 301, "n", "x"), query(stamp, "n", token="other"),
    ):  # fmt: skip
        assert Client().post(f"/hooks/oa/?{urlencode(asked)}", body, content_type="text/xml").status_code == 403
    assert post(content, at, plain=True).status_code == 403  # in the clear, where encryption is agreed
    assert post("<!DOCTYPE x>", at, plain=True).status_code == 403
    assert Client().post("/hooks/oa/", b"x" * 70_000, content_type="text/xml").status_code == 413
    assert not Arrival.objects.exists()


def test_signed_but_garbled_is_kept_and_waits_for_a_person(channel, at):
    assert post("<xml><MsgType>text</MsgType></xml>", at).content == b"success"
    assert Arrival.objects.get().state == "unreadable"


def test_in_the_plain_mode_a_nonce_comes_with_one_content(channel, at):
    plain = actions.add_channel(
        code="plain", kind="wechat", name="明文", settings={"appid": APPID}, secrets={"token": TOKEN}, enabled=True, by=BY,
        at=at,
    )  # fmt: skip
    assert plain.enabled
    asked = urlencode(query(int(at.timestamp())))
    one, two = message("柜台排队", id="1"), message("伪造的内容", id="2")
    answers = [Client().post(f"/hooks/plain/?{asked}", body, content_type="text/xml") for body in (one, one, two)]
    assert [answer.status_code for answer in answers] == [200, 200, 403] and Voice.objects.count() == 1
    assert Voice.objects.get().number in opened(answers[0].content)["Content"]


def test_a_picture_is_fetched_once_and_the_answer_goes_back_into_wechat(channel, cast, at, later):
    with other.running() as box:
        actions.set_channel(
            channel=channel.id, version=1, settings={"url": box.url}, secrets={"secret": "right"}, by=BY, at=at
        )
        box.files["m1"] = ("image/png", PNG)
        say("排队小票如图", at)
        say("", at, "2", MsgType="image", MediaId="m1")
        say("", at, "3", MsgType="voice", MediaId="gone")
        assert Awaited.objects.count() == 2
        assert actions.fetch_files(by=BY, at=later(minutes=1)) == 1
        voice = Voice.objects.get()
        (kept,) = [one for one in voices.additions(voice.id) if one.what == "file"]
        assert kept and files.files_of(voice.id) and not Awaited.objects.exists()
        assert "未能取得" in voices.additions(voice.id)[-1].text
        _answer(cast, voice.id, at)
        delivery = Delivery.objects.get(channel="wechat")
        assert tasks.deliver.func(str(delivery.id)) == "sent"
        assert box.sent[-1]["touser"] == OPENID and voice.number in box.sent[-1]["text"]["content"]
        assert stories.fresh(voice.id).answered_at


def _answer(cast, id, at):
    case_actions.assign(case=id, handler=cast.zhao.pk, by=cast.actor("sun"), at=at)
    case = stories.grade(cast, stories.fresh(id), at)
    reply = stories.drafted(cast, case, at)
    case_actions.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    stories.traced(cast, case, at)
