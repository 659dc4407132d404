"""Asked by message first: the answer settles the call, or a person takes over with all of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.customers.profiles import actions as profiles
from huiyin.ledger.models import Entry
from huiyin.platform.messages.models import Message
from huiyin.resolve.callbacks import actions, queries, tasks
from huiyin.resolve.callbacks.models import Call, Contact, Run
from huiyin.resolve.callbacks.tests.test_callbacks import closed, drawn
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases.tests import stories

TICK = stories.TICK


@pytest.fixture(autouse=True)
def the_moment(settings: Any, at: datetime) -> None:
    settings.HUIYIN_NOW = at.isoformat()


def asked(cast: Any, at: datetime) -> tuple[Any, Contact, str]:
    case = closed(cast, at)
    draw = drawn(cast, at)
    actions.start_run(draw=draw.pk, by=cast.actor("sun"), at=at)
    tasks.ask_everybody.call(str(draw.pk))
    contact = Contact.objects.get()
    return case, contact, f"/ask/{queries.secret(contact.pk)}/"


def test_asked_once_however_often_the_job_runs_and_looking_counts_nothing(cast: Any, at: datetime) -> None:
    _case, contact, link = asked(cast, at)
    for _again in range(2):
        tasks.ask_everybody.call(str(contact.call.draw_id))
        actions.keep_up(by=TICK, at=at)
    assert Message.objects.filter(purpose="outreach").count() == 1 and Run.objects.get().finished_at == at
    with pytest.raises(actions.Refused):
        actions.take_next(by=cast.actor("ma"), at=at)
    before = Entry.objects.count()
    for _scanner in range(3):
        assert Client().get(link).status_code == Client().head(link).status_code == 200
    assert Entry.objects.count() == before and Contact.objects.get().state == "asked"
    assert Client().get(f"{link}stop/").status_code == 405


def test_settled_by_message_needs_no_call(cast: Any, at: datetime) -> None:
    case, _contact, link = asked(cast, at)
    assert Client().post(link, {"choice": "yes"}).status_code == 422
    assert Client().post(link, {"choice": "maybe", "satisfied": "5"}).status_code == 422
    for _twice in range(2):
        assert Client().post(link, {"choice": "yes", "satisfied": "5", "text": "谢谢"}).status_code == 200
    call = Call.objects.get()
    assert (call.state, call.outcome, call.satisfied, call.tries) == ("done", "message", 5, 0)
    assert Entry.objects.filter(type="outreach.answered").count() == 1
    assert "谢谢" not in "".join(Entry.objects.values_list("payload", flat=True))
    assert stories.fresh(case).state == "closed"


def test_not_settled_opens_the_case_again(cast: Any, at: datetime) -> None:
    case, _contact, link = asked(cast, at)
    assert Client().post(link, {"choice": "no", "satisfied": "2"}).status_code == 422, "in which words?"
    assert Client().post(link, {"choice": "no", "satisfied": "2", "text": "钱还没退"}).status_code == 200
    assert (stories.fresh(case).cycle, Call.objects.get().followed) == (2, "reopened")


def test_whoever_wants_a_call_is_called_then_with_the_whole_context(cast: Any, at: datetime) -> None:
    _case, _contact, link = asked(cast, at)
    page = Client().get(link).content.decode()
    assert 'value="2026-03-06T10:00"' in page and "2026-03-07" not in page, "office hours only, no Saturday"
    for wrong in ("", "2026-03-07T10:00", "2026-03-06T03:00", "now"):
        assert Client().post(link, {"choice": "call", "call_at": wrong}).status_code == 422
    said = {"choice": "call", "call_at": "2026-03-06T10:00", "text": "想问退费"}
    assert Client().post(link, said).status_code == 200
    then = at + timedelta(days=1)
    call = actions.take_next(by=cast.actor("ma"), at=then)
    assert call.next_at == then
    html = cast.login(Client(), "ma").get(f"/desk/callbacks/{call.pk}/").content.decode()
    assert "请给我打电话" in html and "想问退费" in html and stories.TEXT[:12] in html


def test_one_reminder_then_a_person_and_neither_at_night(cast: Any, at: datetime) -> None:
    _case, contact, _link = asked(cast, at)
    night = at + timedelta(hours=36)
    assert actions.keep_up(by=TICK, at=night) == 0
    for n in (46, 47):
        actions.keep_up(by=TICK, at=at + timedelta(hours=n))
    assert Message.objects.filter(purpose="outreach").count() == 2
    late = at + timedelta(days=5)
    assert actions.keep_up(by=TICK, at=late) == 1 and actions.keep_up(by=TICK, at=late) == 0
    assert Contact.objects.get().state == "expired"
    assert actions.take_next(by=cast.actor("ma"), at=late).pk == contact.call_id
    with pytest.raises(actions.Refused):
        actions.answer(secret=queries.secret(contact.pk), choice="yes", satisfied=5, by=TICK, at=late)


def test_needs_that_are_marked_after_the_draw_choose_the_way_and_end_the_reminder(cast: Any, at: datetime) -> None:
    case = closed(cast, at)
    draw = drawn(cast, at)
    case_actions.flag(case=case.id, code="hearing", on=True)
    actions.start_run(draw=draw.pk, by=cast.actor("sun"), at=at)
    tasks.ask_everybody.call(str(draw.pk))
    sent = Message.objects.get(purpose="outreach")
    assert (sent.way, sent.why) == ("written", "hearing")
    case_actions.flag(case=case.id, code="sight", on=True)
    actions.keep_up(by=TICK, at=at + timedelta(hours=25))
    assert Contact.objects.get().reminded_at is not None
    assert Message.objects.filter(purpose="outreach").count() == 1, "a link reaches them no more"


def test_a_no_to_messages_is_kept(cast: Any, at: datetime, settings: Any) -> None:
    _case, _contact, link = asked(cast, at)
    assert Client().post(f"{link}stop/").status_code == 200
    assert Contact.objects.get().state == "expired"
    other = closed(cast, at, phone="13900139002", name="李四")
    profiles.say(customer=other.customer, purpose="outreach", given=False, source="phone", by=TICK, at=at)
    draw = drawn(cast, at)
    actions.start_run(draw=draw.pk, by=cast.actor("sun"), at=at)
    settings.HUIYIN_NOW = (at + timedelta(hours=13)).isoformat()
    assert tasks.ask_everybody.call(str(draw.pk)) == "quiet" and Contact.objects.count() == 1
    settings.HUIYIN_NOW = at.isoformat()
    tasks.ask_everybody.call(str(draw.pk))
    told = queries.progress(draw)
    assert told is not None and (told.total, told.done, told.skipped) == (1, 1, 1)
    assert Message.objects.filter(purpose="outreach").count() == 1
