"""What every verb stands on: the row at its step, four different people, the step kept, somebody told."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from huiyin.improve.rectifications.actions.refusals import NotAllowed, NotNow, NotThere, SamePerson
from huiyin.improve.rectifications.facts import RectificationStepped
from huiyin.improve.rectifications.models import Link, Rectification, Step
from huiyin.improve.rectifications.rules.steps import AFTER, Roles, allowed, clash
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.platform.messages import actions as messages
from huiyin.protect.access import actions as access


def seen(rectification: UUID) -> Rectification:
    row = Rectification.objects.filter(pk=rectification).first()
    if row is None:
        raise NotThere()
    return row


def at_step(
    rectification: UUID, verb: str, action: str, by: Actor, refusal: type[Refusal] = NotNow
) -> Rectification:  # fmt: skip
    """The row, locked, at a step where the verb is possible, for somebody who may."""
    row = Rectification.objects.select_for_update().filter(pk=rectification).first()
    if row is None:
        raise NotThere()
    if by.kind != "machine" and not (verdict := can(by, action, row)):
        raise NotAllowed(verdict.reason)
    if not allowed(verb, row.state):
        raise refusal()
    return row


def apart(roles: Roles, action: str, by: Actor, at: datetime, subject: UUID | None) -> None:
    """SoD5. Outside the transaction, so that the refused attempt stays in the log."""
    if clash(roles):
        if by.kind == "staff":
            access.refuse(action=action, rule="SoD5", by=by, at=at, subject=subject)
        raise SamePerson()


def step(
    row: Rectification,
    what: str,
    by: Actor,
    at: datetime,
    words: str = "",
    value: float | None = None,
    n: int | None = None,
    verdict: str = "",
    on: date | None = None,
    to: UUID | None = None,
) -> Rectification:
    row.state = AFTER.get(what, row.state)
    row.save()
    Step.objects.create(
        rectification=row, round=row.round, what=what, words=words.strip(), value=value, n=n, verdict=verdict,
        by_id=by.staff, at=at, on=on, to_id=to,
    )  # fmt: skip
    record(
        fact=RectificationStepped(
            rectification=row.pk,
            step=what,
            value=None if value is None else f"{value:.6g}",
            n=n,
            round=row.round,
            verdict=verdict or None,
        ),
        stream=f"rectification:{row.pk}",
        by=by,
        at=at,
    )
    return row


def link(row: Rectification, matters: Iterable[UUID]) -> None:
    """Complaints that are part of the problem: their senders are told of the outcome."""
    rows = [Link(rectification=row, matter=matter) for matter in dict.fromkeys(matters)]
    Link.objects.bulk_create(rows, ignore_conflicts=True)


def tell(
    row: Rectification, person: UUID | None, kind: str, by: Actor, at: datetime, key: str,
    channels: Sequence[str] = (), **words: str,
) -> None:  # fmt: skip
    if person is None:
        return
    messages.notify(
        staff=person, kind=kind, matter=row.pk, params={"number": row.number, **words},
        link=f"/desk/rectifications/{row.pk}/", by=by, at=at, key=f"rectification:{row.pk}:{key}",
        channels=channels,
    )  # fmt: skip
