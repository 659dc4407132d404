"""Mail as it really comes (reliability.md §6, 39-53), where it belongs, and how counts reconcile: pure tables."""

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import uuid4

import pytest

from huiyin.listen.channels.plugs import bounded
from huiyin.listen.channels.rules import mail
from huiyin.listen.channels.rules.contract import Attached, Parsed, Report, Unreadable
from huiyin.listen.channels.rules.crossing import packed, unpacked
from huiyin.listen.channels.rules.pages import text_of
from huiyin.listen.channels.rules.placing import FLOOD, Known, Place, is_genuine, place, token, tokens_in
from huiyin.listen.channels.rules.quoting import without_history
from huiyin.listen.channels.rules.wording import TEXT, telling
from huiyin.listen.channels.tests.letters import CUSTOMER, OURS, bare, bounce, letter

OWN = {"address": OURS}
HEAD = b"From: zhang@mail.example\r\nSubject: x\r\nMessage-ID: <1@m.example>\r\nMIME-Version: 1.0\r\n"
SAID = "柜员态度恶劣，要求道歉"
US = "0195a1b2-0000-7000-8000-000000000001"


def read(raw: bytes, **settings: str) -> Parsed:
    return mail.parse(raw, OWN | settings)


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("gb2312", "gb2312"), ("gb2312", "gbk"), ("gb2312", "gb18030"), ("GBK", "gb18030"), ("gb18030", "gb18030"),
        ("utf-8", "utf-8"), ("utf-8", "gbk"), ("gb2312", "utf-8"), ("us-ascii", "utf-8"), ("iso-8859-1", "gbk"),
        ("", "utf-8"), ("", "gbk"), ("x-unknown-7", "gbk"), ("utf-7", "utf-8"), ("hz-gb-2312", "hz"),
    ],
)  # fmt: skip
def test_chinese_is_read_whatever_the_label_says(label, written):
    kind = b"Content-Type: text/plain" + (f"; charset={label}".encode() if label else b"")
    assert read(bare(HEAD + kind, SAID.encode(written))).text == SAID


@pytest.mark.parametrize("rare", ["𠮷田先生", "䶮", "客户👨‍👩‍👧‍👦"])
def test_rare_characters_survive(rare):
    assert read(letter(rare, charset="gb18030" if "👨" not in rare else "utf-8")).text == rare


@pytest.mark.parametrize(
    ("subject", "read_as"),
    [
        (b"=?gb2312?B?zbbL36O6xcW20w==?=", "投诉：排队"),
        (b"=?GB2312?Q?=CD=B6=CB=DF?= =?GB2312?Q?=A3=BA=C5=C5=B6=D3?=", "投诉：排队"),
        ("投诉：排队".encode("gbk"), "投诉：排队"),
        ("投诉：排队".encode(), "投诉：排队"),
        (b"=?utf-8?B?5oqV6K?= =?utf-8?B?+J?=", None),  # a character cut between two words: anything but an error
        (b"=?nosuch?B?AAAA?=", None),
        (b"plain", "plain"),
    ],
)
def test_subjects_in_every_dress(subject, read_as):
    found = read(bare(b"From: a@b.cn\r\nSubject: " + subject)).subject
    assert found == read_as if read_as is not None else isinstance(found, str)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (b"filename*=UTF-8''%E5%8F%91%E7%A5%A8.txt", "发票.txt"),
        (b"filename*0*=gb2312''%B7%A2%C6; filename*1*=%B1.txt", "发票.txt"),
        (b'filename="=?gb2312?B?t6LGsS50eHQ=?="', "发票.txt"),
        (b'filename="' + "发票.txt".encode("gbk") + b'"', "发票.txt"),
        (b'filename="a\\"b;c.txt"', 'a"b;c.txt'),
    ],
)
def test_file_names_in_every_dress(given, name):
    body = (
        b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Disposition: attachment; " + given + b"\r\n\r\ncontent\r\n--x--\r\n"
    )
    (file,) = read(bare(HEAD + b'Content-Type: multipart/mixed; boundary="x"', body)).attachments
    assert (file.name, file.content.strip()) == (name, b"content")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (bare(b"Subject: nobody"), "no_sender"),
        (bare(b"From: a@b.cn\r\nFrom: c@d.cn"), "many_senders"),
        (bare(b"From: a@b.cn, c@d.cn"), "many_senders"),
        (b"", "malformed"),
        (b"\x00\xff\xfe" * 100, "malformed"),
        (bare(HEAD + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data", b"AAAA"), "encrypted"),
        (b"From: a@b.cn\r\n\r\n" + b"x" * mail.BYTES, "too_large"),
    ],
)
def test_what_cannot_be_answered_says_why(raw, why):
    with pytest.raises(Unreadable) as no:
        read(raw)
    assert no.value.why == why


