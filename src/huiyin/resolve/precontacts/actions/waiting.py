"""Time passes: one reminder, then a person. A message that was lost is a person's at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import queries, rules
from huiyin.resolve.precontacts.actions import asking, ground
from huiyin.resolve.precontacts.facts import PrecontactEnded, PrecontactHanded, PrecontactReminded
from huiyin.resolve.precontacts.models import Precontact


def keep_up(*, by: Actor, at: datetime, limit: int = 200) -> int:
    """On the tick. Every line is its own transaction under a lock, so a crash or a second tick does nothing twice."""
    waiting = Precontact.objects.filter(state__in=rules.OPEN).order_by("asked_at", "id")
    rows = list(waiting.values_list("pk", "case", "state", "remind_at", "reminded_at", "open_until")[: limit * 10])
    known = cases.cases(case for _id, case, *_rest in rows)
    quiet, done = rules.is_quiet(at, queries.calendar().zone), 0
    for id, case, state, remind_at, reminded_at, open_until in rows:
        found = known.get(case)
        if found is not None and found.state not in rules.WAITED_IN:
            done += _overtaken(id, by, at)
        elif state == "asked" and open_until <= at:
            done += _hand(id, "silent", by, at)
        elif state == "asked" and reminded_at is None and remind_at <= at and not quiet:
            done += _remind(id, by, at)
        if done >= limit:
            break
    return done


@transaction.atomic
def message_lost(*, precontact: UUID, by: Actor, at: datetime) -> bool:
    """The questions did not reach the customer on any way: nothing waits for an answer, a person takes over."""
    return bool(_hand(precontact, "undelivered", by, at))


@transaction.atomic
def _remind(id: UUID, by: Actor, at: datetime) -> int:
    row = _open(id, "asked")
    case = queries.current_case(row) if row else None
    if row is None or case is None or row.reminded_at is not None:
        return 0
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    asking.send(row, case, "material_reminder", f"precontact again:{row.pk}", by, at)
    ground.tell(row, PrecontactReminded(precontact=row.pk, matter=row.case), by, at)
    return 1


@transaction.atomic
def _hand(id: UUID, why: str, by: Actor, at: datetime) -> int:
    """A task for whoever has the case. A later answer of the customer still counts, until the person settles it."""
    row = _open(id, "asked")
    case = queries.current_case(row) if row else None
    if row is None or case is None:
        return 0
    row.state, row.why, row.handed_at, row.handed_to_id = "handed", why, at, ground.holder_of(case)
    row.save(update_fields=["state", "why", "handed_at", "handed_to"])
    fact = PrecontactHanded(precontact=row.pk, matter=row.case, why=why, to=row.handed_to_id)
    ground.tell(row, fact, by, at)
    ground.wake(case.pk, by, at)
    ground.notify("precontact_handed", row.handed_to_id, case, row, by, at)
    return 1


@transaction.atomic
def _overtaken(id: UUID, by: Actor, at: datetime) -> int:
    row = _open(id, *rules.OPEN)
    if row is None or queries.is_waited_for(row):
        return 0
    row.state, row.settled_at = "overtaken", at
    row.save(update_fields=["state", "settled_at"])
    ground.tell(row, PrecontactEnded(precontact=row.pk, matter=row.case, why="overtaken"), by, at)
    return 1


def _open(id: UUID, *states: str) -> Precontact | None:
    return Precontact.objects.select_for_update().filter(pk=id, state__in=states).first()
