"""Samples, scores and plans, and who may see and judge them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.measure.reviews.models import Draw, Objection, Plan, Sample, Score
from huiyin.measure.reviews.plugs import SOURCES
from huiyin.measure.reviews.rules.sampling import Candidate, Quota
from huiyin.measure.reviews.rules.sampling import Sample as Chosen
from huiyin.measure.reviews.rules.sampling import draw as drawing
from huiyin.measure.reviews.rules.sources import Source
from huiyin.platform.vault import queries as vault
from huiyin.protect.access import queries as access

SCORE_TABLE = "reviews_score"
OBJECTION_TABLE = "reviews_objection"
# Who scores, in this order: the supervisors only where nobody of the quality and protection departments is free.
JUDGES = ("analyst", "consumer_protection", "supervisor")
DECIDERS = ("consumer_protection", "analyst")


@dataclass(frozen=True)
class Sight:
    """A sample as the permission matrix looks at it. `apart` may not judge it, `scored` may not decide about it."""

    unit_path: str
    owner: UUID | None
    recused: frozenset[UUID]
    apart: frozenset[UUID]
    scored: frozenset[UUID]


def sight(row: Sample, at: datetime) -> Sight:
    return Sight(
        unit_path=row.unit_path,
        owner=None if row.calibration else row.person_id,
        recused=frozenset(staff.recused(row.subject, at)) - {row.person_id},
        apart=frozenset(apart(row.sort, row.subject, row.person_id, at)),
        scored=frozenset(
            Score.objects.filter(sample_id=row.pk, state="in")
            .exclude(place="dispute")
            .values_list("reviewer_id", flat=True)
        ),
    )


def apart(sort: str, subject: UUID, person: UUID, at: datetime) -> set[UUID]:
    """Who may not judge: the person reviewed, their kin and manager, all who had a part in it or keep away from it."""
    near = {who for who, _why in staff.kept_away_by(person, at)}
    return near | set(staff.recused(subject, at)) | source(sort).hands(subject)


def source(sort: str) -> Source:
    return SOURCES[sort]


def visible_to(actor: Actor, at: datetime) -> QuerySet[Sample]:
    """The samples of the units in this person's reach; never one's own (that is `mine`) nor a matter kept away from."""
    found = Sample.objects.select_related("person", "unit")
    if actor.kind != "staff" or actor.staff is None:
        return found.none()
    reach = Q(pk__in=())
    for path in permit.paths(actor, "quality.read"):
        reach |= Q(unit_path__startswith=path)
    return _not_mine(found.filter(reach), actor, at)


def _not_mine(found: QuerySet[Sample], actor: Actor, at: datetime) -> QuerySet[Sample]:
    return found.exclude(person=actor.staff).exclude(subject__in=staff.recused_subjects(actor.staff, at))


def mine(actor: Actor) -> QuerySet[Sample]:
    """What was scored of one's own work, the newest first: nothing before the score stands."""
    found = Sample.objects.select_related("unit").filter(person=actor.staff, calibration=False)
    return found.filter(settled_at__isnull=False).order_by("-settled_at", "-id")


def tasks(actor: Actor, at: datetime) -> list[Score]:
    """The forms that wait for this person, the first due first."""
    if actor.staff is None:
        return []
    found = Score.objects.filter(reviewer=actor.staff, state="open").exclude(sample__state__in=("withdrawn", "final"))
    found = found.exclude(sample__subject__in=staff.recused_subjects(actor.staff, at))
    return list(found.select_related("sample", "sample__unit").order_by("sample__due_at", "id"))


def disputes_for(actor: Actor, at: datetime) -> list[Objection]:
    """The objections that wait for this person's decision."""
    found = Objection.objects.filter(outcome="", decider=actor.staff) if actor.staff else Objection.objects.none()
    found = found.exclude(sample__subject__in=staff.recused_subjects(actor.staff, at))
    return list(found.select_related("sample", "sample__unit", "sample__person"))


def sample(id: UUID) -> Sample | None:
    return Sample.objects.select_related("person", "unit", "draw").filter(pk=id).first()


def scores(row: Sample) -> list[Score]:
    return list(Score.objects.filter(sample=row).select_related("reviewer"))


def objection(row: Sample) -> Objection | None:
    return Objection.objects.select_related("decider").filter(sample=row).first()


def card_of(row: Sample) -> standards.Scorecard:
    found = standards.scorecard(row.scorecard, row.scorecard_version)
    assert found is not None, "a version that was used stays"
    return found


def grounds(score: Score) -> dict[str, str]:
    """The words to each item (its code) and to the whole ("")."""
    kept = vault.reveal(SCORE_TABLE, score.pk)
    return {name.removeprefix("item:") if name != "note" else "": text for name, text in kept.items() if text}


def words_of(row: Objection) -> dict[str, str]:
    """`reason` and, once decided, `decision`."""
    return vault.reveal(OBJECTION_TABLE, row.pk)


def fit(
    sort: str, subject: UUID, person: UUID, path: str, at: datetime, without: set[UUID], roles: tuple[str, ...] = JUDGES
) -> list[list[UUID]]:
    """Who may judge, here and now, in groups: the first group before the second. Never relaxed (SoD17)."""
    away = apart(sort, subject, person, at) | without | set(staff.absent_at(at))
    groups = [[one for one in access.holders(role, at, path) if one not in away] for role in roles]
    return [group for group in groups if group]


def plan(code: str) -> Plan | None:
    return Plan.objects.select_related("unit").filter(code=code).first()


def plans() -> QuerySet[Plan]:
    return Plan.objects.select_related("unit")


def plans_of(actor: Actor, on: Mapping[UUID, str]) -> list[Plan]:
    """The plans over units in this person's reach; `on` says where each unit lies today."""
    prefixes = permit.paths(actor, "quality.plan")
    return [row for row in plans() if any(on.get(row.unit_id, "\0").startswith(path) for path in prefixes)]


def draws(row: Plan) -> list[Draw]:
    return list(Draw.objects.filter(plan=row).defer("frame"))


def draw(id: UUID) -> Draw | None:
    return Draw.objects.select_related("plan", "plan__unit").filter(pk=id).first()


def redrawn(row: Draw) -> Chosen:
    """The sample drawn again from what was kept: seed, frame and settings. It must be the one on record."""
    return drawing(frame_of(row.frame), quotas_of(row.settings["quotas"]), seed=row.seed, **_rest(row.settings))


def frame_of(kept: list[Any]) -> list[Candidate]:
    return [Candidate(UUID(subject), UUID(person), frozenset(strata)) for subject, person, strata in kept]


def quotas_of(kept: Mapping[str, Any]) -> dict[str, Quota]:
    return {stratum: Quota(int(rate), int(least)) for stratum, (rate, least) in kept.items()}


def _rest(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: settings[name] for name in ("minimum", "double", "most")}
