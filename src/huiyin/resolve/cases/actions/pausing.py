"""Pauses that a person begins and ends: a reason of the list, its grounds in a note, and an expected end (§8.6)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.clocks.facts import ClockResumed
from huiyin.bank.clocks.queries import ClockView
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.facts import CaseNoted
from huiyin.resolve.cases.models import Case, Note
from huiyin.resolve.cases.queries.records import NOTE_TABLE


@transaction.atomic
def pause(
    *,
    case: UUID,
    reason: str,
    text: str,
    by: Actor,
    at: datetime,
    until: date | None = None,
    told: bool = False,
    version: int | None = None,
) -> list[ClockView]:
    """Stop what this reason may stop, to the end of the day `until`. `told`: the customer knows of it."""
    found = ground.held(case, "pause", version)
    _allow(by, found, at)
    if until is not None and until < localdate(at):
        raise Refused("pause_ends_before")
    note = written(found, text, by, at)
    stopped = clocks.pause(
        subject=case, reason=reason, until=clock_queries.end_of_day(until) if until else None, customer_told=told,
        evidence=note, holder=found.handler_id or found.owner_id, by=by, at=at,
    )  # fmt: skip
    if not stopped:
        raise Refused("nothing_to_pause")
    ground.retime(found)
    return stopped


@transaction.atomic
def resume(*, case: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> list[ClockView]:
    """End the pauses for one reason; another reason keeps its clocks stopped."""
    found = ground.held(case, "pause", version)
    _allow(by, found, at)
    running = clocks.resume(subject=case, reason=reason, by=by, at=at)
    if not running:
        raise Refused("not_paused")
    ground.retime(found)
    return running


@transaction.atomic
def pause_over(*, fact: ClockResumed, by: Actor, at: datetime) -> None:
    """The expected end was reached: the limits run again and whoever has the case is told, once for all its clocks."""
    found = Case.objects.filter(pk=fact.subject).exclude(state="closed").first()
    if found is None:
        return
    ground.retime_many([found.pk])
    key = f"pause over:{found.pk}:{fact.reason}:{int(fact.to_at.timestamp())}"
    ground.notify(
        found.handler_id or found.owner_id, "pause_over", found, by, at, key,
        zh="工单 {number} 的暂停到期，时限已恢复计时", en="The pause of case {number} is over; its limits run again",
    )  # fmt: skip


def written(case: Case, text: str, by: Actor, at: datetime) -> UUID:
    """The grounds, as an internal note."""
    note = Note.objects.create(id=new_id(), case=case, author_id=by.staff, written_at=at)
    vault.keep(subject=case.pk, table=NOTE_TABLE, row=note.id, values={"text": ground.text_of(text)})
    ground.tell_history(case, CaseNoted(case=case.pk, note=note.id), by, at)
    return note.id


def _allow(by: Actor, case: Case, at: datetime) -> None:
    """Whoever works on it, or a supervisor."""
    ground.only_staff(by)
    if not permit.can(by, "case.extend", queries.sight(case, at)):
        ground.allow(by, "case.request_extension", case, at)
