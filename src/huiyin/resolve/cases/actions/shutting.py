"""A day that was shut against its calendar: the misses it explains are excused together, by a second person (§8.15)."""

from datetime import date, datetime
from types import SimpleNamespace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.standards import queries as standards
from huiyin.bank.units.queries import whole_bank
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import NotAllowed, Refused
from huiyin.resolve.cases.facts import ShutDayStepped
from huiyin.resolve.cases.models import ShutDay
from huiyin.resolve.cases.queries.shutting import SHUT_TABLE, explained_by


@transaction.atomic
def ask_shut_day(*, calendar: str, day: date, reason: str, text: str, by: Actor, at: datetime) -> ShutDay:
    """Name the day, its calendar and what shows it. Nothing is excused before somebody else agrees."""
    _may("standards.propose", by)
    if reason not in {label.code for label in standards.facet("excuse_reason")}:
        raise Refused("reason_missing")
    if not day < localdate(at):
        raise Refused("shut_day_ahead")
    known = standards.book().calendars.get(calendar)
    if known is None or not known.open_on(day):
        raise Refused("shut_day_was_free")
    found = explained_by(calendar, day, at)
    if not found:
        raise Refused("nothing_missed_by_it")
    try:
        with transaction.atomic():
            row = ShutDay.objects.create(
                calendar=calendar, day=day, reason=reason, clocks=[str(view.id) for view in found],
                requester_id=ground.only_staff(by), requested_at=at,
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refused("excuse_waiting") from twice
    vault.keep(subject=row.pk, table=SHUT_TABLE, row=row.pk, values={"grounds": ground.text_of(text)})
    _record(row, "asked", len(found), by, at)
    return row


@transaction.atomic
def decide_shut_day(*, shut: UUID, grant: bool, by: Actor, at: datetime) -> ShutDay:
    """The second person. Of the misses that were named, those still standing are excused, all in one transaction."""
    row = ShutDay.objects.select_for_update().filter(pk=shut).first()
    if row is None or row.outcome != "waiting":
        raise Refused("already_settled")
    _may("standards.approve", by, requester=row.requester_id)
    approver = ground.only_staff(by)
    if approver == row.requester_id:
        raise Refused("own_excuse")
    named = set(row.clocks)
    still = [view for view in explained_by(row.calendar, row.day, at) if str(view.id) in named] if grant else []
    if still:
        clocks.excuse_many(
            clocks=[view.id for view in still], reason=row.reason, approver=approver, asked_by=row.requester_id, by=by,
            at=at,
        )  # fmt: skip
    row.outcome, row.approver_id, row.decided_at = "granted" if grant else "refused", approver, at
    row.excused = len(still)
    row.save(update_fields=["outcome", "approver", "decided_at", "excused"])
    _record(row, row.outcome, row.excused, by, at)
    return row


def _may(action: str, by: Actor, requester: UUID | None = None) -> None:
    over = SimpleNamespace(unit_path=whole_bank().unit_path, requester=requester)
    verdict = permit.can(by, action, over)
    if not verdict:
        raise NotAllowed(verdict.reason, verdict.rule)


def _record(row: ShutDay, step: str, misses: int, by: Actor, at: datetime) -> None:
    fact = ShutDayStepped(shut=row.pk, calendar=row.calendar, day=row.day, step=step, reason=row.reason, misses=misses)
    record(fact=fact, stream=f"shut:{row.pk}", by=by, at=at)
