"""Surveys and campaigns as staff see them: those of their units, and what belongs to their units in those above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from huiyin.bank.products import queries as products
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.permit import can, paths
from huiyin.listen.surveys.models import Campaign, Edition, Invitation, Response, Stratum, Survey
from huiyin.listen.surveys.rules import questions, states
from huiyin.listen.voices.queries import CHANNEL


@dataclass(frozen=True)
class Sight:
    """A survey or a campaign as the permission matrix looks at it."""

    unit_path: str


def sight(unit: UUID, on: date) -> Sight:
    return Sight(units.paths(on).get(unit, ""))


def visible_to(actor: Actor, on: date) -> QuerySet[Survey]:
    """Surveys of the actor's units, and published ones of the units above. Drafts only for those who build them."""
    below, above = _near(actor, on)
    published = Edition.objects.exclude(published_at=None).values("survey")
    found = Q(unit__in=below) | Q(unit__in=above, pk__in=published)
    if not can(actor, "survey.manage"):
        found &= Q(pk__in=published)
    return Survey.objects.filter(found).select_related("unit")


def campaigns_visible_to(actor: Actor, on: date) -> QuerySet[Campaign]:
    below, above = _near(actor, on)
    found = Campaign.objects.filter(Q(unit__in=below) | Q(unit__in=above))
    return found.select_related("edition__survey", "unit")


def answers_visible_to(actor: Actor, campaigns: Sequence[UUID], on: date) -> QuerySet[Response]:
    """Finished answers of the actor's units; a campaign of a unit above is theirs as far as it asks their customers."""
    reach = paths(actor, "survey.read")
    found = Response.objects.filter(invitation__campaign__in=campaigns).exclude(completed_at=None)
    if "" not in reach:
        mine = [unit for unit, path in units.paths(on).items() if path.startswith(reach)] if reach else []
        found = found.filter(invitation__unit__in=mine)
    return found.select_related("invitation")


def sees_all(actor: Actor, campaign: Campaign, on: date) -> bool:
    """Whether the whole campaign lies within what this actor may read."""
    path = units.paths(on).get(campaign.unit_id, "")
    return bool(path) and path.startswith(paths(actor, "survey.read") or ("\0",))


def _near(actor: Actor, on: date) -> tuple[list[UUID], list[UUID]]:
    reach = paths(actor, "survey.read")
    known = units.paths(on)
    if not reach:
        return [], []
    below = [unit for unit, path in known.items() if path.startswith(reach)]
    above = [unit for unit, path in known.items() if path and any(mine.startswith(path) for mine in reach)]
    return below, above


def manageable_units(actor: Actor, on: date) -> list[units.UnitView]:
    reach = paths(actor, "survey.manage")
    return [unit for unit in units.all_units(on) if unit.path.startswith(reach)] if reach else []


def edition(survey: UUID, *, draft: bool) -> Edition | None:
    """The draft, or the newest published version."""
    rows = Edition.objects.filter(survey=survey)
    rows = rows.filter(published_at=None) if draft else rows.exclude(published_at=None)
    return rows.order_by("-number").first()


def content(edition: Edition) -> questions.Content:
    return questions.content_from(edition.content)


@dataclass(frozen=True)
class Line:
    """A survey in the list."""

    survey: Survey
    title: Label
    number: int
    is_draft: bool
    campaigns: int
    answers: int


def lines(surveys: Sequence[Survey]) -> list[Line]:
    ids = [survey.pk for survey in surveys]
    newest: dict[UUID, Edition] = {}
    for row in Edition.objects.filter(survey__in=ids).order_by("survey", "number"):
        newest[row.survey_id] = row
    waves = dict(Campaign.objects.filter(edition__survey__in=ids).order_by().values_list("edition__survey").annotate(n=Count("pk")))  # fmt: skip
    done = Response.objects.exclude(completed_at=None).filter(edition__survey__in=ids).order_by()
    answered = dict(done.values_list("edition__survey").annotate(n=Count("pk")))
    return [
        Line(
            survey, content(newest[survey.pk]).title, newest[survey.pk].number,
            newest[survey.pk].published_at is None, waves.get(survey.pk, 0), answered.get(survey.pk, 0),
        )
        for survey in surveys
    ]  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far a campaign is. `done` of `all` invitations have left or never will."""

    all: int
    waiting: int
    sent: int
    delivered: int
    failed: int
    left_out: int
    withdrawn: int
    reminded: int
    begun: int
    answered: int

    @property
    def done(self) -> int:
        return self.all - self.waiting

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.all) if self.all else 0


def progress(campaign: UUID) -> Progress:
    rows = Invitation.objects.filter(campaign=campaign).order_by()
    by = dict(rows.values_list("passage").annotate(n=Count("pk")))
    answers = Response.objects.filter(invitation__campaign=campaign)
    return Progress(
        all=sum(by.values()), waiting=by.get("waiting", 0), sent=by.get("sent", 0), failed=by.get("failed", 0),
        left_out=by.get("left_out", 0), withdrawn=by.get("withdrawn", 0),
        delivered=rows.exclude(delivered_at=None).count(), reminded=rows.exclude(reminded_at=None).count(),
        begun=answers.filter(completed_at=None).count(), answered=answers.exclude(completed_at=None).count(),
    )  # fmt: skip


def strata(campaign: UUID) -> list[Stratum]:
    return list(Stratum.objects.filter(campaign=campaign).order_by("place"))


def names_of(campaign: Campaign, rows: Sequence[Stratum]) -> dict[UUID, list[object]]:
    """What each stratum is called: units and products by name, channels by their word, segments as imported."""
    ids = {row.key[i] for row in rows for i, by in enumerate(campaign.strata) if by == "unit" and row.key[i]}
    known = units.units([UUID(id) for id in ids])
    return {row.pk: [_name(by, code, known) for by, code in zip(campaign.strata, row.key, strict=True)] for row in rows}


def _name(by: str, code: str, known: Mapping[UUID, object]) -> object:
    if not code:
        return Label("", "未知", "Unknown")
    if by == "unit":
        return known.get(UUID(code), Label("", "未知", "Unknown"))
    if by == "product":
        return products.label(code)
    return CHANNEL.get(code, Label(code, code, code)) if by == "channel" else code


def state_label(campaign: Campaign) -> Label:
    return states.CAMPAIGN_STATE[campaign.state]
