"""What the verbs of this room share: refusals, notices, terms."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import Term, due
from huiyin.kernel.refusal import Coded, Refusal
from huiyin.ledger.actions import record
from huiyin.measure.reviews import queries
from huiyin.measure.reviews.facts import QualityAssigned
from huiyin.measure.reviews.models import Sample, Score
from huiyin.platform.messages import actions as messages

LONGEST = 1000
WHY = {
    "unknown": _("Choose from the list."),
    "changed": _("Somebody has changed this in the meantime. Look at it again; what you wrote is still in the form."),
    "settled": _("This has already been settled."),
    "not_yours": _("This review was given to somebody else."),
    "incomplete": _("Some items still need an answer or a ground."),
    "text_too_long": _("The text is too long."),
    "empty_text": _("Write the text first."),
    "drawn_already": _("This period has been drawn already."),
    "nothing_to_draw": _("Nothing happened in this period that could be drawn."),
    "no_scorecard": _("There is no scorecard for this."),
    "not_fit": _("This person cannot judge it: they had a part in it, are too near, have scored it or lack the role."),
    "too_late": _("The time to object is over."),
    "no_reference": _("Hand in the reference first."),
    "nobody": _("Choose at least one reviewer."),
    "in_use": _("There is a plan with this code already."),
}


class Refused(Coded):
    words = WHY


class Gone(Refusal):
    status = 404
    message = _("There is no such matter.")


def after_days(days: int, at: datetime) -> datetime:
    """24:00 of the n-th working day after today."""
    return datetime.fromtimestamp(due(standards.office(), Term("business_day", days), int(at.timestamp())).at, UTC)


def text(said: str, *, required: bool = True) -> str:
    clean = said.replace("\r\n", "\n").replace("\x00", "").strip()
    if required and not clean:
        raise Refused("empty_text")
    if len(clean) > LONGEST:
        raise Refused("text_too_long")
    return clean


def tell(
    row: Sample, people: Iterable[UUID | None], key: str, zh: str, en: str, by: Actor, at: datetime, link: str = ""
) -> None:
    """A line in colleagues' inboxes; never to somebody who keeps away from the matter, unless it is their own work."""
    away = set(staff.recused(row.subject, at)) - {row.person_id}
    for person in {one for one in people if one} - {by.staff}:
        if person not in away:
            messages.notify(
                staff=person, kind="quality", matter=row.subject, params={"number": row.number, "zh": zh, "en": en},
                link=link or f"/desk/reviews/{row.pk}/", by=by, at=at, key=f"{key}:{row.pk}",
            )  # fmt: skip


def assign(row: Sample, place: str, reviewer: UUID | None, by: Actor, at: datetime) -> Score:
    """Open a form for somebody. With nobody fit it waits for a name, and the duty desk hears of it (SoD17)."""
    score = Score.objects.create(sample=row, place=place, reviewer_id=reviewer, assigned_at=at)
    record(fact=QualityAssigned(sample=row.pk, place=place, reviewer=reviewer), stream=row.stream, by=by, at=at)
    if reviewer is None:
        desk = staff.duty_desk(at, set(staff.recused(row.subject, at)))
        zh, en = "质检 {number} 无合适评分人，请指派", "Nobody fits to review {number}: please name somebody"
        tell(row, [desk], f"quality-nobody:{place}", zh, en, by, at, "/desk/reviews/all/")
    return score


def least_loaded(groups: list[list[UUID]], load: dict[UUID, int], most: int = 0) -> UUID | None:
    """Of the first group with room the one with the fewest forms; equal ones in the order they stand."""
    for group in groups:
        free = [one for one in group if not most or load.get(one, 0) < most]
        if free:
            return min(free, key=lambda one: load.get(one, 0))
    return None


def judges(row: Sample, at: datetime, roles: tuple[str, ...] = ()) -> list[list[UUID]]:
    """Who may still judge a sample: nobody who has or had a form of it."""
    taken = set(Score.objects.filter(sample=row, reviewer__isnull=False).values_list("reviewer_id", flat=True))
    more = {"roles": roles} if roles else {}
    return queries.fit(row.sort, row.subject, row.person_id, row.unit_path, at, taken, **more)


def open_forms() -> dict[UUID, int]:
    """How many forms wait with each reviewer."""
    load: dict[UUID, int] = {}
    for reviewer in Score.objects.filter(state="open", reviewer__isnull=False).values_list("reviewer_id", flat=True):
        load[reviewer] = load.get(reviewer, 0) + 1
    return load
