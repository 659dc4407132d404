"""Who works where, who stands in for whom, and who keeps away from what."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import get_default_timezone, localdate

from huiyin.bank.staff.models import Absence, Kinship, Posting, Recusal, Staff
from huiyin.bank.staff.rules import (
    DUTY_ORDER,
    HANDLING_POSTS,
    HEAD_POSTS,
    POST,
    POSTS,
    WHY,
    Called,
    is_active,
    rota,
    walk,
)
from huiyin.bank.staff.rules import called as call_line
from huiyin.bank.units.queries import TREE, above, paths, under
from huiyin.bank.units.queries import all_units as _all_units
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import paths as permitted_paths
from huiyin.platform.messages.queries import SMS, SMTP, addressing, after_quiet
from huiyin.platform.tables.queries import as_id, kept, marks, rows
from huiyin.platform.vault.queries import blind

__all__ = ["HANDLING_POSTS", "HEAD_POSTS", "POST", "POSTS", "WHY", "Called"]


@kept("staff_staff", "units_unit")
def person(id: UUID | None) -> Staff | None:
    return Staff.objects.filter(pk=id).select_related("unit").first() if id else None


def people(ids: Iterable[UUID | None]) -> dict[UUID, Staff]:
    wanted = [id for id in set(ids) if id]
    if len(wanted) == 1:
        return {found.pk: found for found in [person(wanted[0])] if found}
    return Staff.objects.select_related("unit").in_bulk(wanted)


def by_number(number: str) -> Staff | None:
    return Staff.objects.filter(number=number).first()


def by_numbers(numbers: Iterable[str]) -> dict[str, Staff]:
    return {staff.number: staff for staff in Staff.objects.filter(number__in=set(numbers))}


def by_contacts(contacts: Iterable[tuple[str, str]]) -> list[set[UUID]]:
    """Whose telephone or e-mail each of these is; nobody's, where several share it as the number of an office."""
    known = _contacts()
    if not known:
        return [set() for _contact in contacts]
    found = (
        {known.get((kind, blind(kind, value))) for kind, value in (("phone", phone), ("email", email)) if value}
        for phone, email in contacts
    )
    return [{staff for staff in people if staff} for people in found]


@kept("staff_staff")
def _contacts() -> Mapping[tuple[str, str], UUID | None]:
    found: dict[tuple[str, str], UUID | None] = {}
    for staff, phone, email in Staff.objects.exclude(phone="", email="").values_list("pk", "phone", "email"):
        for kind, value in (("phone", phone), ("email", email)):
            key = (kind, blind(kind, value))
            if key[1]:
                found[key] = None if key in found else staff
    return found


def active(on: date) -> QuerySet[Staff]:
    """Everybody with the bank on a day."""
    still = Q(active_until=None) | Q(active_until__gt=on)
    return Staff.objects.filter(still, active_from__lte=on).order_by("number")


def colleagues(unit: UUID, post: str | None = None, at: datetime | None = None) -> list[Staff]:
    """The people of a unit (of a post), without those who have left by then."""
    found = (
        Staff.objects.filter(unit=unit).order_by("number") if at is None else active(localdate(at)).filter(unit=unit)
    )
    return list(found.filter(post=post) if post else found)


@kept(*TREE, "staff_staff", "staff_absence")
def here_on(on: date, posts: tuple[str, ...]) -> Mapping[str, Mapping[str, Sequence[UUID]]]:
    """Who holds these posts and is here at noon of a day: by the path of their unit, then by post."""
    noon = datetime.combine(on, time(12), tzinfo=get_default_timezone())
    away = absent_at(noon)
    where = paths(on)
    found: dict[str, dict[str, list[UUID]]] = {}
    for id, unit, post, since, until in _holders(posts):
        if id not in away and is_active(since, until, on):
            found.setdefault(where.get(unit, ""), {}).setdefault(post, []).append(id)
    return found


