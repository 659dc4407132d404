"""A reply that does not arrive is no answer, whichever way it went: the case is work again and its handler is told."""

from datetime import datetime
from typing import Any

import pytest

from huiyin.kernel.actor import machine
from huiyin.listen.channels import actions as channels
from huiyin.listen.channels.models import Sender
from huiyin.listen.channels.tests.platform import APPID, OPENID, Platform
from huiyin.listen.channels.tests.test_wechat_service import platform
from huiyin.platform.messages import queries as messages
from huiyin.platform.messages import tasks
from huiyin.platform.messages.models import Delivery
from huiyin.platform.messages.tests.test_gateways import Phone, Post, phone, post
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.tests import stories

__all__ = ["phone", "platform", "post"]
BY = machine("test")


def by_mail(post: Post, phone: Phone, platform: Platform) -> dict[str, str]:
    post.refuse = "550 no such user"
    return {"email": "zhang@mail.example", "phone": ""}


def by_text(post: Post, phone: Phone, platform: Platform) -> dict[str, str]:
    phone.status = 404
    return {"phone": "13800138000"}


def by_wechat(post: Post, phone: Phone, platform: Platform) -> dict[str, str]:
    platform.code = 45015
    return {"phone": ""}


@pytest.mark.parametrize(
    ("way", "gateway", "why"),
    [(by_mail, "smtp", "recipient"), (by_text, "sms", "http_404"), (by_wechat, "wechat", "window_passed")],
)
def test_a_reply_that_fails_is_work_again_and_alarms(
    cast: Any,
    at: datetime,
    settings: Any,
    post: Post,
    phone: Phone,
    platform: Platform,
    way: Any,
    gateway: str,
    why: str,
) -> None:
    settings.HUIYIN_NOW = at.isoformat()
    settings.HUIYIN_OUTBOUND_ALLOW = ["127.0.0.1"]
    case = stories.taken(cast, at, **way(post, phone, platform))
    if gateway == "wechat":
        account = channels.add_channel(
            code="oa", kind="wechat", name="公众号", settings={"appid": APPID, "url": platform.url},
            secrets={"token": "t", "secret": "right"}, enabled=True, by=BY, at=at,
        )  # fmt: skip
        one = Sender.objects.create(matter=case.pk, channel=account, address="x", at=at)
        vault.keep(subject=case.pk, table="channels_sender", row=one.id, values={"address": OPENID})
    reply = stories.drafted(cast, case, at)
    cases.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert stories.fresh(case).answered_at is None, "handed over is not delivered"
    (way_out,) = Delivery.objects.filter(message__purpose="reply")
    assert (way_out.channel, tasks.deliver.func(str(way_out.id))) == (gateway, "dead")
    way_out.refresh_from_db()
    assert way_out.why == why
    again = stories.fresh(case)
    assert (again.state, again.answered_at) == ("working", None)
    assert "delivery_failed" in [notice.kind for notice in messages.inbox(cast.zhao.pk)]
    (passage,) = next(one for one in messages.thread(case.id) if one.purpose == "reply").passages
    assert (passage.state, passage.why) == ("dead", why)