def nested(depth: int) -> bytes:
    """Item 41."""
    heads = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return HEAD + heads + b"Content-Type: text/plain\r\n\r\nhello\r\n"


@pytest.mark.parametrize("depth", [40, 1500])
def test_too_many_boxes_in_boxes_are_a_reason_not_a_crash(depth):
    with pytest.raises(Unreadable) as no:
        read(nested(depth))
    assert no.value.why == "too_deep"


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: " + b"=?utf-8?B?5oqV?= " * 20_000,
        b"To: " + b", ".join(b"u%d@example.cn" % n for n in range(20_000)),
        b"X-Long: " + b"a" * 2_000_000,
        b"References: " + b"<a@b> " * 50_000,
    ],
)
def test_headers_without_end_cost_little(head):
    """Items 39 and 40."""
    started = time.process_time()
    assert read(bare(b"From: a@b.cn\r\n" + head)).text == "hello"
    assert time.process_time() - started < 2


def test_a_subject_cannot_smuggle_a_header():
    """Item 47: what we keep of a header has no line of its own."""
    found = read(bare(b"From: a@b.cn\r\nSubject: =?utf-8?B?aGkNCkJjYzogZXZpbEBleC5jbg==?="))
    assert "\n" not in found.subject and "\r" not in found.subject


HOSTILE = """<html><head><title>t</title><style>p{background:url(http://t/x)}</style><base href="http://evil/">
<meta http-equiv="refresh" content="0;url=http://evil"></head><body onload="x()"><p hx-get="/desk/">柜台<b>太慢</b></p>
<script>alert(1)</script><form action="http://evil"><img src="http://t/p.gif" onerror="x()">&lt;script&gt;</form></body>"""


def test_of_a_page_only_the_words_are_left():
    """Item 48."""
    assert text_of(HOSTILE) == "柜台太慢\n<script>"
    found = read(bare(HEAD + b"Content-Type: text/html; charset=gbk", HOSTILE.encode("gbk")))
    assert found.text == "柜台太慢\n<script>"


def test_a_page_of_fifty_thousand_boxes_costs_little():
    """Item 49."""
    started = time.process_time()
    assert text_of("<div>" * 50_000 + "words" + "</div>" * 50_000) == "words"
    assert time.process_time() - started < 2


