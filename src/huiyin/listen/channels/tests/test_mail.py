"""Against a real IMAP server and a real SMTP server on this machine: mail comes in, is answered, and what fails is seen."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from huiyin.kernel.actor import machine
from huiyin.listen.channels import actions, queries
from huiyin.listen.channels.models import Arrival, Channel
from huiyin.listen.channels.rules.contract import Unreachable
from huiyin.listen.channels.tests.letters import CUSTOMER, OURS, bounce, letter
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.models import Addition, Voice
from huiyin.platform.files import queries as files
from huiyin.platform.messages import queries as messages
from huiyin.platform.messages import tasks
from huiyin.platform.messages.models import Delivery
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.tests import stories

BY = machine("test")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Box:
    """The bank's mailbox on its IMAP server; `put` is what the world's mail server does."""

    def __init__(self, port: int) -> None:
        self.port = port

    def opened(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        box.login("care", "秘密".encode().hex())
        return box

    def put(self, *mails: bytes) -> None:
        box = self.opened()
        for raw in mails:
            assert box.append("INBOX", "", None, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))[0] == "OK"
        box.logout()

    def seen(self) -> int:
        box = self.opened()
        box.select("INBOX", readonly=True)
        count = len(box.search(None, "SEEN")[1][0].split())
        box.logout()
        return count

    def empty(self) -> None:
        box = self.opened()
        box.select("INBOX")
        box.store("1:*", "+FLAGS", r"(\Deleted)")
        box.expunge()
        box.logout()


@pytest.fixture(scope="module")
def server() -> Iterator[Box]:
    port = free_port()
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    run = subprocess.Popen(
        [*command, "dict", "--demo-user", "care", "--demo-password", "秘密".encode().hex()],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    box = Box(port)
    for _try in range(100):
        try:
            box.opened().logout()
            break
        except (OSError, imaplib.IMAP4.error):
            time.sleep(0.05)
    yield box
    run.terminate()
    run.wait(10)


@pytest.fixture
def box(server: Box) -> Box:
    server.empty()
    return server


@pytest.fixture
def post(settings) -> Iterator[list[bytes]]:
    """What the bank's outgoing mail server was given."""
    sent: list[bytes] = []

    class Keeps:
        async def handle_DATA(self, _server, _session, envelope):
            sent.append(envelope.content)
            return "250 OK"

    port = free_port()
    smtp = Controller(Keeps(), hostname="127.0.0.1", port=port)
    smtp.start()
    settings.HUIYIN_SMTP_URL, settings.HUIYIN_MAIL_FROM = f"smtp://127.0.0.1:{port}", OURS
    settings.HUIYIN_BANK_NAME = "青禾银行"
    yield sent
    smtp.stop()


@pytest.fixture
def channel(cast, at, box) -> Channel:
    return actions.add_channel(
        code="mail", kind="email", name="客服邮箱", by=BY, at=at, enabled=True,
        settings={"address": OURS, "host": "127.0.0.1", "port": str(box.port), "tls": "none", "user": "care"},
        secrets={"password": "秘密".encode().hex()},
    )  # fmt: skip


def carry(sent: list[bytes]) -> list:
    """Let the worker carry whatever waits; the mails that left."""
    before = len(sent)
    for row in Delivery.objects.filter(state="waiting"):
        tasks.deliver.func(str(row.id))
    return [message_from_bytes(raw, policy=default) for raw in sent[before:]]


def states() -> list[tuple[str, str]]:
    return list(Arrival.objects.order_by("received_at", "id").values_list("state", "why"))


@pytest.mark.django_db
def test_a_mail_becomes_a_case_is_answered_and_what_comes_back_finds_its_place(cast, at, channel, box, post, settings):
    settings.HUIYIN_NOW = at.isoformat()
    box.put(letter(charset="gb2312", Message_ID="<first@mail.example>"))
    assert actions.look(by=BY, at=at) == 1 and box.seen() == 1
    assert actions.look_into(channel=Channel.objects.get(), at=at) == 0, "the cursor stands behind it"
    voice = Voice.objects.get()
    said = voices.words(voice.id)
    assert (said.title, said.email) == ("投诉排队", CUSTOMER) and said.text.startswith("在人民路支行")

    (receipt,) = carry(post)
    token = queries.thread_token(voice.id)
    assert receipt["To"] == CUSTOMER and receipt["Reply-To"] == OURS and f"[{token}]" in receipt["Subject"]
    assert (receipt["In-Reply-To"], receipt["Auto-Submitted"]) == ("<first@mail.example>", "auto-generated")

    later = at + timedelta(hours=1)
    settings.HUIYIN_NOW = later.isoformat()
    about = {"subject": f"回复：{receipt['Subject']}", "In_Reply_To": receipt["Message-ID"]}
    box.put(
        letter("还有录音，请查。\n\n在 2026年3月5日，青禾银行 <care@qinghe.example> 写道：\n> 已收到", **about),
        letter("我在休假", Auto_Submitted="auto-replied", **about),
        letter("我是他邻居，结案吧", sender="neighbour@other.example", **about),
        letter("结案", subject=f"[{token[:-16]}{'a' * 16}]", sender="forger@other.example"),
        receipt.as_bytes(),
    )
    Channel.objects.update(next_look_at=None)
    assert actions.look(by=BY, at=later) == 5
    assert sorted(states()) == sorted(
        [("heard", ""), ("message", ""), ("message", "auto_reply"), ("held", "other_sender"), ("heard", ""), ("rejected", "loop")]
    )  # fmt: skip
    (added,) = voices.additions(voice.id)
    assert added.text == "还有录音，请查。", "the quoted history is cut, and the away note is on record without words"

    case = stories.fresh(voice.id)
    cases.assign(case=case.id, handler=cast.zhou.pk, by=cast.actor("zhou"), at=later)
    reply = stories.drafted(cast, case, later, "zhou")
    cases.send_reply(reply=reply.pk, by=cast.actor("zhou"), at=later)
    answer = next(mail for mail in carry(post) if mail["In-Reply-To"] and mail["To"] == CUSTOMER)
    assert stories.fresh(case).state == "answered" and "已有答复" in answer["Subject"]

    box.put(bounce(answer["Message-ID"], to="other@mail.example"), bounce(answer["Message-ID"]))
    Channel.objects.update(next_look_at=None)
    actions.look(by=BY, at=later + timedelta(hours=1))
    assert stories.fresh(case).state == "working", "what did not arrive is no answer"
    (passage,) = next(one for one in messages.thread(case.id) if one.purpose == "reply").passages
    assert (passage.state, passage.why) == ("bounced", "dsn_5.1.1")
    assert "delivery_failed" in [notice.kind for notice in messages.inbox(cast.zhou.pk)]
    assert states().count(("message", "bounce")) == 1 and states().count(("rejected", "bounce")) == 1


