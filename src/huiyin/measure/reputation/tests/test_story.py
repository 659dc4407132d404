"""Public posts from file and webhook to list, complaint, figure and alert."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.kernel.actor import machine
from huiyin.ledger import actions as sealing
from huiyin.ledger import queries as ledger
from huiyin.listen.social import actions as social
from huiyin.listen.social.models import Post
from huiyin.measure.alerts.models import Alert
from huiyin.measure.history import actions as history
from huiyin.measure.indicators import queries as indicators
from huiyin.measure.reputation import actions, queries
from huiyin.measure.reputation.models import Judgement
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.cases.tests.stories import hear

pytestmark = pytest.mark.django_db
HOOK = machine("hook")
ANGRY = "人民路网点排队两个小时只开一个窗口，经理还不耐烦，差评"
GLAD = "柜员特别耐心细心，帮我妈办好了，谢谢，点赞好评"
SHEET = (
    "平台,帖文编号,内容,发布时间,作者,阅读量,机构编码,已删除\n"
    f"微博,w1,{ANGRY},2026-03-04 09:00,早起的鱼,1200,O0101,否\n"
    f"小红书,x1,{GLAD},2026-03-03 20:00,小满,85,,否\n"
    f"微博,w2,转发微博//@早起的鱼：{ANGRY}！,2026-03-04 11:00,路过,3,O0101,否\n"
    "微博,w3,有点慢,2027-01-01 00:00,某,1,,否\n"
    "某平台,y1,排队,2026-03-04 09:00,某,1,,否\n"
    "微博,w4,排队,2026-03-04 09:00,某,1,NOSUCH,否\n"
)


def told(ref: str, text: str = ANGRY, **more: Any) -> social.Told:
    return social.Told(
        **({"source": "weibo", "ref": ref, "text": text, "posted_at": datetime(2026, 3, 4, 1, tzinfo=UTC)} | more)
    )


def take(cast: Any, ref: str, text: str = ANGRY, **more: Any) -> Judgement:
    id, _outcome = social.take_post(told=told(ref, text, **more), by=HOOK, at=cast.at)
    return Judgement.objects.select_related("post").get(pk=id)


def test_a_file_is_taken_row_by_row_and_taken_again_changes_only_what_was_taken_down(
    cast: Any, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.HUIYIN_HOME = tmp_path
    cast.login(client, "admin")

    def upload(text: str) -> str:
        file = SimpleUploadedFile("posts.csv", text.encode("gb18030"))
        preview = client.post("/desk/imports/new/posts/", {"file": file})["Location"]
        page = client.get(preview).content.decode()
        client.post(preview)
        return page

    page = upload(SHEET)
    assert "NOSUCH" in page
    assert Post.objects.count() == 3
    first, repost = Post.objects.get(reach=1200), Post.objects.get(reach=3)
    assert repost.repost_of == first and first.unit_path == "HO/B01/O0101/"
    assert {row.sentiment for row in Judgement.objects.filter(post__source="weibo")} == {"negative"}
    assert Judgement.objects.get(post__source="xiaohongshu").sentiment == "positive"
    upload(SHEET.replace("1200,O0101,否", "1200,O0101,是"))
    assert Post.objects.count() == 3
    first.refresh_from_db()
    assert first.removed_at is not None
    names = ("早起的鱼", "小满", ANGRY[:8])
    entries = ledger.entries_of(f"post:{first.pk}")
    assert [entry.type for entry in entries] == ["post.heard", "post.judged", "post.removed"]
    assert not any(name in str(entry.payload) for entry in entries for name in names)


def test_a_webhook_may_tell_of_a_post_as_often_as_it_likes(cast: Any) -> None:
    one, outcome = social.take_post(told=told("w1"), by=HOOK, at=cast.at)
    again = social.take_post(told=told("w1"), by=HOOK, at=cast.at)
    gone = social.take_post(told=told("w1", removed=True), by=HOOK, at=cast.at)
    assert (outcome, again, gone) == ("new", (one, "unchanged"), (one, "changed"))
    other, _ = social.take_post(told=told("W1"), by=HOOK, at=cast.at)  # some platforms' numbers differ in case only
    assert other != one and Post.objects.get(pk=other).repost_of_id == one
    with pytest.raises(social.BadPost):
        social.take_post(told=told("w9", text=" "), by=HOOK, at=cast.at)
    assert Post.objects.count() == 2


def test_a_complaint_is_opened_from_a_post_once_and_its_author_stays_masked(cast: Any, client: Client) -> None:
    row = take(cast, "w1", author="早起的鱼", url="https://example.org/early-fish/1", unit=cast.unit["O0101"].pk)
    cast.login(client, "sun")
    page = client.get("/desk/reputation/").content.decode()
    assert "排队两个小时" in page and "早起的鱼" not in page
    by_day = client.get("/desk/reputation/?by=day").content.decode()
    assert "近 28 日" in by_day and by_day.count("<tr>") >= 28, "each day, the empty ones too"
    page = client.get(f"/desk/reputation/{row.pk}/").content.decode()
    assert "早起的鱼" not in page and "从该帖文登记投诉" in page
    answer = client.post(f"/desk/reputation/{row.pk}/open/")
    row.refresh_from_db()
    case = cases.case(row.case)
    assert case is not None and answer["Location"] == f"/desk/cases/{case.pk}/"
    assert case.channel == "social" and case.unit_path == "HO/B01/O0101/" and case.due_at
    assert "早起的鱼" not in client.get(answer["Location"]).content.decode()
    assert client.post(f"/desk/reputation/{row.pk}/open/").status_code == 409
    assert Judgement.objects.exclude(case=None).count() == 1


def test_a_post_is_linked_to_a_complaint_that_is_there(cast: Any, client: Client) -> None:
    row, case = take(cast, "w1", unit=cast.unit["O0101"].pk), hear(cast, cast.at)
    cast.login(client, "sun")
    refused = client.post(f"/desk/reputation/{row.pk}/link/", {"number": "TS0000"})
    assert refused.status_code == 404 and "没有这件投诉" in refused.content.decode()
    assert client.post(f"/desk/reputation/{row.pk}/link/", {"number": case.number}).status_code == 302
    page = client.get(f"/desk/reputation/{row.pk}/", headers={"accept-language": "en"}).content.decode()
    assert case.number in page


def test_a_person_decides_and_the_second_of_two_is_told(cast: Any, client: Client) -> None:
    row, repost = take(cast, "w1", unit=cast.unit["O0101"].pk), take(cast, "w2", unit=cast.unit["O0101"].pk)
    cast.login(client, "sun")
    data = {"sentiment": "neutral", "category": "cash", "cause": "", "version": str(row.version)}
    assert client.post(f"/desk/reputation/{row.pk}/decide/", data).status_code == 302
    assert client.post(f"/desk/reputation/{row.pk}/decide/", data).status_code == 409
    row.refresh_from_db()
    repost.refresh_from_db()
    assert (row.sentiment, row.decided, row.decided_by_id) == ("neutral", True, cast.sun.pk)
    assert (repost.sentiment, repost.decided) == ("neutral", False)


def test_who_sees_and_who_does_what(cast: Any) -> None:
    row = take(cast, "w1", unit=cast.unit["O0101"].pk)
    bank = take(cast, "w2", GLAD)
    sees = {
        name: set(queries.visible_to(cast.actor(name)).values_list("pk", flat=True))
        for name in ("li", "sun", "wu", "chen")
    }
    assert sees == {"li": {row.pk}, "sun": {row.pk}, "wu": {row.pk, bank.pk}, "chen": set()}
    client = cast.login(Client(), "li")  # reads, but does nothing
    assert client.get(f"/desk/reputation/{row.pk}/").status_code == 200
    assert client.post(f"/desk/reputation/{row.pk}/open/").status_code == 403
    assert client.get(f"/desk/reputation/{bank.pk}/").status_code == 404


def test_the_positive_share_leaves_out_reposts_and_what_is_not_sure(
    cast: Any, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.HUIYIN_HOME = tmp_path
    glad, angry = take(cast, "x1", GLAD), take(cast, "w1")
    take(cast, "w2")
    unsure = take(cast, "w3", "办了张卡")
    assert glad.sure and angry.sure and not unsure.sure
    while sealing.seal(at=cast.at):
        pass
    history.copy(by=HOOK, at=cast.at)
    told = indicators.series(
        code="M08", actor=machine("test"), at=cast.at, grain="month", from_day=datetime(2026, 3, 1).date(),
        until_day=datetime(2026, 4, 1).date(), filters={},
    )  # fmt: skip
    assert [(p.value, p.n) for p in told.points if p.n] == [(0.5, 2)]
    cast.login(client, "wu")
    page = client.get("/desk/reputation/", headers={"accept-language": "en"}).content.decode()
    assert "<svg" in page and "50.0" in page
    for query in (
        "source=weibo",
        "sentiment=positive",
        "state=unsure",
        "state=open",
        "category=cash&from_day=2026-03-01",
    ):
        assert client.get(f"/desk/reputation/?{query}").status_code == 200
    assert client.get("/desk/reputation/?from_day=31.31.2026").status_code == 422
    for code in ("M08", "M08B"):
        assert client.get(f"/desk/indicators/{code}/").status_code == 200


def test_a_burst_raises_one_alert_that_names_its_parts(cast: Any, client: Client) -> None:
    for n in range(3):  # a few angry posts in the weeks before
        take(cast, f"old{n}", f"{ANGRY}第{n}次遇到这种情况了真是", posted_at=cast.at - timedelta(days=10 + 7 * n))
    assert actions.look(by=HOOK, at=cast.at) == 0
    for n in range(8):
        take(cast, f"new{n}", posted_at=cast.at - timedelta(minutes=n))
    assert actions.look(by=HOOK, at=cast.at) == 1
    assert actions.look(by=HOOK, at=cast.at + timedelta(hours=2)) == 0
    alert = Alert.objects.get()
    assert (alert.indicator, alert.family, alert.cell, alert.observed) == ("M08B", "social", {}, 8)
    assert {"source": "weibo"} in [part["cell"] for part in alert.explained_by]
    cast.login(client, "zhou")
    page = client.get(f"/desk/alerts/{alert.pk}/").content.decode()
    assert "社交媒体负面帖文量" in page
