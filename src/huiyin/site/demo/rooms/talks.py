"""Conversations: who asked, who answered, how it ended, what became of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor, customer
from huiyin.kernel.ids import new_id
from huiyin.listen.chats import actions as chats
from huiyin.site.demo.rooms.stage import Stage, words


def talk(stage: Stage) -> None:
    """Everything in the order of time, so that nobody has more than five chats at once."""
    told, replies = sorted(words("talks")["talk"], key=lambda one: -one["when"][0] * 24 + one["when"][1]), {}
    for one in told:
        matter = _talk(stage, one)
        if matter is not None and one["when"][0] > 3:
            replies[matter] = one.get("reply", "")
    stage.settle(replies, {id: text for id, text in replies.items() if text})


def _talk(stage: Stage, one: dict[str, Any]) -> UUID | None:
    """The whole conversation; its id where it became a matter."""
    at, id = stage.at(*one["when"]), new_id()
    by, agent = customer(id), _agent(stage, one["who"])
    code = one.get("unit")
    asked = chats.Opening(
        kind=one["kind"], product=one.get("product"), unit=units.by_codes([code])[code].pk if code else None,
        name=one.get("name", ""), phone=one.get("phone", ""),
    )  # fmt: skip
    chats.open_chat(id=id, asked=asked, origin="", by=by, at=at)
    if agent is not None and one["ends"] not in ("abandoned", "message"):
        at += timedelta(seconds=stage.rng.randint(15, 140))
        chats.take(chat=id, by=agent, at=at)
    for n, line in enumerate(one["say"]):
        at += timedelta(seconds=stage.rng.randint(12, 75))
        _say(id, n, line, by, agent, at)
    if "handover" in one and agent is not None:
        at, agent = at + timedelta(minutes=2), _hand_over(stage, id, agent, stage.signed_in[one["handover"]], at)
        for n, line in enumerate(one["more"], start=len(one["say"])):
            at += timedelta(seconds=stage.rng.randint(20, 90))
            _say(id, n, line, by, agent, at)
    at += timedelta(seconds=40)
    if "filed" in one and agent is not None:
        chats.file_chat(
            chat=id, kind=one["filed"], by=agent, at=at, name=one.get("name", ""), phone=one.get("phone", "")
        )
    _end(stage, id, one, by, agent, at)
    return id if "filed" in one or one["ends"] == "message" else None


def _agent(stage: Stage, name: str) -> Actor | None:
    if name == "agent":
        return stage.rng.choice(stage.agents)
    return stage.signed_in[name] if name else None


def _say(chat: UUID, n: int, line: str, by: Actor, agent: Actor | None, at: Any) -> None:
    side = "customer" if line.startswith("c ") else "agent"
    who = by if side == "customer" else agent
    assert who is not None
    chats.say(chat=chat, side=side, text=line[2:], key=f"demo-{n}", by=who, at=at)


def _hand_over(stage: Stage, chat: UUID, sender: Actor, receiver: Actor, at: Any) -> Actor:
    chats.offer(chat=chat, receiver=receiver.staff, unit=None, reason="expertise", by=sender, at=at)
    chats.accept(chat=chat, by=receiver, at=at + timedelta(minutes=1))
    return receiver


def _end(stage: Stage, chat: UUID, one: dict[str, Any], by: Actor, agent: Actor | None, at: Any) -> None:
    how = one["ends"]
    if how == "message":
        chats.leave_message(
            chat=chat, text=one["left"], key="left", by=by, at=at, name=one["name"], phone=one["phone"]
        )  # fmt: skip
    elif how == "silent":  # twice: first the question whether they are still there, then the end
        for minutes in (11, 22):
            chats.sweep(by=stage.machine, at=at + timedelta(minutes=minutes))
    elif how in ("customer", "agent", "abandoned"):
        who = agent if how == "agent" else by
        assert who is not None
        chats.end(chat=chat, side="agent" if how == "agent" else "customer", by=who, at=at)
    if "score" in one:
        chats.rate(chat=chat, score=one["score"], comment=one.get("comment", ""), by=by, at=at + timedelta(minutes=2))
