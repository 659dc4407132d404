"""Public posts as a monitoring service or a platform tells of them: one post a delivery, signed as every webhook.

A post is no voice: room listen/social keeps it, once for each platform and number, whatever delivery brought it. The
sender is told the same codes as at the signed webhook, `post` (our id) and whether it was new.
"""

import json
from datetime import UTC, datetime

from huiyin.kernel.label import Label
from huiyin.listen.channels.plugs.webhook import Signed, mapping
from huiyin.listen.channels.plugs.webhook.signing import Refused, secret
from huiyin.listen.channels.rules.contract import Answer, Call, Config, Landed, Parsed, Setting, Unreadable
from huiyin.listen.voices.queries import BadJson, loads

TARGETS = {
    name: name for name in ("source", "ref", "text", "posted_at", "author", "url", "reach", "owned", "removed", "unit")
}
NEEDED, SWITCHES = ("source", "ref", "text", "posted_at"), ("owned", "removed")
_MAPPING = "; ".join(f"{name} = {name}" for name in TARGETS)
_YES, _NO = ("1", "true", "yes", "是"), ("", "0", "false", "no", "否")


class Posts(Signed):
    kind = "posts"
    label = Label("posts", "公开帖文（Webhook）", "Public posts (webhook)")
    via = "social"
    fields: tuple[Setting, ...] = tuple(
        Setting(
            one.name, one.label, required=True, default=_MAPPING,
            hint=Label("", "必须有 source（平台代码）、ref（平台上的编号）、text、posted_at；固定值用 source := weibo",
                       "source (the platform's code), ref (its number there), text and posted_at are needed; a fixed value is source := weibo"),
        ) if one.name == "mapping" else one
        for one in Signed.fields if one.name != "via"
    )  # fmt: skip
    joins = 0

    def answer(self, call: Call, landed: Landed, config: Config) -> Answer:
        told = {"id": str(landed.id), "state": landed.state}
        told |= {"post": str(landed.matter)} if landed.matter else {}
        told |= {"reason": landed.why} if landed.state not in ("recorded", "heard") else {}
        return Answer(400 if landed.state == "unreadable" else 200, json.dumps(told).encode(), "application/json")

    def speaks(self, config: Config) -> str:
        return self.via

    def parse(self, raw: bytes, config: Config) -> Parsed:
        try:
            found = mapping.picked(loads(raw), config["mapping"], TARGETS, NEEDED, SWITCHES)
        except BadJson as bad:
            raise Unreadable("malformed") from bad
        except TypeError as wrong:
            raise Unreadable("problem") from wrong
        except mapping.BadMapping as wrong:
            raise Unreadable("mapping") from wrong
        text = found.pop("text", "")
        if not text.strip():
            raise Unreadable("empty")
        found["posted_at"] = moment(found.get("posted_at", ""))
        for name in SWITCHES:
            found[name] = _switch(found.get(name, ""))
        reach = found.setdefault("reach", "")
        if reach and not (reach.isascii() and reach.isdigit() and len(reach) <= 13):
            raise Unreadable("problem")
        return Parsed(kind="record", why="post", text=text, fields=found)

    def check(self, config: Config) -> str:
        try:
            mapping.entries(config["mapping"], TARGETS, NEEDED)
            secret(config["key"])
        except mapping.BadMapping:
            return "mapping"
        except Refused:
            return "key"
        return "" if len(config["key"]) >= 16 else "key"


def moment(said: str) -> str:
    """ISO 8601 (without a zone it is the bank's own time), or seconds or milliseconds since 1970; as ISO 8601."""
    said = said.strip()
    try:
        if said.isascii() and said.isdigit() and len(said) in (10, 13):
            found = datetime.fromtimestamp(int(said) / (1000 if len(said) == 13 else 1), UTC)
        elif len(said) <= 40:
            found = datetime.fromisoformat(said)
        else:
            raise Unreadable("problem")
    except ValueError as wrong:
        raise Unreadable("problem") from wrong
    if not 2000 <= found.year <= 2100:
        raise Unreadable("problem")
    return found.isoformat()


def _switch(said: str) -> str:
    if said.strip().casefold() in _YES:
        return "1"
    if said.strip().casefold() in _NO:
        return ""
    raise Unreadable("problem")


PLUG = Posts()
