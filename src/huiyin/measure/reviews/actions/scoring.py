"""Score a sample: keep a form, hand it in, and settle the score once all who must have judged."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.measure.reviews import queries
from huiyin.measure.reviews.actions.ground import (
    Gone,
    Refused,
    after_days,
    assign,
    judges,
    least_loaded,
    open_forms,
    tell,
    text,
)
from huiyin.measure.reviews.facts import (
    QualityAssigned,
    QualityCriticalMissed,
    QualityScored,
    QualitySettled,
    QualityWithdrawn,
)
from huiyin.measure.reviews.models import Sample, Score
from huiyin.measure.reviews.rules import words
from huiyin.measure.reviews.rules.agreement import differs
from huiyin.platform.vault import actions as vault
from huiyin.protect.access import queries as access


@transaction.atomic
def keep_score(
    *, score: UUID, version: int, marks: Mapping[str, str], grounds: Mapping[str, str], by: Actor, at: datetime
) -> Score:
    """Keep a form as far as it is filled in. `grounds`: item -> words, "" for the whole. Nothing is judged yet."""
    row, found = _mine(score, version, by, at)
    return write(row, found, marks, grounds)


@transaction.atomic
def hand_in(
    *, score: UUID, version: int, marks: Mapping[str, str], grounds: Mapping[str, str], by: Actor, at: datetime
) -> Score:
    """Hand in a complete form. Refused("incomplete", gaps=...) says what is missing; nothing is kept then.

    1. The form gets its points. 2. With every blind form in, the two are compared; beyond the margin, or with another
    verdict, a third person decides. 3. Else the score stands, and the person reviewed hears of it.
    """
    row, found = _mine(score, version, by, at)
    card = queries.card_of(found)
    gaps = standards.gaps(card, marks, {item for item, words in grounds.items() if words.strip()})
    if gaps:
        raise Refused("incomplete", gaps=gaps)
    row = finish(write(row, found, marks, grounds), found, card, by, at)
    if found.calibration:
        return row
    if row.place == "third":
        settle(found, row, "third", _gap(found), by, at)
    else:
        _compare(found, by, at)
    return row


def finish(row: Score, found: Sample, card: standards.Scorecard, by: Actor, at: datetime) -> Score:
    """The points of a complete form, and its fact."""
    result = standards.scored(card, row.marks)
    row.state, row.points, row.criticals, row.passed = "in", result.points, len(result.critical), result.passed
    row.given_at = at
    row.save(update_fields=["state", "points", "criticals", "passed", "given_at"])
    assert row.reviewer_id is not None
    fact = QualityScored(
        sample=found.pk, place=row.place, reviewer=row.reviewer_id, points=result.points, criticals=row.criticals,
        scorecard=card.ref,
    )  # fmt: skip
    record(fact=fact, stream=found.stream, by=by, at=at)
    return row


def _mine(score: UUID, version: int, by: Actor, at: datetime) -> tuple[Score, Sample]:
    """The form and its sample, locked in this order: sample, then form, so that two reviewers settle once."""
    place = Score.objects.filter(pk=score).values_list("sample_id", flat=True).first()
    found = Sample.objects.select_for_update().filter(pk=place).first() if place else None
    row = Score.objects.select_for_update().filter(pk=score).first()
    if found is None or row is None:
        raise Gone
    permit.must(by, "quality.review", queries.sight(found, at))
    if by.staff is None or row.reviewer_id != by.staff:
        raise Refused("not_yours")
    if row.state != "open" or found.state not in ("open", "third"):
        raise Refused("settled")
    if row.version != version:
        raise Refused("changed")
    return row, found


def write(row: Score, found: Sample, marks: Mapping[str, str], grounds: Mapping[str, str]) -> Score:
    known = {item.code: item for item in queries.card_of(found).items}
    row.marks = {code: mark for code, mark in marks.items() if code in known and mark in known[code].marks}
    row.version += 1
    row.save(update_fields=["marks", "version"])
    said = {
        ("note" if code == "" else f"item:{code}"): text(grounds.get(code, ""), required=False) for code in ("", *known)
    }
    vault.keep(subject=found.subject, table=queries.SCORE_TABLE, row=row.pk, values=said)
    return row


def _compare(found: Sample, by: Actor, at: datetime) -> None:
    """Settle, wait for the other blind form, or ask a third person."""
    blind = [score for score in queries.scores(found) if score.place in ("first", "second") and score.state != "void"]
    if any(score.state != "in" for score in blind):
        return
    first = next(score for score in blind if score.place == "first")
    if len(blind) == 1:
        settle(found, first, "single", None, by, at)
        return
    gap = _gap(found)
    one, two = [(s.points or 0, bool(s.passed), s.criticals) for s in blind]
    if not differs(one, two, found.margin * 100):
        settle(found, first, "agreed", gap, by, at)
        return
    found.state, found.due_at = "third", after_days(found.days, at)
    found.version += 1
    found.save(update_fields=["state", "due_at", "version"])
    third = least_loaded(judges(found, at), open_forms())
    assign(found, "third", third, by, at)
    zh, en = "质检 {number} 两次评分不一致，请您评定", "The two reviews of {number} differ: please decide"
    tell(found, [third], "quality-third", zh, en, by, at)


def _gap(found: Sample) -> int | None:
    points = [s.points for s in queries.scores(found) if s.place in ("first", "second") and s.points is not None]
    return abs(points[0] - points[1]) if len(points) == 2 else None


def settle(found: Sample, score: Score, how: str, gap: int | None, by: Actor, at: datetime) -> None:
    """The score stands. After an objection (`changed`) it replaces the one before, which its form keeps."""
    objected = how == "changed"
    found.state, found.how = ("final" if objected else "scored"), how
    found.points, found.criticals, found.passed = score.points, score.criticals, score.passed
    found.settled_at = found.settled_at or at
    found.object_until = found.object_until or after_days(found.days, at)
    found.version += 1
    found.save()
    assert score.points is not None and score.passed is not None
    fact = QualitySettled(
        sample=found.pk, matter=found.subject, sort=found.sort, how=how,
        scorecard=f"{found.scorecard}/{found.scorecard_version}", points=score.points, criticals=score.criticals,
        passed=score.passed, random=found.random, person=found.person_id, unit=found.unit_id,
        happened_date=localdate(found.happened_at), double=found.double, gap=gap,
    )  # fmt: skip
    record(fact=fact, stream=found.stream, by=by, at=at)
    if not objected:
        zh, en = "质检 {number} 已出分，请查看并确认", "The quality review of {number} is there: please read it"
        tell(found, [found.person_id], "quality-scored", zh, en, by, at, f"/desk/reviews/mine/{found.pk}/")
    if score.criticals:
        _critical(found, score, by, at)


def _critical(found: Sample, score: Score, by: Actor, at: datetime) -> None:
    """A critical miss is a finding: on record for the rooms above, and told to whoever answers for the person."""
    card = queries.card_of(found)
    for item in standards.scored(card, score.marks).critical:
        fact = QualityCriticalMissed(
            sample=found.pk, matter=found.subject, item=item, scorecard=card.ref, person=found.person_id,
            unit=found.unit_id,
        )  # fmt: skip
        record(fact=fact, stream=found.stream, by=by, at=at)
    people = [staff.manager_of(found.person_id, at), *access.holders("consumer_protection", at, found.unit_path)]
    zh, en = "质检 {number} 发现一票否决项", "A critical item was missed in {number}"
    tell(found, people, f"quality-critical:{score.place}", zh, en, by, at)


@transaction.atomic
def reassign(*, score: UUID, version: int, reviewer: UUID, by: Actor, at: datetime) -> Score:
    """Somebody else scores. What the first one had written goes."""
    place = Score.objects.filter(pk=score).values_list("sample_id", flat=True).first()
    found = Sample.objects.select_for_update().filter(pk=place).first() if place else None
    row = Score.objects.select_for_update().filter(pk=score).first()
    if found is None or row is None:
        raise Gone
    permit.must(by, "quality.plan", queries.sight(found, at))
    if row.state != "open" or found.state not in ("open", "third"):
        raise Refused("settled")
    if row.version != version:
        raise Refused("changed")
    if not any(reviewer in group for group in judges(found, at)):
        raise Refused("not_fit")
    row.reviewer_id, row.marks, row.assigned_at, row.version = reviewer, {}, at, row.version + 1
    row.save(update_fields=["reviewer", "marks", "assigned_at", "version"])
    empty = {f"item:{item.code}": "" for item in queries.card_of(found).items} | {"note": ""}
    vault.keep(subject=found.subject, table=queries.SCORE_TABLE, row=row.pk, values=empty)
    record(fact=QualityAssigned(sample=found.pk, place=row.place, reviewer=reviewer), stream=found.stream, by=by, at=at)
    zh, en = "质检 {number} 交由您评分", "The review of {number} is yours to give"
    tell(found, [reviewer], f"quality-given:{row.version}", zh, en, by, at, f"/desk/reviews/score/{row.pk}/")
    return row


@transaction.atomic
def withdraw(*, sample: UUID, version: int, reason: str, by: Actor, at: datetime) -> Sample:
    """It cannot be reviewed: it leaves the sample, on record, and counts nowhere. Not once a score stands."""
    found = Sample.objects.select_for_update().filter(pk=sample).first()
    if found is None:
        raise Gone
    permit.must(by, "quality.plan", queries.sight(found, at))
    if found.version != version:
        raise Refused("changed")
    if found.state not in ("open", "third"):
        raise Refused("settled")
    if reason not in words.WITHDRAWALS:
        raise Refused("unknown")
    Score.objects.filter(sample=found, state="open").update(state="void")
    found.state, found.withdrawn, found.version = "withdrawn", reason, found.version + 1
    found.save(update_fields=["state", "withdrawn", "version"])
    record(fact=QualityWithdrawn(sample=found.pk, reason=reason), stream=found.stream, by=by, at=at)
    return found
