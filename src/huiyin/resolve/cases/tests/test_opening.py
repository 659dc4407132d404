"""A voice becomes a case: somebody answers for it, clocks run, the customer knows."""

from datetime import datetime
from typing import Any

from huiyin.bank.clocks import queries as clocks
from huiyin.kernel.actor import machine
from huiyin.listen.voices import actions as voices
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import queries

PORTAL = machine("portal")


def hear(cast: Any, at: datetime, text: str = "柜员态度恶劣，存折办了两个小时", **more: Any) -> Any:
    words = voices.Words(text=text, name="张桂兰", phone=more.pop("phone", "13800138000"))
    heard = voices.Heard(
        kind=more.pop("kind", "complaint"), channel="portal", received_at=at, language="zh-hans", words=words,
        unit=cast.unit[more.pop("unit", "O0101")].pk, **more,
    )  # fmt: skip
    (voice,) = voices.hear_many(items=[heard], by=PORTAL, at=at)
    return queries.case(voice.id)


def test_every_complaint_has_an_owner_clocks_and_an_acknowledgement(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    assert case.owner_id is not None and case.owner_how == "duty"
    families = {view.family: view for view in clocks.clocks_of(case.id)}
    assert {"ACK", "RESPONSE", "REG", "TOTAL", "PROMISE", "OWNER"} <= set(families)
    assert families["ACK"].met is True
    assert case.legal_due_at == families["REG"].due_at and case.rank_at == case.legal_due_at
    (letter,) = messages.thread(case.id)
    assert letter.purpose == "acknowledgement" and letter.delivered_at == at


def test_it_is_classified_with_a_confidence(cast: Any, at: datetime) -> None:
    case = hear(cast, at)
    assert (case.category, case.cause) == ("savings", "service") and not case.to_classify
    vague = hear(cast, at, text="你们这样不行", phone="13900139000")
    assert vague.to_classify and clocks.clocks_of(vague.id)
