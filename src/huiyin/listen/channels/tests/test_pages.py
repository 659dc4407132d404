"""What people see: counts that balance or stand out, one item that waits and what is done with it, a channel set up."""

from datetime import timedelta

import pytest
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.channels import actions, queries
from huiyin.listen.channels.models import Arrival, Channel
from huiyin.listen.channels.rules import mail
from huiyin.listen.channels.tests.letters import OURS, letter
from huiyin.listen.voices.models import Addition, Voice
from huiyin.site import doctor

BY = machine("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(cast, at, monkeypatch) -> Channel:
    from huiyin.listen.channels.plugs import bounded

    monkeypatch.setattr(bounded, "parse", lambda module, raw, known: mail.parse(raw, known))
    return actions.add_channel(
        code="mail", kind="email", name="客服邮箱", name_en="Care mailbox", by=BY, at=at, enabled=True,
        settings={"address": OURS, "host": "127.0.0.1", "port": "9", "user": "care"}, secrets={"password": "x-secret"},
    )  # fmt: skip


def come(channel, at, *mails: bytes) -> list[Arrival]:
    kept = [actions.arrive(channel=channel, key=f"1:{n}", raw=raw, by=BY, at=at) for n, raw in enumerate(mails)]
    for one in kept:
        actions.understand(arrival=one.id, at=at)
    return [Arrival.objects.get(id=one.id) for one in kept]


def page(cast, who: str, path: str, **post: str):
    client = cast.login(Client(), who)
    return client.post(path, post) if post else client.get(path, headers={"accept-language": "en"})


def test_the_counts_balance_and_a_lost_voice_stands_out_in_red(cast, at, channel, settings):
    settings.HUIYIN_NOW = at.isoformat()
    heard, *_rest = come(channel, at, letter(), letter("群发", List_Id="<a>"), b"Subject: x\n\nnobody")
    (day,) = queries.days(channel.id, at - timedelta(days=1))
    assert (day.fetched, day.voices, day.rejected, day.waiting, day.drift) == (3, 1, 1, 1, 0)
    text = page(cast, "zhou", "/desk/channels/mail/").content.decode()
    assert "hy-chip-ok" in text and "hy-chip-bad" not in text
    assert [f.level for f in doctor._channels(at)] == ["warn"]
    Arrival.objects.filter(id=heard.id).update(matter=channel.id)  # as if its voice were gone
    assert queries.days(channel.id, at - timedelta(days=1))[0].drift == 1
    assert "hy-chip-bad" in page(cast, "zhou", "/desk/channels/mail/").content.decode()
    assert "hy-chip-bad" in page(cast, "zhou", "/desk/channels/").content.decode()
    assert [f.level for f in doctor._channels(at)] == ["bad"]


def test_form_and_desk_are_counted_beside_the_channels(cast, at, settings):
    settings.HUIYIN_NOW = at.isoformat()
    said = {"channel": "phone", "kind": "complaint", "name": "李四", "phone": "13900139000", "text": "手续费多收了"}
    assert page(cast, "sun", "/desk/new/", **said, unit="O0101", key="k").status_code == 302
    other = next(one for one in queries.other_ways(at - timedelta(days=1)) if one.counts.fetched)
    assert (other.label.code, other.counts.fetched, other.counts.voices, other.counts.drift) == ("phone", 1, 1, 0)


def test_a_person_reads_an_item_and_enters_it_by_hand(cast, at, channel, settings):
    settings.HUIYIN_NOW = at.isoformat()
    (row,) = come(channel, at, b"Subject: =?gbk?B?zbbL3w==?=\n\n\xcd\xb6\xcb\xdf ATM <script>x</script>")
    path = f"/desk/channels/arrivals/{row.id}/"
    shown = page(cast, "zhou", path).content.decode()
    assert "投诉 ATM &lt;script&gt;" in shown
    assert page(cast, "wang", path).status_code == 403
    raw = page(cast, "zhou", path, verb="raw")
    assert raw.content.startswith(b"Subject:") and raw["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(stream=f"arrival:{row.id}", type="arrival.opened").count() == 1
    assert page(cast, "zhou", path, verb="enter", text="").status_code == 422
    assert page(cast, "zhou", path, verb="enter", text="取款机吞卡", phone="13800138000").status_code == 302
    assert Voice.objects.get().id == row.id and Voice.objects.get().channel == "email"
    assert page(cast, "zhou", path, verb="leave").status_code == 302 and Voice.objects.count() == 1


def test_a_strangers_mail_with_a_genuine_reference_waits_for_a_person(cast, at, channel, settings):
    settings.HUIYIN_NOW = at.isoformat()
    (heard,) = come(channel, at, letter())
    token = queries.thread_token(heard.id)
    stranger = letter("我是他儿子，补充", subject=token, sender="son@other.example")
    kept = actions.arrive(channel=channel, key="2:1", raw=stranger, by=BY, at=at)
    assert actions.understand(arrival=kept.id, at=at) == "held"
    path = f"/desk/channels/arrivals/{kept.id}/"
    assert Voice.objects.get().number in page(cast, "zhou", path).content.decode()
    page(cast, "zhou", path, verb="assign", number="TS-20260305-999999")
    assert not Addition.objects.exists()
    assert page(cast, "zhou", path, verb="assign").status_code == 302
    assert Addition.objects.get().voice_id == heard.id
    assert queries.is_contact(heard.id, "email", ["son@other.example"]), "from now on they are known"


def test_an_administrator_sets_a_mailbox_up_and_nobody_reads_its_password_again(cast, at, settings):
    settings.HUIYIN_NOW = at.isoformat()
    said = {
        "code": "box", "name": "邮箱", "s_address": OURS, "s_host": "127.0.0.1", "s_port": "9", "s_tls": "none",
        "s_user": "care", "s_folder": "INBOX",
    }  # fmt: skip
    assert page(cast, "zhou", "/desk/channels/new/email/", **said).status_code == 403
    assert page(cast, "admin", "/desk/channels/new/email/", **said, enabled="on").status_code == 422, "no password"
    assert (
        page(cast, "admin", "/desk/channels/new/email/", **said, s_password="geheim", enabled="on").status_code == 302
    )
    row = Channel.objects.get()
    shown = page(cast, "admin", "/desk/channels/box/settings/").content.decode()
    assert "geheim" not in shown and "geheim" not in str(row.settings)
    assert page(cast, "admin", "/desk/channels/box/settings/", **said, version="0").status_code == 422, "stale"
    assert page(cast, "admin", "/desk/channels/box/settings/", **said, version="1").status_code == 302
    assert queries.config(Channel.objects.get())["password"] == "geheim" and not Channel.objects.get().enabled
    client = cast.login(Client(), "admin")
    assert client.post("/desk/channels/box/test/", follow=True).status_code == 200
    assert Entry.objects.filter(stream=f"channel:{row.id}").count() == 2