@pytest.mark.django_db
def test_a_mail_bomb_is_one_matter_a_number_and_no_more_mail(cast, at, channel, box, post, monkeypatch):
    """Item 51, T40-T42. Parsed in place: forty processes would prove nothing more."""
    from huiyin.listen.channels.actions import hearing
    from huiyin.listen.channels.rules import mail

    monkeypatch.setattr(hearing.bounded, "parse", lambda module, raw, known: mail.parse(raw, known))
    box.put(*(letter(f"第 {n} 封", subject="看这里") for n in range(40)))
    assert actions.look_into(channel=channel, at=at) == 40
    while actions.retry_pending(by=BY, at=at + timedelta(minutes=1)):
        pass
    found = [state for state, _why in states()]
    assert (found.count("heard"), found.count("message"), found.count("rejected")) == (5, 25, 10)
    assert Voice.objects.count() == 5 and Addition.objects.count() == 25
    assert len(carry(post)) <= 10


@pytest.mark.django_db
def test_the_same_mail_again_and_a_mailbox_made_anew_change_nothing(cast, at, channel, box):
    """T41: the same Message-ID with other words is another mail; a new UIDVALIDITY reads all again and doubles none."""
    one = letter("第一件事", Message_ID="<same@mail.example>")
    box.put(one, letter("第二件事", Message_ID="<same@mail.example>"))
    actions.look_into(channel=channel, at=at)
    Channel.objects.update(cursor={"validity": "1", "uid": "99"})
    for row in Arrival.objects.all():
        Arrival.objects.filter(id=row.id).update(key=f"1:{row.key}")
    actions.look_into(channel=Channel.objects.get(), at=at + timedelta(hours=1))
    assert Voice.objects.count() == 2
    assert states() == [("heard", "")] * 2 + [("rejected", "duplicate")] * 2


@pytest.mark.django_db
def test_files_pass_the_same_checks_as_an_upload(cast, at, channel, box):
    """Items 52-59 come by mail as well: what is not taken is told to whoever reads the matter."""
    from email.message import EmailMessage

    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Message-ID"] = CUSTOMER, "附件", "<files@mail.example>"
    mail.set_content("见附件")
    mail.add_attachment("余额 100".encode(), maintype="text", subtype="plain", filename="../../etc/流水.txt")
    mail.add_attachment(b"PK\x03\x04" + b"\0" * 100, maintype="application", subtype="zip", filename="bomb.zip")
    mail.add_attachment(b"<svg onload=x()>", maintype="image", subtype="svg+xml", filename="a.svg")
    mail.add_attachment(b"MZ", maintype="application", subtype="pdf", filename="bill.pdf.exe")
    box.put(mail.as_bytes())
    actions.look_into(channel=channel, at=at)
    voice = Voice.objects.get()
    (kept,) = files.files_of(voice.id)
    assert kept.name == "流水.txt"
    told = voices.additions(voice.id)[-1].text
    assert all(name in told for name in ("bomb.zip", "a.svg", "bill.pdf.exe"))


@pytest.mark.django_db
def test_a_server_that_is_away_is_tried_again_and_loses_nothing(cast, at, channel, box):
    box.put(letter())
    good = dict(channel.settings)
    for settings, why in (
        ({"port": "9"}, "unreachable"),
        ({"user": "nobody"}, "login"),
        ({"folder": "无此夹"}, "folder"),
    ):
        Channel.objects.update(settings=good | settings, next_look_at=None)
        assert actions.look(by=BY, at=at) == 0
        row = Channel.objects.get()
        assert (row.why, row.fetched_at) == (why, None) and row.next_look_at > at
        with pytest.raises(Unreachable):
            actions.test_channel(channel=row.id, by=BY, at=at)
    Channel.objects.update(settings=good, next_look_at=None)
    actions.test_channel(channel=channel.id, by=BY, at=at)
    assert actions.look(by=BY, at=at) == 1 and Voice.objects.count() == 1


@pytest.mark.django_db
def test_without_the_process_that_reads_nothing_is_lost(cast, at, channel, box, monkeypatch):
    from huiyin.listen.channels.plugs import bounded

    box.put(letter())
    with monkeypatch.context() as broken:
        broken.setattr(bounded, "SECONDS", 0.01)
        actions.look_into(channel=channel, at=at)
    row = Arrival.objects.get()
    assert (row.state, row.why) == ("unreadable", "too_slow")
    assert actions.try_again(arrival=row.id, by=cast.actor("zhou"), at=at) == "heard"
