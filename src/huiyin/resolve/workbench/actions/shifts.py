"""交接班: the note at the end of a shift, and the next one who takes over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.facts import ShiftHandedOver, ShiftTakenOver
from huiyin.resolve.workbench.models import ShiftNote
from huiyin.resolve.workbench.queries.shifts import SHIFT_TABLE

LONGEST = 5000
MOST_WATCHED = 30


class NotFound(Refusal):
    status = 404
    message = _("There is no such note.")


class NoUnit(Refusal):
    status = 403
    message = _("You belong to no unit, so you have no shift to hand over.")


class UnknownCase(Refusal):
    status = 422

    def __init__(self, number: str) -> None:
        super().__init__(_("There is no case %(number)s that you may see.") % {"number": number}, number=number)


class TakenAlready(Refusal):
    status = 409
    message = _("A colleague has taken this shift over already.")


class OwnShift(Refusal):
    status = 409
    message = _("Somebody else takes your shift over, not you.")


@transaction.atomic
def hand_over_shift(
    *, text: str, watched: Sequence[str], by: Actor, at: datetime, id: UUID | None = None
) -> ShiftNote:  # fmt: skip
    """The figures are read now and stay with the note. The same id is written once, however often it is sent."""
    must(by, "case.note")
    if id is not None and (made := ShiftNote.objects.filter(pk=id, author=by.staff).first()):
        return made
    now = queries.standing(by, at)
    if now is None or by.staff is None:
        raise NoUnit
    numbers = []
    for number in dict.fromkeys(part.strip().upper() for part in watched if part.strip()):
        if not cases.visible_to(by, at).filter(number=number).exists():
            raise UnknownCase(number[:32])
        numbers.append(number)
    note = ShiftNote.objects.create(
        id=id or new_id(), unit_id=now.unit, author_id=by.staff, written_at=at, open=now.open, due_today=now.due_today,
        late=now.late, to_approve=now.to_approve, watched=numbers[:MOST_WATCHED],
    )  # fmt: skip
    vault.keep(subject=note.pk, table=SHIFT_TABLE, row=note.pk, values={"text": text.replace("\x00", "")[:LONGEST]})
    fact = ShiftHandedOver(
        note=note.pk, unit=now.unit, open=now.open, due_today=now.due_today, late=now.late, watched=len(note.watched)
    )
    record(fact=fact, stream=f"shift:{note.pk}", by=by, at=at)
    messages.notify_many(
        notes=[
            messages.Note(
                staff=person.pk, kind="shift_handed_over", matter=None, params={}, link=f"/desk/shifts/{note.pk}/",
                at=at, key=f"shift:{note.pk}",
            )
            for person in staff.colleagues(now.unit, at=at)
            if person.pk != by.staff and person.post in staff.HANDLING_POSTS
        ]
    )  # fmt: skip
    return note


@transaction.atomic
def take_over_shift(*, note: UUID, by: Actor, at: datetime) -> ShiftNote:
    """The first of the unit's colleagues who says so; one, once."""
    found = queries.shift_note(note, by, at)
    person = staff.person(by.staff)
    if found is None or person is None:
        raise NotFound
    must(by, "case.note")
    if found.author_id == by.staff:
        raise OwnShift
    if not ShiftNote.objects.filter(pk=note, taker=None).update(taker=person, taken_at=at):
        raise TakenAlready
    found.taker, found.taken_at = person, at
    record(fact=ShiftTakenOver(note=note, unit=found.unit_id), stream=f"shift:{note}", by=by, at=at)
    return found
