"""The platform's protocol to the letter: its own published example, and everything that is not quite it."""

import base64
import os

import pytest

from huiyin.listen.channels.plugs.wechat import messages, sealing, xml

# The example that the platform publishes with its documentation of encrypted messages.
TOKEN, APPID, NONCE, STAMP = "spamtest", "wx2c2769f8efd9abc2", "1320562132", "1409735669"
KEY = sealing.key_of("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
SIGNED = "5d197aaffba7e9b25a30732f161a50dee96bd5fa"
SEALED = (
    "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
    "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
    "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
    "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
)
TEXT = {
    "ToUserName": "gh_1", "FromUserName": "oAbc", "CreateTime": "1772676000", "MsgType": "text", "Content": "排队两小时",
    "MsgId": "6054768590064713728",
}  # fmt: skip


def test_the_published_example_is_read():
    assert sealing.is_signed(SIGNED, TOKEN, STAMP, NONCE, SEALED)
    said = messages.said(xml.fields(sealing.decrypt(SEALED, key=KEY, appid=APPID)))
    assert (said.sender, said.what, said.text, said.id) == (
        "oyORnuP8q7ou2gfYjqLzSIWZf0rs", "words", "abcdteT", "6054768590064713728",
    )  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 11, 12, 13, 31, 32, 33, 5000])
def test_what_is_sealed_is_opened_at_every_length_of_padding(size):
    message = "测".encode() * size
    sealed = sealing.encrypt(message, key=KEY, appid=APPID, random=os.urandom(16))
    assert sealing.decrypt(sealed, key=KEY, appid=APPID) == message
    assert len(base64.b64decode(sealed)) % 32 == 0


def altered(place: int) -> str:
    raw = bytearray(base64.b64decode(SEALED))
    raw[place] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("sealed", "appid", "code"),
    [
        ("", APPID, "length"), ("不是", APPID, "base64"), ("AAAA", APPID, "length"), (SEALED[:64], APPID, "padding"),
        (SEALED, "wx0000000000000000", "appid"), (altered(-17), APPID, "padding"),
        (sealing.encrypt(b"x", key=bytes(32), appid=APPID, random=bytes(16)), APPID, "padding"),
    ],
)  # fmt: skip
def test_what_another_sealed_is_refused_with_a_reason(sealed, appid, code):
    with pytest.raises(sealing.NotOurs) as refused:
        sealing.decrypt(sealed, key=KEY, appid=appid)
    assert refused.value.code == code


def test_a_length_that_reaches_beyond_the_message_is_refused():
    raw = sealing.encrypt(b"", key=KEY, appid="\x00\x00\xff\xff", random=bytes(16))  # another account's appid, at best
    with pytest.raises(sealing.NotOurs):
        sealing.decrypt(raw, key=KEY, appid=APPID)


@pytest.mark.parametrize("key", ["", "short", "a" * 42, "*" * 43, "a" * 44])
def test_a_key_that_is_none_is_said_to_be_none(key):
    with pytest.raises(sealing.NotOurs):
        sealing.key_of(key)


