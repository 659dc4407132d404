"""Calibration: several reviewers score the same thing beside a reference. It has no consequence for whoever handled it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.measure.reviews import queries
from huiyin.measure.reviews.actions.ground import Gone, Refused, after_days, assign, tell
from huiyin.measure.reviews.models import Sample, Score
from huiyin.measure.reviews.rules import words

DAYS = 5


@transaction.atomic
def open_session(
    *, sort: str, number: str, scorecard: str, reviewers: Sequence[UUID], by: Actor, at: datetime
) -> Sample:
    """Everybody named scores blind; whoever opens it gives the reference."""
    if sort not in words.SORTS:
        raise Refused("unknown")
    card, found = standards.scorecard(scorecard), queries.source(sort).one(number)
    person = staff.person(found.person) if found else None
    if found is None or person is None or by.staff is None:
        raise Gone
    if card is None or sort not in card.kinds:
        raise Refused("no_scorecard")
    row = Sample(
        sort=sort, subject=found.subject, number=found.number, person=person, unit_id=person.unit_id,
        unit_path=units.path_of(person.unit_id, localdate(at)), happened_at=found.happened_at, scorecard=card.code,
        scorecard_version=card.version, calibration=True, due_at=after_days(DAYS, at), drawn_at=at, days=DAYS,
    )  # fmt: skip
    permit.must(by, "quality.plan", queries.sight(row, at))
    wanted = [one for one in dict.fromkeys(reviewers) if one != by.staff]
    if not wanted:
        raise Refused("nobody")
    groups = queries.fit(sort, row.subject, row.person_id, row.unit_path, at, set())
    able = {one for group in groups for one in group}
    if not {*wanted, by.staff} <= able:
        raise Refused("not_fit")
    row.save(force_insert=True)
    assign(row, "reference", by.staff, by, at)
    for one in wanted:
        assign(row, "session", one, by, at)
    zh, en = "校准评分 {number} 请您参加", "Please take part in the calibration of {number}"
    tell(row, wanted, "quality-session", zh, en, by, at, "/desk/reviews/todo/")
    return row


@transaction.atomic
def close_session(*, sample: UUID, version: int, by: Actor, at: datetime) -> Sample:
    """From now on everybody sees every form. Who has not handed in is left out; the reference must be there."""
    row = Sample.objects.select_for_update().filter(pk=sample, calibration=True).first()
    if row is None:
        raise Gone
    permit.must(by, "quality.plan", queries.sight(row, at))
    if row.version != version:
        raise Refused("changed")
    if row.state != "open":
        raise Refused("settled")
    reference = Score.objects.filter(sample=row, place="reference", state="in").first()
    if reference is None:
        raise Refused("no_reference")
    Score.objects.filter(sample=row, state="open").update(state="void")
    row.state, row.points, row.passed, row.criticals = "final", reference.points, reference.passed, reference.criticals
    row.settled_at, row.version = at, row.version + 1
    row.save()
    people = Score.objects.filter(sample=row, state="in").values_list("reviewer_id", flat=True)
    zh, en = "校准评分 {number} 已揭晓", "The calibration of {number} is open to see"
    tell(row, list(people), "quality-session-over", zh, en, by, at)
    return row
