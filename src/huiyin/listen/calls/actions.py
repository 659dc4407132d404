"""Verbs of this room: note what the call centre tells, begin the complaint of a call, settle a call without one."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.calls.facts import CallNoted
from huiyin.listen.calls.models import Call
from huiyin.listen.calls.queries import TABLE, visible_to
from huiyin.listen.calls.rules import OUTCOMES
from huiyin.listen.channels import queries as channels
from huiyin.listen.voices import actions as voices
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed


class NoCall(Refusal):
    status = 404
    message = _("There is no such call.")


class Settled(Refusal):
    message = _("This call has been dealt with already.")


class NoOutcome(Refusal):
    status = 400
    message = _("Please choose how the call ended.")


def note(*, said: channels.Record, by: Actor, at: datetime) -> UUID:
    """One event of the call centre, in the transaction in which its arrival is settled. In whatever order they come: what
    an event knows is added, what is known stays."""
    event, told = said.fields["event"].partition(".")[2], datetime.fromisoformat(said.fields["at"])
    row, fresh = Call.objects.select_for_update().get_or_create(
        channel_id=said.channel, ref=said.fields["call"], defaults={"id": new_id(), "started_at": told}
    )
    if event == "started" and not fresh:
        row.started_at = min(row.started_at, told)
    if event == "ended" and row.ended_at is None:
        row.ended_at = max(told, row.started_at)
    if row.agent_id is None and said.fields.get("agent"):
        known = staff.by_numbers([said.fields["agent"]]).get(said.fields["agent"])
        row.agent_id = known.pk if known else None
        row.told_at = at if known and event == "started" else None
    values = {}
    if said.fields.get("from") and not row.caller:
        row.caller = sealed.blind("phone", said.fields["from"])
        values["phone"] = said.fields["from"]
    if said.fields.get("recording"):
        row.recorded, values["recording"] = True, said.fields["recording"]
    row.save()
    if values:
        vault.keep(subject=row.id, table=TABLE, row=row.id, values=values)
    _tell(row, event, by, at)
    return row.id


@transaction.atomic
def take(*, call: UUID, language: str, by: Actor, at: datetime) -> UUID:
    """Begin the form of the complaint, with the number filled in; the id of the form, the same however often it is asked."""
    row = _mine(call, by)
    if row.matter and voices.is_draft(row.matter):
        return row.matter
    if row.outcome:
        raise Settled
    values = {"channel": "phone", "phone": sealed.reveal(TABLE, row.id).get("phone", ""), "by": by.ref}
    row.matter = voices.start_draft(kind="desk", language=language, at=at)
    voices.keep_step(draft=row.matter, values=values, at=at)
    row.save()
    _tell(row, "taken", by, at)
    return row.matter


@transaction.atomic
def settle(*, call: UUID, outcome: str, by: Actor, at: datetime) -> None:
    """The call needs no complaint: how it ended."""
    if outcome not in {label.code for label in OUTCOMES}:
        raise NoOutcome
    row = _mine(call, by)
    if row.outcome:
        raise Settled
    row.outcome, row.settled_at = outcome, at
    row.save()
    _tell(row, "settled", by, at)


def taken_many(*, heard: Mapping[UUID, tuple[Actor, datetime]]) -> None:
    """What was begun in calls has been heard: matter -> by whom and when. One question, however many matters."""
    for row in Call.objects.filter(matter__in=list(heard), outcome="").order_by("id") if heard else ():
        assert row.matter is not None
        by, at = heard[row.matter]
        row.outcome, row.settled_at = "taken", at
        row.save()
        _tell(row, "settled", by, at)


def forget(*, matter: UUID, by: Actor, at: datetime) -> None:
    """The person of a matter was erased: the number that called and the place of the recording go with them."""
    for row in Call.objects.filter(matter=matter).exclude(pk=matter):
        vault.erase(subject=row.pk, by=by, at=at)
        Call.objects.filter(pk=row.pk).update(caller="", recorded=False)


def _mine(call: UUID, by: Actor) -> Call:
    row = visible_to(by).select_for_update().filter(id=call).first()
    if row is None:
        raise NoCall
    return row


def _tell(row: Call, step: str, by: Actor, at: datetime) -> None:
    fact = CallNoted(call=row.id, step=step, agent=row.agent_id, matter=row.matter, outcome=row.outcome or None)
    ledger.record(fact=fact, stream=f"call:{row.id}", by=by, at=at)
