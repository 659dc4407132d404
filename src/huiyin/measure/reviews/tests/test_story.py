"""From the draw to the score, to the objection and its decision."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from huiyin.kernel import permit
from huiyin.kernel.actor import machine
from huiyin.ledger import queries as ledger
from huiyin.measure.reviews import actions, queries
from huiyin.measure.reviews.models import Draw, Objection, Sample, Score
from huiyin.measure.reviews.tests import stories
from huiyin.platform.messages import queries as messages

pytestmark = pytest.mark.django_db


def test_a_draw_is_made_once_and_can_be_drawn_again_from_the_ledger(cast: Any, at: datetime) -> None:
    for phone in range(6):
        stories.closed(cast, at, "zhao" if phone % 2 else "qian", phone=f"1380013800{phone}")
    stories.plan(cast, at, quotas={"base": (30, 0)}, minimum=1)
    april = stories.next_month(at)
    made = actions.draw(plan="cases", by=cast.actor("wu"), at=april)
    chosen = set(Sample.objects.values_list("subject", flat=True))
    assert len(chosen) == made.chosen >= 2 and len(made.frame) == 6
    assert {row.person_id for row in Sample.objects.all()} == {cast.zhao.pk, cast.qian.pk}, "one of each at least"
    assert {one.subject for one in queries.redrawn(Draw.objects.get()).chosen} == chosen
    (told,) = ledger.entries_of(f"draw:{made.pk}")
    assert made.seed in told.payload and made.frame_sha256 in told.payload
    with pytest.raises(actions.Refused) as no:
        actions.draw(plan="cases", by=cast.actor("wu"), at=april)
    assert no.value.code == "drawn_already"
    assert actions.draw_due(by=machine("tick"), at=april) == 0
    reviewers = set(Score.objects.values_list("reviewer_id", flat=True))
    assert reviewers == {cast.wu.pk}, "the quality analyst; not a supervisor of theirs"
    assert [notice.kind for notice in messages.inbox(cast.wu.pk)].count("quality") == 0, "wu drew it, wu knows"


def test_a_review_by_a_person_from_the_draw_to_the_score(cast: Any, at: datetime) -> None:
    sample = stories.drawn(cast, at)
    april = stories.next_month(at)
    score = stories.form(sample)
    half = actions.keep_score(
        score=score.pk,
        version=1,
        marks={"listened": "2", "made_up": "9"},
        grounds={"": "先存"},
        by=cast.actor("wu"),
        at=april,
    )
    assert half.marks == {"listened": "2"} and half.state == "open"
    with pytest.raises(actions.Refused) as no:
        actions.keep_score(score=score.pk, version=1, marks={}, grounds={}, by=cast.actor("wu"), at=april)
    assert no.value.code == "changed", "somebody with an old page overwrites nothing"
    with pytest.raises(actions.Refused) as no:
        actions.hand_in(
            score=score.pk,
            version=2,
            marks=stories.full(sample, listened="2"),
            grounds={},
            by=cast.actor("wu"),
            at=april,
        )
    assert [(gap.item, gap.why) for gap in no.value.reasons["gaps"]] == [("listened", "no_ground")]
    done = stories.give(cast, stories.form(sample), april, listened="0")
    sample.refresh_from_db()
    assert (done.points, sample.points, sample.state, sample.how, sample.passed) == (
        9200,
        9200,
        "scored",
        "single",
        True,
    )
    assert queries.grounds(done)["listened"] == "见录音 03:12"
    assert not any("录音" in entry.payload for entry in ledger.entries_of(sample.stream))
    assert "quality" in [notice.kind for notice in messages.inbox(cast.zhao.pk)]


def test_nobody_near_may_score(cast: Any, at: datetime) -> None:
    """The handler, their manager and kin, whoever had a part in it, and those kept away from the case."""
    sample = stories.drawn(cast, at)
    april = stories.next_month(at)
    score = stories.form(sample)
    for who in ("zhao", "sun", "feng", "zheng"):
        with pytest.raises(permit.Denied):
            actions.keep_score(score=score.pk, version=1, marks={}, grounds={}, by=cast.actor(who), at=april)
    with pytest.raises(actions.Refused) as no:
        actions.reassign(score=score.pk, version=1, reviewer=cast.sun.pk, by=cast.actor("zhou"), at=april)
    assert no.value.code == "not_fit"
    moved = actions.reassign(score=score.pk, version=1, reviewer=cast.zhou.pk, by=cast.actor("wu"), at=april)
    with pytest.raises(actions.Refused) as no:
        actions.keep_score(score=score.pk, version=moved.version, marks={}, grounds={}, by=cast.actor("wu"), at=april)
    assert no.value.code == "not_yours"


def test_two_blind_forms_agree_or_a_third_decides(cast: Any, at: datetime) -> None:
    sample = stories.drawn(cast, at, double=100)
    april = stories.next_month(at)
    cast.person("tang", unit="HO-CP", post="analyst", roles={"analyst": "HO"})
    first, second = stories.form(sample), stories.form(sample, "second")
    assert {first.reviewer_id, second.reviewer_id} == {cast.wu.pk, cast.zhou.pk}
    stories.give(cast, first, april)
    sample.refresh_from_db()
    assert (sample.state, sample.points) == ("open", None), "one form is no score while the other is out"
    stories.give(cast, second, april, evidence_taken="0", listened="0")
    sample.refresh_from_db()
    assert sample.state == "third"
    third = stories.form(sample, "third")
    assert third.reviewer_id not in {cast.wu.pk, cast.zhou.pk}
    stories.give(cast, third, april, listened="2")
    sample.refresh_from_db()
    assert (sample.state, sample.how, sample.points) == ("scored", "third", 9733)


def test_an_objection_is_decided_by_somebody_who_had_not_scored(cast: Any, at: datetime) -> None:
    sample = stories.drawn(cast, at)
    april = stories.next_month(at)
    stories.give(cast, stories.form(sample), april, ways_on="no", plain="1", listened="0")
    sample.refresh_from_db()
    before = sample.points
    said: dict[str, Any] = {"sample": sample.pk, "version": sample.version, "reason": "答复第三段已写明核查途径"}
    with pytest.raises(actions.Gone):
        actions.object_to(**said, by=cast.actor("qian"), at=april)
    with pytest.raises(actions.Refused) as no:
        actions.object_to(**said, by=cast.actor("zhao"), at=april + timedelta(days=12))
    assert no.value.code == "too_late"
    row = actions.object_to(**said, by=cast.actor("zhao"), at=april + timedelta(days=2))
    assert row.decider_id == cast.zhou.pk, "wu has scored"
    sample.refresh_from_db()
    marks = stories.full(sample, listened="0")
    ruling: dict[str, Any] = {
        "sample": sample.pk, "version": sample.version, "outcome": "changed", "reason": "情况属实", "marks": marks,
        "grounds": {"listened": "未复述"},
    }  # fmt: skip
    with pytest.raises(permit.Denied) as denied:
        actions.decide_objection(**ruling, by=cast.actor("wu"), at=april)
    assert denied.value.verdict.rule == "SoD5b"
    actions.decide_objection(**ruling, by=cast.actor("zhou"), at=april + timedelta(days=3))
    sample.refresh_from_db()
    row = Objection.objects.get()
    assert (row.points_before, row.points_after, sample.points, sample.state) == (before, 9200, 9200, "final")
    assert stories.form(sample).points == before, "the old form stays beside the new"
    assert queries.words_of(row) == {"reason": "答复第三段已写明核查途径", "decision": "情况属实"}
    for person in (cast.zhao.pk, cast.wu.pk):
        assert "quality" in [notice.kind for notice in messages.inbox(person)]


def test_who_lets_it_stand_objects_no_more(cast: Any, at: datetime) -> None:
    sample = stories.drawn(cast, at)
    april = stories.next_month(at)
    stories.give(cast, stories.form(sample), april)
    sample.refresh_from_db()
    done = actions.acknowledge(sample=sample.pk, version=sample.version, by=cast.actor("zhao"), at=april)
    with pytest.raises(actions.Refused) as no:
        actions.object_to(sample=sample.pk, version=done.version, reason="再想想", by=cast.actor("zhao"), at=april)
    assert (done.state, no.value.code) == ("final", "settled")


def test_a_call_that_a_colleague_took_is_reviewed_like_a_case(cast: Any, at: datetime) -> None:
    from huiyin.resolve.cases.tests import stories as heard

    call = heard.hear(cast, at, channel="phone", taken_by=cast.zhao.pk, text="询问 13800138000 手续费")
    stories.plan(cast, at, code="calls", sort="call", scorecard="conversation", quotas={"base": (100, 0)})
    april = stories.next_month(at)
    actions.draw(plan="calls", by=cast.actor("wu"), at=april)
    sample = Sample.objects.get()
    assert (sample.subject, sample.person_id, sample.sort) == (call.id, cast.zhao.pk, "call")
    shown = queries.source("call").shown(call.id, cast.actor("wu"), april)
    assert shown is not None and "手续费" in shown.lines[0].text and "13800138000" not in shown.lines[0].text
    stories.give(cast, stories.form(sample), april, respect="no")
    sample.refresh_from_db()
    assert (sample.points, sample.criticals, sample.passed) == (5900, 1, False), "a critical miss caps the whole"


def test_a_calibration_session_is_blind_until_it_is_over(cast: Any, at: datetime) -> None:
    case = stories.closed(cast, at)
    april = stories.next_month(at)
    asked: dict[str, Any] = {"sort": "case", "number": case.number, "scorecard": "case-handling", "at": april}
    with pytest.raises(actions.Refused) as no:
        actions.open_session(**asked, reviewers=[cast.sun.pk], by=cast.actor("wu"))
    assert no.value.code == "not_fit"
    row = actions.open_session(**asked, reviewers=[cast.zhou.pk], by=cast.actor("wu"))
    stories.give(cast, stories.form(row, "session"), april, listened="0")
    with pytest.raises(actions.Refused) as no:
        actions.close_session(sample=row.pk, version=row.version, by=cast.actor("wu"), at=april)
    assert no.value.code == "no_reference"
    stories.give(cast, stories.form(row, "reference"), april)
    actions.close_session(sample=row.pk, version=row.version, by=cast.actor("wu"), at=april)
    found = queries.calibrated(cast.actor("wu"), april, at)
    (one,) = found.reviewers
    assert (one.person, one.against_reference.value, found.pairs) == (cast.zhou, -8.0, 1)
    assert found.overall.value is None and found.overall.why == "one_mark", "two passes tell nothing of agreement"
    assert not queries.mine(cast.actor("zhao")).exists(), "nothing of it reaches the person whose work it was"
