"""The pages, as a reviewer, the person reviewed and the quality department meet them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import customer, machine
from huiyin.kernel.ids import new_id
from huiyin.listen.chats import actions as chats
from huiyin.measure.reviews import actions, forms
from huiyin.measure.reviews.models import Sample, Score
from huiyin.measure.reviews.tests import stories
from huiyin.platform.messages import queries as messages

pytestmark = pytest.mark.django_db


def chatted(cast: Any, at: datetime) -> UUID:
    """A chat that zhao had, in which a card was lost; it became no matter."""
    id = new_id()
    asked = chats.Opening(kind="enquiry", text="卡被吞了，我的电话13800138000")
    chats.open_chat(id=id, asked=asked, origin="", by=customer(id), at=at)
    chats.take(chat=id, by=cast.actor("zhao"), at=at)
    chats.end(chat=id, side="customer", by=customer(id), at=at)
    return id


def said(score: Any, **worse: str) -> dict[str, str]:
    marks = stories.full(score.sample, **worse)
    form = {f"mark-{item}": mark for item, mark in marks.items()}
    form |= {f"why-{item}": "见录音 03:12" for item in worse}
    return form | {"version": str(score.version), "note": "沟通耐心"}


@pytest.mark.django_db
def test_from_the_form_to_the_decided_objection(cast: Any, at: datetime) -> None:
    sample = stories.drawn(cast, at)
    score = stories.form(sample)
    wu, zhou, zhao = (cast.login(Client(), name) for name in ("wu", "zhou", "zhao"))
    here = f"/desk/reviews/score/{score.pk}/"
    assert here in wu.get("/desk/reviews/todo/").content.decode()
    for language in ("zh-hans", "en"):
        page = wu.get(f"{here}?lang={language}")
        text = page.content.decode()
        assert page.status_code == 200 and "hy-timeline" in text and "Label(" not in text
    assert zhou.get(here).status_code == 404, "another reviewer's form does not exist"
    gap = wu.post(here, said(score) | {"mark-listened": "", "verb": "hand_in"})
    assert gap.status_code == 422 and "id_mark-listened" in gap.content.decode()
    kept = wu.post(here, said(score, listened="0") | {"verb": "keep"})
    assert kept.status_code == 302
    old = wu.post(here, said(score) | {"verb": "hand_in"})
    assert old.status_code == 422, "the page of before"
    score.refresh_from_db()
    assert zhao.get(f"/desk/reviews/mine/{sample.pk}/").status_code == 404, "no score stands yet"
    assert wu.post(here, said(score, listened="0", ways_on="no") | {"verb": "hand_in"}).status_code == 302
    sample.refresh_from_db()
    mine = f"/desk/reviews/mine/{sample.pk}/"
    page = zhao.get(mine).content.decode()
    assert "88" in page and "见录音" in page and cast.wu.name not in page, "the grounds, not the reviewer"
    assert zhao.get(f"/desk/reviews/{sample.pk}/").status_code == 404
    empty = zhao.post(f"{mine}object/", {"version": sample.version, "reason": ""})
    assert empty.status_code == 422
    assert zhao.post(f"{mine}object/", {"version": sample.version, "reason": "已告知"}).status_code == 302
    ruling = f"/desk/reviews/objection/{sample.pk}/"
    assert wu.get(ruling).status_code == 403, "wu has scored"
    assert "已告知" in zhou.get(ruling).content.decode()
    sample.refresh_from_db()
    form = said(score, listened="0") | {"version": str(sample.version), "reason": "属实", "verb": "changed"}
    assert zhou.post(ruling, form).status_code == 302
    assert Sample.objects.get().points == 9200
    for who, page in ((zhou, f"/desk/reviews/{sample.pk}/"), (zhao, mine)):
        text = who.get(page).content.decode()
        assert "88" in text and "92" in text, "the old score beside the new"


@pytest.mark.django_db
def test_the_pages_of_the_quality_department(cast: Any, at: datetime) -> None:
    sample = stories.drawn(cast, at, double=100)
    april = stories.next_month(at)
    for place in ("first", "second"):
        stories.give(cast, stories.form(sample, place), april, listened="1")
    wu = cast.login(Client(), "wu")
    draw = sample.draw_id
    pages = [
        "todo/", "all/", "all/?state=scored", "results/", "plans/", "plans/new/", "plans/cases/", f"draws/{draw}/",
        "calibration/", "calibration/new/", "scorecards/", "scorecards/new/", "scorecards/conversation/", f"{sample.pk}/",
    ]  # fmt: skip
    for language in ("zh-hans", "en"):
        for page in pages:
            answer = wu.get(f"/desk/reviews/{page}", headers={"accept-language": language})
            assert answer.status_code == 200, page
    assert "<svg" in wu.get("/desk/reviews/calibration/").content.decode()
    assert wu.post("/desk/reviews/plans/new/", {"code": "x"}).status_code == 422


def test_a_scorecard_is_changed_field_by_field_and_used_once_a_second_person_publishes_it(cast: Any) -> None:
    page = "/desk/reviews/scorecards/case-handling/edit/"
    wu, zhou = cast.login(Client(), "wu"), cast.login(Client(), "zhou")
    card = standards.scorecard("case-handling")
    assert card is not None
    as_it_stands = forms.CardForm(card)
    said: dict[str, Any] = {
        name: field.initial for name, field in as_it_stands.fields.items() if field.initial not in (None, False)
    }
    first, fresh = card.items[0], "item_1"
    less = said | {f"i-{first.code}-weight": first.weight - 2}
    wrong = wu.post(page, less).content.decode()
    assert "权重合计为 98" in wrong and not standards.scorecard_versions("case-handling")
    more = less | {f"i-{fresh}-zh": "结束前再次确认客户诉求", f"i-{fresh}-weight": 2}
    assert "中英文均须填写" in wu.post(page, more).content.decode()
    made = wu.post(page, more | {f"i-{fresh}-en": "The need was confirmed once more"})
    assert made.status_code == 302 and made["Location"].endswith("?version=2")
    assert "结束前再次确认" in wu.get(made["Location"]).content.decode()
    assert standards.scorecard("case-handling") == card, "a draft is not in use"
    settle = "/desk/reviews/scorecards/case-handling/2/publish/"
    assert wu.post(settle).status_code == 403 and zhou.post(settle).status_code == 302
    now = standards.scorecard("case-handling")
    assert now is not None and now.version == 2 and len(now.items) == len(card.items) + 1
    assert {item.code for item in card.items} <= {item.code for item in now.items}, "figures by item go on"


def test_chats_are_reviewed_as_they_were_said_and_reviewers_are_reminded_once(cast: Any, at: datetime) -> None:
    """The plug reads the chats themselves, also one that never became a matter; who had a part in it does not judge it."""
    chat = chatted(cast, at)
    april = stories.next_month(at)
    stories.plan(cast, at, code="chats", sort="chat", scorecard="conversation", quotas={"base": (100, 1)})
    actions.draw(plan="chats", by=cast.actor("wu"), at=april)
    sample = Sample.objects.get()
    assert (sample.subject, sample.person_id, sample.number[:10]) == (chat, cast.zhao.pk, "CH20260305")
    html = cast.login(Client(), "wu").get(f"/desk/reviews/score/{Score.objects.get().pk}/").content.decode()
    assert "卡被吞了" in html and "138****8000" in html and "13800138000" not in html and "赵敏" in html
    assert Score.objects.get().reviewer_id == cast.wu.pk
    told = lambda: [n.link for n in messages.inbox(cast.wu.pk) if n.kind == "quality"]  # noqa: E731
    before = len(told())
    for hours in (-30, -20, -20, 2, 3):
        actions.remind(by=machine("tick"), at=sample.due_at + timedelta(hours=hours))
    assert len(told()) == before + 2, "once a day ahead, once when it is late"
