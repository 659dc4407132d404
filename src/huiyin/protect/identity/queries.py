"""Accounts."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.protect.identity.models import User


def user(id: int) -> User | None:
    return User.objects.filter(pk=id).select_related("staff").first()


def user_of(staff: UUID) -> User | None:
    """The account of a member of staff."""
    return User.objects.filter(staff=staff).first()


def users_of(staff: Iterable[UUID]) -> dict[UUID, User]:
    return {user.staff_id: user for user in User.objects.filter(staff__in=list(staff)) if user.staff_id}


def staff_of(user: int) -> UUID | None:
    return User.objects.filter(pk=user).values_list("staff_id", flat=True).first()


def factors(user: int) -> list[str]:
    """The kinds of second factor an account has set up: totp, webauthn, recovery_codes."""
    return sorted(set(Authenticator.objects.filter(user=user).values_list("type", flat=True)))


def with_factors(users: Iterable[int]) -> set[int]:
    """Which of these accounts have a second factor."""
    real = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return set(Authenticator.objects.filter(user__in=list(users), type__in=real).values_list("user_id", flat=True))


def visible_to(actor: Actor) -> QuerySet[User]:
    """Accounts, for those who manage them or read access."""
    found = User.objects.select_related("staff", "staff__unit").order_by("username")
    return found if can(actor, "users.manage") or can(actor, "access.read") else found.none()


def someone_administers() -> bool:
    """Has the institution been set up?"""
    return User.objects.exists()


def last_signed_in(user: int) -> datetime | None:
    return User.objects.filter(pk=user).values_list("last_login", flat=True).first()
