"""The pages, as a reviewer, the person reviewed and the quality department meet them."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from huiyin.measure.reviews.models import Sample
from huiyin.measure.reviews.tests import stories


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
        assert page.status_code == 200 and "hy-timeline" in page.content.decode()
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