def test_outlooks_own_envelope_is_opened():
    """Item 50: winmail.dat."""

    def attribute(id: int, value: bytes) -> bytes:
        return b"\x02" + id.to_bytes(4, "little") + len(value).to_bytes(4, "little") + value + b"\0\0"

    blob = (0x223E9F78).to_bytes(4, "little") + b"\0\0" + attribute(0x00069002, b"") + attribute(
        0x00018010, "回单.txt".encode("gbk") + b"\0"
    ) + attribute(0x0006800F, b"receipt")  # fmt: skip
    message = EmailMessage()
    message["From"] = CUSTOMER
    message.set_content("see attached")
    message.add_attachment(blob, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert read(message.as_bytes()).attachments == (Attached("回单.txt", b"receipt"),)
    message.get_payload()[1].set_payload("broken")
    assert [one.name for one in read(message.as_bytes()).attachments] == ["winmail.dat"]


@pytest.mark.parametrize(
    ("headers", "kind", "why"),
    [
        ({}, "voice", ""),
        ({"Auto_Submitted": "no"}, "voice", ""),
        ({"Auto_Submitted": "auto-replied"}, "auto_reply", "auto_reply"),
        ({"Auto_Submitted": "auto-generated; x=y"}, "auto_reply", "auto_reply"),
        ({"Precedence": "auto_reply"}, "auto_reply", "auto_reply"),
        ({"X_Autoreply": "yes"}, "auto_reply", "auto_reply"),
        ({"Return_Path": "<>"}, "auto_reply", "auto_reply"),
        ({"subject": "自动回复：我在休假"}, "auto_reply", "auto_reply"),
        ({"subject": "Automatic reply: away"}, "auto_reply", "auto_reply"),
        ({"subject": "自动取款机吞卡"}, "voice", ""),
        ({"Precedence": "bulk"}, "noise", "bulk"),
        ({"List_Id": "<news.example>"}, "noise", "bulk"),
        ({"X_Loop": OURS}, "noise", "loop"),
        ({"Message_ID": f"<{US}@qinghe.example>"}, "noise", "loop"),
        ({"Message_ID": f"<{US}@evil.example>"}, "voice", ""),
    ],
)
def test_machines_are_told_from_people(headers, kind, why):
    """Item 44."""
    found = read(letter(**headers))
    assert (found.kind, found.why) == (kind, why)


def test_lists_are_taken_where_the_bank_says_so():
    assert read(letter(List_Id="<branch.qinghe.example>"), lists="1").kind == "voice"


@pytest.mark.parametrize(
    ("raw", "report"),
    [
        (bounce(f"<{US}@qinghe.example>"), Report("bounced", US, "", "dsn_5.1.1", CUSTOMER)),
        (bounce(f"<{US}@qinghe.example>", action="delayed", status="4.4.1"), Report("delayed", US, "", "dsn_4.4.1", CUSTOMER)),
        (bounce(f"<{US}@qinghe.example>", action="delivered", status="2.0.0"), Report("delivered", US, "", "dsn_2.0.0", CUSTOMER)),
        (bounce("<somebody@else.example>"), Report("bounced", "", "", "dsn_5.1.1", CUSTOMER)),
        (bare(b"From: MAILER-DAEMON@mx.cn\r\nSubject: failure", f"Message-ID: <{US}@qinghe.example>".encode()), Report("bounced", US, "", "bounced")),
    ],
)  # fmt: skip
def test_reports_name_the_message_they_are_about(raw, report):
    found = read(raw)
    assert (found.kind, found.report) == ("bounce", report)


def test_the_word_of_our_own_server_on_forgery_counts_and_no_other():
    """Item 46."""
    said = letter(Authentication_Results="mx.qinghe.example; dmarc=fail header.from=mail.example")
    assert read(said, authserv="mx.qinghe.example").suspect == "forged_sender"
    assert read(said, authserv="mx.other.example").suspect == read(said).suspect == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("同意\n\n在 2026年3月5日，青禾银行 <care@qinghe.example> 写道：\n> 您好\n> 已办理", "同意"),
        ("好的\r\n\r\n------------------ 原始邮件 ------------------\r\n发件人: \"青禾\"\r\n发送时间: 2026年\r\n\r\n您好".replace("\r", ""), "好的"),
        ("Yes.\n\nOn Thu, 5 Mar 2026 at 10:00, Qinghe Bank <care@q.example> wrote:\n> hello", "Yes."),
        ("Yes.\n\nFrom: Qinghe\nSent: Thursday\nTo: Zhang\nSubject: x\n\nhello", "Yes."),
        ("On Monday he wrote:\nI saw it\n> quoted\nand answer inside", "On Monday he wrote:\nI saw it\n> quoted\nand answer inside"),
        ("发件人很生气：真的", "发件人很生气：真的"),
        ("-----原始邮件-----\n发件人: a\n发送时间: b\n\n请处理", "-----原始邮件-----\n发件人: a\n发送时间: b\n\n请处理"),
        ("新内容\n> 旧\n> 旧", "新内容"),
    ],
)  # fmt: skip
def test_history_is_cut_only_where_it_is_certain(text, kept):
    assert without_history(text) == kept


