"""WeChat official account: what its users send, the answer in the same breath, and what we write to them later.

The platform asks for an answer within five seconds and sends the same message again otherwise (its MsgId tells). In the
encrypted mode what was sent is under the signature; in the plain mode only time and nonce are, so that a nonce is taken
with one content alone, and a bank should not use it.
"""

import hashlib
import os
import re

from django.conf import settings

from huiyin.kernel.label import Label
from huiyin.listen.channels.plugs.wechat import messages, sealing, xml
from huiyin.listen.channels.plugs.wechat.account import NoMedia, OfficialAccount
from huiyin.listen.channels.plugs.wechat.codes import HOST
from huiyin.listen.channels.plugs.wechat.messages import Said
from huiyin.listen.channels.plugs.wechat.wording import BARE, words
from huiyin.listen.channels.rules.contract import (
    Answer,
    Attached,
    Base,
    Call,
    Config,
    Landed,
    Parsed,
    Received,
    Setting,
    Unreachable,
    Unreadable,
    Unverified,
)  # fmt: skip
from huiyin.listen.channels.rules.wording import language_of
from huiyin.platform.messages.queries import Outgoing, TryLater, Undeliverable

FRESH_S = 300
_XML = "application/xml; charset=utf-8"
_TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "audio/amr": "amr", "video/mp4": "mp4",
          "audio/mpeg": "mp3", "audio/mp4": "m4a"}  # fmt: skip


