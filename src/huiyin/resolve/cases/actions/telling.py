"""Notes among colleagues, words from the customer, and the answer to whoever raised a matter."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters, nudging
from huiyin.resolve.cases.facts import CaseNoted, CaseThanked, CaseTold
from huiyin.resolve.cases.models import Case, Note, Telling
from huiyin.resolve.cases.queries.records import NOTE_TABLE
from huiyin.resolve.cases.rules import inbound


@transaction.atomic
def note(*, case: UUID, text: str, by: Actor, at: datetime) -> Note:
    """A word for colleagues; the customer never sees it. Due times do not move (V20)."""
    found = ground.held(case, "note")
    ground.allow(by, "case.note", found, at)
    kept = ground.text_of(text)
    written = Note.objects.create(id=new_id(), case=found, author_id=by.staff, written_at=at)
    vault.keep(subject=case, table=NOTE_TABLE, row=written.id, values={"text": kept})
    ground.tell_history(found, CaseNoted(case=case, note=written.id), by, at)
    nudging.tell_the_mentioned(found, written.id, kept, by, at)
    return written


@transaction.atomic
def update_customer(*, case: UUID, text: str, by: Actor, at: datetime, id: UUID | None = None) -> None:
    """Write to the customer while the matter is open. A person's words, delivered, are the first answer (RESPONSE)."""
    _write(case, "update", text, by, at, id)


@transaction.atomic
def ask_for_material(*, case: UUID, text: str, by: Actor, at: datetime, id: UUID | None = None) -> None:
    """补正: ask for what the bank does not hold itself (art. 13). Delivered, it pauses what may be paused (§8.6)."""
    _write(case, "material", text, by, at, id)


def _write(case: UUID, purpose: str, text: str, by: Actor, at: datetime, id: UUID | None) -> None:
    found = ground.held(case, "write")
    ground.allow(by, "case.reply", found, at)
    item = id or new_id()
    letter = letters.draft(found, purpose, at=at, key=f"{purpose}:{item}", item=item, text=ground.text_of(text))
    letters.send(letter, by, at)


@transaction.atomic
def update_arrived(*, case: UUID, by: Actor, at: datetime) -> None:
    """Our words reached the customer: the clock of the first answer stops, and the next word is due in five days."""
    clocks.happened(subject=case, event="complaint.responded", by=by, at=at)
    clocks.happened(subject=case, event="update.sent", by=by, at=at)
    ground.retime_many([case])


@transaction.atomic
def material_asked(*, case: UUID, by: Actor, at: datetime, item: UUID | None = None) -> None:
    """The customer knows that we wait for them: the clocks that this reason pauses stop until they answer."""
    found = Case.objects.filter(pk=case).first()
    holder = (found.handler_id or found.owner_id) if found else None
    try:
        with transaction.atomic():
            clocks.pause(
                subject=case, reason="customer_material", by=by, at=at, customer_told=True, holder=holder, evidence=item
            )
    except clocks.Refused:  # asked too often: the letter has arrived all the same, and the limits run on
        return
    ground.retime_many([case])


@transaction.atomic
def customer_wrote(*, case: UUID, by: Actor, at: datetime, item: UUID) -> None:
    """The customer added words or a file: paused clocks run on, and whoever holds the case hears of it.

    Mere thanks let nothing run (T26); whoever holds the case reads them too, and may let the limits run themselves.
    """
    told = case
    case = queries.survivor_of(case)
    found = Case.objects.filter(pk=case).first()
    if found is None:
        return
    if _is_thanks(told, item):
        ground.tell_history(found, CaseThanked(case=case, item=item), by, at)
    elif clocks.resume(subject=case, reason="customer_material", by=by, at=at):
        ground.retime_many([case])
    ground.notify(found.handler_id or found.owner_id, "customer_wrote", found, by, at, f"wrote:{item}")


def _is_thanks(case: UUID, item: UUID) -> bool:
    added = next((one for one in voices.additions(case) if one.id == item), None)
    return added is not None and added.what == "message" and inbound.is_thanks(added.text)


@transaction.atomic
def tell(*, case: UUID, about: UUID, text: str, by: Actor, at: datetime) -> bool:
    """Row R12: whoever raised a matter learns what came of it, once per outcome. False if already told."""
    found = ground.held(case, "tell")
    if Telling.objects.filter(case=case, about=about).exists():
        return False
    Telling.objects.create(id=new_id(), case=found, about=about, told_at=at)
    letter = letters.draft(
        found, "outcome", at=at, key=f"outcome:{case}:{about}", item=about, text=ground.text_of(text)
    )
    letters.send(letter, by, at)
    ground.tell_history(found, CaseTold(case=case, about=about), by, at)
    return True


@transaction.atomic
def retime_case(*, case: UUID) -> None:
    """A room above paused or let run the clocks of a case: its due times are read again."""
    ground.retime_many([case])