def test_a_long_text_is_cut_and_kept_whole_as_a_file():
    said = telling(Parsed(text="长" * (TEXT + 1)))
    assert len(said.text) < TEXT and said.overflow[0].content.decode() == "长" * (TEXT + 1)


NUMBER, MATTER, KEY = "TS-20260305-000001", uuid4(), "server key"


def test_a_reference_cannot_be_made_up_nor_carried_to_another_matter():
    """Item 45."""
    made = token(NUMBER, MATTER, KEY)
    assert tokens_in(f"Re: 答复 [{made.upper()}] x") == [(NUMBER, made)]
    assert is_genuine(made, NUMBER, MATTER, ["new", KEY])
    assert not is_genuine(made, NUMBER, MATTER, ["other"])
    assert not is_genuine(token(NUMBER, uuid4(), KEY), NUMBER, MATTER, [KEY])
    assert not is_genuine(made[:-1] + ("a" if made[-1] != "a" else "b"), NUMBER, MATTER, [KEY])


LAST = uuid4()
WORDS = Parsed(text="x", senders=(CUSTOMER,))


@pytest.mark.parametrize(
    ("parsed", "known", "found"),
    [
        (WORDS, Known(), Place("voice")),
        (WORDS, Known(own_address=True), Place("rejected", "own_address")),
        (WORDS, Known(seen=True, twin=LAST), Place("rejected", "duplicate", LAST)),
        (WORDS, Known(matter=MATTER, contact=True), Place("matter", "", MATTER)),
        (WORDS, Known(matter=MATTER), Place("held", "other_sender", MATTER)),
        (Parsed(text="x", suspect="forged_sender"), Known(matter=MATTER, contact=True), Place("held", "forged_sender", MATTER)),
        (WORDS, Known(matter=MATTER, contact=True, withdrawn=True), Place("voice", "withdrawn")),
        (WORDS, Known(recent=4, latest=LAST), Place("voice")),
        (WORDS, Known(recent=5, latest=LAST), Place("matter", "", LAST)),
        (WORDS, Known(joining=LAST), Place("matter", "", LAST)),
        (WORDS, Known(today=FLOOD, latest=LAST), Place("rejected", "flood", LAST)),
        (Parsed(), Known(), Place("unreadable", "empty")),
        (Parsed(kind="auto_reply", text="x"), Known(matter=MATTER, contact=True), Place("rejected", "auto_reply", MATTER)),
        (Parsed(kind="auto_reply", text="x"), Known(matter=MATTER), Place("rejected", "auto_reply")),
        (Parsed(kind="noise", why="loop"), Known(), Place("rejected", "loop")),
        (Parsed(kind="bounce"), Known(), Place("rejected", "bounce")),
    ],
)  # fmt: skip
def test_where_an_arrival_belongs(parsed, known, found):
    assert place(parsed, known) == found


def test_what_is_read_in_the_other_process_is_what_is_decided_on():
    whole = Parsed(
        text="\ud800x", senders=("a",), attachments=(Attached("n", b"\0\xff"),), report=Report("bounced", why="x"),
        occurred_at=datetime(2026, 3, 5, tzinfo=UTC), references=("<a@b>",), fields={"name": "张"}, notes=("n",),
    )  # fmt: skip
    assert unpacked(packed(whole)) == whole


def test_the_reader_is_a_process_that_can_be_ended(monkeypatch):
    assert bounded.parse("mail", letter("你好"), OWN).text == "你好"
    with pytest.raises(Unreadable) as no:
        bounded.parse("mail", nested(1500), OWN)
    assert no.value.why == "too_deep"
    monkeypatch.setattr(bounded, "SECONDS", 0.01)
    with pytest.raises(Unreadable) as no:
        bounded.parse("mail", letter("你好"), OWN)
    assert no.value.why == "too_slow"
