"""Reviews and mediations, and who may see them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.platform.vault import queries as vault
from huiyin.resolve.appeals import rules
from huiyin.resolve.appeals.models import Mediation, Review
from huiyin.resolve.cases import queries as cases

REVIEW_TABLE = "appeals_review"
MEDIATION_TABLE = "appeals_mediation"


@dataclass(frozen=True)
class Sight:
    """A review as the permission matrix looks at it. `handled`: whoever had a part in the decision (SoD15)."""

    unit_path: str
    owner: UUID | None
    recused: frozenset[UUID]
    handled: frozenset[UUID]


def review(id: UUID) -> Review | None:
    return Review.objects.select_related("reviewer", "unit").filter(pk=id).first()


def reviews_of(case: UUID) -> list[Review]:
    return list(Review.objects.filter(case=case).select_related("reviewer", "unit"))


def visible_to(actor: Actor, at: datetime) -> QuerySet[Review]:
    """Those of the units in this person's reach and their own, never those they are kept away from."""
    found = Review.objects.select_related("reviewer", "unit")
    if actor.kind == "machine" and not actor.scopes:
        return found
    if actor.kind != "staff":
        return found.none()
    reach = Q(pk__in=())
    for path in permit.paths(actor, "review.read"):
        reach |= Q(unit_path__startswith=path)
    if permit.own(actor, "review.read"):
        reach |= Q(reviewer=actor.staff)
    return found.filter(reach).exclude(pk__in=staff.recused_subjects(actor.staff, at))


def sight(row: Review, at: datetime) -> Sight:
    away = staff.recused(row.pk, at)
    return Sight(
        unit_path=row.unit_path,
        owner=row.reviewer_id,
        recused=frozenset(person for person, why in away.items() if why != "first_handler"),
        handled=frozenset(person for person, why in away.items() if why == "first_handler"),
    )


def until(case: cases.Case) -> datetime | None:
    """Until when a review of the last decision may be asked for."""
    if case.answered_at is None:
        return None
    return datetime.fromtimestamp(rules.window_ends(standards.office(), case.answered_at), UTC)


def why_not(case: cases.Case, at: datetime) -> str:
    """ "" if the customer may ask for a review now."""
    ends = until(case)
    no = rules.why_not(
        state=case.state, outcome=case.outcome, kind=case.kind, answered_at=case.answered_at,
        ends=int(ends.timestamp()) if ends else 0, at=at,
    )  # fmt: skip
    if no:
        return no
    return "already_reviewed" if Review.objects.filter(case=case.pk, cycle=case.cycle).exists() else ""


def review_words(id: UUID) -> dict[str, str]:
    return vault.reveal(REVIEW_TABLE, id)


def mediations_of(case: UUID) -> list[Mediation]:
    return list(Mediation.objects.filter(case=case))


def mediation(id: UUID) -> Mediation | None:
    return Mediation.objects.filter(pk=id).first()


def show_on_the_case_page() -> None:
    """The case page has a card about reviews and mediations."""
    cases.panel(_card)


def _card(case: cases.Case, actor: Actor, at: datetime) -> cases.Panel | None:
    known = reviews_of(case.pk)
    visible = set(visible_to(actor, at).filter(case=case.pk).values_list("pk", flat=True))
    may = bool(permit.can(actor, "case.note", cases.sight(case, at)))
    mediated = mediations_of(case.pk)
    said = {
        "case": case,
        "reviews": [(row, rules.STATES[row.state], row.pk in visible) for row in known],
        "mediations": [
            (row, rules.MEDIATION_STATES[row.state], standards.label("mediation_body", row.body)) for row in mediated
        ],
        "may_ask": may and not why_not(case, at),
        "until": until(case),
        "may_mediate": may and case.kind == "complaint",
    }
    if not (known or mediated or said["may_ask"] or said["may_mediate"]):
        return None
    return cases.Panel("appeals/card.html", said)