@pytest.mark.parametrize(
    ("given", "parts"), [("", ("t", "1", "n")), (SIGNED, (TOKEN, STAMP, NONCE)), ("é", ("t", "1", "n"))]
)
def test_another_signature_does_not_fit(given, parts):
    assert not sealing.is_signed(given, *parts)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<xml><FromUserName>&b;</FromUserName></xml>"""
FILE = b'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "size"), (b"<xml>" + b"x" * 64_000 + b"</xml>", "size"), (BOMB, "doctype"), (FILE, "doctype"),
        (b"<xml>" + b"<a>" * 4 + b"</a>" * 4 + b"</xml>", "depth"), (b"<xml>" + b"<a>1</a>" * 2 + b"</xml>", "twice"),
        (b"<xml>" + b"<a/>" * 200 + b"</xml>", "elements"), (b"<html><a>1</a></html>", "root"), (b"<xml><a>", "malformed"),
        (b"<xml>&unknown;</xml>", "malformed"), (b"\xff\xfe<xml/>", "malformed"), (b"{}", "malformed"),
        (b"<xml><a>" + b"x" * 20_001 + b"</a></xml>", "value"), (b"<xml><a>\x00</a></xml>", "malformed"),
    ],
)  # fmt: skip
def test_dangerous_xml_is_refused_before_it_is_looked_into(body, code):
    with pytest.raises(xml.BadXml) as refused:
        xml.fields(body)
    assert refused.value.code == code


def test_nested_fields_have_their_path_and_repeated_ones_below_keep_the_first():
    body = "<xml><A><![CDATA[甲 & <b>]]></A><List><I>1</I><I>2</I></List><Empty/></xml>".encode()
    assert xml.fields(body) == {"A": "甲 & <b>", "List.I": "1"}


@pytest.mark.parametrize("text", ["x]]>y", "]]>]]>", "a\x00b\x08", "a\ud800", "你好 😀 <b>&amp;"])
def test_whatever_is_answered_comes_out_of_the_xml_as_it_was(text):
    body = messages.reply(to="oAbc", account="gh_1", text=text, at=1)
    kept = "".join(char for char in text if char not in "\x00\x08\ud800")
    assert xml.fields(body)["Content"] == kept


def test_an_answer_is_cut_at_what_the_platform_carries_and_never_within_a_character():
    content = xml.fields(messages.reply(to="o", account="g", text="回" * 1000, at=1))["Content"]
    assert content == "回" * 682


@pytest.mark.parametrize(
    ("change", "what", "text", "media", "menu"),
    [
        ({}, "words", "排队两小时", "", ""),
        ({"MsgType": "image", "MediaId": "m1", "PicUrl": "http://x"}, "picture", "排队两小时", "m1", ""),
        ({"MsgType": "voice", "MediaId": "m2", "Recognition": "排队太久"}, "sound", "排队太久", "m2", ""),
        ({"MsgType": "voice", "MediaId": "m2"}, "sound", "", "m2", ""),
        ({"MsgType": "shortvideo", "MediaId": "m3"}, "film", "排队两小时", "m3", ""),
        ({"MsgType": "link", "Title": "题", "Url": "http://u"}, "words", "题\nhttp://u", "", ""),
        ({"MsgType": "location", "Label": "人民路", "Location_X": "31.2", "Location_Y": "121.4"}, "words", "人民路 (31.2, 121.4)", "", ""),
        ({"MsgType": "hologram"}, "other", "排队两小时", "", ""),
        ({"MsgType": "event", "Event": "subscribe"}, "subscribed", "", "", ""),
        ({"MsgType": "event", "Event": "unsubscribe"}, "unsubscribed", "", "", ""),
        ({"MsgType": "event", "Event": "CLICK", "EventKey": "complaint"}, "menu", "", "", "complaint"),
        ({"MsgType": "event", "Event": "VIEW", "EventKey": "http://x"}, "other", "", "", ""),
        ({"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH"}, "other", "", "", ""),
    ],
)  # fmt: skip
def test_each_kind_of_message(change, what, text, media, menu):
    said = messages.said(TEXT | change)
    assert (said.what, said.text, said.media, said.menu) == (what, text, media, menu)
    assert ("oAbc" not in said.id and said.id.startswith("event:")) if "Event" in change else said.id == TEXT["MsgId"]


@pytest.mark.parametrize(
    "change",
    [
        {"MsgId": ""}, {"MsgId": "1; DROP"}, {"MsgId": "9" * 33}, {"FromUserName": ""}, {"FromUserName": "用户"},
        {"FromUserName": "a" * 65}, {"CreateTime": "soon"}, {"MsgType": ""},
    ],
)  # fmt: skip
def test_a_message_without_what_every_message_has_is_none(change):
    with pytest.raises(messages.NotAMessage):
        messages.said(TEXT | change)


def test_an_event_is_the_same_by_who_and_when_and_what():
    event = TEXT | {"MsgType": "event", "Event": "subscribe"}
    ids = {
        messages.said(event | change).id
        for change in ({}, {"CreateTime": "1772676001"}, {"FromUserName": "oAbd"}, {"Event": "CLICK"})
    }
    assert len(ids) == 4 and messages.said(event).id in ids
