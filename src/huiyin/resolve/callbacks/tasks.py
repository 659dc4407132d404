"""Asking by message as a job: an entry point like a view, that may be run twice, late, or die half-way."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_tasks import task

from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.secret import secret_hash
from huiyin.ledger.actions import record
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import queries as messages
from huiyin.platform.present.queries import now
from huiyin.resolve.callbacks import queries, rules
from huiyin.resolve.callbacks.facts import OutreachAsked
from huiyin.resolve.callbacks.models import Call, Contact, Run
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases

BY = machine("outreach")


@task()
def ask_everybody(draw: str) -> str:
    """Ask whoever on the list was not asked yet, one transaction each; in quiet hours nobody, the tick comes again."""
    at = now()
    if messages.is_quiet(at):
        return "quiet"
    asked = Contact.objects.filter(call__draw=UUID(draw)).values("call")
    calls = Call.objects.filter(draw=UUID(draw)).exclude(pk__in=asked).order_by("id")
    for id in list(calls.values_list("pk", flat=True)):
        _ask(id, at)
    Run.objects.filter(draw=UUID(draw), finished_at=None).update(finished_at=at)
    return "asked"


@transaction.atomic
def _ask(id: UUID, at: datetime) -> None:
    """The contact, its message and its fact together; the call waits meanwhile. The row lock makes a second job wait."""
    call = Call.objects.select_for_update().get(pk=id)
    case = cases.case(call.case)
    if case is None or Contact.objects.filter(call=call).exists():
        return
    contact = Contact(
        id=new_id(), call=call, case=call.case, language=case.language, asked_at=at, remind_at=at + rules.REMIND_AFTER,
        open_until=at + rules.OPEN_FOR,
    )  # fmt: skip
    contact.secret_hash = secret_hash(queries.secret(contact.pk))
    why = _why_not(call, case)
    if why:
        contact.state, contact.why = "skipped", why
    contact.save(force_insert=True)
    if why:
        return
    Call.objects.filter(pk=id).update(next_at=contact.open_until, version=call.version + 1)
    _send(contact, case, f"outreach:{contact.pk}", at)
    fact = OutreachAsked(contact=contact.pk, call=id, matter=call.case)
    record(fact=fact, stream=f"matter:{call.case}", by=BY, at=at)


def _why_not(call: Call, case: cases.Case) -> str:
    if call.state != "waiting":
        return "called"
    if (case.state, case.cycle) != ("closed", call.cycle):
        return "changed"
    if profiles.refusing("outreach", [case.customer]):
        return "refused"
    said = voices.words(call.case)
    if cases.reach_of(case, said).way.in_person:
        return "by_phone"  # a link does not reach them: they are called
    return "" if said.phone or said.email else "no_phone"


@transaction.atomic
def remind(id: UUID, at: datetime) -> int:
    """Once, if it is still open and the customer has not refused meanwhile nor is one whom no link reaches."""
    row = Contact.objects.select_for_update().filter(pk=id, state="asked", reminded_at=None).first()
    case = cases.case(row.case) if row else None
    if row is None or case is None:
        return 0
    row.reminded_at = at
    row.save(update_fields=["reminded_at"])
    if profiles.refusing("outreach", [case.customer]) or cases.reach(case).way.in_person:
        return 0
    _send(row, case, f"outreach-again:{row.pk}", at)
    return 1


def _send(row: Contact, case: cases.Case, key: str, at: datetime) -> None:
    link = f"{settings.HUIYIN_BASE_URL}/ask/{queries.secret(row.pk)}/"
    case_actions.write(
        case=case, purpose="outreach", title=rules.ASK.word(row.language),
        body=f"{rules.ASK_BODY.word(row.language)}\n{link}", by=BY, at=at, key=key, item=row.pk, link=link,
    )  # fmt: skip
