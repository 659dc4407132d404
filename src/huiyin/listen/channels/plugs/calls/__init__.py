"""The call centre tells of calls: started, ended, recorded. A call is no voice yet; what is said in it is written down by the
agent, for whom room listen/calls keeps the call at hand."""

import re
from datetime import datetime

from huiyin.kernel.label import Label
from huiyin.listen.channels.plugs.webhook import Signed
from huiyin.listen.channels.plugs.webhook.signing import Refused, secret
from huiyin.listen.channels.rules.contract import Config, Parsed, Setting, Unreadable
from huiyin.listen.voices.queries import BadJson, loads

EVENTS = ("call.started", "call.ended", "call.recorded")
_REF, _AGENT = re.compile(r"[!-~]{1,80}"), re.compile(r"[A-Za-z0-9-]{1,32}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,30}")
_LINK = re.compile(r"https://[!-~]{1,480}")


class CallCentre(Signed):
    kind = "calls"
    label = Label("calls", "呼叫中心来电", "Calls of the call centre")
    via = "phone"
    fields: tuple[Setting, ...] = tuple(one for one in Signed.fields if one.name not in ("mapping", "via"))
    limit = 16_384

    def parse(self, raw: bytes, config: Config) -> Parsed:
        """`{"event", "call", "at", "from"?, "agent"?, "recording"?}`; further fields are not read."""
        try:
            said = loads(raw)
        except BadJson as bad:
            raise Unreadable("malformed") from bad
        if not isinstance(said, dict) or said.get("event") not in EVENTS:
            raise Unreadable("malformed")
        found = {"event": said["event"], "call": _fits(_REF, said.get("call")), "at": _moment(said.get("at"))}
        for name, form in (("from", _PHONE), ("agent", _AGENT), ("recording", _LINK)):
            if said.get(name) not in (None, ""):
                found[name] = _fits(form, said[name])
        return Parsed(kind="record", why="call", fields=found)

    def check(self, config: Config) -> str:
        try:
            secret(config["key"])
        except Refused:
            return "key"
        return "" if len(config["key"]) >= 16 else "key"


def _fits(form: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Unreadable("problem")
    return value


def _moment(value: object) -> str:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year <= 2100:
        raise Unreadable("problem")
    return moment.isoformat()


PLUG = CallCentre()
