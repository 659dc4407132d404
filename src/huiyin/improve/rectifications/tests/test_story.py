"""A rectification from the alert to the proof, by four different people, and back again on relapse."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.bank.clocks import actions as clock_actions
from huiyin.bank.clocks import queries as clocks
from huiyin.improve.rectifications import actions, queries
from huiyin.improve.rectifications.actions import Opening
from huiyin.improve.rectifications.models import Rectification, Step
from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.measure.alerts import actions as alert_actions
from huiyin.measure.alerts.models import Alert
from huiyin.measure.alerts.queries import Found, Part
from huiyin.measure.reviews.tests import stories as reviewed
from huiyin.platform.messages import queries as messages

pytestmark = pytest.mark.django_db
TICK = machine("tick")
CELL = {"branch": "B01", "outlet": "O0101"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    settings.HUIYIN_HOME = tmp_path
    return tmp_path


def surge(since: date, observed: float = 40.0) -> Found:
    return Found(
        indicator="M12", rule="surge", family="bank", cell=CELL, since=since, seen=since + timedelta(6), weeks=1,
        observed=observed, expected=2.0, upper=6.0, p=1e-12, explained_by=(Part(CELL, observed, 2.0, 1.0),), series=(),
    )  # fmt: skip


@pytest.fixture
def opened(cast) -> Rectification:
    alert_actions.raise_many(found=[surge(date(2026, 2, 23))], by=TICK, at=cast.at)
    return Rectification.objects.get()


def carried_out(cast, row: Rectification, at: datetime) -> None:
    """Planned and done by the owner, verified by the analyst."""
    known = {"rectification": row.pk, "by": cast.actor("li"), "at": at}
    actions.plan(**known, cause_code="process", cause="柜面未提示", plan="立查立改：全员重训，张贴提示。")
    actions.add_evidence(**known, text="培训签到表已存档")
    actions.finish(**known, text="三项措施均已落实")
    actions.verify(rectification=row.pk, agree=True, text="现场查看属实", by=cast.actor("wu"), at=at)


def test_a_serious_alert_opens_one_rectification_for_the_head_of_the_unit(cast, opened):
    assert opened.how == "rule" and opened.owner_id == cast.li.pk and opened.state == "opened"
    assert opened.counts and opened.target == 14  # two a week were ordinary: 8.7 a month and two deviations
    (clock,) = clocks.clocks_of(opened.pk)
    assert clock.family == "DEADLINE"
    assert messages.unread_count(cast.li.pk) >= 1
    later = cast.at + timedelta(days=60)
    alert_actions.raise_many(found=[surge(date(2026, 4, 20))], by=TICK, at=later)
    assert Rectification.objects.count() == 1
    assert Step.objects.filter(rectification=opened, what="linked").exists()


def test_four_people_do_four_things(cast, opened):
    at = cast.at
    with pytest.raises(actions.Missing):
        actions.plan(rectification=opened.pk, cause_code="process", cause="", plan="", by=cast.actor("li"), at=at)
    with pytest.raises(actions.NotAllowed):
        actions.plan(rectification=opened.pk, cause_code="process", cause="x", plan="y", by=cast.actor("zheng"), at=at)
    actions.plan(
        rectification=opened.pk, cause_code="process", cause="柜面未提示", plan="全员重训", by=cast.actor("li"), at=at
    )
    with pytest.raises(actions.Missing):
        actions.finish(rectification=opened.pk, text="做完了", by=cast.actor("li"), at=at)
    actions.add_evidence(rectification=opened.pk, text="签到表", by=cast.actor("li"), at=at)
    actions.finish(rectification=opened.pk, text="做完了", by=cast.actor("li"), at=at)
    with pytest.raises((actions.SamePerson, actions.NotAllowed)):
        actions.verify(rectification=opened.pk, agree=True, text="我自己看过", by=cast.actor("li"), at=at)
    actions.verify(rectification=opened.pk, agree=False, text="缺照片", by=cast.actor("wu"), at=at)
    assert Rectification.objects.get().state == "planned"
    actions.add_evidence(rectification=opened.pk, text="照片", by=cast.actor("li"), at=at)
    actions.finish(rectification=opened.pk, text="已补照片", by=cast.actor("li"), at=at)
    actions.verify(rectification=opened.pk, agree=True, text="属实", by=cast.actor("wu"), at=at)
    row = Rectification.objects.get()
    assert row.state == "verified"
    assert clocks.clocks_of(row.pk)[0].met is True
    with pytest.raises(actions.NotProven):
        actions.close(rectification=row.pk, text="已改好", by=cast.actor("zhou"), at=at)


def test_it_closes_when_three_months_are_at_target_and_everybody_is_told(cast, opened):
    carried_out(cast, opened, cast.at)
    assert actions.check_effects(by=TICK, at=cast.at + timedelta(days=40)) == 0
    assert Rectification.objects.get().verdict == "too_early"
    later = cast.at + timedelta(days=125)  # April, May and June are over and had no complaints
    assert actions.check_effects(by=TICK, at=later) == 1
    row = Rectification.objects.get()
    assert row.state == "effective"
    with pytest.raises((actions.SamePerson, actions.NotAllowed)):
        actions.close(rectification=row.pk, text="已改好", by=cast.actor("wu"), at=later)
    owner_of_alert = Alert.objects.get().owner_id
    before = messages.unread_count(owner_of_alert)
    actions.close(rectification=row.pk, text="投诉已降到正常水平", by=cast.actor("zhou"), at=later)
    assert Rectification.objects.get().state == "closed"
    assert messages.unread_count(owner_of_alert) == before + 1
    told = [e.type for e in ledger.entries_of(f"rectification:{row.pk}")]
    assert told[0] == "rectification.opened" and "rectification.stepped" in told


def test_what_was_shown_has_to_hold_until_somebody_closes_it(cast, client, opened):
    carried_out(cast, opened, cast.at)
    later = cast.at + timedelta(days=125)
    actions.check_effects(by=TICK, at=later)
    assert Rectification.objects.get().state == "effective"
    page = cast.login(client, "zhou").get(f"/desk/rectifications/{opened.pk}/").content.decode()
    assert (
        "下一步: 关闭整改" in page
    )  # in this room's words, not those of another room that closes or cancels something
    days = timedelta(days=40)
    back = later.date() + timedelta(days=35 - later.weekday())
    alert_actions.raise_many(found=[surge(back)], by=TICK, at=later + days)
    with pytest.raises(actions.NotProven):
        actions.close(rectification=opened.pk, text="已改好", by=cast.actor("zhou"), at=later + days)
    assert actions.check_effects(by=TICK, at=later + days) == 1
    row = Rectification.objects.get()
    assert row.state == "opened" and row.round == 2
    assert set(queries.alerts_of(row)) == set(Alert.objects.values_list("number", flat=True))


def test_the_owner_has_left_and_somebody_else_goes_on(cast, client, opened):
    """The people change, the deadline does not; the verifier is never the owner."""
    known = {"rectification": opened.pk, "reason": "李强调离", "at": cast.at}
    with pytest.raises(actions.NotAllowed):
        actions.appoint(**known, owner=cast.wang.pk, by=cast.actor("li"))
    with pytest.raises(actions.SamePerson):
        actions.appoint(**known, owner=cast.wu.pk, verifier=cast.wu.pk, by=cast.actor("sun"))
    with pytest.raises(actions.Missing):
        actions.appoint(**known, owner=cast.li.pk, by=cast.actor("sun"))
    cast.login(client, "sun")
    page = f"/desk/rectifications/{opened.pk}/"
    said = {"owner": "", "number": "99999", "verifier": str(cast.wu.pk), "text": "李强调离"}
    assert "99999" in client.post(f"{page}appoint/", said).content.decode()
    assert client.post(f"{page}appoint/", said | {"number": cast.zhao.number}).status_code == 302
    row = Rectification.objects.get()
    assert (row.owner_id, row.verifier_id, row.due_date) == (cast.zhao.pk, cast.wu.pk, opened.due_date)
    actions.plan(
        rectification=row.pk, cause_code="process", cause="柜面未提示", plan="重训", by=cast.actor("zhao"), at=cast.at
    )
    with pytest.raises(actions.NotNow):
        actions.appoint(**known | {"rectification": _shown(cast, row)}, owner=cast.li.pk, by=cast.actor("sun"))


def _shown(cast, row: Rectification) -> UUID:
    Rectification.objects.filter(pk=row.pk).update(state="effective")
    return row.pk


def test_the_alert_leads_to_what_is_done_about_it(cast, client, opened):
    later = cast.at + timedelta(days=60)
    (joined,) = alert_actions.raise_many(found=[surge(date(2026, 4, 20))], by=TICK, at=later)
    cast.login(client, "li")
    for alert in (opened.alert_id, joined.pk):
        page = client.get(f"/desk/alerts/{alert}/").content.decode()
        assert f"/desk/rectifications/{opened.pk}/" in page and "李强" in page
        assert opened.number in client.get(f"/desk/rectifications/?alert={alert}").content.decode()
    page = client.get(f"/desk/rectifications/{opened.pk}/").content.decode()
    (why,) = re.findall(r'href="(/desk/clocks/[^"]+)"', page)
    assert client.get(why).status_code == 200


def closed(cast, row: Rectification) -> datetime:
    carried_out(cast, row, cast.at)
    later = cast.at + timedelta(days=125)
    actions.check_effects(by=TICK, at=later)
    actions.close(rectification=row.pk, text="投诉已降到正常水平", by=cast.actor("zhou"), at=later)
    return later


def test_a_new_alert_within_180_days_reopens_it(cast, opened):
    later = closed(cast, opened) + timedelta(days=90)
    since = later.date() - timedelta(days=later.weekday() + 7)
    alert_actions.raise_many(found=[surge(since)], by=TICK, at=later)
    row = Rectification.objects.get()
    assert row.state == "opened" and row.round == 2
    assert Step.objects.filter(rectification=row, what="closed").exists()  # nothing is erased (T63)
    assert len(clocks.clocks_of(row.pk)) == 2


def test_an_alert_after_the_work_means_no_effect_and_another_round(cast, opened):
    carried_out(cast, opened, cast.at)
    later = cast.at + timedelta(days=75)
    since = later.date() - timedelta(days=later.weekday() + 7)
    alert_actions.raise_many(found=[surge(since)], by=TICK, at=later)
    assert actions.check_effects(by=TICK, at=later) == 1
    row = Rectification.objects.get()
    assert row.state == "opened" and row.round == 2 and row.done_at is None
    assert Step.objects.get(rectification=row, what="not_effective").verdict == "adverse"


def test_a_dismissed_alert_takes_its_rectification_along(cast, opened):
    alert = Alert.objects.get()
    alert_actions.dismiss(alert=alert.pk, reason="data", text="重复导入", by=cast.actor("wu"), at=cast.at)
    alert_actions.second(alert=alert.pk, agree=True, by=cast.actor("zhou"), at=cast.at)
    assert Rectification.objects.get().state == "cancelled"
    assert not any(clock.open for clock in clocks.clocks_of(opened.pk))


def test_another_date_does_not_move_the_deadline(cast, opened):
    due = opened.due_date
    actions.redate(
        rectification=opened.pk, to=due + timedelta(days=20), reason="等待总行配件", by=cast.actor("li"), at=cast.at
    )
    row = Rectification.objects.get()
    assert (row.due_date, row.planned_date) == (due, due + timedelta(days=20))
    assert queries.overdue(row, cast.at + timedelta(days=31))
    with pytest.raises(actions.BadDate):
        actions.redate(rectification=row.pk, to=date(2020, 1, 1), reason="?", by=cast.actor("li"), at=cast.at)


def test_one_opened_by_hand_needs_a_problem_and_different_people(cast):
    def opening(**changes: object) -> Opening:
        known = {"problem": "满意度下滑", "owner": cast.li.pk, "indicator": "M15", "unit": cast.unit["O0101"].pk}
        return Opening(**(known | changes))

    by, at = cast.actor("sun"), cast.at
    with pytest.raises(actions.Missing):
        actions.open_rectification(opening=opening(problem=" "), by=by, at=at)
    with pytest.raises(actions.SamePerson):
        actions.open_rectification(opening=opening(verifier=cast.li.pk), by=by, at=at)
    with pytest.raises(actions.BadDate):
        actions.open_rectification(opening=opening(due_date=date(2020, 1, 1)), by=by, at=at)
    with pytest.raises(actions.NotAllowed):
        actions.open_rectification(opening=opening(), by=cast.actor("wang"), at=at)
    row = actions.open_rectification(opening=opening(verifier=cast.wu.pk), by=by, at=at)
    assert row.target == 0.8 and not row.lower_is_better and row.number.startswith("ZG2026-")


def test_who_may_see_it(cast, opened):
    for name, sees in {"li": True, "sun": True, "wu": True, "zhou": True, "chen": False, "wang": False}.items():
        assert queries.visible_to(cast.actor(name), cast.at).exists() is sees, name


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages(cast, client, opened, language):
    client.cookies["hy_lang"] = language
    cast.login(client, "li")
    for path in ("", f"{opened.pk}/", f"{opened.pk}/notice/", "?mine=1"):
        page = client.get(f"/desk/rectifications/{path}")
        assert page.status_code == 200, path
        assert b"style=" not in page.content
    answer = client.post(f"/desk/rectifications/{opened.pk}/plan/", {"cause_code": "", "cause": "", "plan": "写了一半"})
    assert answer.status_code == 200 and "写了一半" in answer.content.decode()
    said = {"cause_code": "process", "cause": "柜面未提示", "plan": "全员重训"}
    assert client.post(f"/desk/rectifications/{opened.pk}/plan/", said).status_code == 302
    photo = SimpleUploadedFile("培训签到.txt", "王丽 李强".encode(), "text/plain")
    assert client.post(f"/desk/rectifications/{opened.pk}/evidence/", {"file": photo}).status_code == 302
    assert "培训签到" in client.get(f"/desk/rectifications/{opened.pk}/").content.decode()
    assert client.get(f"/desk/rectifications/{UUID(int=0)}/").status_code == 404
    assert client.get("/desk/rectifications/?alert=nonsense").status_code == 404
    cast.login(client, "zhou")  # may change the people, which is nobody's next step
    page = client.get(f"/desk/rectifications/{opened.pk}/").content.decode()
    waiting, change = (
        ("当前由其他人员办理", "调整人员") if language == "zh-hans" else ("It is somebody else", "Other people")
    )
    assert waiting in page and change in page
    assert (
        page.index(waiting) < page.index(change) and f"Next: {change}" not in page and f"下一步: {change}" not in page
    )


def test_accepting_an_alert_opens_a_prefilled_rectification(cast, client):
    alert_actions.raise_many(found=[surge(date(2026, 2, 23), observed=9.0)], by=TICK, at=cast.at)
    alert = Alert.objects.get()
    assert not Rectification.objects.exists()  # ordinary: no rule opens one
    cast.login(client, "sun")
    page = client.get(f"/desk/rectifications/new/?alert={alert.pk}")
    assert page.status_code == 200 and alert.number in page.content.decode()
    said = {
        "alert": str(alert.pk), "problem": "投诉突增", "owner": str(cast.li.pk), "verifier": str(cast.wu.pk),
        "due_date": "2026-04-01",
    }  # fmt: skip
    assert client.post("/desk/rectifications/new/", said).status_code == 302
    row = Rectification.objects.get()
    assert row.alert_id == alert.pk and row.how == "hand" and row.unit_id == cast.unit["O0101"].pk
    alert.refresh_from_db()
    assert alert.state == "accepted" and alert.owner_id == cast.sun.pk


def test_the_people_of_the_unit_and_those_above_it_are_offered_and_others_are_found_by_name(cast, client):
    cast.login(client, "wu")
    client.cookies["hy_lang"] = "en"
    unit = str(cast.unit["O0101"].pk)
    said = {"unit": unit, "problem": "写了一半", "owner": "", "find": "", "look": "1"}
    html = client.post("/desk/rectifications/new/", said).content.decode()
    owners = html[html.index('name="owner"') : html.index('name="find"')]
    assert "写了一半" in html and "hy-summary" not in html  # kept, and not judged yet
    near, far = owners.index("Li Qiang (10002)"), owners.index("Sun Jie (10005)")
    assert near < owners.index("Wang Li (10001)") < far < owners.index("Feng Yuan (10009)")
    assert 'label="Renmin Road Outlet"' in owners and "Chen Chen" not in owners
    verifiers = html[html.index('name="verifier"') :]
    assert "Wu Xia" in verifiers and "Wang Li" not in verifiers
    html = client.post("/desk/rectifications/new/", said | {"find": "chen", "owner": str(cast.li.pk)}).content.decode()
    owners = html[html.index('name="owner"') : html.index('name="find"')]
    assert "Chen Chen" in owners and "Li Qiang" in owners and "Wang Li" not in owners
    assert f'value="{cast.li.pk}" selected' in owners
    assert not Rectification.objects.exists()


def test_a_batch_walks_the_same_way(cast):
    alert_actions.raise_many(found=[surge(date(2026, 2, 23), observed=9.0)], by=TICK, at=cast.at)
    (row,) = actions.open_many(
        openings=[Opening(problem="投诉突增", owner=cast.li.pk, indicator="", alert=Alert.objects.get().pk)],
        by=TICK, at=cast.at,
    )  # fmt: skip
    by, at = cast.actor("li"), cast.at
    done = [
        actions.Done(rectification=row.pk, what="plan", by=by, at=at, text="重训", more={"cause_code": "process", "cause": "疏忽"}),
        actions.Done(rectification=row.pk, what="evidence", by=by, at=at, text="签到表"),
        actions.Done(rectification=row.pk, what="finish", by=by, at=at, text="完成"),
        actions.Done(rectification=row.pk, what="verify", by=cast.actor("wu"), at=at, text="属实"),
    ]  # fmt: skip
    assert actions.step_many(steps=done) == 4
    assert Rectification.objects.get().state == "verified"


def test_a_late_one_is_escalated_up_the_line(cast, opened):
    later = cast.at + timedelta(days=40)
    clock_actions.sweep(by=TICK, at=later)
    told = list(Step.objects.filter(rectification=opened, what="escalated").values_list("to", flat=True))
    assert cast.sun.pk in told or cast.li.pk in told
    assert any(e.type == "rectification.escalated" for e in ledger.entries_of(f"rectification:{opened.pk}"))


def test_a_critical_miss_in_a_quality_review_opens_one_rectification_for_the_unit(cast, at):
    sample = reviewed.drawn(cast, at)
    april = reviewed.next_month(at)
    reviewed.give(cast, reviewed.form(sample), april, privacy="no", truthful="no")
    row = Rectification.objects.get()
    assert (row.indicator, row.how, row.origin, row.owner_id) == ("Q1", "rule", "inspection", cast.sun.pk)
    assert "一票否决" in row.problem and cast.zhao.name not in row.problem
    assert [step.what for step in Step.objects.filter(rectification=row).order_by("id")] == ["opened", "linked"]
    for person in (cast.sun.pk, cast.zhou.pk):
        assert "quality" in [notice.kind for notice in messages.inbox(person)]