class Account(Base):
    kind = "wechat"
    label = Label("wechat", "微信公众号", "WeChat official account")
    via = "wechat"
    fields = (
        Setting("appid", Label("appid", "开发者 ID（AppID）", "AppID"), required=True),
        Setting("token", Label("token", "令牌（Token）", "Token"), sort="secret", required=True),
        Setting("aes", Label("aes", "消息加解密密钥（EncodingAESKey）", "EncodingAESKey"), sort="secret",
                hint=Label("", "填写后只接受加密消息（安全模式）", "With it, only encrypted messages are taken")),
        Setting("secret", Label("secret", "开发者密码（AppSecret）", "AppSecret"), sort="secret",
                hint=Label("", "用于主动发送客服消息、下载图片和语音", "For writing to users, and for their pictures and voice messages")),
        Setting("url", Label("url", "平台接口地址", "Address of the platform"), default=HOST),
    )  # fmt: skip
    joins = 366 * 24 * 60  # as long as the matter is open
    outbox = "wechat"
    limit = xml.BYTES

    def receive(self, call: Call, config: Config) -> Received:
        if call.method == "GET":
            self._signed(call, config)
            return Received(answer=Answer(200, call.query.get("echostr", "").encode()[:512]))
        content = self._opened(call, config)
        once = "" if config["aes"] else f"{call.query.get('timestamp', '')}:{call.query.get('nonce', '')}"
        try:
            key = messages.said(xml.fields(content)).id
        except (xml.BadXml, messages.NotAMessage):  # genuine, so it is kept, and a person sees it
            key = "unread:" + hashlib.sha256(content).hexdigest()
        return Received(key=key, raw=content, once=once)

    def answer(self, call: Call, landed: Landed, config: Config) -> Answer:
        try:
            said = messages.said(xml.fields(self._opened(call, config)))
        except (xml.BadXml, messages.NotAMessage):
            return Answer(200, b"success")
        text = _reply(said, landed)
        if not text:
            return Answer(200, b"success")
        stamp = int(call.at.timestamp())
        body = messages.reply(to=said.sender, account=said.account, text=text, at=stamp)
        if config["aes"]:
            sealed = sealing.encrypt(
                body, key=sealing.key_of(config["aes"]), appid=config["appid"], random=os.urandom(16)
            )
            nonce = os.urandom(8).hex()
            signed = sealing.signature(config["token"], str(stamp), nonce, sealed)
            body = messages.sealed_reply(encrypted=sealed, signature=signed, at=stamp, nonce=nonce)
        return Answer(200, body, _XML)

    def parse(self, raw: bytes, config: Config) -> Parsed:
        try:
            said = messages.said(xml.fields(raw))
        except (xml.BadXml, messages.NotAMessage) as wrong:
            raise Unreadable("malformed") from wrong
        if said.what not in ("words", "picture", "sound", "film"):
            return Parsed(kind="noise", why="noise", senders=(said.sender,))
        language = _language(said)
        heard = said.text if said.what in ("words", "sound") else ""
        bare = BARE[said.what].word(language) if said.what in BARE and not heard else ""
        return Parsed(
            text=heard or bare, senders=(said.sender,), language=language,
            later=(said.media,) if said.media and said.what != "words" and config["secret"] else (),
        )  # fmt: skip

    def collect(self, ref: str, config: Config) -> Attached:
        try:
            content, kind = _account(config).media(ref)
        except TryLater as busy:
            raise Unreachable(busy.why) from busy
        except (Undeliverable, NoMedia) as gone:
            raise Unreadable("gone") from gone
        name = f"wechat-{hashlib.sha256(ref.encode()).hexdigest()[:8]}.{_TYPES.get(kind, 'bin')}"
        return Attached(name, content)

    def sends(self, config: Config) -> bool:
        return bool(config["secret"])

    def send(self, outgoing: object, config: Config) -> str:
        assert isinstance(outgoing, Outgoing)
        if not config["secret"]:
            raise Undeliverable("not_allowed")
        _account(config).send(outgoing)
        return ""

    def test(self, config: Config) -> None:
        if not config["secret"]:
            return
        try:
            _account(config).greet()
        except (TryLater, Undeliverable) as no:
            raise Unreachable(no.why) from no

    def check(self, config: Config) -> str:
        try:
            if config["aes"]:
                sealing.key_of(config["aes"])
        except sealing.NotOurs:
            return "aes"
        return "" if re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", config["url"] or HOST) else "url"

    def _opened(self, call: Call, config: Config) -> bytes:
        """The XML in clear, if the platform signed it just now."""
        self._signed(call, config)
        if not config["aes"]:
            return call.raw
        try:
            sealed = xml.fields(call.raw).get("Encrypt", "")
        except xml.BadXml as wrong:
            raise Unverified("unsealed") from wrong
        query = call.query
        if not sealing.is_signed(
            query.get("msg_signature", ""), config["token"], query.get("timestamp", ""), query.get("nonce", ""), sealed
        ):
            raise Unverified("signature")
        try:
            return sealing.decrypt(sealed, key=sealing.key_of(config["aes"]), appid=config["appid"])
        except sealing.NotOurs as no:
            raise Unverified("signature") from no

    def _signed(self, call: Call, config: Config) -> None:
        stamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        if not re.fullmatch(r"[0-9]{1,12}", stamp) or not re.fullmatch(r"[!-~]{1,64}", nonce):
            raise Unverified("signature")
        if not sealing.is_signed(call.query.get("signature", ""), config["token"], stamp, nonce):
            raise Unverified("signature")
        if abs(call.at.timestamp() - int(stamp)) > FRESH_S:
            raise Unverified("time")


def _account(config: Config) -> OfficialAccount:
    return OfficialAccount(
        appid=config["appid"], secret=config["secret"], url=config["url"] or HOST,
        allowed=tuple(settings.HUIYIN_OUTBOUND_ALLOW),
    )  # fmt: skip


def _language(said: Said) -> str:
    return language_of(said.text) if said.text else "zh-hans"


def _reply(said: Said, landed: Landed) -> str:
    """The words for what became of it; "" where there is nothing to say."""
    language = _language(said)
    code = _code(said, landed)
    chinese, english = settings.HUIYIN_BANK_NAME, settings.HUIYIN_BANK_NAME_EN
    bank = chinese if language.startswith("zh") else english or chinese
    link = landed.link or f"{settings.HUIYIN_BASE_URL}/track/"
    return (
        words(code, language, bank=bank, hotline=settings.HUIYIN_HOTLINE, number=landed.number, link=link)
        if code
        else ""
    )


def _code(said: Said, landed: Landed) -> str:
    if said.what == "subscribed":
        return "welcome"
    if said.what == "menu":
        return "progress" if said.menu == "progress" else "menu"
    if said.what not in ("words", "picture", "sound", "film"):
        return ""
    if landed.number and landed.state in ("heard", "message"):
        return landed.state
    return "enough" if landed.why == "flood" else "safe"


PLUG = Account()
