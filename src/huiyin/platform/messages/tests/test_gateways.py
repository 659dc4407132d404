"""Against a real SMTP server and a real HTTP server on this machine: what arrives, how often, and what is never sent."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.platform.messages import actions, queries, tasks
from huiyin.platform.messages.models import Delivery, Message
from huiyin.platform.messages.rules.delivery import ATTEMPTS, CAP

BY = machine("test")
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@dataclass
class Post:
    """A mail server that keeps what it is given; `refuse` is the answer to the next recipients."""

    mails: list[bytes] = field(default_factory=list)
    refuse: str = ""

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append(envelope.content)
        return "250 OK"


@dataclass
class Phone:
    """A text gateway; `status` is what it answers."""

    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    url: str = ""


@pytest.fixture
def post(settings) -> Iterator[Post]:
    box = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.HUIYIN_SMTP_URL, settings.HUIYIN_MAIL_FROM = f"smtp://127.0.0.1:{port}", "care@qinghe.example"
    settings.HUIYIN_BANK_NAME = "青禾银行"
    yield box
    server.stop()


@pytest.fixture
def phone(settings) -> Iterator[Phone]:
    box = Phone()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            box.calls.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(box.status)
            if box.status == 302:
                self.send_header("location", box.url + "elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    box.url = f"http://127.0.0.1:{server.server_port}/"
    settings.HUIYIN_SMS_URL, settings.HUIYIN_SMS_SECRET = box.url, SECRET
    settings.HUIYIN_OUTBOUND_ALLOW = ["127.0.0.1"]
    yield box
    server.shutdown()


def send(at: datetime, key: str = "k", **more: object) -> Message:
    matter = more.pop("matter", None) or uuid4()
    return actions.send(
        matter=matter, subject=matter, purpose="reply", language="zh-hans", title="关于您的投诉", body="秘密的正文",
        by=BY, at=at, key=key, number="TS-20260305-000001", link="http://bank/track/abc/", **more,
    )  # fmt: skip


def run(delivery: Delivery | None = None) -> str:
    row = delivery or Delivery.objects.get()
    return tasks.deliver.func(str(row.id))


def facts(message: Message) -> list[str]:
    rows = Entry.objects.filter(stream=f"matter:{message.matter}").order_by("version")
    return [row.type for row in rows if row.type.startswith("message.")]


@pytest.mark.django_db
def test_without_an_address_the_tracking_page_is_the_delivery(at):
    message = send(at)
    assert message.delivered_at == at
    assert facts(message) == ["message.delivered"]


@pytest.mark.django_db
def test_an_address_without_a_gateway_is_no_reason_to_wait(at, settings):
    settings.HUIYIN_SMTP_URL = settings.HUIYIN_SMS_URL = ""
    assert send(at, email="a@b.cn", phone="13800138000").delivered_at == at


@pytest.mark.django_db
def test_a_mail_carries_number_link_and_approved_words_but_not_the_message(at, post):
    message = send(at, email="zhang@mail.example")
    assert message.delivered_at is None and facts(message) == ["message.queued"]
    assert run() == "sent"
    (raw,) = post.mails
    mail = message_from_bytes(raw, policy=default)
    text = mail.get_content()
    assert mail["To"] == "zhang@mail.example" and str(message.id) in mail["Message-ID"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "TS-20260305-000001" in mail["Subject"] and "http://bank/track/abc/" in text
    assert "秘密的正文" not in text and "关于您的投诉" not in mail["Subject"]
    assert facts(message) == ["message.queued", "message.sent", "message.delivered"]
    assert queries.thread(message.matter)[0].body == "秘密的正文"


@pytest.mark.django_db
def test_the_same_key_is_the_same_message(at, post):
    matter = uuid4()
    first = send(at, email="a@b.example", matter=matter)
    assert send(at, email="a@b.example", matter=matter).id == first.id
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_text_message_is_signed_as_standard_webhooks_say(at, phone):
    message = send(at, phone="13800138000")
    assert run() == "sent"
    ((headers, body),) = phone.calls
    assert headers["webhook-id"] == str(message.id)
    signed = f"{message.id}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(b"k" * 32, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == "v1," + expected
    told = json.loads(body)
    assert told["to"] == "13800138000" and "TS-20260305-000001" in told["text"] and "秘密" not in told["text"]


@pytest.mark.django_db
def test_killed_between_sending_and_marking_it_is_sent_once_more_with_the_same_id(at, phone, settings):
    message = send(at, phone="13800138000")
    row = tasks._claim(Delivery.objects.get().id, at)
    tasks._gateway("sms").send(tasks._outgoing(row))  # … and here the worker is killed, before the mark
    assert run() == "nothing to do"  # its lease still stands
    settings.HUIYIN_NOW = (at + timedelta(minutes=2)).isoformat()
    assert actions.pump(by=BY, at=at + timedelta(minutes=2)) == 1
    assert run() == "sent"
    assert run() == "nothing to do"
    assert [headers["webhook-id"] for headers, _ in phone.calls] == [str(message.id)] * 2
    assert facts(message) == ["message.queued", "message.sent", "message.delivered"]


@pytest.mark.django_db
def test_a_worker_that_slept_past_its_lease_cannot_overwrite_the_winner(at, phone, settings):
    message = send(at, phone="13800138000")
    sleeper = tasks._claim(Delivery.objects.get().id, at)
    settings.HUIYIN_NOW = (at + timedelta(minutes=2)).isoformat()
    assert run() == "sent"
    assert tasks._mark_sent(sleeper) == "overtaken"
    assert tasks._bury(sleeper, "late") == "overtaken"
    assert facts(message).count("message.sent") == 1


@pytest.mark.django_db
def test_an_unreachable_gateway_is_tried_again_and_then_given_up(at, settings):
    settings.HUIYIN_SMS_URL, settings.HUIYIN_OUTBOUND_ALLOW = "http://127.0.0.1:9/", ["127.0.0.1"]
    message, when = send(at, phone="13800138000"), at
    for n in range(ATTEMPTS):
        settings.HUIYIN_NOW = when.isoformat()
        assert run() == ("dead" if n == ATTEMPTS - 1 else "later")
        when += timedelta(hours=4)
    assert Delivery.objects.get().why == "unreachable"
    assert facts(message)[-1] == "message.failed"
    assert [d.id for d in queries.dead_letters()] == [Delivery.objects.get().id]


@pytest.mark.django_db
def test_a_dead_letter_can_be_taken_up_by_hand(at, phone, settings):
    phone.status = 404
    message = send(at, phone="13800138000")
    assert run() == "dead" and Delivery.objects.get().why == "http_404"
    phone.status = 200
    assert actions.try_again(delivery=Delivery.objects.get().id, by=BY, at=at)
    assert run() == "sent"
    assert facts(message)[-1] == "message.delivered"


@pytest.mark.django_db
def test_one_way_that_fails_does_not_fail_a_message_that_arrived_the_other_way(at, post, phone):
    post.refuse = "550 no such user"
    message = send(at, email="gone@mail.example", phone="13800138000")
    by_channel = {row.channel: row for row in Delivery.objects.all()}
    assert run(by_channel["smtp"]) == "dead" and run(by_channel["sms"]) == "sent"
    assert "message.failed" not in facts(message) and facts(message)[-1] == "message.delivered"


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["451 busy", "550 no"])
def test_a_mail_server_that_refuses_is_believed_as_it_says(at, post, answer):
    post.refuse = answer
    send(at, email="x@mail.example")
    assert run() == ("later" if answer.startswith("4") else "dead")


@pytest.mark.django_db
def test_redirects_are_not_followed(at, phone):
    phone.status = 302
    send(at, phone="13800138000")
    assert run() == "dead" and len(phone.calls) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://[::1]:1/", "http://169.254.169.254/latest/", "http://0x7f.1/", "http://localhost/",
     "file:///etc/passwd", "gopher://127.0.0.1/"],
)  # fmt: skip
def test_the_webhook_never_calls_into_our_own_network(at, settings, url):
    settings.HUIYIN_SMS_URL, settings.HUIYIN_SMS_SECRET, settings.HUIYIN_OUTBOUND_ALLOW = url, "s", []
    send(at, phone="13800138000")
    assert run() == "dead"
    assert Delivery.objects.get().why in ("forbidden_address", "address")


@pytest.mark.django_db
def test_nobody_can_be_bombed_with_our_mail(at, post):
    for n in range(CAP + 3):
        send(at + timedelta(seconds=n), key=f"k{n}", email="victim@mail.example")
    assert Delivery.objects.filter(state="dead", why="cap").count() == 3
    assert Delivery.objects.filter(state="waiting").count() == CAP


@pytest.mark.django_db
def test_an_erased_address_is_not_written_to(at, phone):
    from huiyin.platform.vault import actions as vault

    message = send(at, phone="13800138000")
    vault.erase(subject=message.subject, by=BY, at=at)
    assert run() == "dead" and not phone.calls


@pytest.mark.django_db
def test_reading_is_recorded_once_and_apart(at):
    message = send(at)
    assert actions.read(matter=message.matter, by=BY, at=at) == 1
    assert actions.read(matter=message.matter, by=BY, at=at + timedelta(hours=1)) == 0
    assert facts(message) == ["message.delivered", "message.read"]


@pytest.mark.django_db
def test_a_batch_writes_what_single_sends_write(at):
    ids = [UUID(int=n) for n in (11, 12)]
    matter = UUID(int=7)
    drafts = [
        actions.Draft(matter=matter, subject=matter, purpose="update", language="en", title="t", body=f"b{n}", key=f"m{n}",
                      at=at + timedelta(hours=n), id=id)
        for n, id in enumerate(ids)
    ]  # fmt: skip
    actions.send_many(drafts=drafts, by=BY, recorded_at=at + timedelta(hours=9))
    many = list(Message.objects.order_by("id").values())
    other = UUID(int=8)
    for n in range(2):
        actions.send(matter=other, subject=other, purpose="update", language="en", title="t", body=f"b{n}", by=BY,
                     at=at + timedelta(hours=n), key=f"s{n}")  # fmt: skip
    single = list(Message.objects.filter(matter=other).order_by("created_at").values())
    same = ("purpose", "language", "item", "number", "created_at", "delivered_at", "read_at")
    assert [[row[f] for f in same] for row in many[:2]] == [[row[f] for f in same] for row in single]
    assert [x.body for x in queries.thread(matter)] == [x.body for x in queries.thread(other)] == ["b0", "b1"]


def test_the_clock_of_a_job_is_utc(settings):
    settings.HUIYIN_NOW = ""
    assert tasks.now().tzinfo is UTC
