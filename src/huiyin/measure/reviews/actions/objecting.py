"""The person reviewed reads the score: lets it stand, or objects; somebody who had not scored decides."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.measure.reviews import queries
from huiyin.measure.reviews.actions import scoring
from huiyin.measure.reviews.actions.ground import Gone, Refused, judges, least_loaded, tell, text
from huiyin.measure.reviews.facts import QualityAcknowledged, QualityDisputed, QualityDisputeDecided
from huiyin.measure.reviews.models import Objection, Sample, Score
from huiyin.measure.reviews.rules import words
from huiyin.platform.vault import actions as vault


@transaction.atomic
def acknowledge(*, sample: UUID, version: int, by: Actor, at: datetime) -> Sample:
    """Read, and let stand: there is no objection afterwards."""
    found = _own(sample, version, by, at)
    found.acknowledged_at, found.state, found.version = at, "final", found.version + 1
    found.save(update_fields=["acknowledged_at", "state", "version"])
    record(fact=QualityAcknowledged(sample=found.pk, person=found.person_id), stream=found.stream, by=by, at=at)
    return found


@transaction.atomic
def object_to(*, sample: UUID, version: int, reason: str, by: Actor, at: datetime) -> Objection:
    """Within the working days of the plan. The reason is sealed; a person who had not scored is asked to decide."""
    found = _own(sample, version, by, at)
    if found.object_until is None or at > found.object_until:
        raise Refused("too_late")
    assert found.points is not None
    said = text(reason)
    decider = least_loaded(judges(found, at, queries.DECIDERS), {})
    row = Objection.objects.create(sample=found, decider_id=decider, made_at=at, points_before=found.points)
    vault.keep(subject=found.subject, table=queries.OBJECTION_TABLE, row=row.pk, values={"reason": said})
    found.state, found.version = "disputed", found.version + 1
    found.save(update_fields=["state", "version"])
    fact = QualityDisputed(sample=found.pk, person=found.person_id, decider=decider)
    record(fact=fact, stream=found.stream, by=by, at=at)
    zh, en = "对质检 {number} 有异议，请您裁定", "An objection to the review of {number} is yours to decide"
    tell(found, [decider], "quality-dispute", zh, en, by, at, f"/desk/reviews/objection/{found.pk}/")
    zh, en = "被评人对您评分的质检 {number} 提出异议", "Your review of {number} was objected to"
    tell(found, _reviewers(found), "quality-disputed", zh, en, by, at)
    return row


def _own(sample: UUID, version: int, by: Actor, at: datetime) -> Sample:
    found = Sample.objects.select_for_update().filter(pk=sample, calibration=False, settled_at__isnull=False).first()
    if found is None or by.staff is None or found.person_id != by.staff:
        raise Gone
    permit.must(by, "quality.own", queries.sight(found, at))
    if found.version != version:
        raise Refused("changed")
    if found.state != "scored":
        raise Refused("settled")
    return found


@transaction.atomic
def decide_objection(
    *, sample: UUID, version: int, outcome: str, reason: str, marks: Mapping[str, str] | None = None,
    grounds: Mapping[str, str] | None = None, by: Actor, at: datetime,
) -> Objection:  # fmt: skip
    """The score stands (`upheld`), or a whole new form replaces it (`changed`): the old one stays beside it.

    Not by anybody who has scored, nor by anybody near the person (SoD5b).
    """
    found = Sample.objects.select_for_update().filter(pk=sample).first()
    row = Objection.objects.select_for_update().filter(sample=sample).first()
    if found is None or row is None:
        raise Gone
    permit.must(by, "quality.decide", queries.sight(found, at))
    if by.staff is None:
        raise Refused("not_fit")
    if found.version != version:
        raise Refused("changed")
    if row.outcome:
        raise Refused("settled")
    if outcome not in words.OUTCOMES:
        raise Refused("unknown")
    said = text(reason)
    if outcome == "changed":
        _rescore(found, marks or {}, grounds or {}, by, at)
    else:
        found.state, found.version = "final", found.version + 1
        found.save(update_fields=["state", "version"])
    assert found.points is not None
    row.outcome, row.decider_id, row.decided_at, row.points_after = outcome, by.staff, at, found.points
    row.save(update_fields=["outcome", "decider", "decided_at", "points_after"])
    vault.keep(subject=found.subject, table=queries.OBJECTION_TABLE, row=row.pk, values={"decision": said})
    fact = QualityDisputeDecided(
        sample=found.pk, outcome=outcome, decider=by.staff, points_before=row.points_before, points_after=found.points
    )
    record(fact=fact, stream=found.stream, by=by, at=at)
    zh, en = "对质检 {number} 的异议已裁定", "The objection to the review of {number} is decided"
    tell(found, [found.person_id], "quality-decided", zh, en, by, at, f"/desk/reviews/mine/{found.pk}/")
    tell(found, _reviewers(found), "quality-decided", zh, en, by, at)
    return row


def _rescore(found: Sample, marks: Mapping[str, str], grounds: Mapping[str, str], by: Actor, at: datetime) -> None:
    card = queries.card_of(found)
    gaps = standards.gaps(card, marks, {item for item, said in grounds.items() if said.strip()})
    if gaps:
        raise Refused("incomplete", gaps=gaps)
    score = Score.objects.create(sample=found, place="dispute", reviewer_id=by.staff, assigned_at=at)
    score = scoring.finish(scoring.write(score, found, marks, grounds), found, card, by, at)
    scoring.settle(found, score, "changed", None, by, at)


def _reviewers(found: Sample) -> list[UUID]:
    rows = Score.objects.filter(sample=found, state="in", reviewer__isnull=False).exclude(place="dispute")
    return list(rows.values_list("reviewer_id", flat=True))
