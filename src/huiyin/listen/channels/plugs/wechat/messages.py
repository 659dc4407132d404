"""What a WeChat user sent, and the answer in the same breath (a passive reply, within five seconds)."""

import hashlib
from dataclasses import dataclass

from huiyin.listen.channels.plugs.wechat.xml import cdata

TEXT_BYTES = 2048  # the platform cuts longer texts
KINDS = ("text", "image", "voice", "video", "shortvideo", "location", "link")
MENU_KINDS = ("complaint", "suggestion", "enquiry", "praise")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message. `sender` is the user's OpenID: personal data, as good as a telephone number.

    `what`: words (text holds them), picture, sound or film (`media` names the file; `text` what was recognised),
    subscribed, unsubscribed, menu (`menu` is the key of the entry), sent (a broadcast was delivered) or other.
    """

    sender: str
    account: str
    id: str
    what: str
    text: str = ""
    media: str = ""
    menu: str = ""


class NotAMessage(Exception):
    """Something that every message has is missing. `code` is the field."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def said(fields: dict[str, str]) -> Said:
    """The message of these fields. `id` is what makes two deliveries the same message: MsgId, or for an event who and
    when (as the platform recommends)."""
    for name in ("FromUserName", "ToUserName", "MsgType", "CreateTime"):
        if not fields.get(name):
            raise NotAMessage(name)
    sender, kind = fields["FromUserName"], fields["MsgType"].lower()
    if len(sender) > 64 or not sender.isascii() or not sender.isprintable():
        raise NotAMessage("FromUserName")
    if not fields["CreateTime"].isdecimal() or len(fields["CreateTime"]) > 12:
        raise NotAMessage("CreateTime")
    if kind == "event":
        event = fields.get("Event", "").lower()
        who_and_when = f"{sender}:{fields['CreateTime']}:{event}:{fields.get('EventKey', '')}"
        id = "event:" + hashlib.sha256(who_and_when.encode()).hexdigest()[:40]
        what, menu = _event(event, fields.get("EventKey", ""))
        return Said(sender=sender, account=fields["ToUserName"], id=id, what=what, menu=menu)
    if not fields.get("MsgId", "").isdecimal() or len(fields["MsgId"]) > 32:
        raise NotAMessage("MsgId")
    return Said(
        sender=sender, account=fields["ToUserName"], id=fields["MsgId"], what=_WHAT.get(kind, "other"),
        text=_words(kind, fields), media=fields.get("MediaId", "")[:200],
    )  # fmt: skip


_WHAT = {
    "text": "words", "link": "words", "location": "words", "image": "picture", "voice": "sound", "video": "film",
    "shortvideo": "film",
}  # fmt: skip
_EVENTS = {"subscribe": "subscribed", "unsubscribe": "unsubscribed", "scan": "subscribed", "click": "menu"}


def _event(event: str, key: str) -> tuple[str, str]:
    return _EVENTS.get(event, "other"), key[:64] if event == "click" else ""


def _words(kind: str, fields: dict[str, str]) -> str:
    if kind == "voice":
        return fields.get("Recognition", "")
    if kind == "link":
        return "\n".join(filter(None, (fields.get("Title"), fields.get("Description"), fields.get("Url"))))
    if kind == "location":
        where = f"{fields.get('Location_X', '')}, {fields.get('Location_Y', '')}"
        return f"{fields.get('Label', '')} ({where})".strip()
    return fields.get("Content", "")


def reply(*, to: str, account: str, text: str, at: int) -> bytes:
    """The passive reply: a text message from the account to the user. `at` is in seconds."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(account)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>{cdata(cut(text))}</Content></xml>"
    ).encode()


def sealed_reply(*, encrypted: str, signature: str, at: int, nonce: str) -> bytes:
    """An encrypted reply in its envelope."""
    return (
        f"<xml><Encrypt>{cdata(encrypted)}</Encrypt><MsgSignature>{cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{at}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
    ).encode()


def cut(text: str) -> str:
    """At most the bytes that the platform carries, never half a character."""
    return text.encode("utf-8", "ignore")[:TEXT_BYTES].decode("utf-8", "ignore")
