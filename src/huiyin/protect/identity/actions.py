"""Add accounts, switch them off and on, reset the second factor, end sessions."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.protect.identity.facts import FactorsReset, LinkIssued, UserAdded, UserSwitched
from huiyin.protect.identity.models import FactorReset, UsedCode, User

CODE_LIFE = timedelta(minutes=5)  # a code is good for far less


class NameTaken(Refusal):
    message = _("There is an account with this sign-in name already.")


class HasAccount(Refusal):
    message = _("This person has an account already.")


class UnknownUser(Refusal):
    status = 404
    message = _("There is no such account.")


class NotYourself(Refusal):
    status = 403
    message = _("Your own account is looked after by another administrator.")


class ReasonNeeded(Refusal):
    status = 400
    message = _("Say why.")


@dataclass(frozen=True)
class NewUser:
    username: str
    staff: UUID | None = None
    name: str = ""
    email: str = ""
    password: str | None = None
    demo: bool = False


@transaction.atomic
def add_user(
    *, username: str, by: Actor, at: datetime, staff: UUID | None = None, name: str = "", email: str = "",
    password: str | None = None,
) -> User:  # fmt: skip
    """An account without a password until its owner sets one through a link; `password` is for set-up and tests."""
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken
    if staff and User.objects.filter(staff=staff).exists():
        raise HasAccount
    row = User(username=username, staff_id=staff, first_name=name, email=email, date_joined=at)
    row.set_password(password)
    row.save()
    record(fact=UserAdded(user=str(row.pk), staff=staff), stream=f"user:{row.pk}", by=by, at=at)
    return row


@transaction.atomic
def add_many(*, users: Iterable[NewUser], by: Actor, at: datetime) -> list[User]:
    """A batch of accounts; equal passwords are hashed once."""
    users = list(users)
    hashed = {line.password: make_password(line.password) for line in users}
    rows = [
        User(
            username=line.username, staff_id=line.staff, first_name=line.name, email=line.email, date_joined=at,
            password=hashed[line.password],
            demo=line.demo,
        )
        for line in users
    ]  # fmt: skip
    User.objects.bulk_create(rows, batch_size=500)
    told = [Happening(UserAdded(user=str(r.pk), staff=r.staff_id), f"user:{r.pk}", by, at) for r in rows]
    if told:
        record_many(happenings=told, recorded_at=at)
    return rows


@transaction.atomic
def switch(*, user: int, active: bool, by: Actor, at: datetime) -> User:
    """Switch an account off or on. Off: every session ends at once."""
    row = _locked(user, by)
    if row.is_active != active:
        row.is_active = active
        row.save(update_fields=["is_active"])
        record(fact=UserSwitched(user=str(user), active=active), stream=f"user:{user}", by=by, at=at)
        end_sessions(user=user, by=by, at=at)
    return row


@transaction.atomic
def reset_factors(*, user: int, reason: str, by: Actor, at: datetime) -> None:
    """The person lost their device: they set up a new second factor at the next sign-in. Sessions end."""
    _locked(user, by)
    if not reason.strip():
        raise ReasonNeeded
    Authenticator.objects.filter(user=user).delete()
    FactorReset.objects.create(user_id=user, reason=reason.strip()[:300], by=by.ref, at=at)
    record(fact=FactorsReset(user=str(user)), stream=f"user:{user}", by=by, at=at)
    end_sessions(user=user, by=by, at=at)


@transaction.atomic
def issue_link(*, user: int, by: Actor, at: datetime) -> None:
    """A link to set a password is handed out; the ledger says by whom and for whom."""
    _locked(user, by)
    record(fact=LinkIssued(user=str(user)), stream=f"user:{user}", by=by, at=at)


@transaction.atomic
def set_password(*, user: int, password: str, by: Actor, at: datetime) -> None:
    """Through a link that is good once; ends every other session."""
    row = User.objects.select_for_update().get(pk=user)
    row.set_password(password)
    row.save(update_fields=["password"])
    end_sessions(user=user, by=by, at=at)


@transaction.atomic
def use_code(*, user: int, code: str, at: datetime) -> bool:
    """Claim a one-time code. False: somebody used it already, perhaps in another process a moment ago."""
    UsedCode.objects.filter(user=user, used_at__lte=at - CODE_LIFE).delete()
    digest = hashlib.sha256(f"{user}:{code}".encode("utf-8", "replace")).hexdigest()
    _row, fresh = UsedCode.objects.get_or_create(user_id=user, code=digest, defaults={"used_at": at})
    return fresh


def end_sessions(*, user: int, by: Actor, at: datetime) -> None:
    User.objects.filter(pk=user).update(sessions_ended=F("sessions_ended") + 1)


def _locked(user: int, by: Actor) -> User:
    if by.kind == "staff" and by.id == str(user):
        raise NotYourself
    row = User.objects.select_for_update().filter(pk=user).first()
    if row is None:
        raise UnknownUser
    return row
