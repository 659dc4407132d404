"""Accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from huiyin.bank.staff.queries import POST
from huiyin.bank.units.queries import head_office, under
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label, Named
from huiyin.kernel.permit import paths
from huiyin.protect.identity.models import FactorReset, User
from huiyin.protect.identity.plugs.factors.delay import sprayed

__all__ = ["sprayed"]


def user(id: int) -> User | None:
    return User.objects.filter(pk=id).select_related("staff").first()


def user_of(staff: UUID) -> User | None:
    """The account of a member of staff."""
    return User.objects.filter(staff=staff).first()


def users_of(staff: Iterable[UUID]) -> dict[UUID, User]:
    return {user.staff_id: user for user in User.objects.filter(staff__in=list(staff)) if user.staff_id}


def staff_of(user: int) -> UUID | None:
    return User.objects.filter(pk=user).values_list("staff_id", flat=True).first()


def account_named(name: str) -> int | None:
    """The number of the account with this sign-in name, in any case of letters."""
    return User.objects.filter(username__iexact=name).values_list("pk", flat=True).first()


def factors(user: int) -> list[str]:
    """The kinds of second factor an account has set up: totp, webauthn, recovery_codes."""
    return sorted(set(Authenticator.objects.filter(user=user).values_list("type", flat=True)))


def with_factors(users: Iterable[int]) -> set[int]:
    """Which of these accounts have a second factor."""
    real = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return set(Authenticator.objects.filter(user__in=list(users), type__in=real).values_list("user_id", flat=True))


def visible_to(actor: Actor, on: date) -> QuerySet[User]:
    """Accounts of people in the units of those who manage users or read access. Accounts of nobody on the staff list
    are the head office's."""
    found = User.objects.select_related("staff", "staff__unit").order_by("username")
    allowed = set(paths(actor, "users.manage")) | set(paths(actor, "access.read"))
    if not allowed:
        return found.none()
    top = head_office()
    if "" in allowed or (top and f"{top.code}/" in allowed):
        return found
    return found.filter(staff__unit__in={unit for path in allowed for unit in under(path, on)})


def resets(user: int) -> list[FactorReset]:
    return list(FactorReset.objects.filter(user=user).order_by("-at", "-id")[:10])


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom a visitor of the demonstration may be."""

    pk: int
    account: User
    post: Label
    unit: Named | None


def demo_people() -> list[DemoPerson]:
    found = User.objects.filter(demo=True, is_active=True).select_related("staff", "staff__unit").order_by("pk")
    return [
        DemoPerson(
            user.pk,
            user,
            POST[user.staff.post] if user.staff else POST["administrator"],
            user.staff.unit if user.staff else None,
        )
        for user in found
    ]


def users_by_id(ids: Iterable[str]) -> dict[str, User]:
    """Who stands behind the account numbers that logs and the ledger keep."""
    wanted = [int(id) for id in ids if id.isdecimal() and len(id) < 18]
    found = User.objects.filter(pk__in=wanted).select_related("staff")
    return {str(user.pk): user for user in found}
