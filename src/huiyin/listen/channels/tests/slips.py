"""A channel made for the tests: slips of paper as JSON, signed with one word."""

import json

from huiyin.kernel.label import Label
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
    Unreadable,
    Unverified,
)  # fmt: skip


class Slips(Base):
    kind = "slips"
    label = Label("slips", "便条", "Slips")
    via = "letter"
    fields = (
        Setting("desk", Label("desk", "台席", "Desk"), required=True),
        Setting("word", Label("word", "口令", "Word"), sort="secret", required=True),
    )
    limit = 10_000

    def receive(self, call: Call, config: Config) -> Received:
        if call.method == "GET":
            return Received(answer=Answer(200, call.query.get("echo", "").encode()))
        if call.headers.get("word") != config["word"]:
            raise Unverified("word")
        return Received(key=call.headers.get("slip", ""), raw=call.raw)

    def answer(self, call: Call, landed: Landed, config: Config) -> Answer:
        return Answer(200 if landed.state != "retry" else 202, f"{landed.state} {landed.number}".encode())

    def parse(self, raw: bytes, config: Config) -> Parsed:
        try:
            said = json.loads(raw)
        except ValueError as broken:
            raise Unreadable("malformed") from broken
        return Parsed(
            text=said.get("text", ""), senders=tuple(said.get("from", ())), token=said.get("token", ""),
            id=said.get("id", ""), kind=said.get("kind", "voice"), fields=said.get("fields", {}),
            attachments=tuple(Attached(name, text.encode()) for name, text in said.get("files", {}).items()),
        )  # fmt: skip