@kept("staff_staff")
def _holders(posts: tuple[str, ...]) -> Sequence[tuple[UUID, UUID, str, date, date | None]]:
    """Everybody who ever held one of these posts, in the order of their numbers."""
    held = Staff.objects.filter(post__in=posts).order_by("number")
    return list(held.values_list("pk", "unit_id", "post", "active_from", "active_until"))


def absent_at(at: datetime, ids: Iterable[UUID] | None = None) -> dict[UUID, UUID | None]:
    """Who is away at an instant, with the substitute named for that absence."""
    away = rows(
        "SELECT staff_id, substitute_id FROM staff_absence WHERE from_at <= %s AND until_at > %s ORDER BY from_at, id",
        [at, at],
    )
    found = {as_id(staff): substitute and as_id(substitute) for staff, substitute in away}
    return found if ids is None else {id: found[id] for id in ids if id in found}


def stand_in(staff: UUID, at: datetime) -> UUID | None:
    """The person to turn to: the one named, or the first in the chain of substitutes who is here. Cycles give nobody."""
    return next(stand_ins(staff, at), None)


def stand_ins(staff: UUID | None, at: datetime) -> Iterator[UUID]:
    """Somebody and then the chain of their substitutes: those of them who are here, nearest first."""
    away, on = absent_at(at), localdate(at)
    after: dict[UUID, UUID | None] = {}
    for id in walk(staff, after.get):
        row = Staff.objects.filter(pk=id).values_list("active_from", "active_until", "substitute_id").first()
        if row is None:
            return
        after[id] = away.get(id) or row[2]
        if id not in away and is_active(row[0], row[1], on):
            yield id


def called(
    *, subject: UUID, asked: Iterable[str], at: datetime, holder: UUID | None, unit: UUID | None,
    owner: UUID | None = None, head: UUID | None = None,
) -> list[Called]:  # fmt: skip
    """Whom a rung of a matter calls, minus recusals: holder → substitutes → head of the unit → unit above → duty desk.

    Who is away gives way to who stands in for them. The head is never the one whose matter it is: that goes above.
    """
    away = frozenset(recused(subject, at))

    @cache
    def at_level(level: str) -> list[UUID]:
        if level in ("holder", "substitute"):
            return [one for one in stand_ins(holder, at) if (one == holder) == (level == "holder")]
        if level == "owner":
            return list(stand_ins(owner, at))
        if level == "head":
            chosen = head or (head_of(unit, at) if unit else None)
            return [one for one in stand_ins(chosen, at) if one != holder] if chosen != holder else []
        if level == "above":
            above_it = next_up(subject, unit, at) if unit else None
            people = fit_handlers(subject, above_it, at) if above_it else []
            return [person.pk for person in sorted(people, key=lambda one: one.post not in HEAD_POSTS)]
        desk = duty_desk(at, away)
        return [desk] if desk else []

    return call_line(asked, at_level, away)


def told_at(told: Called, at: datetime, *, urgent: bool) -> datetime:
    """When they hear of it: at once where it is urgent or a desk that is always there, else at the end of quiet hours."""
    return at if urgent or told.level in ("desk", "nobody") else after_quiet(at)


def hearers(told: Called, subject: UUID, at: datetime) -> list[UUID]:
    """Who hears of it; where nobody was found, whoever hears of incidents."""
    return [told.staff] if told.staff else last_resort(at, recused(subject, at))


def head_of(unit_id: UUID, at: datetime) -> UUID | None:
    """The head of a unit: the holder of a head post there."""
    heads = active(localdate(at)).filter(unit=unit_id, post__in=HEAD_POSTS).values_list("pk", flat=True)
    return heads.first()


