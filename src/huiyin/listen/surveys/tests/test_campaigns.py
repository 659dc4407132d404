"""A survey from its first question to the last answer: built, drawn, sent once, answered once, looked into."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.customers.profiles import actions as profile_actions
from huiyin.kernel.actor import machine
from huiyin.kernel.label import Label
from huiyin.kernel.permit import Denied
from huiyin.ledger.models import Entry
from huiyin.listen.surveys import actions, queries, tasks
from huiyin.listen.surveys.models import Answer, Campaign, Contact, Invitation, OptOut, Response, Stratum, Survey
from huiyin.listen.surveys.queries import desk
from huiyin.listen.surveys.rules import questions
from huiyin.listen.voices.models import Voice
from huiyin.listen.voices.queries import words
from huiyin.platform.imports.queries import BROWSER
from huiyin.platform.messages import tasks as posts
from huiyin.platform.messages.models import Delivery, Message
from huiyin.platform.vault import actions as vault

BY = machine("test")
CONTENT = questions.Content(
    title=Label("", "年度满意度调查", "Yearly survey"),
    questions=(
        questions.Question("q1", "csat", Label("", "总体满意吗？", "Satisfied overall?"), required=True),
        questions.Question(
            "q2", "text", Label("", "哪里不好？", "What went wrong?"),
            condition=questions.Condition("q1", "at_most", "2"),
        ),
        questions.Question("q3", "matrix", Label("", "分项评分", "Aspects"), options=questions.ASPECTS[:3]),
        questions.Question("q4", "nps", Label("", "是否推荐？", "Recommend us?")),
    ),
    low_question="q1", low_at_most=2,
)  # fmt: skip


@pytest.fixture
def gateway(settings):
    settings.HUIYIN_SMTP_URL = "smtp://127.0.0.1:9"


def published(cast, unit="HO"):
    who, at = cast.actor("zhou"), cast.at
    survey = actions.add_survey(unit=cast.unit[unit].pk, title=CONTENT.title, by=who, at=at)
    actions.change(survey=survey.pk, version=1, content=CONTENT, by=who, at=at)
    return actions.publish(survey=survey.pk, version=2, by=who, at=at)


def planned(cast, edition, *, unit="HO", **more):
    values = {
        "edition": edition.pk, "unit": cast.unit[unit].pk, "title": "春季", "frame": "list", "from_day": None, "until_day": None,
        "strata": ("unit",), "margin": Decimal("0.05"), "confidence": 95, "allocation": "each",
        "expected_rate": Decimal("0.5"), "channel": "email", "rest_days": 30, "remind_after_days": 7,
        "ends_at": cast.at + timedelta(days=21),
    }  # fmt: skip
    return actions.plan(planned=actions.Planned(**values | more), by=cast.actor("zhou"), at=cast.at)


def listed(cast, campaign, people):
    """(e-mail, unit) of each."""
    sheet = "电子邮箱,手机号,机构编码\n" + "".join(f"{email},,{unit}\n" for email, unit in people)
    return actions.list_contacts(
        campaign=campaign.pk, source=BytesIO(sheet.encode()), name="名单.csv", by=cast.actor("zhou"),
        at=cast.at, limits=BROWSER,
    )  # fmt: skip


def sent(cast, people, **more):
    """A campaign whose invitations are in the outbox."""
    campaign = planned(cast, more.pop("edition", None) or published(cast), **more)
    listed(cast, campaign, people)
    actions.draw(campaign=campaign.pk, by=cast.actor("zhou"), at=cast.at, seed=1)
    actions.step(campaign=campaign.pk, step="start", by=cast.actor("zhou"), at=cast.at)
    tasks.carry_on.func(str(campaign.pk))
    return Campaign.objects.get(pk=campaign.pk)


def test_a_published_version_never_changes_and_a_draft_changes_for_one_at_a_time(cast):
    who, at = cast.actor("wu"), cast.at
    survey = actions.add_survey(unit=cast.unit["HO"].pk, title=Label("", "仅中文", ""), by=who, at=at)
    with pytest.raises(actions.Refused) as no:
        actions.publish(survey=survey.pk, version=1, by=who, at=at)
    assert {fault.code for fault in no.value.faults} == {"empty", "language"}
    actions.change(survey=survey.pk, version=1, content=CONTENT, by=who, at=at)
    with pytest.raises(actions.Stale):
        actions.change(survey=survey.pk, version=1, content=CONTENT, by=who, at=at)
    first = actions.publish(survey=survey.pk, version=2, by=who, at=at)
    with pytest.raises(actions.Stale):
        actions.change(survey=survey.pk, version=2, content=CONTENT, by=who, at=at)
    second = actions.revise(survey=survey.pk, by=who, at=at)
    assert actions.revise(survey=survey.pk, by=who, at=at) == second and second.number == 2
    first.refresh_from_db()
    assert first.content == questions.as_plain(CONTENT)
    with pytest.raises(Denied):
        actions.revise(survey=survey.pk, by=cast.actor("sun"), at=at)


def test_a_sample_is_drawn_by_rule_once_and_on_record(cast, gateway):
    campaign = planned(cast, published(cast), expected_rate=Decimal(1), margin=Decimal("0.1"))
    people = [(f"a{n}@example.com", "O0101") for n in range(40)] + [(f"b{n}@example.com", "O0201") for n in range(6)]
    report = listed(cast, campaign, [*people, ("nobody", "O0101"), ("x@example.com", "O9999"), people[0]])
    assert (report.new, report.rejected) == (46, 2) and Contact.objects.count() == 46
    OptOut.objects.create(customer_id=Contact.objects.order_by("id")[0].customer_id, at=cast.at)
    actions.draw(campaign=campaign.pk, by=cast.actor("zhou"), at=cast.at, seed=99)
    big, small = Stratum.objects.filter(campaign=campaign).order_by("-frame")
    assert (big.frame, big.quota, big.left_out) == (40, 29, {"opted_out": 1})
    assert (small.frame, small.quota, small.left_out) == (6, 6, {})
    assert Invitation.objects.filter(stratum=big).count() == 29
    fact = Entry.objects.get(type="survey.drawn").payload
    assert '"seed":99' in fact and '"frame":46' in fact and '"opted_out":1' in fact and '"drawn":35' in fact
    with pytest.raises(actions.NotNow):
        actions.draw(campaign=campaign.pk, by=cast.actor("zhou"), at=cast.at)


def test_killed_and_started_again_everybody_is_invited_exactly_once(cast, gateway, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 3)
    campaign = planned(cast, published(cast), expected_rate=Decimal(1))
    listed(cast, campaign, [(f"p{n}@example.com", "O0101") for n in range(10)])
    actions.draw(campaign=campaign.pk, by=cast.actor("zhou"), at=cast.at)
    actions.step(campaign=campaign.pk, step="start", by=cast.actor("zhou"), at=cast.at)
    post, calls = tasks._post, []

    def dying(*args):
        calls.append(1)
        post(*args)
        if len(calls) == 2:
            raise KeyboardInterrupt  # the worker dies after the outbox was written, before the commit

    monkeypatch.setattr(tasks, "_post", dying)
    with pytest.raises(KeyboardInterrupt):
        tasks.carry_on.func(str(campaign.pk))
    assert Invitation.objects.filter(passage="sent").count() == 3 == Message.objects.count()
    actions.step(campaign=campaign.pk, step="pause", by=cast.actor("zhou"), at=cast.at)
    tasks.carry_on.func(str(campaign.pk))
    assert Message.objects.count() == 3  # paused
    actions.step(campaign=campaign.pk, step="resume", by=cast.actor("zhou"), at=cast.at)
    for _twice in range(2):
        tasks.carry_on.func(str(campaign.pk))
    assert Message.objects.count() == 10 == Delivery.objects.count()
    assert Entry.objects.filter(type="survey.invited").count() == 10
    assert Campaign.objects.get().state == "open"


def test_nobody_is_asked_twice_within_the_rest_nor_reminded_twice(cast, gateway, settings):
    edition = published(cast)
    first = sent(
        cast, [("a@example.com", "O0101"), ("b@example.com", "O0101")], edition=edition, expected_rate=Decimal(1)
    )
    second = planned(cast, edition)
    listed(cast, second, [("a@example.com", "O0101"), ("c@example.com", "O0101")])
    actions.draw(campaign=second.pk, by=cast.actor("zhou"), at=cast.at)
    assert Stratum.objects.get(campaign=second).left_out == {"fatigue": 1}
    later = cast.at + timedelta(days=7, minutes=1)
    settings.HUIYIN_NOW = later.isoformat()
    answered = Invitation.objects.filter(campaign=first).first()
    actions.keep_answer(
        secret=queries.secret(answered.pk), question="q1", given=["5"], rows={}, language="en", by=BY, at=later
    )
    actions.complete(secret=queries.secret(answered.pk), by=BY, at=later)
    assert actions.pump(by=BY, at=later) == 1 and actions.pump(by=BY, at=later - timedelta(days=7)) == 0
    for _twice in range(2):
        tasks.carry_on.func(str(first.pk))
    assert Message.objects.filter(purpose="survey_reminder").count() == 1
    assert actions.pump(by=BY, at=first.ends_at) == 1
    assert Campaign.objects.get(pk=first.pk).state == "ended"


def test_an_invitation_that_cannot_be_delivered_is_seen(cast, gateway, settings):
    sent(cast, [("a@example.com", "O0101")])
    (delivery,) = Delivery.objects.all()
    Delivery.objects.update(attempts=99)
    posts.deliver.func(str(delivery.pk))  # nobody listens on that port
    asked = Invitation.objects.get()
    assert (asked.passage, asked.why, asked.delivered_at) == ("failed", "undelivered", None)


def test_a_customer_answers_page_by_page_and_a_low_score_is_looked_into(cast, gateway, client):
    sent(cast, [("a@example.com", "O0101")], expected_rate=Decimal(1))
    asked = Invitation.objects.get()
    path = f"/survey/{queries.secret(asked.pk)}/"
    for page in (path, f"{path}q1/", f"{path}send/", f"{path}no-more/"):
        assert client.get(page).status_code == 200
    assert not Response.objects.exists() and not OptOut.objects.exists()  # looking counts nothing
    assert client.get(f"/rate/{queries.secret(asked.pk)}/").status_code == 404
    wrong = client.post(f"{path}q1/", {"answer": "9"})
    assert wrong.status_code == 422 and "请选择一个分值" in wrong.content.decode()
    assert client.post(f"{path}send/").url == f"{path}q1/"  # nothing answered yet
    assert client.post(f"{path}q1/", {"answer": "1"}).url == f"{path}q2/"
    assert client.post(f"{path}q2/", {"answer": "等了\0两小时"}).status_code == 422
    assert client.post(f"{path}q2/", {"answer": "等了两小时"}).url == f"{path}q3/"
    assert client.post(f"{path}q3/", {"efficiency": "2", "attitude": "５"}).url == f"{path}q4/"
    assert client.post(f"{path}q4/", {}).url == f"{path}send/"
    over = client.get(f"{path}send/").content.decode()
    assert "等了两小时" in over and "办理效率 2" in over
    assert Response.objects.get().completed_at is None and not Voice.objects.exists()  # kept, not yet counted
    assert "谢谢" in client.post(f"{path}send/").content.decode()
    assert client.post(f"{path}q1/", {"answer": "5"}).status_code == 200  # too late: says so, changes nothing
    response = Response.objects.get()
    assert response.answers == {"q1": 1, "q2": True, "q3": {"efficiency": 2, "attitude": 5}}
    assert (Answer.objects.get().score, Answer.objects.get().kind) == (1, "campaign")
    recovery = Voice.objects.get()
    assert recovery.kind == "low_score" and recovery.customer_id == asked.customer_id
    assert words(recovery.pk).text == "等了两小时" and words(recovery.pk).email == "a@example.com"
    told = Entry.objects.get(type="survey.answered").payload
    assert '"csat":1' in told and '"efficiency":2' in told and str(recovery.pk) in told
    assert "等了两小时" not in "".join(Entry.objects.values_list("payload", flat=True))
    client.post(f"{path}no-more/")
    client.post(f"{path}no-more/")
    assert OptOut.objects.count() == 1 == Entry.objects.filter(type="survey.declined").count()
    later = cast.at + timedelta(days=1)
    said = {"customer": asked.customer_id, "purpose": "survey", "source": "phone", "by": cast.actor("zhao")}
    profile_actions.say(given=True, at=later, **said)  # a later yes lifts it, on record
    assert not OptOut.objects.exists() and Entry.objects.filter(type="survey.allowed").count() == 1
    client.post(f"{path}no-more/")
    assert OptOut.objects.count() == 1 and Entry.objects.filter(type="survey.declined").count() == 2
    vault.erase(subject=asked.customer_id, by=BY, at=cast.at)
    assert client.get(path).status_code == 200


def test_going_back_drops_what_is_no_longer_asked(cast, gateway):
    sent(cast, [("a@example.com", "O0101")], expected_rate=Decimal(1))
    secret = queries.secret(Invitation.objects.get().pk)
    said = {"secret": secret, "rows": {}, "language": "en", "by": BY, "at": cast.at}
    for question, given in (("q1", "2"), ("q2", "slow"), ("q1", "4")):
        actions.keep_answer(question=question, given=[given], **said)
    actions.complete(secret=secret, by=BY, at=cast.at)
    assert Response.objects.get().answers == {"q1": 4} and not Voice.objects.exists()
    with pytest.raises(actions.AlreadyAnswered):
        actions.keep_answer(question="q1", given=["1"], **said)


def test_expired_withdrawn_and_unknown_links_say_so(cast, gateway, client, settings):
    campaign = sent(cast, [("a@example.com", "O0101")], expected_rate=Decimal(1))
    secret = queries.secret(Invitation.objects.get().pk)
    assert client.get("/survey/nonsense/").status_code == 404
    with pytest.raises(actions.Expired):
        actions.complete(secret=secret, by=BY, at=campaign.ends_at)
    actions.step(campaign=campaign.pk, step="end", by=cast.actor("zhou"), at=cast.at)
    assert "已于" in client.get(f"/survey/{secret}/").content.decode()


def test_staff_build_and_run_a_survey_through_the_pages(cast, gateway, client):
    cast.login(client, "wu")
    made = client.post("/desk/surveys/new/", {"title_zh": "柜面服务", "title_en": "Counter service", "unit": "HO"})
    home = made.url
    assert client.get(home).status_code == 200
    asked = {"version": 1, "kind": "csat", "text_zh": "满意吗？", "text_en": "", "required": "on"}
    assert client.post(f"{home}question/", asked).status_code == 302
    refused = client.post(f"{home}do/publish/", {"version": 2})
    assert refused.status_code == 422 and "缺少中文或英文文字" in refused.content.decode()
    assert client.post(f"{home}question/q1/", asked | {"version": 2, "text_en": "Satisfied?"}).status_code == 302
    assert client.post(f"{home}question/", {"version": 3, "kind": "single", "text_zh": "为什么？", "text_en": "Why?", "options": "慢"}).status_code == 422  # fmt: skip
    choice = {"version": 3, "kind": "single", "text_zh": "为什么？", "text_en": "Why?", "options": "慢 | Slow\n贵 | Costly",
              "if_question": "q1", "if_test": "at_most", "if_value": "2"}  # fmt: skip
    assert client.post(f"{home}question/", choice).status_code == 302
    assert client.post(f"{home}do/up/", {"version": 1, "code": "q2"}).status_code == 302  # stale: nothing moves
    low = {
        "version": 4,
        "title_zh": "柜面服务",
        "title_en": "Counter service",
        "low_question": "q1",
        "low_at_most": "2",
    }
    assert client.post(f"{home}words/", low).status_code == 302
    preview = client.get(f"{home}preview/").content.decode()
    assert "Costly" in preview and "贵" in preview
    assert client.post(f"{home}do/publish/", {"version": 5}).status_code == 302
    plan = {"name": "春季", "unit": "B01", "frame": "list", "margin": "5", "confidence": "95", "allocation": "each",
            "expected_rate": "100", "channel": "email", "rest_days": "30", "remind_after_days": "7", "ends_on": "2026-03-20"}  # fmt: skip
    assert client.post(f"{home}ask/", plan | {"frame": "closed", "ends_on": "2020-01-01"}).status_code == 422
    wave = client.post(f"{home}ask/", plan).url
    assert (
        client.post(f"{wave}do/draw/").status_code == 302 and Campaign.objects.get().state == "planned"
    )  # nobody listed
    bad = client.post(
        f"{wave}list/", {"file": SimpleUploadedFile("x.csv", "电子邮箱,手机号\na@example.com,\nnonsense,\n".encode())}
    )
    assert bad.status_code == 422 and "第 3 行" in bad.content.decode() and Contact.objects.count() == 1
    for verb in ("draw", "start"):
        assert client.post(f"{wave}do/{verb}/").status_code == 302
    tasks.carry_on.func(wave.split("/")[-2])
    page = client.get(wave).content.decode()
    assert "已发送" in page and Message.objects.count() == 1
    assert desk.progress(Campaign.objects.get().pk).sent == 1
    assert cast.login(client, "sun").get(wave).status_code == 200  # a supervisor reads
    assert client.post(f"{wave}do/end/").status_code == 403  # and does not run it
    assert cast.login(client, "chen").get(wave).status_code == 404  # another branch


def test_the_servqual_study_is_answered_and_its_gaps_are_on_record(cast, gateway, client):
    """Built by one press, asked item by item on two sides; the fact has the gaps in hundredths and the page the means."""
    page = cast.login(Client(), "zhou").post(
        "/desk/surveys/new/", {"title_zh": "服务质量调查", "title_en": "Quality", "unit": "HO", "start": "servqual"}
    )
    made = Survey.objects.get()
    assert page.status_code == 302 and f"{made.pk}" in page["Location"]
    edition = actions.publish(survey=made.pk, version=1, by=cast.actor("zhou"), at=cast.at)
    sent(cast, [("a@x.cn", "O0101")], edition=edition, expected_rate=Decimal(1))
    asked = Invitation.objects.get()
    secret = queries.secret(asked.pk)
    content = desk.content(edition)
    for question in content.questions:
        score = "7" if question.kind == "expected" else "6"
        rows = {option.code: score for option in question.options} | {"tangibles-1": "7"}
        assert client.post(f"/survey/{secret}/{question.code}/", rows).status_code == 302
    actions.complete(secret=secret, by=BY, at=cast.at)
    fact = Entry.objects.get(type="survey.answered").payload
    assert '"gap_reliability":-100' in fact and '"gap_tangibles":-75' in fact and '"csat"' not in fact
