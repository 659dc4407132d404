"""Time passes: one reminder, then a person. A message that was lost is a person's at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from huiyin.kernel.actor import Actor
from huiyin.platform.messages import queries as messages
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import queries, rules
from huiyin.resolve.precontacts.actions import asking, ground
from huiyin.resolve.precontacts.facts import PrecontactEnded, PrecontactReminded
from huiyin.resolve.precontacts.models import Precontact


def keep_up(*, by: Actor, at: datetime, limit: int = 200) -> int:
    """On the tick. Every line is its own transaction under a lock, so a crash or a second tick does nothing twice."""
    worked_on = cases.in_states(rules.WAITED_IN).filter(pk=OuterRef("case"))
    asked = Precontact.objects.filter(state="asked")
    steps = [
        (Precontact.objects.filter(~Exists(worked_on), state__in=rules.OPEN), _overtaken),
        (asked.filter(open_until__lte=at), _silent),
    ]
    if not messages.is_quiet(at):
        steps.append((asked.filter(open_until__gt=at, remind_at__lte=at, reminded_at=None), _remind))
    done = 0
    for rows, step in steps:
        for id in list(rows.order_by("asked_at", "id").values_list("pk", flat=True)):
            done += step(id, by, at)
            if done >= limit:
                return done
    return done


@transaction.atomic
def message_lost(*, precontact: UUID, by: Actor, at: datetime) -> bool:
    """The questions did not reach the customer on any way: nothing waits for an answer, a person takes over."""
    return _hand(precontact, "undelivered", by, at)


@transaction.atomic
def _silent(id: UUID, by: Actor, at: datetime) -> bool:
    return _hand(id, "silent", by, at)


@transaction.atomic
def _remind(id: UUID, by: Actor, at: datetime) -> bool:
    """Once; whom no link reaches any more, for a need that became known meanwhile, a person asks instead."""
    row = _locked(id, "asked")
    case = queries.current_case(row) if row else None
    if row is None or case is None or row.reminded_at is not None or not queries.may_answer(row, case):
        return False
    if cases.reach(case).way.in_person:
        return _to_a_person(row, case, "in_person", by, at)
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    asking.send(row, "material_reminder", f"precontact again:{row.pk}", by, at)
    ground.tell(row, PrecontactReminded(precontact=row.pk, matter=row.case), by, at)
    return True


def _hand(id: UUID, why: str, by: Actor, at: datetime) -> bool:
    row = _locked(id, "asked")
    case = queries.current_case(row) if row else None
    if row is None or case is None or not queries.may_answer(row, case):
        return False
    return _to_a_person(row, case, why, by, at)


def _to_a_person(row: Precontact, case: cases.Case, why: str, by: Actor, at: datetime) -> bool:
    ground.hand(row, case, why, by, at)
    ground.wake(case.pk, by, at)
    return True


@transaction.atomic
def _overtaken(id: UUID, by: Actor, at: datetime) -> bool:
    row = _locked(id, *rules.OPEN)
    if row is None or queries.is_waited_for(row):
        return False
    row.state, row.settled_at = "overtaken", at
    row.save(update_fields=["state", "settled_at"])
    ground.tell(row, PrecontactEnded(precontact=row.pk, matter=row.case, why="overtaken"), by, at)
    return True


def _locked(id: UUID, *states: str) -> Precontact | None:
    return Precontact.objects.select_for_update().filter(pk=id, state__in=states).first()
