"""A mail filter follows every link of every message (peers.md T48): it opens, asks again and pretends; nothing happens by it."""

import re
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.test import Client

from huiyin.kernel.actor import customer, machine
from huiyin.listen.chats import actions as chats
from huiyin.listen.chats import queries as chatting
from huiyin.listen.counters import actions as counters
from huiyin.listen.counters import queries as counting
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.voices import queries as voices
from huiyin.resolve.cases.tests import stories

BY = machine("test")
MAY_CHANGE = {"sessions.Session", "huiyin_messages.Message", "ledger.Entry", "ledger.Leaf", "ledger.Unsealed"}
"""That the customer's page was opened is on record as read; nothing waits for it and nothing follows from it."""
METHODS = ("get", "head", "options", "put", "delete", "patch")


def rows() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and model.__module__.startswith("huiyin")
    }


def test_whatever_a_scanner_opens_nothing_is_answered_rated_accepted_or_ended(cast: Any) -> None:
    case = stories.answered(cast, cast.at)
    chat = chats.open_chat(
        id=uuid4(), asked=chats.Opening(text="请问怎么挂失？"), origin="", by=customer(case.pk), at=cast.at
    )
    spot = counters.open_spot(unit=cast.unit["O0101"].pk, label="", by=cast.actor("li"), at=cast.at)
    track = f"/track/{voices.tracking_code(case.pk)}/"
    room, rate = f"/chat/{chatting.secret(chat.pk)}/", f"/rate-us/{counting.token(spot)}/"
    survey = surveys.invite(matter=case.pk, by=BY, at=cast.at)
    found = [track, f"/rate/{survey}/", f"{rate}?score=1", "/complain/", "/chat/", room]
    found += [f"{track}{verb}/" for verb in ("add", "accept", "dispute", "review", "withdraw", "received")]
    found += [f"{rate}send/", f"{room}end/", f"{room}rate/", f"{room}say/"]
    scanner, before = Client(raise_request_exception=False), rows()
    for address in list(found):
        page = scanner.get(address).content.decode()
        found += re.findall(r'href="(/(?:track|rate|rate-us|chat|ask)/[^"#]*)"', page)
    for address in dict.fromkeys(found):
        for method in METHODS:
            assert getattr(scanner, method)(address).status_code < 500, (method, address)
    changed = {name for name, n in rows().items() if n != before[name]}
    assert changed <= MAY_CHANGE, changed
    assert stories.fresh(case).state == "answered" and stories.fresh(case).confirmed_at is None
    chat.refresh_from_db()
    assert (chat.state, chat.last) == ("waiting", 2)
