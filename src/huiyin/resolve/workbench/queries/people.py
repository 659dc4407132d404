"""Colleagues by name, pinyin or number. The spelling of names is worked out once and kept while nobody comes or goes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.staff.queries import people
from huiyin.kernel.actor import Actor
from huiyin.platform.tables.queries import kept
from huiyin.protect.access import queries as access
from huiyin.protect.identity import queries as identity
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.queries.spelling import named
from huiyin.resolve.workbench.rules import pinyin

_ENOUGH = 40


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
    best = [id for _rank, _number, id in sorted(ranked)]
    allowed = set(staff.visible_to(actor, at).filter(pk__in=best[:400]).values_list("pk", flat=True))
    chosen = [id for id in best if id in allowed and id != actor.staff]
    if case is not None:
        accounts = identity.users_of(chosen[:_ENOUGH])
        actors = access.actors_for([user for user in accounts.values() if user.is_active], at)
        chosen = [
            id
            for id in chosen[:_ENOUGH]
            if id in accounts
            and (other := actors.get(accounts[id].pk))
            and cases.visible_to(other, at).filter(pk=case).exists()
        ]
    known = people(chosen[:most])
    return [known[id] for id in chosen[:most]]
