"""The clocks of packs under which a matter falls only later, when it is seen what it is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import facts
from huiyin.bank.clocks.actions.pen import Pen
from huiyin.bank.clocks.models import clocks_of_subjects
from huiyin.bank.clocks.rules.arming import armed_fact, started, starts
from huiyin.bank.clocks.rules.clock import CANCELLED, Clock, seconds_of
from huiyin.bank.clocks.rules.ending import breached, key_of
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor


@transaction.atomic
def add_packs(
    *,
    subject: UUID,
    kind: str,
    stream: str,
    event: str,
    attrs: Mapping[str, Any],
    anchors: Mapping[str, datetime],
    packs: Sequence[str],
    by: Actor,
    at: datetime,
) -> list[Clock]:
    """Start the clocks of packs (`code/version`) under which a matter falls only now. One that was called off before
    runs again as another leg, from the same anchor: time that has passed has passed."""
    pen = Pen(standards.book(), by, at)
    mine = clocks_of_subjects([subject], lock=True)
    cycle = max((clock.cycle for clock in mine), default=1)
    found = []
    for start in starts(pen.book, packs, at.date(), event, kind, attrs):
        limit = start.limit
        alike = [c for c in mine if (c.pack, c.family, c.purpose) == (limit.pack, limit.family, limit.purpose)]
        anchor = anchors.get(limit.anchor)
        if anchor is None or any(c.state != CANCELLED for c in alike):
            continue
        clock = started(
            pen.book, start, subject=subject, kind=kind, stream=stream, anchor=seconds_of(anchor), at=seconds_of(at),
            cycle=cycle, leg=max((c.leg for c in alike if c.cycle == cycle), default=0) + 1,
        )  # fmt: skip
        pen.arm(clock, armed_fact(clock), at)
        if clock.due is not None and clock.due < seconds_of(at):
            clock = pen.tell(clock, breached(clock, seconds_of(at), "intake"))
            clock = pen.tell(clock, facts.ClockRung(**key_of(clock), rung="intake", due_at=clock.due_at))
        found.append(clock)
    pen.write()
    return found
