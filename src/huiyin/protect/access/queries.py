"""Who is asking, with which roles over which units."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from huiyin.bank.units.queries import head_office, path_of, paths, under
from huiyin.kernel.actor import Actor, Scope
from huiyin.kernel.permit import can
from huiyin.kernel.permit import paths as paths_of
from huiyin.platform.tables.queries import as_id, rows
from huiyin.protect.access.models import ApiToken, Grant, LogLine
from huiyin.protect.access.rules import EXPIRES_SOON, TOKEN_PREFIX, WHAT, token_hash

__all__ = ["WHAT"]


class Account(Protocol):
    """What is asked of an account here: protect/identity keeps the rest."""

    pk: int
    staff_id: UUID | None


def actor_for(user: Account, at: datetime, step_up_at: datetime | None = None) -> Actor:
    """The actor of a signed-in account: its standing grants, each over the unit's path of the day."""
    on = localdate(at)
    held = rows(
        "SELECT role, unit_id FROM access_grant WHERE user_id = %s AND ended_at IS NULL AND until_date > %s",
        [user.pk, on],
    )
    scopes = _scopes([(role, unit and as_id(unit)) for role, unit in held], on)
    return Actor("staff", str(user.pk), user.staff_id, scopes, step_up_at)


def actors_for(users: Iterable[Account], at: datetime) -> dict[int, Actor]:
    """The same for many accounts at once."""
    users = list(users)
    held: dict[int, list[tuple[str, UUID | None]]] = {}
    for user, role, unit in standing(localdate(at)).values_list("user_id", "role", "unit_id"):
        held.setdefault(user, []).append((role, unit))
    on = localdate(at)
    return {u.pk: Actor("staff", str(u.pk), u.staff_id, _scopes(held.get(u.pk, []), on)) for u in users}


def actor_for_token(raw: str, at: datetime) -> Actor | None:
    """The machine behind a token, or nobody: unknown, revoked and expired tokens look alike."""
    if not raw.startswith(TOKEN_PREFIX) or len(raw) > 100:
        return None
    on = localdate(at)
    found = rows(
        "SELECT id, role, unit_id FROM access_apitoken WHERE hash = %s AND revoked_at IS NULL AND until_date > %s",
        [token_hash(raw), on],
    )
    if not found:
        return None
    ((token, role, unit),) = found
    return Actor("machine", f"token-{as_id(token)}", None, _scopes([(role, unit and as_id(unit))], on))


def standing(on: date) -> QuerySet[Grant]:
    """Grants that hold on a day."""
    return Grant.objects.filter(ended_at=None, until_date__gt=on)


def grants(on: date, user: int | None = None) -> QuerySet[Grant]:
    """Standing grants, the first to expire first."""
    found = standing(on).select_related("user", "user__staff", "unit").order_by("until_date", "id")
    return found.filter(user=user) if user is not None else found


def within(actor: Actor, action: str, found: QuerySet, on: date) -> QuerySet:
    """Of grants or tokens those over units in the actor's scope; a grant over the whole bank is the head office's."""
    allowed = paths_of(actor, action)
    top = head_office()
    if "" in allowed or (top and f"{top.code}/" in allowed):
        return found
    return found.filter(unit__in={unit for path in allowed for unit in under(path, on)}) if allowed else found.none()


def place(unit: UUID | None, on: date) -> str:
    """Where a grant lies for the one who gives it: over the whole bank is over the head office."""
    top = head_office()
    return path_of(unit, on) if unit else f"{top.code}/" if top else ""


def expiring(on: date) -> QuerySet[Grant]:
    """Grants to be re-certified: they end within a quarter, or ended in the last one without being given again."""
    near = Q(until_date__lte=on + EXPIRES_SOON, until_date__gt=on - EXPIRES_SOON)
    return Grant.objects.filter(near, ended_at=None).select_related("user", "user__staff", "unit")


def grant(id: UUID) -> Grant | None:
    return Grant.objects.filter(pk=id).select_related("user", "unit").first()


def holders(role: str, at: datetime, path: str | None = None) -> list[UUID]:
    """The staff who hold a role on a day, over `path` or something above it if one is named."""
    on = localdate(at)
    where = paths(on) if path is not None else {}
    held = standing(on).filter(role=role, user__is_active=True).exclude(user__staff=None)
    found = {}
    for staff, unit in held.order_by("user_id").values_list("user__staff_id", "unit_id"):
        if path is None or path.startswith("" if unit is None else where.get(unit, "\0")):
            found[staff] = True
    return list(found)


def tokens() -> QuerySet[ApiToken]:
    return ApiToken.objects.select_related("unit").order_by("-issued_at", "id")


def log_visible_to(actor: Actor) -> QuerySet[LogLine]:
    """The access log, for those who may read it. An auditor of one branch still sees the whole: access is one matter."""
    found = LogLine.objects.order_by("-at", "-id")
    return found if can(actor, "access.read") else found.none()


def _scopes(held: Iterable[tuple[str, UUID | None]], on: date) -> tuple[Scope, ...]:
    where = paths(on)
    found = {Scope(role, where.get(unit, "") if unit else "") for role, unit in held if unit is None or unit in where}
    return tuple(sorted(found, key=lambda scope: (scope.role, scope.path)))
