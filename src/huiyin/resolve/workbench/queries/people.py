"""Colleagues by name, pinyin or number. The spelling of names is worked out once and kept while nobody comes or goes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.staff.queries import people
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.platform.tables.queries import kept
from huiyin.protect.access import queries as access
from huiyin.protect.identity import queries as identity
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.queries.spelling import named
from huiyin.resolve.workbench.rules import pinyin

_ENOUGH = 2_000


@kept("staff_staff")
def _spelled() -> Mapping[UUID, tuple[tuple[str, ...], str, str]]:
    found = {}
    for id, number, name, english in staff.active(localdate()).values_list("pk", "number", "name", "name_en"):
        found[id] = ((name.lower(), (english or "").lower(), number.lower()), *named(name))
    return found


def found_people(q: str, actor: Actor, at: datetime, case: UUID | None, most: int) -> Sequence[staff.Staff]:
    """The best fits whom this actor may look up; with a case, only those who may see it."""
    ranked = []
    for id, (words, whole, initials) in _spelled().items():
        rank = pinyin.rank(q, words, whole, initials)
        if rank is not None:
            ranked.append((rank, words[2], id))
    best = [id for _rank, _number, id in sorted(ranked)][:_ENOUGH]
    allowed = set(staff.visible_to(actor, at).filter(pk__in=best).values_list("pk", flat=True))
    chosen = [id for id in best if id in allowed and id != actor.staff]
    if case is not None:
        chosen = _readers(chosen, case, at)
    known = people(chosen[:most])
    return [known[id] for id in chosen[:most]]


def _readers(people: Sequence[UUID], case: UUID, at: datetime) -> list[UUID]:
    """Those of them who may read a case; looked at all together, because most of a bank may not."""
    found = cases.case(case)
    if found is None:
        return []
    sight = cases.sight(found, at)
    accounts = identity.users_of(people)
    actors = access.actors_for([user for user in accounts.values() if user.is_active], at)
    return [
        id
        for id in people
        if id in accounts and (other := actors.get(accounts[id].pk)) and can(other, "case.read", sight)
    ]
