"""The owner's part: plan, evidence, done, another day."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.improve.rectifications.actions.ground import apart, at_step, seen, step, tell
from huiyin.improve.rectifications.actions.opening import LONGEST
from huiyin.improve.rectifications.actions.refusals import BadDate, Missing
from huiyin.improve.rectifications.models import Rectification, Step
from huiyin.improve.rectifications.rules.steps import VERIFYING, Roles, first_fit
from huiyin.kernel.actor import Actor
from huiyin.platform.files import actions as files
from huiyin.protect.access import queries as grants


def plan(
    *,
    rectification: UUID,
    cause_code: str,
    cause: str,
    plan: str,
    by: Actor,
    at: datetime,
    verifier: UUID | None = None,
) -> Rectification:
    """One problem, one plan: why it happened and what will be done."""
    if not (cause_code and cause.strip() and plan.strip()):
        raise Missing(_("A plan names the cause and what will be done about it."))
    row = seen(rectification)
    if verifier:
        apart(Roles(row.owner_id, row.inspector_id, verifier), "rectification.work", by, at, row.pk)
    with transaction.atomic():
        row = at_step(rectification, "plan", "rectification.work", by)
        row.cause_code, row.cause, row.plan = cause_code, cause.strip(), plan.strip()
        row.verifier_id = verifier or row.verifier_id
        return step(row, "planned", by, at, words=row.plan)


def add_evidence(
    *, rectification: UUID, by: Actor, at: datetime, text: str = "", name: str = "", content: Any = None
) -> Rectification:
    """A note, a file, or both, that shows what was done."""
    if not text.strip() and content is None:
        raise Missing(_("Add a note or a file."))
    with transaction.atomic():
        row = at_step(rectification, "evidence", "rectification.work", by)
        if content is not None:
            files.keep_file(matter=row.pk, subject=row.pk, name=name, content=content, by=by, at=at)
        Step.objects.create(
            rectification=row, round=row.round, what="evidence", words=text.strip(), by_id=by.staff, at=at
        )
        return row


def finish(*, rectification: UUID, text: str, by: Actor, at: datetime) -> Rectification:
    """The owner reports the work as done. Only with evidence, and only with somebody to verify it."""
    if not text.strip():
        raise Missing(_("Say what was done."))
    with transaction.atomic():
        row = at_step(rectification, "finish", "rectification.work", by)
        if not Step.objects.filter(rectification=row, round=row.round, what="evidence").exists():
            raise Missing(_("Add evidence before you report the work as done."))
        if row.verifier_id is None:
            row.verifier_id = _verifier(row, at)
            if row.verifier_id is None:
                raise Missing(_("Nobody can verify this yet: ask consumer protection to name a verifier."))
        row.done_at = at
        step(row, "done", by, at, words=text)
        tell(row, row.verifier_id, "rectification_verify", by, at, f"verify:{row.round}:{at.isoformat()}")
        return row


def _verifier(row: Rectification, at: datetime) -> UUID | None:
    """Somebody who neither found nor carries it out, nearest first."""
    for role in VERIFYING:
        found = first_fit(grants.holders(role, at, row.unit_path), row.owner_id, row.inspector_id, row.opener_id)
        if found:
            return found
    return None


def appoint(
    *,
    rectification: UUID,
    reason: str,
    by: Actor,
    at: datetime,
    owner: UUID | None = None,
    verifier: UUID | None = None,
) -> Rectification:
    """Somebody else carries it out or verifies it: the owner has left, or nobody was named yet. No deadline moves."""
    if not reason.strip():
        raise Missing(_("Say why."))
    row = seen(rectification)
    apart(
        Roles(owner or row.owner_id, row.inspector_id, verifier or row.verifier_id),
        "rectification.open",
        by,
        at,
        row.pk,
    )
    with transaction.atomic():
        row = at_step(rectification, "appoint", "rectification.open", by)
        if (owner or row.owner_id, verifier or row.verifier_id) == (row.owner_id, row.verifier_id):
            raise Missing(_("Name another owner or another verifier."))
        told = {"rectification_opened": owner, "rectification_verify": verifier if row.state == "done" else None}
        row.owner_id, row.verifier_id = owner or row.owner_id, verifier or row.verifier_id
        step(row, "appointed", by, at, words=reason, to=owner or verifier)
        for kind, person in told.items():
            tell(row, person, kind, by, at, f"{kind}:{person}:{at.isoformat()}")
        return row


def redate(*, rectification: UUID, to: date, reason: str, by: Actor, at: datetime) -> Rectification:
    """Plan another day. The deadline stays what it was: a re-dated rectification counts as late (indicator M71)."""
    if not reason.strip():
        raise Missing(_("Say why the date has to change."))
    today = timezone.localtime(at).date()
    with transaction.atomic():
        row = at_step(rectification, "redate", "rectification.work", by)
        if not today < to <= today + timedelta(days=LONGEST):
            raise BadDate()
        row.planned_date = to
        return step(row, "redated", by, at, words=reason, on=to)
