"""Small verbs around a case: a reminder to whoever works on it, a flag put on or taken off, colleagues named in a note."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.protect.access import queries as access
from huiyin.protect.identity import queries as identity
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.facts import CaseFlagged, CaseReminded
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import mentions
from huiyin.resolve.cases.rules.words import FLAGS, OWN_FLAGS


@transaction.atomic
def remind(*, case: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """催办: a line in the inbox of whoever works on the case (of its owner while nobody does)."""
    found = ground.held(case, "remind", version)
    ground.allow(by, "case.assign", found, at)
    holder = found.handler_id or found.owner_id
    if holder is None or holder == by.staff:
        raise Refused("nobody_to_remind")
    ground.tell_history(found, CaseReminded(case=case, to=holder), by, at)
    ground.write(found)
    ground.notify(holder, "case_reminded", found, by, at, f"reminded:{case}:{found.version}")
    return found


@transaction.atomic
def set_flag(*, case: UUID, flag: str, on: bool, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Put a flag on a case or take it off. Flags that the product sets by itself are not for hands."""
    if flag not in FLAGS or flag in OWN_FLAGS:
        raise Refused("own_flag")
    found = ground.held(case, "note", version)
    ground.allow(by, "case.note", found, at)
    if (flag in found.flag_codes) == on:
        raise Refused("flag_stands" if on else "flag_is_off")
    codes = [code for code in found.flag_codes if code != flag] + ([flag] if on else [])
    ground.write(found, flags=" ".join(codes))
    ground.tell_history(found, CaseFlagged(case=case, flag=flag, on=on), by, at)
    return found


def tell_the_mentioned(case: Case, note: UUID, text: str, by: Actor, at: datetime) -> list[UUID]:
    """Colleagues named in a note as @name(number) get a line in their inbox, if they may see the case."""
    told = []
    for person in staff.by_numbers(mentions.numbers(text)).values():
        account = identity.user_of(person.pk)
        if account is None or not account.is_active or person.pk == by.staff:
            continue
        if queries.visible_to(access.actor_for(account, at), at).filter(pk=case.pk).exists():
            ground.notify(person.pk, "case_mentioned", case, by, at, f"mentioned:{note}:{person.number}")
            told.append(person.pk)
    return told
