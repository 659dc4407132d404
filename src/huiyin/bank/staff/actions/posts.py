"""Hire, move, leave; be away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries
from huiyin.bank.staff.actions.recusal import WrongPerson, recuse_new_manager
from huiyin.bank.staff.facts import StaffAbsent, StaffPosted
from huiyin.bank.staff.models import Absence, Posting, Staff
from huiyin.bank.staff.rules import POST
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many


class NumberTaken(Refusal):
    message = _("Somebody with this staff number exists already.")


class UnknownPost(Refusal):
    status = 400
    message = _("There is no such post.")


class WrongPeriod(Refusal):
    status = 400
    message = _("The end must come after the beginning.")


@dataclass(frozen=True)
class NewStaff:
    """One line of `add_many`; managers are named by staff number and may stand in the same batch."""

    number: str
    name: str
    unit: UUID
    post: str
    active_from: date
    name_en: str = ""
    reports_to: str | None = None
    substitute: str | None = None
    email: str = ""
    phone: str = ""
    active_until: date | None = None
    id: UUID | None = None


def hire(
    *,
    number: str,
    name: str,
    unit: UUID,
    post: str,
    from_date: date,
    by: Actor,
    at: datetime,
    name_en: str = "",
    reports_to: UUID | None = None,
    substitute: UUID | None = None,
    email: str = "",
    phone: str = "",
    id: UUID | None = None,
) -> Staff:
    """Somebody joins the bank."""
    with transaction.atomic():
        line = NewStaff(number, name, unit, post, from_date, name_en, email=email, phone=phone, id=id)
        (made,) = add_many(staff=[line], by=by, at=at)
        if reports_to or substitute:
            made = report_to(staff=made.pk, manager=reports_to, by=by, at=at)
            made = name_substitute(staff=made.pk, substitute=substitute, by=by, at=at)
        return made


@transaction.atomic
def add_many(*, staff: Iterable[NewStaff], by: Actor, at: datetime) -> list[Staff]:
    """Hire a batch. Managers and substitutes are linked after all are in."""
    lines = list(staff)
    taken = set(queries.by_numbers(line.number for line in lines))
    made: dict[str, Staff] = {}
    for line in lines:
        if line.number in taken or line.number in made:
            raise NumberTaken(number=line.number)
        if line.post not in POST:
            raise UnknownPost(post=line.post)
        made[line.number] = Staff(
            id=line.id or new_id(),
            number=line.number,
            name=line.name,
            name_en=line.name_en,
            unit_id=line.unit,
            post=line.post,
            email=line.email,
            phone=line.phone,
            active_from=line.active_from,
            active_until=line.active_until,
        )
    Staff.objects.bulk_create(made.values(), batch_size=500)
    Posting.objects.bulk_create([_posting(row) for row in made.values()], batch_size=500)
    _link(lines, made)
    if made:
        record_many(happenings=[_posted(row, row.active_from, by, at) for row in made.values()], recorded_at=at)
    return list(made.values())


@transaction.atomic
def move(*, staff: UUID, unit: UUID, post: str, from_date: date, by: Actor, at: datetime) -> Staff:
    """Another post or another unit from today on; the old posting stays on record."""
    if post not in POST:
        raise UnknownPost(post=post)
    row = Staff.objects.select_for_update().get(pk=staff)
    row.unit_id, row.post, row.reports_to = unit, post, None
    row.save(update_fields=["unit", "post", "reports_to"])
    _end_posting(staff, from_date)
    Posting.objects.create(staff_id=staff, unit_id=unit, post=post, from_date=from_date)
    told = _posted(row, from_date, by, at)
    record(fact=told.fact, stream=told.stream, by=by, at=at)
    recuse_new_manager(staff, by, at)
    return row


@transaction.atomic
def report_to(*, staff: UUID, manager: UUID | None, by: Actor, at: datetime) -> Staff:
    """Name the direct manager. Where the person is complained about, the new manager is recused too."""
    row = Staff.objects.select_for_update().get(pk=staff)
    if manager == staff:
        raise WrongPerson
    row.reports_to_id = manager
    row.save(update_fields=["reports_to"])
    recuse_new_manager(staff, by, at)
    return row


@transaction.atomic
def name_substitute(*, staff: UUID, substitute: UUID | None, by: Actor, at: datetime) -> Staff:
    row = Staff.objects.select_for_update().get(pk=staff)
    if substitute == staff:
        raise WrongPerson
    row.substitute_id = substitute
    row.save(update_fields=["substitute"])
    return row


@transaction.atomic
def rename(*, staff: UUID, name: str, name_en: str, email: str, phone: str, by: Actor, at: datetime) -> Staff:
    """The same person under another name or address: the id stays, so the past stays theirs."""
    row = Staff.objects.select_for_update().get(pk=staff)
    row.name, row.name_en, row.email, row.phone = name, name_en, email, phone
    row.save(update_fields=["name", "name_en", "email", "phone"])
    return row


@transaction.atomic
def edit(
    *, staff: UUID, name: str, name_en: str, email: str, phone: str, reports_to: UUID | None, substitute: UUID | None,
    by: Actor, at: datetime,
) -> Staff:  # fmt: skip
    """All that one form says about a person: every change or none."""
    row = rename(staff=staff, name=name, name_en=name_en, email=email, phone=phone, by=by, at=at)
    if reports_to != row.reports_to_id:
        row = report_to(staff=staff, manager=reports_to, by=by, at=at)
    if substitute != row.substitute_id:
        row = name_substitute(staff=staff, substitute=substitute, by=by, at=at)
    return row


@transaction.atomic
def leave(*, staff: UUID, from_date: date, by: Actor, at: datetime) -> Staff:
    """The first day no longer with the bank. What they held falls to the substitute, then the head (`stand_in`)."""
    row = Staff.objects.select_for_update().get(pk=staff)
    if from_date < row.active_from:
        raise WrongPeriod
    row.active_until = from_date
    row.save(update_fields=["active_until"])
    _end_posting(staff, from_date)
    fact = StaffPosted(staff=staff, unit=row.unit_id, post=row.post, from_date=row.active_from, until_date=from_date)
    record(fact=fact, stream=f"staff:{staff}", by=by, at=at)
    return row


@transaction.atomic
def absent(
    *, staff: UUID, from_at: datetime, until_at: datetime, by: Actor, at: datetime, substitute: UUID | None = None
) -> Absence:
    """Away for a while; a substitute for this absence may differ from the usual one."""
    if until_at <= from_at:
        raise WrongPeriod
    if substitute == staff:
        raise WrongPerson
    row = Absence.objects.create(staff_id=staff, from_at=from_at, until_at=until_at, substitute_id=substitute)
    fact = StaffAbsent(staff=staff, from_at=from_at, until_at=until_at, substitute=substitute)
    record(fact=fact, stream=f"staff:{staff}", by=by, at=at)
    return row


def _link(lines: list[NewStaff], made: dict[str, Staff]) -> None:
    named = {name for line in lines for name in (line.reports_to, line.substitute) if name and name not in made}
    known = {**queries.by_numbers(named), **made}
    linked = []
    for line in lines:
        row = made[line.number]
        for field, number in (("reports_to", line.reports_to), ("substitute", line.substitute)):
            if number:
                if number not in known or number == line.number:
                    raise WrongPerson(number=number)
                setattr(row, field, known[number])
                linked.append(row)
    Staff.objects.bulk_update(linked, ["reports_to", "substitute"], batch_size=500)


def _posting(row: Staff) -> Posting:
    return Posting(
        staff=row, unit_id=row.unit_id, post=row.post, from_date=row.active_from, until_date=row.active_until
    )


def _posted(row: Staff, from_date: date, by: Actor, at: datetime) -> Happening:
    fact = StaffPosted(staff=row.pk, unit=row.unit_id, post=row.post, from_date=from_date)
    return Happening(fact, f"staff:{row.pk}", by, at)


def _end_posting(staff: UUID, from_date: date) -> None:
    open_one = Posting.objects.filter(staff=staff, until_date=None)
    if open_one.filter(from_date__gt=from_date).exists():
        raise WrongPeriod
    open_one.update(until_date=from_date)
