"""Build a survey: a draft is changed, checked, published, and from then on never changes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.listen.surveys.facts import SurveyPublished
from huiyin.listen.surveys.models import Edition, Survey
from huiyin.listen.surveys.queries import desk
from huiyin.listen.surveys.rules.questions import (
    Content,
    Fault,
    as_plain,
    content_from,
    faults,
    servqual_content,
)


class NotYours(Refusal):
    status = 404
    message = _("There is no such survey.")


class Stale(Refusal):
    message = _("Somebody else changed this draft meanwhile. Look at it again, then make your change.")


class Refused(Refusal):
    """Why a draft is not published; `faults` name the questions."""

    status = 422
    message = _("The draft cannot be published yet.")

    def __init__(self, found: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(found)


def add_survey(*, unit: UUID, title: Label, by: Actor, at: datetime, start: str = "") -> Survey:
    """A new survey whose draft is empty, or begins as a ready study (`start`: servqual)."""
    must(by, "survey.manage", desk.sight(unit, localdate(at)))
    begin = servqual_content if start == "servqual" else Content
    with transaction.atomic():
        survey = Survey.objects.create(unit_id=unit, made_by_id=by.staff, made_at=at)
        Edition.objects.create(survey=survey, number=1, content=as_plain(begin(title)))
    return survey


def change(*, survey: UUID, version: int, content: Content, by: Actor, at: datetime) -> None:
    """Put this in the place of the draft, if it is still the draft that was looked at."""
    _managed(survey, by, at)
    draft = Edition.objects.filter(survey=survey, published_at=None, version=version)
    if not draft.update(content=as_plain(content), version=F("version") + 1):
        raise Stale


def publish(*, survey: UUID, version: int, by: Actor, at: datetime) -> Edition:
    """Freeze the draft. Both languages must be there and every question must be reachable."""
    row = _managed(survey, by, at)
    with transaction.atomic():
        draft = Edition.objects.select_for_update().filter(survey=survey, published_at=None, version=version).first()
        if draft is None:
            raise Stale
        content = content_from(draft.content)
        found = faults(content)
        if found:
            raise Refused(found)
        draft.published_at = at
        draft.save(update_fields=["published_at"])
        whole = json.dumps(draft.content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        fact = SurveyPublished(
            survey=row.pk, edition=draft.pk, number=str(draft.number), questions=len(content.questions),
            sha256=hashlib.sha256(whole.encode()).hexdigest(), unit=row.unit_id,
        )  # fmt: skip
        record(fact=fact, stream=f"survey:{row.pk}", by=by, at=at)
    return draft


def revise(*, survey: UUID, by: Actor, at: datetime) -> Edition:
    """A new draft that begins as the newest published version; the draft that is there, if there is one."""
    _managed(survey, by, at)
    with transaction.atomic():
        Survey.objects.select_for_update().get(pk=survey)
        draft = desk.edition(survey, draft=True)
        last = desk.edition(survey, draft=False)
        if draft is not None or last is None:
            return draft or Edition.objects.get(survey=survey)
        return Edition.objects.create(survey_id=survey, number=last.number + 1, content=last.content)


def _managed(survey: UUID, by: Actor, at: datetime) -> Survey:
    row = Survey.objects.filter(pk=survey).first()
    if row is None:
        raise NotYours
    must(by, "survey.manage", desk.sight(row.unit_id, localdate(at)))
    return row
