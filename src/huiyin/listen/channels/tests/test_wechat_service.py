"""Customer-service messages against a server on this machine that answers as the platform's documentation says."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.channels import actions as channels
from huiyin.listen.channels.models import Sender
from huiyin.listen.channels.plugs.wechat import account as wechat
from huiyin.listen.channels.rules.contract import Unreachable
from huiyin.listen.channels.tests import platform as other
from huiyin.listen.channels.tests.platform import APPID, OPENID, Platform
from huiyin.platform.messages import actions, tasks
from huiyin.platform.messages.models import Delivery, Message
from huiyin.platform.messages.rules.delivery import ATTEMPTS
from huiyin.platform.vault import actions as vaulted
from huiyin.platform.vault import queries as vault

BY = machine("test")


@pytest.fixture
def platform(settings) -> Iterator[Platform]:
    settings.HUIYIN_OUTBOUND_ALLOW = ["127.0.0.1"]
    settings.HUIYIN_BANK_NAME = "青禾银行"
    wechat._tokens.clear()
    with other.running() as box:
        yield box


@pytest.fixture
def channel(db, at, platform):
    return channels.add_channel(
        code="oa", kind="wechat", name="公众号", settings={"appid": APPID, "url": platform.url},
        secrets={"token": "t", "secret": "right"}, enabled=True, by=BY, at=at,
    )  # fmt: skip


@pytest.fixture
def account(platform):
    return wechat.OfficialAccount(APPID, "right", platform.url, ("127.0.0.1",))


def send(channel, at, **more: object) -> Message:
    matter = uuid4()
    one = Sender.objects.create(matter=matter, channel=channel, address="x", at=at)
    vaulted.keep(subject=matter, table="channels_sender", row=one.id, values={"address": OPENID})
    return actions.send(
        matter=matter, subject=matter, purpose="reply", language="zh-hans", title="题", body="秘密的正文", by=BY, at=at,
        key="k", number="TS-20260305-000001", link="http://bank/track/abc/", **more,
    )  # fmt: skip


def run() -> str:
    return tasks.deliver.func(str(Delivery.objects.get(channel="wechat").id))


def test_the_customer_reads_in_wechat_that_there_is_an_answer(channel, at, platform):
    message = send(channel, at)
    assert run() == "sent"
    (told,) = platform.sent
    text = told["text"]["content"]
    assert told["touser"] == OPENID and "TS-20260305-000001" in text and "http://bank/track/abc/" in text
    assert "秘密的正文" not in text and "【青禾银行】" in text
    facts = Entry.objects.filter(stream=f"matter:{message.matter}").order_by("version").values_list("type", "payload")
    assert [type for type, _payload in facts] == ["message.queued", "message.sent", "message.delivered"]
    assert not any(OPENID in payload for _type, payload in facts)
    assert OPENID not in Delivery.objects.get().target
    assert OPENID in vault.reveal("messages_message", message.id)["route"]


def test_one_token_serves_until_it_is_refused_and_is_then_replaced_once(platform, account):
    platform.files["m"] = ("image/jpeg", b"\xff\xd8")
    assert account.media("m") == account.media("m") == (b"\xff\xd8", "image/jpeg")
    assert len(platform.asked) == 1
    platform.token = "T-by-another-process"
    assert account.media("m")[0] and [told["force_refresh"] for told in platform.asked] == [False, False]
    assert account.media("m")[0] and len(platform.asked) == 2


def test_a_token_that_is_refused_although_it_is_the_present_one_is_made_anew(channel, at, platform):
    platform.code = 40001
    send(channel, at)
    assert run() == "later" and Delivery.objects.get().why == "token"
    assert [told["force_refresh"] for told in platform.asked] == [False, False, True]


@pytest.mark.parametrize(
    ("code", "outcome", "why"),
    [
        (45015, "dead", "window_passed"), (45047, "dead", "count_passed"), (40003, "dead", "not_following"),
        (48001, "dead", "not_allowed"), (99999, "dead", "refused"), (-1, "later", "busy"), (45009, "later", "quota"),
    ],
)  # fmt: skip
def test_what_the_platform_refuses_is_on_the_delivery_and_the_message_has_failed(
    channel, at, platform, code, outcome, why
):
    platform.code = code
    message = send(channel, at)
    assert run() == outcome and Delivery.objects.get().why == why
    types = set(Entry.objects.filter(stream=f"matter:{message.matter}").values_list("type", flat=True))
    assert ("message.failed" in types) == (outcome == "dead")


def test_after_the_window_another_way_that_is_open_carries_it(channel, at, platform, settings):
    settings.HUIYIN_SMS_URL = "http://127.0.0.1:9/"
    platform.code = 45015
    message = send(channel, at, phone="13800138000")
    assert run() == "dead"
    assert not Entry.objects.filter(stream=f"matter:{message.matter}", type="message.failed").exists()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errcode":"x"}', b"[" * 100_000])
def test_garbage_from_the_other_side_is_tried_again_and_given_up_in_the_end(channel, at, platform, body):
    platform.body = body
    send(channel, at)
    assert run() == "later"
    Delivery.objects.update(attempts=ATTEMPTS - 1, next_try_at=at - timedelta(seconds=1))
    assert run() == "dead"


def test_a_wrong_secret_or_a_place_that_is_not_the_platforms_sends_nothing(channel, at, platform, settings):
    row = channels.set_channel(channel=channel.id, version=1, secrets={"secret": "wrong"}, by=BY, at=at)
    send(channel, at)
    assert run() == "later" and Delivery.objects.get().why == "token"
    with pytest.raises(Unreachable):
        channels.test_channel(channel=channel.id, by=BY, at=at)
    settings.HUIYIN_OUTBOUND_ALLOW = []
    Delivery.objects.update(next_try_at=at)
    assert run() == "dead" and Delivery.objects.get().why == "forbidden_address"
    channels.set_channel(channel=channel.id, version=row.version, enabled=False, by=BY, at=at)
    Delivery.objects.update(state="waiting", next_try_at=at)
    assert run() == "dead" and Delivery.objects.get().why == "no_channel"
    assert platform.sent == []


def test_a_file_that_is_gone_or_too_large_is_said_to_be(platform, account, monkeypatch):
    with pytest.raises(wechat.Undeliverable):
        account.media("gone")
    monkeypatch.setattr(wechat, "MEDIA_BYTES", 100)
    platform.files["big"] = ("video/mp4", b"x" * 101)
    with pytest.raises(wechat.NoMedia):
        account.media("big")
