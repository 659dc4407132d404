"""交接班: how things stand, and what colleagues wrote to each other."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.timezone import localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.models import ShiftNote

SHIFT_TABLE = "workbench_shiftnote"


@dataclass(frozen=True)
class Standing:
    """The figures of a unit's desk at an instant, and what is due next."""

    unit: UUID
    open: int
    due_today: int
    late: int
    to_approve: int
    next: list[object]


def standing(actor: Actor, at: datetime) -> Standing | None:
    """Of the unit the person belongs to and all below it, as this person may see it."""
    person = staff.person(actor.staff)
    if person is None:
        return None
    path = units.path_of(person.unit_id, localdate(at))
    seen = cases.visible_to(actor, at).filter(closed_at=None, unit_path__startswith=path)
    figures = seen.order_by().aggregate(
        open=Count("pk"),
        today=Count("pk", filter=Q(rank_at__gte=at, rank_at__lt=cases.midnight(at))),
        late=Count("pk", filter=Q(rank_at__lt=at)),
        approve=Count("pk", filter=Q(state="approving")),
    )
    first = list(seen.select_related("handler", "owner", "unit").order_by("rank_at", "id")[:10])
    return Standing(
        person.unit_id, figures["open"], figures["today"], figures["late"], figures["approve"], list(first)
    )  # fmt: skip


def shift_notes(actor: Actor, at: datetime) -> QuerySet[ShiftNote]:
    """The notes of one's own unit and of the units one is responsible for, the newest first."""
    on = localdate(at)
    reach = {unit for path in permit.paths(actor, "case.read") for unit in units.under(path, on)}
    person = staff.person(actor.staff)
    if person is not None:
        reach.add(person.unit_id)
    found = ShiftNote.objects.filter(unit__in=reach) if permit.can(actor, "case.note") else ShiftNote.objects.none()
    return found.select_related("unit", "author", "taker").order_by("-written_at", "-id")


def shift_note(id: UUID, actor: Actor, at: datetime) -> ShiftNote | None:
    return shift_notes(actor, at).filter(pk=id).first()


def waiting_for(actor: Actor, at: datetime) -> list[ShiftNote]:
    """Notes of one's own unit that nobody has taken over, but one's own."""
    person = staff.person(actor.staff)
    if person is None:
        return []
    return list(shift_notes(actor, at).filter(taker=None, unit=person.unit_id).exclude(author=actor.staff)[:20])


def text_of(note: UUID) -> str:
    return vault.reveal(SHIFT_TABLE, note).get("text", "")
