"""How the tests of this room begin: a complaint that somebody works on, has answered, has closed."""

from datetime import datetime
from typing import Any

from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.actor import customer as customer_actor
from huiyin.listen.voices import actions as voices
from huiyin.resolve.cases import actions, queries
from huiyin.resolve.cases.models import Case, Reply

PORTAL = machine("portal")
TICK = machine("tick")
TEXT = "尊敬的客户：经核实监控与叫号记录，当日等候时间过长，我们向您致歉，并已增设窗口。"


def hear(cast: Any, at: datetime, text: str = "柜员态度恶劣，存折办了两个小时", **more: Any) -> Case:
    """张奶奶 complains on the portal about the outlet O0101, unless told otherwise."""
    words = voices.Words(
        text=text, name=more.pop("name", "张桂兰"), phone=more.pop("phone", "13800138000"),
        id_number=more.pop("id_number", ""), about=more.pop("about", ()), email=more.pop("email", ""),
    )  # fmt: skip
    heard = voices.Heard(
        kind=more.pop("kind", "complaint"), channel=more.pop("channel", "portal"), received_at=at,
        language=more.pop("language", "zh-hans"), words=words, unit=cast.unit[more.pop("unit", "O0101")].pk, **more,
    )  # fmt: skip
    (voice,) = voices.hear_many(items=[heard], by=PORTAL, at=at)
    return fresh(voice.id)


def fresh(case: Any) -> Case:
    found = queries.case(getattr(case, "id", case))
    assert found is not None
    return found


def taken(cast: Any, at: datetime, who: str = "zhao", **more: Any) -> Case:
    """The case is with a handler of the branch."""
    case = hear(cast, at, **more)
    actions.assign(case=case.id, handler=cast.staff[who].pk, by=cast.actor("sun"), at=at)
    return fresh(case)


def grade(cast: Any, case: Case, at: datetime, complexity: str = "simple", severity: str = "ordinary") -> Case:
    actions.classify(
        case=case.id, category="savings", cause="service", complexity=complexity, severity=severity,
        by=cast.actor("sun"), at=at,
    )  # fmt: skip
    return fresh(case)


def drafted(cast: Any, case: Case, at: datetime, who: str = "zhao", text: str = TEXT) -> Reply:
    return actions.draft_reply(case=case.id, text=text, by=cast.actor(who), at=at)


def answered(cast: Any, at: datetime, who: str = "zhao", **more: Any) -> Case:
    case = taken(cast, at, who, **more)
    reply = drafted(cast, case, at, who)
    actions.send_reply(reply=reply.pk, by=cast.actor(who), at=at)
    return traced(cast, case, at) if fresh(case).kind == "complaint" else fresh(case)


def traced(cast: Any, case: Case, at: datetime, who: str = "sun", **more: Any) -> Case:
    """Root cause and accountable post are on record, so that the case may close."""
    said = {"root_cause": "people.attitude", "post": "teller", "unit": cast.unit["O0101"].pk} | more
    actions.find_cause(case=case.id, by=cast.actor(who), at=at, **said)
    return fresh(case)


def the_customer(case: Case) -> Actor:
    return customer_actor(case.id)
