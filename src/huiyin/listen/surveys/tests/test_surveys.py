"""How did we do? Asked once, answered once, and a low score is looked into."""

from datetime import timedelta

import pytest

from huiyin.kernel.actor import machine
from huiyin.ledger.models import Entry
from huiyin.listen.surveys import actions, queries
from huiyin.listen.surveys.models import Answer, Invitation
from huiyin.listen.surveys.rules import opens_recovery, score
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices.models import Voice
from huiyin.listen.voices.queries import words

BY = machine("test")


@pytest.mark.parametrize(
    ("given", "taken"),
    [(1, 1), (5, 5), ("3", 3), ("５", 5), (" 4 ", 4), (0, None), (6, None), (4.5, None), ("4.5", None), (True, None),
     ("5 OR 1=1", None), ("", None), (None, None), (-1, None), (11, None), ("²", None), ("五", None), (float("nan"), None)],
)  # fmt: skip
def test_a_score_is_a_whole_number_from_1_to_5(given, taken):
    assert score(given) == taken


@pytest.mark.parametrize(
    ("kind", "value", "matter", "opens"),
    [("after_service", 2, "complaint", True), ("after_service", 3, "complaint", False),
     ("after_service", 1, "low_score", False), ("counter", 1, None, False), ("after_service", 1, None, False)],
)  # fmt: skip
def test_a_low_score_opens_a_recovery_once(kind, value, matter, opens):
    assert opens_recovery(kind, value, matter) is opens


@pytest.fixture
def voice(cast):
    heard = voices.Heard(
        kind="complaint", channel="portal", received_at=cast.at, language="zh-hans", unit=cast.unit["O0101"].pk,
        words=voices.Words(text="手续费", name="张三", phone="13800138000"),
    )  # fmt: skip
    return voices.hear(item=heard, by=BY, at=cast.at)


def test_asked_once_per_cycle(cast, voice):
    first = actions.invite(matter=voice.id, by=BY, at=cast.at)
    assert actions.invite(matter=voice.id, by=BY, at=cast.at) == first
    assert actions.invite(matter=voice.id, by=BY, at=cast.at, cycle=2) != first
    assert Invitation.objects.count() == 2


def test_answered_once_and_in_time(cast, voice):
    secret = actions.invite(matter=voice.id, by=BY, at=cast.at)
    with pytest.raises(actions.BadScore):
        actions.answer(secret=secret, score="6", by=BY, at=cast.at)
    with pytest.raises(actions.NoSuchInvitation):
        actions.answer(secret="x", score=5, by=BY, at=cast.at)
    with pytest.raises(actions.Expired):
        actions.answer(secret=secret, score=5, by=BY, at=cast.at + timedelta(days=31))
    actions.answer(secret=secret, score=5, by=BY, at=cast.at, comment="很好", attitude="4")
    with pytest.raises(actions.AlreadyAnswered):
        actions.answer(secret=secret, score=1, by=BY, at=cast.at)
    (given,) = queries.answers_of(voice.id)
    assert (given.score, given.attitude, given.comment) == (5, 4, "很好")
    assert "很好" not in "".join(Entry.objects.values_list("payload", flat=True))


def test_a_low_score_becomes_a_matter_of_its_own_and_is_not_surveyed_again(cast, voice):
    secret = actions.invite(matter=voice.id, by=BY, at=cast.at)
    actions.answer(secret=secret, score=1, by=BY, at=cast.at, comment="没有解决")
    recovery = Voice.objects.get(kind="low_score")
    assert recovery.raised_by == voice.id and recovery.customer_id == voice.customer
    assert words(recovery.id).text == "没有解决" and words(recovery.id).phone == "13800138000"
    again = actions.invite(matter=recovery.id, by=BY, at=cast.at)
    actions.answer(secret=again, score=1, by=BY, at=cast.at)
    assert Voice.objects.count() == 2


def test_a_batch_of_counter_ratings_equals_single_ones(cast):
    unit = cast.unit["O0101"].pk
    ratings = [actions.Rating(score=n, at=cast.at + timedelta(minutes=n), unit=unit) for n in (1, 3, 5)]
    actions.answer_many(ratings=ratings, by=BY, recorded_at=cast.at + timedelta(hours=1))
    batch = [(a.score, a.unit_id, a.answered_at, a.kind) for a in Answer.objects.order_by("answered_at")]
    stream = f"unit:{unit}"
    facts = [e.payload.replace(str(a), "") for e, a in zip(
        Entry.objects.filter(stream=stream, type="answer.given").order_by("version"),
        Answer.objects.order_by("answered_at").values_list("id", flat=True), strict=True)]  # fmt: skip
    Answer.objects.all().delete()
    for rating in ratings:
        actions.answer_many(ratings=[rating], by=BY, recorded_at=cast.at + timedelta(hours=1))
    assert [(a.score, a.unit_id, a.answered_at, a.kind) for a in Answer.objects.order_by("answered_at")] == batch
    later = Entry.objects.filter(stream=stream, type="answer.given").order_by("version")[3:]
    ids = Answer.objects.order_by("answered_at").values_list("id", flat=True)
    assert [e.payload.replace(str(a), "") for e, a in zip(later, ids, strict=True)] == facts
    assert not Voice.objects.exists()


def test_the_page_counts_nothing_until_the_form_is_sent(cast, voice, client):
    path = f"/rate/{actions.invite(matter=voice.id, by=BY, at=cast.at)}/"
    assert client.get(path).status_code == 200 and not Answer.objects.exists()
    assert "请从五个选项中选择一个" in client.post(path).content.decode(), "the answers are words, not figures"
    wrong = client.post(path, {"score": "9", "comment": "留住我"})
    assert wrong.status_code == 422 and "留住我" in wrong.content.decode()
    assert client.post(path, {"score": "4", "comment": "a\0b"}).status_code == 422
    assert client.post(path, {"score": "4", "efficiency": "5", "comment": ""}).status_code == 200
    assert Answer.objects.get().efficiency == 5
    again = client.post(path, {"score": "1"})
    assert again.status_code == 200 and Answer.objects.count() == 1 and "以第一次评价为准" in again.content.decode()
    assert client.get("/rate/nonsense/").status_code == 404
