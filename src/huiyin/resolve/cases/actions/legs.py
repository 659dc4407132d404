"""Parts of a case in other hands: consult, joint handling, escalation, and somebody standing in (clock.md §8.9).

TOTAL, REG, PROMISE and OWNER never move with a leg. The handler keeps the lead; whoever has a part sees the case.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.facts import CaseAssigned, LegEnded, LegOpened
from huiyin.resolve.cases.models import Case, Leg
from huiyin.resolve.cases.queries.legs import LEG_TABLE
from huiyin.resolve.cases.rules.legs import SIDE

_ASKED = {
    "consult": ("工单 {number} 征询您的意见", "Your advice is asked on case {number}"),
    "joint": ("请协同办理工单 {number}", "Please work on case {number} jointly"),
    "escalation": ("工单 {number} 上报到您处", "Case {number} was escalated to you"),
}


@transaction.atomic
def open_leg(
    *,
    case: UUID,
    kind: str,
    text: str,
    by: Actor,
    at: datetime,
    holder: UUID | None = None,
    version: int | None = None,
    id: UUID | None = None,
) -> Leg:
    """Ask a colleague (consult), bring one in (joint), or go to the level above (escalation, which finds the person)."""
    if kind not in SIDE:
        raise Refused("reason_missing")
    found = ground.held(case, "leg", version)
    ground.allow(by, "case.reply", found, at)
    if holder is None:
        holder = _above(found, by, at) if kind == "escalation" else None
    if holder is None:
        raise Refused("nobody_above" if kind == "escalation" else "not_here")
    if holder == (found.handler_id or by.staff):
        raise Refused("same_person")
    ground.fit(holder, found, at)
    if Leg.objects.filter(case=case, holder=holder, left_at=None).exists():
        raise Refused("leg_there")
    words = ground.text_of(text)
    person = staff.person(holder)
    leg = Leg.objects.create(
        id=id or new_id(), case=found, cycle=found.cycle, kind=kind, holder_id=holder,
        unit_id=person.unit_id if person else None, sender_id=by.staff, entered_at=at,
    )  # fmt: skip
    vault.keep(subject=case, table=LEG_TABLE, row=leg.id, values={"asked": words})
    ground.write(found)
    fact = LegOpened(case=case, part=leg.id, kind=kind, holder=holder, unit=leg.unit_id, sender=by.staff)
    ground.tell_history(found, fact, by, at)
    zh, en = _ASKED[kind]
    ground.notify(holder, "leg_opened", found, by, at, f"leg:{leg.id}", zh=zh, en=en)
    return leg


def _above(case: Case, by: Actor, at: datetime) -> UUID | None:
    """Somebody fit at the nearest unit above; with nobody there the duty desk hears of it (SoD17)."""
    unit = staff.next_up(case.id, case.unit_id, at)
    keep_out = {case.handler_id, by.staff}
    people = staff.fit_handlers(case.id, unit, at) if unit else []
    first = sorted(people, key=lambda person: (person.post not in staff.HEAD_POSTS, person.number))
    chosen = next((person.pk for person in first if person.pk not in keep_out), None)
    if chosen is None:
        chosen = staff.duty_desk(at, [*staff.recused(case.id, at), *(one for one in keep_out if one)])
    return chosen


@transaction.atomic
def answer_leg(*, leg: UUID, text: str, by: Actor, at: datetime) -> Leg:
    """The advice, contribution or direction that was asked for; the part is done."""
    return _end(leg, "answered", text, by, at)


@transaction.atomic
def return_leg(*, leg: UUID, text: str, by: Actor, at: datetime) -> Leg:
    """It does not belong here: given back with a reason."""
    return _end(leg, "returned", text, by, at)


@transaction.atomic
def call_off_leg(*, leg: UUID, by: Actor, at: datetime) -> Leg:
    """Whoever leads the case needs it no more."""
    row, case = _open(leg)
    ground.allow(by, "case.reply", case, at)
    ground.write(case)
    settle_leg(row, case, "cancelled", by, at)
    ground.notify(
        row.holder_id, "leg_ended", case, by, at, f"leg-off:{leg}",
        zh="工单 {number} 不再需要您的意见", en="Your part in case {number} is no longer needed",
    )  # fmt: skip
    return row


def _end(leg: UUID, outcome: str, text: str, by: Actor, at: datetime) -> Leg:
    row, case = _open(leg)
    if by.kind != "machine" and by.staff != row.holder_id:
        raise Refused("not_your_leg")
    ground.allow(by, "case.note", case, at)
    vault.keep(subject=case.id, table=LEG_TABLE, row=leg, values={"answered": ground.text_of(text)})
    ground.write(case)
    settle_leg(row, case, outcome, by, at)
    for person in {case.handler_id or case.owner_id, row.sender_id}:
        ground.notify(
            person, "leg_ended", case, by, at, f"leg-end:{leg}",
            zh="工单 {number} 的征询或协办已有反馈", en="There is an answer to what you asked on case {number}",
        )  # fmt: skip
    return row


def _open(leg: UUID) -> tuple[Leg, Case]:
    row = Leg.objects.select_for_update().filter(pk=leg).first()
    if row is None:
        raise Gone
    if row.left_at is not None:
        raise Refused("already_settled")
    return row, ground.held(row.case_id, "leg_end")


def settle_leg(row: Leg, case: Case, outcome: str, by: Actor, at: datetime) -> None:
    """End a part once, whoever comes first."""
    if not Leg.objects.filter(pk=row.pk, left_at=None).update(left_at=at, outcome=outcome):
        raise Refused("already_settled")
    row.left_at, row.outcome = at, outcome
    ground.tell_history(case, LegEnded(case=case.id, part=row.id, outcome=outcome), by, at)


@transaction.atomic
def substitute(*, case: UUID, person: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Somebody stands in for the handler: the same leg and limits, another person. No acceptance is asked of them."""
    found = ground.held(case, "assign", version)
    ground.allow(by, "case.assign", found, at)
    ground.fit(person, found, at)
    if found.handler_id is None:
        raise Refused("take_it_first")
    if found.handler_id == person:
        raise Refused("same_person")
    before = found.handler_id
    ground.write(found, handler_id=person)
    who = staff.person(person)
    fact = CaseAssigned(case=case, handler=person, unit=who.unit_id if who else None, how="substitute")
    ground.tell_history(found, fact, by, at)
    ground.notify(person, "case_assigned", found, by, at, f"substitute:{case}:{found.version}")
    ground.notify(
        before, "case_substituted", found, by, at, f"substituted:{case}:{found.version}",
        zh="工单 {number} 已由同事代班办理", en="A colleague stands in for you on case {number}",
    )  # fmt: skip
    return found


def end_legs_of(case: Case, barred: frozenset[UUID], by: Actor, at: datetime) -> None:
    """A recused person's part ends at once; whoever leads the case learns that their answer will not come."""
    for row in Leg.objects.filter(case=case, left_at=None, holder__in=barred):
        settle_leg(row, case, "recused", by, at)
        ground.notify(
            case.handler_id or case.owner_id, "leg_ended", case, by, at, f"leg-recused:{row.id}",
            zh="工单 {number} 的被征询人须回避，请另请他人", en="Whoever you asked on case {number} is recused: ask somebody else",
        )  # fmt: skip
