"""Lateness that was not the bank's to prevent: named by one person, granted by another, never deleted (§8.14)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.actions.changing import one_of
from huiyin.bank.clocks.actions.pen import Pen, Refused
from huiyin.bank.clocks.models import ClockRow
from huiyin.bank.clocks.rules.clock import CANCELLED, Clock
from huiyin.bank.clocks.rules.ending import key_of
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor


def excuse(*, clock: UUID, reason: str, approver: UUID, by: Actor, at: datetime, asked_by: UUID | None = None) -> Clock:
    """Count one miss apart in adjusted rates; raw rates keep it. `by` (or `asked_by`) names it, `approver` is another."""
    return excuse_many(clocks=[clock], reason=reason, approver=approver, by=by, at=at, asked_by=asked_by)[0]


@transaction.atomic
def excuse_many(
    *, clocks: Iterable[UUID], reason: str, approver: UUID, by: Actor, at: datetime, asked_by: UUID | None = None
) -> list[Clock]:
    """The same for a list: a storm day closed the bank after the event (§8.15). All of them or none."""
    one_of("excuse_reason", reason)
    asker = asked_by or by.staff
    if asker is None or asker == approver:
        raise Refused(_("A second person must approve the excuse."))
    wanted = list(dict.fromkeys(clocks))
    found = {c.id: c for c in ClockRow.objects.select_for_update().filter(id__in=wanted).order_by("id").values_of()}
    pen = Pen(standards.book(), by, at)
    for id in wanted:
        clock = found.get(id)
        if clock is None or (clock.breached is None and clock.met is not False):
            raise Refused(_("Only a time limit that was missed can be excused."))
        if clock.excused or clock.state == CANCELLED:
            raise Refused(_("This time limit needs no excuse any more."))
        pen.tell(clock, facts.ClockExcused(**key_of(clock), reason=reason, approver=approver))
    pen.write()
    return [pen.changed[id] for id in wanted]
