"""A signed POST: what is genuine, and which part of it becomes what."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from huiyin.listen.channels.plugs.webhook import mapping, signing

AT = datetime(2026, 3, 5, 2, tzinfo=UTC)
BODY = '{"text":"排队"}'.encode()
OLD, NEW = "whsec_" + base64.b64encode(b"o" * 32).decode(), "whsec_" + base64.b64encode(b"n" * 32).decode()


def headers(key: str = NEW, id: str = "msg_1", at: datetime = AT, body: bytes = BODY) -> dict[str, str]:
    stamp = int(at.timestamp())
    return {
        "webhook-id": id, "webhook-timestamp": str(stamp), "webhook-signature": signing.signature(key, id, stamp, body),
    }  # fmt: skip


def test_the_example_of_standard_webhooks():
    """From the specification's own test vectors."""
    signed = signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("key", [OLD, NEW, "plain words as a key"])
def test_while_a_key_is_changed_both_count(key):
    assert signing.verified(headers(key), BODY, keys=[NEW, OLD, "plain words as a key"], at=AT) == "msg_1"
    two = headers() | {"webhook-signature": "v1,AAAA v2,x " + headers(key)["webhook-signature"]}
    assert signing.verified(two, BODY, keys=[key], at=AT) == "msg_1"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "headers"), (headers() | {"webhook-id": ""}, "headers"), (headers() | {"webhook-id": "a b"}, "headers"),
        (headers() | {"webhook-id": "x" * 129}, "headers"), (headers() | {"webhook-timestamp": "１"}, "headers"),
        (headers() | {"webhook-timestamp": "-1"}, "headers"), (headers() | {"webhook-timestamp": "9" * 13}, "headers"),
        (headers() | {"webhook-signature": ""}, "headers"), (headers() | {"webhook-signature": "v1,"}, "signature"),
        (headers() | {"webhook-signature": "é"}, "signature"), (headers(at=AT - timedelta(seconds=301)), "time"),
        (headers(at=AT + timedelta(seconds=301)), "time"), (headers(key="another"), "signature"),
        (headers(body=BODY + b" "), "signature"), (headers(id="msg_2") | {"webhook-id": "msg_1"}, "signature"),
        (headers() | {"webhook-timestamp": str(int(AT.timestamp()) + 1)}, "signature"),
        (headers() | {"webhook-signature": " ".join(["v1,x"] * 10) + " " + headers()["webhook-signature"]}, "signature"),
    ],
)  # fmt: skip
def test_everything_else_is_refused(given, code):
    with pytest.raises(signing.Refused) as refused:
        signing.verified(given, BODY, keys=[NEW, OLD], at=AT)
    assert refused.value.code == code


@pytest.mark.parametrize("keys", [[], ["whsec_%%%"]])
def test_without_a_key_nothing_is_genuine(keys):
    with pytest.raises(signing.Refused, match="no_key"):
        signing.verified(headers(), BODY, keys=keys, at=AT)


@pytest.mark.parametrize("late", [0, 300, -300])
def test_five_minutes_either_way_are_fresh(late):
    assert signing.verified(headers(at=AT - timedelta(seconds=late)), BODY, keys=[NEW], at=AT)


SENT = {
    "data": {"user": {"mobile": 13800138000, "name": "张三"}, "items": [{"text": "排队"}, {"text": "二"}], "no": None}
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.user.name", "张三"), ("data.items[1].text", "二"), ("data.items[2].text", None), ("data.items", SENT["data"]["items"]),
        ("data.no", None), ("data.no.further", None), ("data.user.name.x", None), ("data[0]", None), ("missing", None),
    ],
)  # fmt: skip
def test_a_path_finds_what_stands_there_or_nothing(path, value):
    assert mapping.at(SENT, path) == value


@pytest.mark.parametrize(
    "path", ["", ".", "a..b", "a[", "a[-1]", "a[1000]", "a b", "__import__('os')", ".".join("a" * 21)]
)
def test_what_is_no_path_is_said_to_be_none(path):
    with pytest.raises(mapping.BadMapping):
        mapping.steps(path)


MAPPED = (
    "text = data.items[0].text; customer.phone = data.user.mobile\ncustomer.email = data.user.mail; kind := enquiry"
)


def test_a_submission_is_put_together_from_paths_and_constants():
    more = MAPPED + "; complained_about = data.who"
    assert mapping.picked(SENT | {"data": SENT["data"] | {"who": ["王丽", "李强"]}}, more) == {
        "kind": "enquiry", "text": "排队", "phone": "13800138000", "complained_about": "王丽\n李强",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["text = data", "text = data.items", "text = data.user.name; kind = flag"])
def test_something_else_than_a_text_or_a_number_is_refused(text):
    with pytest.raises(TypeError):
        mapping.picked(SENT | {"flag": True}, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kind = a",
        "text = a; owner = b",
        "text = a b",
        "text",
        "text = a; text = b",
        "text = a; kind :=",
        "text := 常量",
    ],
)
def test_a_mapping_without_words_or_with_fields_nobody_knows_is_refused(text):
    with pytest.raises(mapping.BadMapping):
        mapping.entries(text)