def manager_of(staff: UUID, at: datetime | None = None) -> UUID | None:
    """Staff.reports_to, else the head of the unit, else (for a head) the head of the next unit up."""
    row = Staff.objects.filter(pk=staff).values_list("reports_to_id", "unit_id", "active_from").first()
    if row is None:
        return None
    if row[0]:
        return row[0]
    on = localdate(at) if at else None
    units = [row[1]] + ([view.id for view in above(row[1], on)] if on else [])
    for unit in units:
        found = Staff.objects.filter(unit=unit, post__in=HEAD_POSTS).exclude(pk=staff)
        head = (active(on) & found if on else found).order_by("number").values_list("pk", flat=True).first()
        if head:
            return head
    return None


def kept_away_by(staff: UUID, at: datetime) -> list[tuple[UUID, str]]:
    """Who keeps away from a matter about this person, and why: they, their declared kin, their direct manager (SoD1)."""
    manager = manager_of(staff, at)
    kin = [(relative, "kin") for relative in sorted(kin_of(staff))]
    return [(staff, "accused"), *kin, *([(manager, "manager")] if manager else [])]


def on_duty(unit_id: UUID, at: datetime, avoid: Iterable[UUID] = ()) -> UUID | None:
    """Who takes what comes in without a human contact: the handlers of the unit in turn by the day, else its head,
    else the same one level up. Absent people and `avoid` are passed over."""
    on = localdate(at)
    skip = set(avoid) | set(absent_at(at))
    for unit in [unit_id, *(view.id for view in above(unit_id, on))]:
        here = [staff for staff in colleagues(unit, at=at) if staff.pk not in skip]
        for posts in DUTY_ORDER:
            turn = rota([staff.pk for staff in here if staff.post in posts], on)
            if turn:
                return turn[0]
    return None


def duty_desk(at: datetime, avoid: Iterable[UUID] = ()) -> UUID | None:
    """The last resort of every escalation: whoever is on duty at the duty desk (else at head office)."""
    units = _all_units(localdate(at))
    desks = [view for view in units if view.kind == "desk"] or [view for view in units if view.kind == "head"]
    for desk in sorted(desks, key=lambda view: view.path):
        found = on_duty(desk.id, at, avoid)
        if found:
            return found
    return None


def last_resort(at: datetime, avoid: Iterable[UUID] = ()) -> list[UUID]:
    """Who hears of an incident: the duty desk, and where nobody is there either, every administrator."""
    barred = frozenset(avoid)
    desk = duty_desk(at, barred)
    if desk is not None:
        return [desk]
    known = active(localdate(at)).filter(post="administrator").values_list("pk", flat=True)
    return [id for id in known if id not in barred]


def recused(subject: UUID, at: datetime) -> dict[UUID, str]:
    """Who keeps away from a matter at an instant, and why (the gravest reason)."""
    standing = rows(
        "SELECT staff_id, why FROM staff_recusal WHERE subject = %s AND from_at <= %s"
        " AND (until_at IS NULL OR until_at > %s)",
        [subject, at, at],
    )
    found: dict[UUID, str] = {}
    for staff, why in sorted(standing, key=lambda row: -list(WHY).index(row[1])):
        found[as_id(staff)] = why
    return found


def recused_many(subjects: Iterable[UUID], at: datetime) -> dict[UUID, frozenset[UUID]]:
    """The same for many matters at once, without the reasons."""
    found: dict[UUID, set[UUID]] = {}
    wanted = list(subjects)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        standing = rows(
            "SELECT subject, staff_id FROM staff_recusal"
            f" WHERE subject IN ({marks(part)}) AND from_at <= %s AND (until_at IS NULL OR until_at > %s)",
            [*part, at, at],
        )
        for subject, staff in standing:
            found.setdefault(as_id(subject), set()).add(as_id(staff))
    return {subject: frozenset(staff) for subject, staff in found.items()}


def recused_subjects(staff: UUID | None, at: datetime) -> QuerySet:
    """The matters a person keeps away from, for `exclude(pk__in=...)`."""
    return _standing(at).filter(staff=staff).order_by().values("subject")


