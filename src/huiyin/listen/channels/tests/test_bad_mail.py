"""Mail that lies about who wrote it, answers itself, or comes out of order, from the stored bytes to what became of it."""

from datetime import timedelta

import pytest

from huiyin.bank.staff.models import Staff
from huiyin.kernel.actor import machine
from huiyin.listen.channels import actions, queries
from huiyin.listen.channels.models import Arrival
from huiyin.listen.channels.plugs import bounded
from huiyin.listen.channels.rules import mail
from huiyin.listen.channels.tests.letters import CUSTOMER, OURS, bare, letter
from huiyin.listen.voices.models import Addition, Voice
from huiyin.platform.messages.models import Delivery
from huiyin.resolve.cases.models import Case

BY = machine("test")
STAFF = "wang.li@qinghe.example"


@pytest.fixture
def come(cast, at, monkeypatch, settings):
    """One mail, parsed in place; its state and reason."""
    settings.HUIYIN_SMTP_URL = "smtp://127.0.0.1:9"
    monkeypatch.setattr(bounded, "parse", lambda module, raw, known: mail.parse(raw, known))
    channel = actions.add_channel(
        code="mail", kind="email", name="邮箱", by=BY, at=at, enabled=True, secrets={"password": "x-secret"},
        settings={"address": OURS, "host": "127.0.0.1", "port": "9", "user": "care", "authserv": "mx.qinghe.example"},
    )  # fmt: skip

    def come(raw: bytes, when=at) -> tuple[str, str]:
        key = str(Arrival.objects.count())
        kept = actions.arrive(channel=channel, key=key, raw=raw, by=BY, at=when)
        actions.understand(arrival=kept.id, at=when)
        row = Arrival.objects.get(id=kept.id)
        return row.state, row.why

    return come


def test_nobody_becomes_staff_by_mail(come, cast):
    """Items 43 and 46: our own address, a colleague's address, a domain that disowns it, two senders, none."""
    Staff.objects.filter(pk=cast.wang.pk).update(email=STAFF)
    come(letter())
    matter = Voice.objects.get()
    token = queries.thread_token(matter.id)
    said = {"subject": f"[{token}]", "sender": STAFF}
    assert come(letter("结案", **said)) == ("held", "other_sender")
    forged = "mx.qinghe.example; dmarc=fail header.from=mail.example"
    assert come(letter("结案", subject=f"[{token}]", Authentication_Results=forged)) == ("held", "forged_sender")
    assert come(letter("转内部", sender=OURS)) == ("rejected", "own_address")
    assert come(bare(b"From: a@b.cn\r\nFrom: c@d.cn\r\nSubject: x")) == ("unreadable", "many_senders")
    assert come(bare(b"Subject: nobody")) == ("unreadable", "no_sender")
    assert come(letter("我也是客户", sender=STAFF)) == ("heard", "")
    theirs = Voice.objects.exclude(id=matter.id).get()
    assert theirs.taken_by is None and Case.objects.get(id=theirs.id).channel == "email"
    assert not Addition.objects.exists() and Case.objects.get(id=matter.id).closed_at is None


def test_two_machines_do_not_talk_to_each_other_for_ever(come, at):
    """Item 44, T42: an away note to our receipt, again and again; one receipt was sent and no more."""
    come(letter())
    token = queries.thread_token(Voice.objects.get().id)
    for n in range(30):
        told = come(
            letter(f"我在休假 {n}", subject=f"自动回复 [{token}]", Auto_Submitted="auto-replied"),
            at + timedelta(minutes=n),
        )
        assert told == ("message", "auto_reply")
    assert come(letter("退订", sender="news@shop.example", List_Id="<news.shop.example>")) == ("rejected", "bulk")
    assert Voice.objects.count() == 1 and not Addition.objects.exists()
    assert Delivery.objects.filter(channel="smtp").count() == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 1, 0, 2, 2, 0)])
def test_out_of_order_twice_or_three_days_late_the_words_are_the_same(come, at, order):
    """Item 73: what a customer wrote in three mails is in one matter, each once, however the servers carried them."""
    come(letter("开头", Message_ID="<0@mail.example>"))
    token = queries.thread_token(Voice.objects.get().id)
    mails = [letter(f"补充{n}", subject=f"[{token}]", Message_ID=f"<r{n}@mail.example>") for n in range(3)]
    for place, n in enumerate(order):
        come(mails[n], at + timedelta(days=3 if n == 2 else 0, minutes=place))
    assert Addition.objects.count() == 3 and Voice.objects.count() == 1
    assert Arrival.objects.filter(why="duplicate").count() == len(order) - 3


def test_of_a_mail_bomb_from_many_addresses_each_gets_one_fixed_text(come, at):
    """Mail bombing with forged senders (Zendesk, 2025): a victim gets our receipt, without a word of what was sent."""
    for n in range(12):
        come(letter(f"你是骗子 {n}", sender=CUSTOMER), at + timedelta(minutes=n))
    assert Delivery.objects.filter(channel="smtp").count() <= 5
