"""Asked by message: the pause, the page behind the link, the answer on the case, and the person who takes over."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.products.models import Product
from huiyin.bank.standards import actions as standard_actions
from huiyin.bank.standards import queries as standards
from huiyin.ledger import actions as ledger
from huiyin.ledger.models import Entry
from huiyin.platform.files.models import File
from huiyin.platform.messages.facts import MessageDelivered
from huiyin.platform.messages.models import Delivery, Message, Notice
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries as case_queries
from huiyin.resolve.cases.tests import stories
from huiyin.resolve.precontacts import actions, queries
from huiyin.resolve.precontacts.models import Precontact

TICK = stories.TICK
CODE = "ask-papers-and-facts"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EMPTY: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def the_moment(settings: Any, at: datetime) -> None:
    settings.HUIYIN_NOW = at.isoformat()


def approved(cast: Any, at: datetime) -> None:
    """One proposes the text, another approves it."""
    text, audience = standards.shipped_templates()[CODE], standards.shipped_audience(CODE)
    made = standard_actions.propose_template(code=CODE, text=text, audience=audience, by=cast.actor("sun"), at=at)
    standard_actions.decide_template(code=CODE, version=made.version, approve=True, by=cast.actor("zhou"), at=at)


def asked(cast: Any, at: datetime, **more: Any) -> tuple[Any, Precontact, str]:
    """zhao asks for the contract and whether product, day and amount are right."""
    approved(cast, at)
    Product.objects.get_or_create(code="debit", defaults={"name": "借记卡", "category": "bank_card"})
    case = stories.taken(cast, at, product="debit", occurred_on=date(2026, 3, 1), **more)
    row = actions.ask(
        case=case.id, template=CODE, papers=["contract"], by=cast.actor("zhao"), at=at,
        facts={"product": "debit", "occurred_on": "2026-03-01", "amount": "1,280.00 CNY"},
    )  # fmt: skip
    return case, row, f"/answer/{queries.secret(row.pk)}/"


def paused(case: Any) -> set[str]:
    return {view.family for view in clocks.waits(case.id).get("customer_material", [])}


def test_from_the_case_page_to_the_answer_on_the_case(cast: Any, at: datetime) -> None:
    """Over HTTP: a colleague asks, the house's limits pause and the regulator's run, the customer answers without
    JavaScript, everything stands structured on the case, the limits run on and the handler hears of it."""
    case = stories.taken(cast, at, product="debit", occurred_on=date(2026, 3, 1))
    Product.objects.get_or_create(code="debit", defaults={"name": "借记卡", "category": "bank_card"})
    zhao = cast.login(Client(), "zhao")
    assert f"/desk/precontacts/ask/{case.id}/" not in zhao.get(f"/desk/cases/{case.id}/").content.decode(), (
        "no text yet"
    )
    approved(cast, at)
    asking = f"/desk/precontacts/ask/{case.id}/"
    assert "{number}" not in zhao.get(asking).content.decode(), "the text is offered as the customer will read it"
    assert asking in zhao.get(f"/desk/cases/{case.id}/").content.decode()
    assert zhao.post(asking, {"template": CODE, "currency": "CNY"}).status_code == 422, "asks for nothing"
    chosen = {
        "template": CODE, "papers": ["contract", "receipt"], "facts": ["product", "occurred_on", "amount"],
        "occurred_on": "2026-03-01", "amount": "1,280", "currency": "CNY", "note": "请遮挡卡号",
    }  # fmt: skip
    assert zhao.post(asking, chosen | {"last": "2027-01-01"}).status_code == 422
    assert zhao.post(asking, chosen | {"amount": "many"}).status_code == 422
    assert Precontact.objects.count() == 0 and not paused(case)
    assert zhao.post(asking, chosen).status_code == 302
    assert zhao.post(asking, chosen).status_code == 422, "one at a time"
    row = Precontact.objects.get()
    message = Message.objects.get(purpose="material")
    assert (message.item, row.template) == (row.pk, f"{CODE}/1")
    assert "TOTAL" in paused(case) and "REG" not in paused(case)

    link, before = f"/answer/{queries.secret(row.pk)}/", Entry.objects.count()
    customer = Client()
    for _scanner in range(2):
        page = customer.get(link).content.decode()
        assert customer.head(link).status_code == 200
    assert "借记卡" in page and "1,280.00 CNY" in page and "请遮挡卡号" in page
    assert Entry.objects.count() == before and Precontact.objects.get().state == "asked"
    desk = zhao.get(f"/desk/cases/{case.id}/").content.decode()
    assert queries.secret(row.pk) not in desk, "the link is the customer's alone"

    papers = {"c0": "", "c1": "held", "c2": "right", "c3": "wrong", "c4": "wrong"}
    for wrong in (EMPTY, papers, papers | {"c0": "here"}, papers | {"c0": "none", "v3": "2026-03-20", "v4": "1"}):
        assert customer.post(link, wrong).status_code == 422
    bad = {"c0": "here", "c1": "held", "c2": "right", "c3": "right", "c4": "right"}
    script = SimpleUploadedFile("x.html", b"<script>alert(1)</script>")
    assert customer.post(link, bad | {"v0": script}).status_code == 422
    assert not File.objects.exists() and Precontact.objects.get().state == "asked", "all or nothing"
    said = papers | {"v3": "2026-02-27", "v4": "1,208.50", "text": "金额记反了，电话 13800138000"}
    for _twice in range(2):
        attached = SimpleUploadedFile("合同.pdf", PDF)
        assert customer.post(link, said | {"v0": attached}).status_code == 200
    row = Precontact.objects.get()
    assert row.answers == {
        "paper:contract": "here", "paper:receipt": "held", "fact:product": "right", "fact:occurred_on": "wrong",
        "fact:amount": "wrong",
    }  # fmt: skip
    assert File.objects.count() == 1 and row.files["paper:contract"] == [str(File.objects.get().pk)]
    assert not paused(case), "the limits run again"
    assert Notice.objects.filter(kind="precontact_answered", staff=cast.staff["zhao"].pk).count() == 1
    facts = list(Entry.objects.filter(type__startswith="precontact.").values_list("type", "payload"))
    assert [kind for kind, _payload in facts] == ["precontact.asked", "precontact.answered"]
    assert not any(word in payload for _kind, payload in facts for word in ("1208", "1,208", "借记卡", "金额"))

    html = zhao.get(f"/desk/cases/{case.id}/").content.decode()
    assert "1,208.50 CNY" in html and "合同.pdf" in html and "138****8000" in html and "13800138000" not in html
    line = next(item for item in case_queries.timeline(case, cast.actor("zhao")) if "1,208.50" in item.text)
    assert line.sort == "customer" and "1,280.00 CNY" in line.text


def test_one_reminder_then_a_person_with_everything_asked_who_writes_the_answer_down(cast: Any, at: datetime) -> None:
    case, row, link = asked(cast, at)
    night = (row.remind_at + timedelta(days=1)).replace(hour=15)  # 23:00 in Shanghai
    assert actions.keep_up(by=TICK, at=night) == 0
    day = night + timedelta(hours=12)
    assert [actions.keep_up(by=TICK, at=day) for _twice in range(2)] == [1, 0]
    assert Message.objects.filter(purpose="material_reminder").count() == 1
    late = row.open_until + timedelta(minutes=1)
    assert [actions.keep_up(by=TICK, at=late) for _twice in range(2)] == [1, 0]
    row.refresh_from_db()
    assert (row.state, row.why, row.handed_to_id) == ("handed", "silent", case.handler_id) and not paused(case)
    assert Notice.objects.filter(kind="precontact_handed").count() == 1
    zhao = cast.login(Client(), "zhao")
    assert case.number in zhao.get("/desk/precontacts/").content.decode()
    page = zhao.get(f"/desk/precontacts/{row.pk}/").content.decode()
    assert "借记卡" in page and "1,280.00 CNY" in page
    assert cast.login(Client(), "chen").get(f"/desk/precontacts/{row.pk}/").status_code == 404
    said = {"c0": "later", "c1": "right", "c2": "right", "c3": "unsure"}
    assert zhao.post(f"/desk/precontacts/{row.pk}/", said).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.settled_by_id) == ("answered", cast.staff["zhao"].pk)
    assert not queries.told(row).whole, "a paper is still to come"
    assert "right" not in row.answers["fact:amount"]
    assert Client().post(link, said).status_code == 200 and Precontact.objects.get().settled_by_id, (
        "the first answer stands"
    )


def test_a_lost_message_is_a_persons_task_at_once_and_a_late_answer_still_counts(cast: Any, at: datetime) -> None:
    case, row, link = asked(cast, at)
    assert actions.message_lost(precontact=row.pk, by=TICK, at=at) and not paused(case)
    assert not actions.message_lost(precontact=row.pk, by=TICK, at=at)
    assert Precontact.objects.get().why == "undelivered"
    assert Client().post(link, {"c0": "none", "c1": "right", "c2": "right", "c3": "right"}).status_code == 200
    assert Precontact.objects.get().state == "answered" and Delivery.objects.count() == 0


@pytest.mark.parametrize(
    ("needs", "ways", "way"),
    [(["hearing"], ["sms", "smtp"], "written"), (["elderly"], ["sms"], "call")],
)
def test_needs_choose_the_way_of_the_questions(
    cast: Any, at: datetime, settings: Any, needs: list[str], ways: list[str], way: str
) -> None:
    """Whom no link reaches is a task for a person, with everything asked; no limit pauses until somebody has asked."""
    settings.HUIYIN_SMTP_URL, settings.HUIYIN_SMS_URL = "smtp://127.0.0.1:9", "http://127.0.0.1:9/"
    approved(cast, at)
    case = stories.taken(cast, at, phone="13900139000", email="a@mail.example")
    cases.mark_needs(case=case.id, needs=needs, source="customer", text="", by=cast.actor("zhao"), at=at)
    zhao, asking = cast.login(Client(HTTP_ACCEPT_LANGUAGE="en"), "zhao"), f"/desk/precontacts/ask/{case.id}/"
    in_person = way != "written"
    assert ("No link reaches this customer" in zhao.get(asking).content.decode()) is in_person
    page = zhao.post(asking, {"template": CODE, "papers": "contract", "currency": "CNY"}, follow=True).content.decode()
    assert ("in person" in page) is in_person
    sent = Message.objects.get(purpose="material_in_person" if in_person else "material")
    assert (sent.way, sent.why) == (way, needs[0])
    assert [one.channel for one in Delivery.objects.filter(message=sent).order_by("channel")] == ways
    row = Precontact.objects.get()
    assert (row.state, row.why) == (("handed", "in_person") if in_person else ("asked", ""))
    arrived = MessageDelivered(message=sent.pk, matter=case.id, channel="sms", purpose=sent.purpose, item=row.pk)
    ledger.record(fact=arrived, stream=f"matter:{case.id}", by=TICK, at=at)
    assert bool(paused(case)) is not in_person
    said = Entry.objects.filter(type__startswith="precontact.").values_list("payload", flat=True)
    assert said and not any(need in payload for payload in said for need in needs), "a need is not for the ledger"
    if in_person:
        assert row.handed_to_id == case.handler_id and Notice.objects.filter(kind__startswith="precontact").count() == 0
        assert actions.keep_up(by=TICK, at=row.open_until + timedelta(days=1)) == 0, "a person has it already"
        assert zhao.post(f"/desk/precontacts/{row.pk}/", {"c0": "held"}).status_code == 302
        assert Precontact.objects.get().state == "answered"


def test_a_need_that_becomes_known_ends_the_wait_for_the_link(cast: Any, at: datetime) -> None:
    case, row, _link = asked(cast, at)
    cases.mark_needs(case=case.id, needs=["digital"], source="customer", text="", by=cast.actor("zhao"), at=at)
    day = row.remind_at.replace(hour=4)
    assert [actions.keep_up(by=TICK, at=day + timedelta(days=1)) for _twice in range(2)] == [1, 0]
    assert Precontact.objects.get().why == "in_person" and not paused(case)
    assert not Message.objects.filter(purpose="material_reminder").exists()
    assert Notice.objects.filter(kind="precontact_in_person").count() == 1


def test_what_is_overtaken_takes_no_answer(cast: Any, at: datetime) -> None:
    case, _row, link = asked(cast, at)
    with pytest.raises(actions.Refused):
        actions.ask(case=case.id, template=CODE, papers=["police"], facts={}, by=cast.actor("zhao"), at=at)
    reply = stories.drafted(cast, stories.fresh(case), at)
    cases.send_reply(reply=reply.pk, by=cast.actor("zhao"), at=at)
    assert stories.fresh(case).state == "answered"
    assert Client().post(link, {"c0": "none", "c1": "right", "c2": "right", "c3": "right"}).status_code == 200
    assert Precontact.objects.get().answers == {}
    assert [actions.keep_up(by=TICK, at=at) for _twice in range(2)] == [1, 0]
    assert Precontact.objects.get().state == "overtaken"


def test_going_on_without_ends_the_pause_and_only_who_may_write_does_it(cast: Any, at: datetime) -> None:
    case, row, link = asked(cast, at)
    assert cast.login(Client(), "wu").post(f"/desk/precontacts/{row.pk}/drop/").status_code in (403, 404)
    assert paused(case)
    assert cast.login(Client(), "zhao").post(f"/desk/precontacts/{row.pk}/drop/").status_code == 302
    assert Precontact.objects.get().state == "dropped" and not paused(case)
    assert 'name="c0"' not in Client().get(link).content.decode()
    with pytest.raises(actions.Refused):
        actions.ask(case=case.id, template="waiting-time", papers=["police"], facts={}, by=cast.actor("zhao"), at=at)
