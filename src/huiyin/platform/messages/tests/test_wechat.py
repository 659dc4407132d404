"""Against a server on this machine that answers as the platform's documentation says: tokens, messages, files."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.platform.messages import actions, tasks
from huiyin.platform.messages.models import Delivery, Message
from huiyin.platform.messages.plugs import wechat
from huiyin.platform.messages.rules.delivery import ATTEMPTS
from huiyin.platform.vault import queries as vault

BY = machine("test")
OPENID = "oyORnuP8q7ou2gfYjqLzSIWZf0rs"


@dataclass
class Platform:
    """The platform: the token in force, what was sent to whom, and the code that the next calls are answered with."""

    token: str = "T1"
    asked: list[dict] = field(default_factory=list)
    sent: list[dict] = field(default_factory=list)
    code: int = 0
    status: int = 200
    body: bytes | None = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    turns: bool = True  # whether a new token is in force once it was told to make one


@pytest.fixture
def platform(settings) -> Iterator[Platform]:
    box = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["content-length"])))
            place = urlsplit(self.path)
            if place.path == "/cgi-bin/stable_token":
                box.asked.append(told)
                if told["force_refresh"] and box.turns:
                    box.token = f"T{len(box.asked)}"
                good = told["secret"] == "right"
                self.answer({"access_token": box.token, "expires_in": 7200} if good else {"errcode": 40125})
                return
            if self.stale(place.query):
                return
            if not box.code:
                box.sent.append(told)
            self.answer({"errcode": box.code, "errmsg": "ok"})

        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if self.stale(place.query):
                return
            kind, content = box.files.get(parse_qs(place.query)["media_id"][0], ("", b""))
            if not kind:
                self.answer({"errcode": 40007, "errmsg": "invalid media_id"})
                return
            self.put(kind, content)

        def stale(self, query: str) -> bool:
            if parse_qs(query)["access_token"] == [box.token]:
                return False
            self.answer({"errcode": 42001, "errmsg": "access_token expired"})
            return True

        def answer(self, told: dict) -> None:
            self.put("application/json", json.dumps(told).encode() if box.body is None else box.body)

        def put(self, kind: str, content: bytes) -> None:
            self.send_response(box.status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.HUIYIN_WECHAT_APPID, settings.HUIYIN_WECHAT_SECRET = "wx1", "right"
    settings.HUIYIN_WECHAT_URL = f"http://127.0.0.1:{server.server_port}"
    settings.HUIYIN_OUTBOUND_ALLOW = ["127.0.0.1"]
    settings.HUIYIN_BANK_NAME = "青禾银行"
    wechat._tokens.clear()
    yield box
    server.shutdown()


def send(at, key: str = "k", **more: object) -> Message:
    matter = uuid4()
    return actions.send(
        matter=matter, subject=matter, purpose="reply", language="zh-hans", title="题", body="秘密的正文", by=BY, at=at,
        key=key, number="TS-20260305-000001", link="http://bank/track/abc/", openid=OPENID, **more,
    )  # fmt: skip


def run() -> str:
    return tasks.deliver.func(str(Delivery.objects.get(channel="wechat").id))


@pytest.mark.django_db
def test_the_customer_reads_in_wechat_that_there_is_an_answer(at, platform):
    message = send(at)
    assert run() == "sent"
    (told,) = platform.sent
    text = told["text"]["content"]
    assert told["touser"] == OPENID and "TS-20260305-000001" in text and "http://bank/track/abc/" in text
    assert "秘密的正文" not in text and "【青禾银行】" in text
    facts = Entry.objects.filter(stream=f"matter:{message.matter}").values_list("type", "payload")
    assert [type for type, _payload in facts] == ["message.queued", "message.sent", "message.delivered"]
    assert not any(OPENID in payload for _type, payload in facts)
    assert (
        OPENID not in Delivery.objects.get().target and vault.reveal("messages_message", message.id)["openid"] == OPENID
    )


@pytest.mark.django_db
def test_one_token_serves_until_it_is_refused_and_is_then_replaced_once(at, platform):
    account = tasks.official_account()
    platform.files["m"] = ("image/jpeg", b"\xff\xd8")
    assert account.media("m") == account.media("m") == (b"\xff\xd8", "image/jpeg")
    assert len(platform.asked) == 1
    platform.token = "T-by-another-process"
    assert account.media("m")[0] and [told["force_refresh"] for told in platform.asked] == [False, False]
    wechat._tokens["wx1"] = ("stale", wechat._tokens["wx1"][1])
    assert account.media("m")[0] and len(platform.asked) == 3
    platform.code = 40001
    send(at)
    assert run() == "later" and Delivery.objects.get().why == "token"
    assert platform.asked[-1]["force_refresh"] is True


@pytest.mark.parametrize(
    ("code", "outcome", "why"),
    [
        (45015, "dead", "window_passed"), (45047, "dead", "count_passed"), (40003, "dead", "not_following"),
        (48001, "dead", "not_allowed"), (99999, "dead", "refused"), (-1, "later", "busy"), (45009, "later", "quota"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_what_the_platform_refuses_is_on_the_delivery_and_the_message_has_failed(at, platform, code, outcome, why):
    platform.code = code
    message = send(at)
    assert run() == outcome and Delivery.objects.get().why == why
    types = set(Entry.objects.filter(stream=f"matter:{message.matter}").values_list("type", flat=True))
    assert ("message.failed" in types) == (outcome == "dead")


@pytest.mark.django_db
def test_after_the_window_another_way_that_is_open_carries_it(at, platform, settings):
    settings.HUIYIN_SMS_URL = "http://127.0.0.1:9/"
    platform.code = 45015
    message = send(at, phone="13800138000")
    assert run() == "dead"
    assert "message.failed" not in Entry.objects.filter(stream=f"matter:{message.matter}").values_list(
        "type", flat=True
    )


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"errcode":"x"}', b"[" * 100_000, b"x" * 1_100_000])
@pytest.mark.django_db
def test_garbage_from_the_other_side_is_tried_again_and_given_up_in_the_end(at, platform, body):
    platform.body = body
    send(at)
    assert run() == "later"
    Delivery.objects.update(attempts=ATTEMPTS - 1, next_try_at=at - timedelta(seconds=1))
    assert run() == "dead"


@pytest.mark.django_db
def test_a_wrong_secret_or_a_place_that_is_not_the_platforms_sends_nothing(at, platform, settings):
    settings.HUIYIN_WECHAT_SECRET = "wrong"
    send(at)
    assert run() == "later" and Delivery.objects.get().why == "token"
    settings.HUIYIN_OUTBOUND_ALLOW = []
    Delivery.objects.update(next_try_at=at)
    assert run() == "dead" and Delivery.objects.get().why == "forbidden_address"
    assert platform.sent == []


@pytest.mark.django_db
def test_a_file_that_is_gone_or_too_large_is_said_to_be(platform, monkeypatch):
    account = tasks.official_account()
    with pytest.raises(wechat.Undeliverable):
        account.media("gone")
    monkeypatch.setattr(wechat, "MEDIA_BYTES", 100)
    platform.files["big"] = ("video/mp4", b"x" * 101)
    with pytest.raises(wechat.NoMedia):
        account.media("big")


@pytest.mark.django_db
def test_without_an_account_the_tracking_page_is_the_delivery(at, settings):
    settings.HUIYIN_WECHAT_APPID = ""
    assert send(at).delivered_at == at
