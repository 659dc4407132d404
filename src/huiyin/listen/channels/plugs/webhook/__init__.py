"""Any system that can sign a POST: Standard Webhooks headers, JSON, and a mapping that the bank sets.

The sender is told: 200 it is here (again, if it was here before), 400 it was genuine but could not be read (it is kept, and
a person looks at it), 401 not genuine or not fresh, 409 the same id with another content, 413 too large, 429 too fast.
"""

import json

from huiyin.kernel.label import Label
from huiyin.listen.channels.plugs.webhook import mapping, signing
from huiyin.listen.channels.rules.contract import (
    Answer,
    Base,
    Call,
    Config,
    Landed,
    Parsed,
    Received,
    Setting,
    Unreadable,
    Unverified,
)  # fmt: skip
from huiyin.listen.voices.queries import CHANNEL, BadJson, loads

_MAPPING = "text = text; subject = subject; customer.name = customer.name; customer.phone = customer.phone"
_JSON = "application/json"
VIA = tuple(CHANNEL[code] for code in ("web", "portal", "vtm", "counter", "chat", "referral", "unknown"))
"""What another system may speak for: a website, the bank's app, a self-service machine, a counter terminal, …"""


class Signed(Base):
    kind = "webhook"
    label = Label("webhook", "签名接口（Webhook）", "Signed webhook")
    via = "web"
    fields: tuple[Setting, ...] = (
        Setting(
            "key", Label("key", "签名密钥", "Signing key"), sort="secret", required=True, keeps="key_before",
            hint=Label("", "whsec_ 开头的 Base64，或任意长文本。更换后，上一把密钥继续有效，直到再次更换",
                       "Base64 after whsec_, or any long text. When it is changed the one before still counts, until the next change"),
        ),
        Setting(
            "mapping", Label("mapping", "字段对照", "Fields"), required=True, default=_MAPPING,
            hint=Label("", "每项用分号隔开：text = 路径；固定值用 kind := enquiry",
                       "Entries between semicolons: text = path; a fixed value is kind := enquiry"),
        ),
        Setting(
            "via", Label("via", "来自", "It speaks for"), sort="choice", default="web", choices=VIA,
            hint=Label("", "由此登记的诉求计入该渠道", "What is heard from here counts as this channel"),
        ),
        Setting("per_minute", Label("per_minute", "每分钟最多条数", "At most a minute"), sort="number", default="600"),
    )  # fmt: skip
    joins = 30 * 24 * 60  # of the same conversation, where the sender names one
    limit = 262_144

    def receive(self, call: Call, config: Config) -> Received:
        if call.method != "POST":
            raise Unverified("method", 405)
        keys = [key for key in (config["key"], config["key_before"]) if key]
        try:
            id = signing.verified(call.headers, call.raw, keys=keys, at=call.at)
        except signing.Refused as no:
            raise Unverified(no.code, 401) from no
        return Received(key=id, raw=call.raw)

    def answer(self, call: Call, landed: Landed, config: Config) -> Answer:
        told = {"id": str(landed.id), "state": landed.state}
        told |= {"number": landed.number, "link": landed.link} if landed.number else {}
        told |= {"reason": landed.why} if landed.why else {}
        return Answer(400 if landed.state == "unreadable" else 200, json.dumps(told).encode(), _JSON)

    def speaks(self, config: Config) -> str:
        return config["via"] if config["via"] in {label.code for label in VIA} else self.via

    def parse(self, raw: bytes, config: Config) -> Parsed:
        try:
            found = mapping.picked(loads(raw), config["mapping"])
        except BadJson as bad:
            raise Unreadable("malformed") from bad
        except TypeError as wrong:
            raise Unreadable("problem") from wrong
        except mapping.BadMapping as wrong:
            raise Unreadable("mapping") from wrong
        if not found.get("text") and not found.get("subject"):
            raise Unreadable("empty")
        conversation, language = found.pop("conversation", ""), found.pop("language", "")
        return Parsed(
            text=found.pop("text", ""), subject=found.pop("subject", ""),
            senders=(f"{config.code}:{conversation[:200]}",) if conversation else (),
            language={"zh": "zh-hans", "en": "en"}.get(language[:2].lower(), ""), fields=found,
        )  # fmt: skip

    def per_minute(self, config: Config) -> int:
        return int(config["per_minute"]) if config["per_minute"].isdecimal() else 0

    def check(self, config: Config) -> str:
        try:
            mapping.entries(config["mapping"])
            signing.secret(config["key"])
        except mapping.BadMapping:
            return "mapping"
        except signing.Refused:
            return "key"
        return "" if len(config["key"]) >= 16 else "key"


PLUG = Signed()
