"""Ask by message before anybody calls (row L11): simple answers settle the call, everything else comes with its context."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huiyin.customers.profiles import actions as profile_actions
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.secret import secret_hash
from huiyin.ledger.actions import record
from huiyin.platform.messages import queries as messages
from huiyin.platform.vault import actions as vault
from huiyin.resolve.callbacks import queries, rules, tasks
from huiyin.resolve.callbacks.actions import calling
from huiyin.resolve.callbacks.actions.calling import Gone, Refused
from huiyin.resolve.callbacks.facts import OutreachAnswered, OutreachExpired, OutreachStarted
from huiyin.resolve.callbacks.models import Call, Contact, Draw, Run
from huiyin.resolve.callbacks.queries import CONTACT_TABLE
from huiyin.resolve.cases import queries as cases


@transaction.atomic
def start_run(*, draw: UUID, by: Actor, at: datetime) -> Run:
    """Ask everybody on a list by message first. One run per list: a second click finds the first."""
    found = Draw.objects.select_for_update().filter(pk=draw).first()
    if found is None:
        raise Gone
    permit.must(by, "callback.draw", queries.Sight(found.unit_path, None, frozenset(), frozenset()))
    run, made = Run.objects.get_or_create(draw=found, defaults={"started_by": by.ref[:80], "started_at": at})
    if made:
        record(fact=OutreachStarted(draw=draw), stream=f"draw:{draw}", by=by, at=at)
        tasks.ask_everybody.enqueue(str(draw))
    return run


@transaction.atomic
def answer(
    *, secret: str, choice: str, by: Actor, at: datetime, satisfied: int | None = None, text: str = "",
    call_at: datetime | None = None,
) -> Contact:  # fmt: skip
    """The customer's choice, once. Settled or not: the call is done (and the case begins again). A call: at their time."""
    row = Contact.objects.select_for_update().filter(secret_hash=secret_hash(secret)).first()
    if row is None:
        raise Gone
    if row.state != "asked" or at > row.open_until:
        raise Refused("over")
    if choice not in rules.CHOICE:
        raise Refused("unknown")
    said = text.replace("\x00", "").strip()
    if len(said) > calling.LONGEST:
        raise Refused("text_too_long")
    call = Call.objects.select_for_update().get(pk=row.call_id)
    if choice == "call":
        if call_at is None or not at < call_at <= at + rules.AGREED_WITHIN:
            raise Refused("wrong_time")
        if call.state == "waiting":
            calling.write(call, next_at=rules.opens_at(queries.hours(), call_at))
    elif call.state == "waiting":
        calling.answered_in_writing(call, choice, satisfied, said, by, at)
    if said:
        vault.keep(subject=row.case, table=CONTACT_TABLE, row=row.pk, values={"text": said})
    row.state, row.choice, row.answered_at = "answered", choice, at
    row.call_at = call_at if choice == "call" else None
    row.save(update_fields=["state", "choice", "answered_at", "call_at"])
    fact = OutreachAnswered(contact=row.pk, call=call.pk, matter=row.case, choice=choice)
    record(fact=fact, stream=f"matter:{row.case}", by=by, at=at)
    return row


@transaction.atomic
def stop(*, secret: str, by: Actor, at: datetime) -> None:
    """The customer wants no such messages: kept for good, and a person may still be asked by telephone."""
    row = Contact.objects.select_for_update().filter(secret_hash=secret_hash(secret)).first()
    case = cases.case(row.case) if row else None
    if row is None or case is None:
        raise Gone
    if case.customer is not None:
        profile_actions.say(customer=case.customer, purpose="outreach", given=False, source="portal", by=by, at=at)
    if row.state == "asked":
        _expire(row, by, at)


def keep_up(*, by: Actor, at: datetime, limit: int = 200) -> int:
    """On the tick: runs whose job was lost or waited for the morning, one reminder each, and what was never answered.

    Every line is its own transaction and a conditional one, so that a crash or a second tick does nothing twice."""
    done = 0
    if not messages.is_quiet(at):
        for run in Run.objects.filter(finished_at=None).order_by("started_at"):
            tasks.ask_everybody.enqueue(str(run.draw_id))
            done += 1
        waiting = Contact.objects.filter(state="asked", reminded_at=None, remind_at__lte=at, open_until__gt=at)
        for row in waiting.order_by("remind_at", "id")[:limit]:
            done += tasks.remind(row.pk, at)
    late = Contact.objects.filter(Q(state="asked"), open_until__lte=at).order_by("open_until", "id")
    for id in list(late.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            open_one = Contact.objects.select_for_update().filter(pk=id, state="asked").first()
            if open_one is not None:
                _expire(open_one, by, at)
                done += 1
    return done


def _expire(row: Contact, by: Actor, at: datetime) -> None:
    """Nobody answered: a person calls now."""
    row.state = "expired"
    row.save(update_fields=["state"])
    call = Call.objects.select_for_update().get(pk=row.call_id)
    if call.state == "waiting":
        calling.write(call, next_at=rules.opens_at(queries.hours(), at))
    fact = OutreachExpired(contact=row.pk, call=call.pk, matter=row.case)
    record(fact=fact, stream=f"matter:{row.case}", by=by, at=at)
