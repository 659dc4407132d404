"""The part of the others: look at the work, read the number, close with an answer, or begin again."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import actions as clocks
from huiyin.improve.rectifications import queries
from huiyin.improve.rectifications.actions.ground import apart, at_step, seen, step, tell
from huiyin.improve.rectifications.actions.opening import DAYS
from huiyin.improve.rectifications.actions.refusals import Missing, NotAllowed, NotNow, NotProven, NotThere
from huiyin.improve.rectifications.models import Rectification
from huiyin.improve.rectifications.rules import effect
from huiyin.improve.rectifications.rules.steps import WATCHED, Roles
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.measure.alerts import queries as alerts
from huiyin.platform.messages import actions as messages
from huiyin.protect.access import queries as grants
from huiyin.resolve.cases import actions as cases


def verify(*, rectification: UUID, agree: bool, text: str, by: Actor, at: datetime) -> Rectification:
    """Somebody independent looks at the work itself. Then the number has to show it."""
    if not text.strip():
        raise Missing(_("Say what you checked."))
    row = seen(rectification)
    apart(Roles(row.owner_id, row.inspector_id, by.staff), "rectification.verify", by, at, row.pk)
    with transaction.atomic():
        row = at_step(rectification, "verify", "rectification.verify", by)
        row.verifier_id = by.staff or row.verifier_id
        if not agree:
            row.done_at = None
            step(row, "returned", by, at, words=text)
            tell(row, row.owner_id, "rectification_opened", by, at, f"returned:{at.isoformat()}")
            return row
        row.verified_at = at
        step(row, "verified", by, at, words=text)
        clocks.happened(subject=row.pk, event="rectification.verified", by=by, at=at)
        return row


def check_effects(*, by: Actor, at: datetime) -> int:
    """Read the indicator of everything verified and not yet closed: effect shown, none, or not to be told yet. What was
    shown has to hold until somebody closes it. Returns how many moved."""
    moved = 0
    watched = Rectification.objects.filter(state__in=WATCHED).order_by("opened_at", "id")
    for id in watched.values_list("pk", flat=True):
        with transaction.atomic():
            row = Rectification.objects.select_for_update().get(pk=id)
            if row.state in WATCHED:
                moved += _check(row, by, at)
    return moved


def _check(row: Rectification, by: Actor, at: datetime) -> bool:
    code, found = queries.effect_of(row, at)
    what = effect.next_step(row.state, code)
    if not what:
        if row.verdict != code:
            row.verdict = code
            row.save(update_fields=["verdict"])
        return False
    row.verdict = code
    last = found[-1] if found else None
    step(row, what, by, at, value=last.value if last else None, n=last.n if last else None, verdict=code)
    if what == "effective":
        for person in grants.holders("consumer_protection", at, row.unit_path):
            if person not in (row.owner_id, row.verifier_id, row.inspector_id):
                tell(row, person, "rectification_verify", by, at, f"close:{row.round}:{person}")
    elif what == "not_effective":
        _again(row, by, at)
    return True


def close(*, rectification: UUID, text: str, by: Actor, at: datetime) -> Rectification:
    """A fourth person closes it, and everybody who raised the matter gets an answer (件件有回音)."""
    if not text.strip():
        raise Missing(_("Say what has changed, in words for those who raised the matter."))
    row = seen(rectification)
    apart(Roles(row.owner_id, row.inspector_id, row.verifier_id, by.staff), "rectification.close", by, at, row.pk)
    with transaction.atomic():
        row = at_step(rectification, "close", "rectification.close", by, refusal=NotProven)
        code, found = queries.effect_of(row, at)
        if effect.next_step(row.state, code):
            raise NotProven(_("The effect did not hold: since it was shown, the figures or a new alert say otherwise."))
        row.closer_id, row.closed_at = by.staff, at
        last = found[-1] if found else None
        step(row, "closed", by, at, words=text, value=last.value if last else None, n=last.n if last else None)
        _answer(row, text, by, at)
        return row


def _answer(row: Rectification, text: str, by: Actor, at: datetime) -> None:
    raisers = {row.opener_id, *alerts.owners_of(queries.alerts_of(row))}
    for person in sorted(str(p) for p in raisers if p and p != by.staff):
        messages.notify(
            staff=UUID(person), kind="rectification_closed", matter=row.pk,
            params={"number": row.number, "zh": "整改 {number} 已关闭，成效已显现",
                    "en": "Rectification {number} is closed: the effect is shown"},
            link=f"/desk/rectifications/{row.pk}/", by=by, at=at, key=f"rectification:{row.pk}:closed:{row.round}:{person}",
        )  # fmt: skip
    for matter in queries.linked(row.pk):
        cases.tell(case=matter, about=row.pk, text=text, by=by, at=at)


def reopen(*, rectification: UUID, text: str, by: Actor, at: datetime, since: date | None = None) -> Rectification:
    """The problem is back, or was never gone: another round with another plan. The old closing stays on record."""
    with transaction.atomic():
        row = Rectification.objects.select_for_update().filter(pk=rectification).first()
        if row is None:
            raise NotThere()
        if row.state != "closed":
            raise NotNow()
        if by.kind != "machine" and not (verdict := can(by, "rectification.open", row)):
            raise NotAllowed(verdict.reason)
        if not text.strip() and by.kind != "machine":
            raise Missing(_("Say why."))
        step(row, "reopened", by, at, words=text, on=since)
        _again(row, by, at)
        return row


def _again(row: Rectification, by: Actor, at: datetime) -> None:
    """The next round: a new plan by the same owner, half the time."""
    row.round += 1
    row.done_at = row.verified_at = row.closer_id = row.closed_at = None
    row.verdict = ""
    row.planned_date = None
    again = clocks.reopen(subject=row.pk, by=by, at=at, attrs={"kind": "rectification"})
    dates = [timezone.localtime(c.due_at).date() for c in again if c.due_at]
    row.due_date = dates[0] if dates else timezone.localtime(at).date() + timedelta(days=DAYS // 2)
    row.save()
    tell(row, row.owner_id, "rectification_opened", by, at, f"again:{row.round}")


def cancel(*, rectification: UUID, reason: str, by: Actor, at: datetime) -> Rectification:
    """Nothing to rectify after all: only before the work has begun, and never in silence."""
    if not reason.strip():
        raise Missing(_("Say why."))
    with transaction.atomic():
        row = at_step(rectification, "cancel", "rectification.close", by)
        step(row, "cancelled", by, at, words=reason)
        clocks.cancel(subject=row.pk, reason="cancelled", by=by, at=at)
        tell(
            row,
            row.owner_id,
            "rectification_cancelled",
            by,
            at,
            "cancelled",
            zh="整改 {number} 已撤销",
            en="Rectification {number} is cancelled",
        )
        return row
