"""Who keeps away from a matter, and who may come back (decision 4, SoD1, SoD2)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries
from huiyin.bank.staff.facts import RecusalEnded, StaffRecused
from huiyin.bank.staff.models import Kinship, Recusal
from huiyin.bank.staff.rules import ENDS_NEVER, WHY
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.platform.tables import actions as tables
from huiyin.platform.vault import queries as vault


class WrongPerson(Refusal):
    status = 400
    message = _("This person cannot be named here.")


class NeverEnds(Refusal):
    message = _(
        "The recusal of a complained-about person, of somebody whose own matter it is, and of their kin never ends."
    )


@vault.barring
def keeps_away(matter: UUID, actor: Actor, at: datetime) -> bool:
    """Links to files and names that were made before the recusal open nothing any more."""
    return actor.staff is not None and actor.staff in queries.recused(matter, at)


@transaction.atomic
def declare_kin(*, staff: UUID, other: UUID, by: Actor, at: datetime) -> None:
    """Two colleagues are kin: each keeps away from matters about the other, from now and for open ones at once."""
    if staff == other:
        raise WrongPerson
    Kinship.objects.get_or_create(one_id=staff, other_id=other, defaults={"declared_at": at})
    for one, two in ((staff, other), (other, staff)):
        for subject in Recusal.objects.filter(staff=one, why="accused").values_list("subject", flat=True):
            recuse(subject=subject, staff=two, why="kin", by=by, at=at)


@transaction.atomic
def recuse(
    *, subject: UUID, staff: UUID, why: str, by: Actor, at: datetime, until_at: datetime | None = None
) -> Recusal:
    """Somebody keeps away from a matter from this instant on. Saying it twice changes nothing."""
    if why not in WHY:
        raise WrongPerson(why=why)
    if until_at is not None and why in ENDS_NEVER:
        raise NeverEnds
    row, fresh = Recusal.objects.get_or_create(
        subject=subject, staff_id=staff, why=why, defaults={"from_at": at, "until_at": until_at}
    )
    if not fresh and row.until_at is not None and until_at is None:
        row.until_at, fresh = None, True
        row.save(update_fields=["until_at"])
    if fresh:
        fact = StaffRecused(subject=subject, staff=staff, why=why)
        record(fact=fact, stream=f"matter:{subject}", by=by, at=at)
    return row


class Recusing(NamedTuple):
    """Who keeps away from which matter, why and from when."""

    subject: UUID
    staff: UUID
    why: str
    by: Actor
    at: datetime


@transaction.atomic
def recuse_many(*, items: Sequence[Recusing]) -> None:
    """`recuse` for a batch."""
    if not items:
        return
    found = Recusal.objects.filter(subject__in={item.subject for item in items})
    known = set(found.values_list("subject", "staff_id", "why"))
    wanted: dict[tuple[UUID, UUID, str], Recusing] = {}
    for item in items:
        wanted.setdefault(item[:3], item)
    rows, told = [], []
    for key, item in wanted.items():
        if key in known:  # it may have ended
            recuse(subject=item.subject, staff=item.staff, why=item.why, by=item.by, at=item.at)
            continue
        rows.append(Recusal(subject=item.subject, staff_id=item.staff, why=item.why, from_at=item.at))
        fact = StaffRecused(subject=item.subject, staff=item.staff, why=item.why)
        told.append(Happening(fact, f"matter:{item.subject}", item.by, item.at))
    tables.insert(rows)
    if told:
        record_many(happenings=told, recorded_at=max(item.at for item in items))


@transaction.atomic
def accuse(*, subject: UUID, staff: UUID, by: Actor, at: datetime) -> None:
    """A person is complained about: they, their declared kin and their direct manager keep away at once (SoD1)."""
    for one, why in queries.kept_away_by(staff, at):
        recuse(subject=subject, staff=one, why=why, by=by, at=at)


def keep_from_their_own(*, raised: Iterable[tuple[UUID, str, str, datetime]], by: Actor) -> None:
    """Whoever raised a matter as a customer and works here keeps away from it, with their declared kin: they see it as any
    customer does. Known by a telephone or e-mail that stands with one colleague alone.

    `raised`: matter, telephone, e-mail, when.
    """
    lines = [line for line in raised if line[1] or line[2]]
    if not lines:
        return
    found = queries.by_contacts((phone, email) for _subject, phone, email, _at in lines)
    for (subject, _phone, _email, at), people in zip(lines, found, strict=True):
        for staff in sorted(people):
            recuse(subject=subject, staff=staff, why="own", by=by, at=at)
            for relative in sorted(queries.kin_of(staff)):
                recuse(subject=subject, staff=relative, why="kin", by=by, at=at)


@transaction.atomic
def accuse_unit(*, subject: UUID, unit: UUID, by: Actor, at: datetime) -> None:
    """A whole unit is complained about: everybody there keeps away, its head until the reply is out (SoD2)."""
    head = queries.head_of(unit, at)
    for staff in queries.colleagues(unit, at=at):
        recuse(subject=subject, staff=staff.pk, why="manager" if staff.pk == head else "unit", by=by, at=at)


@transaction.atomic
def accuse_many(*, pairs: Iterable[tuple[UUID, UUID]], by: Actor, at: datetime) -> None:
    """`accuse` for a batch of (subject, staff), for generators and imports."""
    pairs = list(pairs)
    away = {staff: queries.kept_away_by(staff, at) for staff in {staff for _subject, staff in pairs}}
    rows: dict[tuple[UUID, UUID, str], Recusal] = {}
    for subject, staff in pairs:
        for one, why in away[staff]:
            rows[subject, one, why] = Recusal(subject=subject, staff_id=one, why=why, from_at=at)
    Recusal.objects.bulk_create(rows.values(), batch_size=1000)
    told = [
        Happening(StaffRecused(subject=subject, staff=one, why=why), f"matter:{subject}", by, at)
        for subject, one, why in rows
    ]
    if told:
        record_many(happenings=told, recorded_at=at)


@transaction.atomic
def end_recusal(*, subject: UUID, staff: UUID, why: str, by: Actor, at: datetime) -> None:
    """A manager or first handler may come back; the accused and their kin never."""
    if why in ENDS_NEVER:
        raise NeverEnds
    ended = Recusal.objects.filter(subject=subject, staff=staff, why=why, until_at=None).update(until_at=at)
    if ended:
        record(fact=RecusalEnded(subject=subject, staff=staff), stream=f"matter:{subject}", by=by, at=at)


@transaction.atomic
def release_managers(*, subject: UUID, by: Actor, at: datetime, keep: Iterable[UUID] = ()) -> None:
    """The reply is delivered: managers see the matter again, masked, unless named, kin or `keep` (its approver)."""
    standing = Recusal.objects.filter(subject=subject, why="manager", until_at=None)
    for staff in list(standing.exclude(staff__in=list(keep)).values_list("staff_id", flat=True)):
        end_recusal(subject=subject, staff=staff, why="manager", by=by, at=at)


def recuse_new_manager(staff: UUID, by: Actor, at: datetime) -> None:
    """Matters about this person whose manager still keeps away: the new manager joins them."""
    manager = queries.manager_of(staff, at)
    if manager is None:
        return
    about = Recusal.objects.filter(staff=staff, why="accused").values("subject")
    waiting = Recusal.objects.filter(subject__in=about, why="manager", until_at=None)
    for subject in set(waiting.values_list("subject", flat=True)):
        recuse(subject=subject, staff=manager, why="manager", by=by, at=at)
