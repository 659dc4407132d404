"""Give and end grants, issue and revoke tokens, and note every attempt that a rule refuses."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import ROLE, can
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.protect.access.facts import AccessRefused, GrantEnded, GrantGiven, TokenIssued, TokenRevoked
from huiyin.protect.access.models import ApiToken, Grant, LogLine
from huiyin.protect.access.rules import TOKEN_PREFIX, is_too_long, token_hash
from huiyin.protect.identity import actions as identity
from huiyin.protect.identity.queries import staff_of


class UnknownRole(Refusal):
    status = 400
    message = _("There is no such role.")


class TooLong(Refusal):
    status = 400
    message = _("A grant or token ends after today and within 365 days.")


class NotToYourself(Refusal):
    status = 403
    message = _("Nobody gives, renews or ends a grant of their own.")


class AlreadyHeld(Refusal):
    message = _("This account holds the same role over the same unit already. Re-certify it instead.")


class AlreadyEnded(Refusal):
    message = _("This grant has ended already.")


@dataclass(frozen=True)
class NewGrant:
    user: int
    role: str
    unit: UUID | None
    until_date: date


@dataclass(frozen=True)
class _About:
    """What `permit.can` looks at when a grant is given."""

    user: int
    staff: UUID | None = None
    unit_path: str = ""


@transaction.atomic
def give(
    *, user: int, role: str, unit: UUID | None, until_date: date, by: Actor, at: datetime, reason: str = ""
) -> Grant:
    """Give a role over a unit (None: the whole bank). Never to oneself, never for longer than a year."""
    _not_to_self(user, by, at)
    if role not in ROLE:
        raise UnknownRole
    if is_too_long(localdate(at), until_date):
        raise TooLong
    Grant.objects.filter(user=user, role=role, unit=unit, ended_at=None, until_date__lte=localdate(at)).update(
        ended_at=at, ended_by=by.ref
    )
    if Grant.objects.filter(user=user, role=role, unit=unit, ended_at=None).exists():
        raise AlreadyHeld
    row = Grant.objects.create(
        user_id=user, role=role, unit_id=unit, from_at=at, until_date=until_date, given_by=by.ref, reason=reason
    )
    _record_given(row, by, at)
    note(what="grant_given", by=by, at=at, user=str(user), detail=role)
    return row


@transaction.atomic
def give_many(*, grants: Iterable[NewGrant], by: Actor, at: datetime) -> int:
    """Give a batch, for the set-up of an institution by the machine."""
    rows = []
    for line in grants:
        if line.role not in ROLE:
            raise UnknownRole
        if is_too_long(localdate(at), line.until_date):
            raise TooLong
        if str(line.user) == by.id and by.kind == "staff":
            raise NotToYourself
        rows.append(
            Grant(
                id=new_id(), user_id=line.user, role=line.role, unit_id=line.unit, from_at=at,
                until_date=line.until_date, given_by=by.ref,
            )
        )  # fmt: skip
    Grant.objects.bulk_create(rows, batch_size=500)
    if rows:
        told = [Happening(_given(row), f"user:{row.user_id}", by, at) for row in rows]
        record_many(happenings=told, recorded_at=at)
    return len(rows)


@transaction.atomic
def recertify(*, grant: UUID, until_date: date, by: Actor, at: datetime) -> Grant:
    """Somebody looked at the grant and it is still needed: it ends and is given anew."""
    row = _standing(grant)
    _not_to_self(row.user_id, by, at)
    if is_too_long(localdate(at), until_date):
        raise TooLong
    Grant.objects.filter(pk=row.pk).update(ended_at=at, ended_by=by.ref)
    fresh = Grant.objects.create(
        user_id=row.user_id, role=row.role, unit_id=row.unit_id, from_at=at, until_date=until_date,
        given_by=by.ref, reason=row.reason,
    )  # fmt: skip
    _record_given(fresh, by, at)
    note(what="grant_renewed", by=by, at=at, user=str(row.user_id), detail=row.role)
    return fresh


@transaction.atomic
def end(*, grant: UUID, by: Actor, at: datetime) -> None:
    """Take a role back. It holds no longer from the next request on, and open sessions end."""
    row = _standing(grant)
    _not_to_self(row.user_id, by, at)
    Grant.objects.filter(pk=row.pk).update(ended_at=at, ended_by=by.ref)
    record(fact=GrantEnded(grant=row.pk, user=str(row.user_id)), stream=f"user:{row.user_id}", by=by, at=at)
    note(what="grant_ended", by=by, at=at, user=str(row.user_id), detail=row.role)
    identity.end_sessions(user=row.user_id, by=by, at=at)


@transaction.atomic
def issue_token(
    *, name: str, role: str, unit: UUID | None, until_date: date, by: Actor, at: datetime
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is told this once."""
    if role not in ROLE:
        raise UnknownRole
    if is_too_long(localdate(at), until_date):
        raise TooLong
    raw = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        name=name, hash=token_hash(raw), hint=raw[:8], role=role, unit_id=unit, issued_at=at, issued_by=by.ref,
        until_date=until_date,
    )  # fmt: skip
    record(fact=TokenIssued(token=row.pk, role=role, until_date=until_date), stream=f"token:{row.pk}", by=by, at=at)
    note(what="token_issued", by=by, at=at, detail=role, subject=row.pk)
    return row, raw


@transaction.atomic
def revoke_token(*, token: UUID, by: Actor, at: datetime) -> None:
    if ApiToken.objects.filter(pk=token, revoked_at=None).update(revoked_at=at):
        record(fact=TokenRevoked(token=token), stream=f"token:{token}", by=by, at=at)
        note(what="token_revoked", by=by, at=at, subject=token)


def use_token(*, by: Actor, at: datetime) -> None:
    """Note that a token is in use, for those who decide whether it is still needed."""
    ApiToken.objects.filter(pk=UUID(by.id.removeprefix("token-"))).update(used_at=at)


@transaction.atomic
def refuse(*, action: str, rule: str, by: Actor, at: datetime, subject: UUID | None = None) -> None:
    """Somebody tried what a separation-of-duties rule forbids. Call it in a transaction that is not rolled back."""
    fact = AccessRefused(user=by.id, action=action, rule=rule, subject=subject)
    record(fact=fact, stream=f"user:{by.id}", by=by, at=at)
    note(what="refused", by=by, at=at, user=by.id, detail=f"{action} {rule}", subject=subject)


def note(*, what: str, by: Actor, at: datetime, user: str = "", detail: str = "", subject: UUID | None = None) -> None:
    """One line of the access log."""
    LogLine.objects.create(at=at, actor=by.ref, what=what, user=user[:20], detail=detail[:120], subject=subject)


def _standing(grant: UUID) -> Grant:
    row = Grant.objects.select_for_update().filter(pk=grant).first()
    if row is None or row.ended_at is not None:
        raise AlreadyEnded
    return row


def _not_to_self(user: int, by: Actor, at: datetime) -> None:
    """SoD11, whoever calls: a person may not touch their own grants, nor through a second account of theirs."""
    if by.kind != "staff":
        return
    verdict = can(by, "grants.manage", _About(user=user, staff=staff_of(user)))
    if verdict.rule:
        raise NotToYourself(rule=verdict.rule)


def _given(row: Grant) -> GrantGiven:
    return GrantGiven(grant=row.pk, user=str(row.user_id), role=row.role, unit=row.unit_id, until_date=row.until_date)


def _record_given(row: Grant, by: Actor, at: datetime) -> None:
    record(fact=_given(row), stream=f"user:{row.user_id}", by=by, at=at)