def masked_subjects(staff: UUID | None, at: datetime) -> QuerySet:
    """The matters a manager sees again after the reply, but masked (decision 4)."""
    ended = Recusal.objects.filter(staff=staff, why="manager", until_at__lte=at)
    return ended.order_by().values("subject")


def masked_for(subject: UUID, at: datetime) -> frozenset[UUID]:
    ended = rows(
        "SELECT staff_id FROM staff_recusal WHERE subject = %s AND why = 'manager' AND until_at <= %s", [subject, at]
    )
    return frozenset(as_id(staff) for (staff,) in ended)


def accused_many(subjects: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who is complained about in each of these matters, as it stands now."""
    found: dict[UUID, list[UUID]] = {}
    rows = Recusal.objects.filter(subject__in=list(subjects), why="accused", until_at=None)
    for subject, person in rows.order_by("subject", "staff").values_list("subject", "staff_id"):
        found.setdefault(subject, []).append(person)
    return found


def accused(subject: UUID) -> list[UUID]:
    return list(Recusal.objects.filter(subject=subject, why="accused").values_list("staff_id", flat=True))


def kin_of(staff: UUID) -> set[UUID]:
    pairs = Kinship.objects.filter(Q(one=staff) | Q(other=staff)).values_list("one_id", "other_id")
    return {other if one == staff else one for one, other in pairs}


def fit_handlers(subject: UUID, unit: UUID, at: datetime, posts: Iterable[str] = HANDLING_POSTS) -> list[Staff]:
    """Who may handle a matter at a unit: here, in a handling post, not recused. Never relaxed (SoD17): an empty list
    means the matter goes up, see `next_up`."""
    away = set(absent_at(at)) | set(recused(subject, at))
    return [staff for staff in colleagues(unit, at=at) if staff.post in set(posts) and staff.pk not in away]


def next_up(subject: UUID, unit: UUID, at: datetime) -> UUID | None:
    """The nearest unit above where somebody is fit to handle the matter (SoD2, SoD15, SoD17)."""
    for view in above(unit, localdate(at)):
        if fit_handlers(subject, view.id, at):
            return view.id
    return None


def posted_since(staff: Iterable[UUID], day: date) -> set[UUID]:
    """Who of these has been in the present post since that day or later."""
    found = Posting.objects.filter(staff__in=list(staff), until_date=None, from_date__gte=day)
    return set(found.values_list("staff_id", flat=True))


def postings(staff: UUID) -> list[Posting]:
    return list(Posting.objects.filter(staff=staff).select_related("unit").order_by("from_date", "id"))


def absences(staff: UUID, after: datetime) -> list[Absence]:
    found = Absence.objects.filter(staff=staff, until_at__gt=after).select_related("substitute")
    return list(found.order_by("from_at", "id"))


def visible_to(actor: Actor, at: datetime) -> QuerySet[Staff]:
    """The people this actor may look up: those of the units in their scope."""
    allowed = permitted_paths(actor, "bank.read")
    found = Staff.objects.select_related("unit").order_by("number")
    if not allowed:
        return found.none()
    if "" in allowed:
        return found
    on = localdate(at)
    return found.filter(unit__in={unit for path in allowed for unit in under(path, on)})


@addressing
def address_of(staff: UUID, channel: str, at: datetime) -> str:
    """Where a colleague is reached by mail or SMS; nowhere once they have left."""
    field = {SMTP: "email", SMS: "phone"}.get(channel)
    found = active(localdate(at)).filter(pk=staff).values_list(field, flat=True).first() if field else None
    return found or ""


def unit_path_of(staff: UUID, at: datetime) -> str:
    unit = Staff.objects.filter(pk=staff).values_list("unit_id", flat=True).first()
    return paths(localdate(at)).get(unit, "") if unit else ""


def _standing(at: datetime) -> QuerySet[Recusal]:
    return Recusal.objects.filter(Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at)
