"""Channels with what arrived through them, at their own doors and with their own signatures; and the telephone calls."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from typing import Any
from uuid import UUID

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor, machine
from huiyin.listen.calls import actions as calls
from huiyin.listen.calls import queries as call_queries
from huiyin.listen.channels import actions as channels
from huiyin.listen.channels import queries
from huiyin.listen.voices import actions as voices
from huiyin.resolve.cases import queries as case_queries
from huiyin.site.demo.rooms.stage import Stage, words

ADDRESS = "service@qinghe.example"
FINISHED = 5  # days: what is older has been answered
_APP = "text = text; product = product; customer.name = customer.name; customer.phone = customer.phone"
ON_THE_LINE = ("teller", "handler", "handler2", "supervisor", "protection")


def arrive(stage: Stage) -> None:
    """Four channels are set up, and what they brought in five weeks is read, heard and answered."""
    said, rng = words("ways"), stage.rng
    keys = {name: b64encode(rng.randbytes(32)).decode() for name in ("app", "calls", "wechat", "mail")}
    begun = stage.at(60, 10)
    replies: dict[UUID, str | None] = {}
    add = _adder(stage, begun)
    mailbox = add(
        "mail", "email", "客户服务邮箱", "Customer service mailbox", {"host": "imap.qinghe.example", "user": ADDRESS,
        "address": ADDRESS}, {"password": keys["mail"]},
    )  # fmt: skip
    add("app", "webhook", "手机银行意见反馈", "Feedback in the app", {"mapping": _APP}, {"key": f"whsec_{keys['app']}"})
    add("calls", "calls", "呼叫中心", "Call centre", {}, {"key": f"whsec_{keys['calls']}"})
    add("wechat", "wechat", "微信公众号“青禾银行”", "WeChat account", {"appid": "wx0123456789abcdef"},
        {"token": keys["wechat"][:24]})  # fmt: skip
    for n, one in enumerate(said["mail"]):
        kept = channels.arrive(
            channel=mailbox, key=f"20250101:{n + 17}", raw=_mail(one, n), by=machine("email"), at=stage.at(*one["ago"])
        )
        channels.understand(arrival=kept.id, at=stage.at(*one["ago"]))
        _answered(replies, one, kept.id)
    for n, one in enumerate(said["app"]):
        at = stage.at(*one["ago"])
        landed = _signed("app", f"whsec_{keys['app']}", f"fb-{n:04d}", _feedback(one), at)
        _answered(replies, one, landed)
    for n, one in enumerate(said["wechat"]):
        at = stage.at(*one["ago"])
        _wechat(one, n, keys["wechat"][:24], at)
        _answered(replies, one, _heard_at(stage, "wechat", at))
    _calls(stage, f"whsec_{keys['calls']}")
    heard = {id: text for id, text in replies.items() if text is not None}
    stage.settle(heard, {id: text for id, text in heard.items() if text})
    # The demonstration has no mail server: nothing is fetched once it is served, and no page says that one is away.
    row = queries.channel("mail")
    assert row is not None
    channels.set_channel(channel=row.pk, version=row.version, enabled=False, by=stage.machine, at=stage.at(1, 18))


def _adder(stage: Stage, at: datetime) -> Callable[..., Any]:
    admin = machine("demo")

    def add(code: str, kind: str, name: str, name_en: str, settings: dict[str, str], secrets: dict[str, str]) -> Any:
        return channels.add_channel(
            code=code, kind=kind, name=name, name_en=name_en, settings=settings, secrets=secrets, enabled=True, by=admin,
            at=at,
        )  # fmt: skip

    return add


def _answered(replies: dict[UUID, str | None], one: dict[str, Any], arrival: UUID | None) -> None:
    """What became a voice of its own, and is old enough, has been answered."""
    if arrival is not None and one["ago"][0] > FINISHED and queries.landed(arrival).state == "heard":
        replies[arrival] = one.get("reply", "")


def _mail(one: dict[str, Any], n: int) -> bytes:
    if one.get("empty"):
        return (
            b"From: <scan@post.example>\r\nTo: " + ADDRESS.encode() + b"\r\nMessage-ID: <scan-1@post.example>\r\n\r\n"
        )
    mail = MIMEText(one["text"], "plain", "utf-8")
    mail["From"] = formataddr(parseaddr(one["from"]), "utf-8")
    mail["To"], mail["Message-ID"] = ADDRESS, f"<demo-{n}@post.example>"
    mail["Subject"] = Header(one["subject"], "utf-8").encode()
    if one.get("auto"):
        mail["Auto-Submitted"] = "auto-replied"
    return mail.as_bytes()


def _feedback(one: dict[str, Any]) -> bytes:
    if one.get("broken"):
        return b'{"text": "'  # cut off on the way: kept, and a person looks at it
    person = {"name": one["name"], "phone": one["phone"]}
    return json.dumps({"text": one["text"], "product": one["product"], "customer": person}, ensure_ascii=False).encode()


def _signed(code: str, key: str, id: str, body: bytes, at: datetime) -> UUID | None:
    """A call at the channel's address, signed as its sender signs; the id of what arrived."""
    stamp = int(at.timestamp())
    digest = hmac.digest(b64decode(key.removeprefix("whsec_")), f"{id}.{stamp}.".encode() + body, "sha256")
    headers = {
        "webhook-id": id, "webhook-timestamp": str(stamp), "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }  # fmt: skip
    answer = channels.called(code=code, call=queries.Call(method="POST", query={}, headers=headers, raw=body, at=at))
    told = json.loads(answer.body) if answer.body.startswith(b"{") else {}
    return UUID(told["id"]) if "id" in told else None


def _wechat(one: dict[str, Any], n: int, token: str, at: datetime) -> None:
    """A message as the platform delivers it."""
    stamp, nonce = str(int(at.timestamp())), f"n{n}"
    fields = {
        "ToUserName": "gh_qinghe", "FromUserName": one["who"], "CreateTime": stamp, "MsgType": "text",
        "Content": one["text"], "MsgId": f"2400000000{n:04d}",
    }  # fmt: skip
    body = "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()) + "</xml>"
    signed = hashlib.sha1("".join(sorted((token, stamp, nonce))).encode(), usedforsecurity=False).hexdigest()
    query = {"timestamp": stamp, "nonce": nonce, "signature": signed}
    call = queries.Call(method="POST", query=query, headers={}, raw=body.encode(), at=at)
    channels.called(code="wechat", call=call)


def _heard_at(stage: Stage, channel: str, at: datetime) -> UUID | None:
    """The case of what came at this instant; None where it went to a case that was there."""
    found = case_queries.visible_to(stage.machine, stage.end).filter(channel=channel, received_at=at).first()
    return found.pk if found else None


def _calls(stage: Stage, key: str) -> None:
    """Calls of the last days: answered on the spot, broken off, or written down as a complaint."""
    people = [stage.signed_in[name] for name in ON_THE_LINE] + stage.agents[:3]
    endings = ("answered", "answered", "again", "matter", "dropped", "answered", "wrong")
    planned = [
        (stage.at_work(2 + (n * 3 + k * 2) % 9, 9.2 + (n * 5 + k * 7) % 7 + 0.1 * k), n, k)
        for n in range(len(people)) for k in range(4 if stage.plenty else 2)
    ]  # fmt: skip
    for number, (at, n, k) in enumerate(sorted(planned), start=1):
        ending, phone = endings[(n + k) % len(endings)], f"139{10008800 + number}"
        _call(stage, key, f"cc-{number:04d}", people[n], phone, ending, at)


def _call(stage: Stage, key: str, ref: str, who: Actor, phone: str, ending: str, at: datetime) -> None:
    person = staff.person(who.staff)
    assert person is not None
    over = at + timedelta(seconds=stage.rng.randint(70, 620))
    said = {"call": ref, "agent": person.number, "from": phone}
    for event, when in (("call.started", at), ("call.ended", over)):
        body = json.dumps(said | {"event": event, "at": when.isoformat()}).encode()
        _signed("calls", key, f"{ref}-{event[5:]}", body, when)
    call = call_queries.log_of(who)[0].id
    if ending != "matter":
        calls.settle(call=call, outcome=ending, by=who, at=over + timedelta(minutes=2))
        return
    draft = calls.take(call=call, language="zh-hans", by=who, at=at + timedelta(minutes=1))
    text = stage.rng.choice(TAKEN_DOWN)
    item = voices.Heard(
        id=draft, kind="complaint", channel="phone", received_at=over, language="zh-hans", unit=person.unit_id,
        taken_by=who.staff, words=voices.Words(text=text, phone=phone),
    )  # fmt: skip
    voices.sent_draft(draft=draft, at=over)
    voices.hear(item=item, by=who, at=over)
    if over < stage.at(FINISHED, 0):
        stage.settle([draft])


TAKEN_DOWN = (
    "客户来电称，网点叫号后窗口无人，等候三十分钟无人解释，要求网点负责人回电。",
    "客户来电称，短信提醒的扣款与合同约定日期不符，要求核对并说明。",
    "客户来电称，理财赎回两个工作日仍未到账，要求尽快到账并告知原因。",
)
