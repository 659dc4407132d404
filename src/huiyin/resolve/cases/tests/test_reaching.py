"""By which way a customer with particular needs is reached, and that everything keeps to it (row R11)."""

from datetime import datetime
from typing import Any

import pytest

from huiyin.ledger import queries as ledger
from huiyin.platform.messages import queries as messages
from huiyin.platform.messages.models import Delivery, Message
from huiyin.platform.messages.rules.wording import outside_text
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.actions import Refused
from huiyin.resolve.cases.rules.reaching import WAYS, Way, way_of
from huiyin.resolve.cases.rules.words import FLAGS, REACHED, VULNERABLE
from huiyin.resolve.cases.tests.stories import drafted, fresh, taken

WAY = [
    ("", "pe", "link", "", True),
    ("rural low_income repeat", "pe", "link", "", True),
    ("elderly", "pe", "call", "elderly", True),
    ("elderly", "e", "paper", "elderly", True),
    ("elderly", "", "paper", "elderly", True),
    ("digital", "p", "call", "digital", True),
    ("speech", "p", "call", "speech", True),
    ("illness", "p", "call", "illness", True),
    ("disabled", "p", "call", "disabled", True),
    ("sight", "pe", "call", "sight", True),
    ("sight", "e", "paper", "sight", True),
    ("elderly sight", "p", "call", "sight", True),
    ("hearing", "p", "written", "hearing", False),
    ("hearing", "e", "written", "hearing", False),
    ("hearing", "", "paper", "hearing", False),
    ("elderly hearing", "p", "written", "hearing", False),
    ("hearing minor", "p", "written", "hearing", False),
    ("hearing sight", "pe", "companion", "hearing", False),
    ("minor", "p", "companion", "minor", True),
    ("elderly minor", "p", "companion", "minor", True),
]


@pytest.mark.parametrize(("needs", "left", "code", "why", "calls"), WAY)
def test_needs_decide_on_the_way(needs: str, left: str, code: str, why: str, calls: bool) -> None:
    way = way_of(needs.split(), phone="p" in left, email="e" in left)
    assert (way.code, way.why, way.calls) == (code, why, calls)
    assert way.code in WAYS and (not why or why in VULNERABLE & set(FLAGS))
    hows = way.hows(REACHED)
    assert ("phone" in hows) is calls and set(hows) <= set(REACHED)
    if way.in_person:
        assert hows[0] == {"call": "phone", "paper": "post", "companion": "companion"}[code]


@pytest.mark.parametrize(
    ("code", "phone", "mails", "texts"),
    [
        ("link", "1", True, True), ("call", "1", False, True), ("call", "", True, True), ("written", "1", True, True),
        ("paper", "1", False, False), ("companion", "1", True, True),
    ],
)  # fmt: skip
def test_each_way_has_its_messages(code: str, phone: str, mails: bool, texts: bool) -> None:
    assert (Way(code).mails(phone=phone), Way(code).texts()) == (mails, texts)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_whom_we_telephone_gets_nothing_to_press(language: str) -> None:
    _, text = outside_text("reply", language, "青禾银行", "TS-1", "http://bank/track/x/", "95000", spoken=True)
    assert "http" not in text and "TS-1" in text and "95000" in text


@pytest.mark.django_db
def test_messages_the_page_and_the_record_keep_to_the_way(cast: Any, at: datetime, client: Any, settings: Any) -> None:
    settings.HUIYIN_SMTP_URL, settings.HUIYIN_SMS_URL = "smtp://127.0.0.1:9", "http://127.0.0.1:9/"
    cast.login(client, "zhao")
    said = {
        "elderly": ("sms", "电话告知，短信不附链接", "老年客户"),
        "hearing": ("sms smtp", "短信、邮件书面告知，不致电", "听力障碍客户"),
        "": ("sms smtp", "", ""),
    }
    for number, (need, (ways, way, why)) in enumerate(said.items()):
        case = taken(cast, at, phone=f"1390013900{number}", email=f"a{number}@mail.example")
        needs = [need] if need else []
        actions.mark_needs(case=case.id, needs=needs, source="customer", text="", by=cast.actor("zhao"), at=at)
        actions.send_reply(reply=drafted(cast, fresh(case), at).pk, by=cast.actor("zhao"), at=at)
        sent = Message.objects.get(matter=case.id, purpose="reply")
        assert (sent.way, sent.why) == ({"elderly": "call", "hearing": "written"}.get(need, ""), need)
        assert (
            " ".join(Delivery.objects.filter(message=sent).order_by("channel").values_list("channel", flat=True))
            == ways
        )
        page = client.get(f"/desk/cases/{case.id}/", headers={"accept-language": "zh-hans"}).content.decode()
        assert (f"{way}，因为：{why}" in page) if need else ("，因为：" not in page)
        assert queries.may_telephone(case.id) is (need != "hearing")
        assert not any(need and need in e.payload for e in ledger.entries_of(case.stream)), (
            "a need is not for the ledger"
        )
    assert all(letter.why in ("", "elderly", "hearing") for letter in messages.thread(case.id))


@pytest.mark.django_db
def test_who_neither_hears_nor_sees_is_never_told_by_telephone(cast: Any, at: datetime) -> None:
    case = taken(cast, at)
    actions.mark_needs(
        case=case.id, needs=["hearing", "sight"], source="customer", text="", by=cast.actor("zhao"), at=at
    )
    actions.send_reply(reply=drafted(cast, fresh(case), at).pk, by=cast.actor("zhao"), at=at)
    with pytest.raises(Refused):
        actions.told_in_person(case=case.id, how="phone", by=cast.actor("zhao"), at=at)
    actions.told_in_person(case=case.id, how="companion", by=cast.actor("zhao"), at=at)
    assert queries.was_told_in_person(fresh(case))
