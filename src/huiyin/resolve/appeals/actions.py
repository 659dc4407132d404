"""Verbs: ask for a review, give it to somebody, decide it; open a mediation, end it, perform what was agreed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import IO
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.clocks.facts import ClockRung
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.limits import is_late
from huiyin.kernel.refusal import Coded, Refusal
from huiyin.ledger.actions import record
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import actions as files
from huiyin.platform.messages import actions as messages
from huiyin.platform.vault import actions as vault
from huiyin.protect.access import queries as access
from huiyin.resolve.appeals import queries, rules
from huiyin.resolve.appeals.facts import (
    MediationEnded,
    MediationOpened,
    MediationPerformed,
    ReviewDecided,
    ReviewGiven,
    ReviewRequested,
    ReviewTold,
)
from huiyin.resolve.appeals.models import Mediation, Review
from huiyin.resolve.appeals.queries import MEDIATION_TABLE, REVIEW_TABLE
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases

LONGEST = 5000
PACKS = ("cn-nfra-review",)
ABOVE = ("consumer_protection", "supervisor", "handler")
WHY = {
    "not_reviewable": _("Only a complaint that the bank has decided can be reviewed."),
    "not_decided_yet": _("There is no decision yet that could be reviewed."),
    "too_late": _("The time to ask for a review is over. Mediation, arbitration and the courts stay open."),
    "already_reviewed": _("A review of this decision has been asked for already."),
    "empty_text": _("Write the text first."),
    "text_too_long": _("The text is too long."),
    "unknown": _("Choose from the list."),
    "handled_before": _("Whoever had a part in the decision cannot examine it again."),
    "not_fit": _("This person cannot be given the review."),
    "already_settled": _("This has already been settled."),
    "mediation_there": _("A mediation of this case is open already."),
    "wrong_day": _("The day cannot lie in the future or before the complaint."),
}  # fmt: skip


Paper = tuple[str, bytes | IO[bytes]]
"""A file: its name and what is in it."""


class Refused(Coded):
    words = WHY


class Gone(Refusal):
    status = 404
    message = _("There is no such matter.")


@transaction.atomic
def request_review(*, case: UUID, text: str, how: str, by: Actor, at: datetime) -> Review:
    """The customer asks the level above, within the window (art. 20). Nobody who had a part in the decision has one here."""
    found = cases.lock(case)
    if found is None:
        raise Gone
    if by.kind == "staff":
        permit.must(by, "case.note", cases.sight(found, at))
    no = queries.why_not(found, at)
    if no:
        raise Refused(no)
    if how not in rules.HOWS:
        raise Refused("unknown")
    words = _text(text)
    id = new_id()
    _keep_away(id, case, by, at)
    unit, reviewer = _above(id, found, at)
    row = Review.objects.create(
        id=id, case=case, number=f"{found.number}-H{found.cycle}", cycle=found.cycle, language=found.language,
        unit_id=unit, unit_path=units.path_of(unit, localdate(at)), reviewer_id=reviewer, how=how, requested_at=at,
    )  # fmt: skip
    vault.keep(subject=case, table=REVIEW_TABLE, row=id, values={"text": words})
    fact = ReviewRequested(review=id, matter=case, cycle=row.cycle, unit=unit, reviewer=reviewer, how=how)
    record(fact=fact, stream=row.stream, by=by, at=at)
    clocks.arm(
        subject=id, kind="review", stream=row.stream, event="review.requested", attrs={"kind": "complaint"},
        anchors={"requested_at": at}, packs=PACKS, by=by, at=at,
    )  # fmt: skip
    _tell(row, reviewer, by, at, f"review:{id}", "核查 {number} 由您办理", "Review {number} is yours to examine")
    if reviewer is None:
        _tell(
            row, staff.duty_desk(at, staff.recused(id, at)), by, at, f"review-nobody:{id}",
            "核查 {number} 无合适人员，请处理", "Nobody fits to examine review {number}",
        )  # fmt: skip
    _write_to(row, found, "review_received", by, at)
    return row


def _keep_away(review: UUID, case: UUID, by: Actor, at: datetime) -> None:
    """Everybody kept away from the case is kept away here; so is everybody who had a part in it (SoD15)."""
    for person, why in staff.recused(case, at).items():
        staff_actions.recuse(subject=review, staff=person, why=why, by=by, at=at)
    for person in sorted(cases.hands(case), key=str):
        staff_actions.recuse(subject=review, staff=person, why="first_handler", by=by, at=at)


def _above(review: UUID, found: cases.Case, at: datetime) -> tuple[UUID, UUID | None]:
    """The nearest level above whoever decided, with somebody fit; what head office decided, other people there examine.

    Never relaxed: with nobody fit the review waits at the top and the duty desk hears of it (SoD17).
    """
    on = localdate(at)
    chain = [found.unit_id, *(view.id for view in units.above(found.unit_id, on))]
    decided = max((_place(person.unit_id, chain, on) for person in _deciders(found)), default=0)
    levels = chain[decided + 1 :] or chain[-1:]
    away = staff.recused(review, at)
    for level in levels:
        people = staff.fit_handlers(review, level, at, ABOVE)
        if people:
            return level, min(people, key=lambda one: (ABOVE.index(one.post), one.number)).pk
        officers = access.holders("consumer_protection", at, units.path_of(level, on))
        free = next((one for one in officers if one not in away), None)
        if free is not None:
            return level, free
        heads = staff.fit_handlers(review, level, at, staff.HEAD_POSTS)
        if heads:
            return level, heads[0].pk
    return levels[-1], None


def _deciders(found: cases.Case) -> list[staff.Staff]:
    """Who wrote, approved or handled the decision; whoever was only consulted does not lift the level."""
    replies = [row for row in cases.replies(found.pk) if row.state == "delivered"]
    people = {found.handler_id, *(row.author_id for row in replies), *(row.approver_id for row in replies)}
    return list(staff.people(person for person in people if person).values())


def _place(unit: UUID, chain: list[UUID], on: date) -> int:
    """How high in the chain of the case a unit stands; a department counts as the level it belongs to."""
    own = [unit, *(view.id for view in units.above(unit, on))]
    return next((chain.index(one) for one in own if one in chain), len(chain) - 1)


@transaction.atomic
def give_review(*, review: UUID, reviewer: UUID, by: Actor, at: datetime) -> Review:
    """Somebody else of that level examines it."""
    row = _working(review)
    permit.must(by, "review.give", queries.sight(row, at))
    if reviewer in staff.recused(review, at):
        raise Refused("handled_before")
    person = staff.person(reviewer)
    if person is None or reviewer == row.reviewer_id:
        raise Refused("not_fit")
    _write(row, reviewer_id=reviewer)
    record(fact=ReviewGiven(review=review, reviewer=reviewer), stream=row.stream, by=by, at=at)
    _tell(
        row,
        reviewer,
        by,
        at,
        f"review-given:{review}:{row.version}",
        "核查 {number} 由您办理",
        "Review {number} is yours to examine",
    )
    return row


@transaction.atomic
def decide_review(*, review: UUID, outcome: str, text: str, by: Actor, at: datetime) -> Review:
    """Process, timing and outcome were examined: upheld, changed in part, or changed; the customer gets it in writing."""
    row = _working(review)
    if outcome not in {label.code for label in standards.facet("review_outcome")}:
        raise Refused("unknown")
    permit.must(by, "review.decide", queries.sight(row, at))
    if by.staff is None:
        raise Refused("not_fit")
    words = _text(text)
    vault.keep(subject=row.case, table=REVIEW_TABLE, row=row.pk, values={"decision": words})
    _write(row, state="decided", outcome=outcome, decided_at=at, reviewer_id=by.staff)
    fact = ReviewDecided(review=review, matter=row.case, outcome=outcome, reviewer=by.staff)
    record(fact=fact, stream=row.stream, by=by, at=at)
    found = cases.case(row.case)
    if found is not None:
        what = standards.label("review_outcome", outcome).word(row.language)
        _write_to(row, found, "review_decision", by, at, outcome=what, text=words)
        for person in {found.owner_id, found.handler_id} - {None}:
            _tell(
                row,
                person,
                by,
                at,
                f"review-decided:{review}",
                "核查 {number} 已作出决定",
                "Review {number} is decided",
                case=row.case,
            )
    row.refresh_from_db()
    return row


@transaction.atomic
def decision_arrived(*, review: UUID, by: Actor, at: datetime) -> None:
    """The letter reached the customer: only now the clock stops."""
    row = Review.objects.filter(pk=review, state="decided").first()
    if row is None:
        return
    _write(row, state="told", told_at=at)
    record(fact=ReviewTold(review=review), stream=row.stream, by=by, at=at)
    clocks.happened(subject=review, event="review.decided", by=by, at=at)


@transaction.atomic
def decision_lost(*, review: UUID, by: Actor, at: datetime) -> None:
    """The letter did not arrive: the clock runs on as if it had not been sent (T43), and the reviewer is told."""
    row = Review.objects.filter(pk=review, state__in=("decided", "told")).first()
    if row is None:
        return
    if row.state == "told":
        clocks.unhappened(subject=review, event="review.decided", by=by, at=at)
    _write(row, state="decided", told_at=None)
    _tell(
        row,
        row.reviewer_id,
        by,
        at,
        f"review-lost:{review}:{row.version}",
        "核查 {number} 的决定未能送达客户",
        "The decision of review {number} did not arrive",
    )


@transaction.atomic
def clock_rang(*, rung: ClockRung, by: Actor, at: datetime) -> None:
    """Whom the ladder names hears of the limit of a review, at the end of the quiet hours unless it is urgent."""
    row = Review.objects.select_related("unit").filter(pk=rung.subject).exclude(state="told").first()
    if row is None or rung.collapsed:
        return
    late = is_late(rung.rung)
    says = clock_queries.rung_called(rung.clock, rung.rung)
    for told in staff.called(subject=row.pk, asked=says.to, at=at, holder=row.reviewer_id, unit=row.unit_id):
        when = staff.told_at(told, at, urgent=says.urgent)
        for person in staff.hearers(told, row.pk, at):
            _tell(
                row, person, by, when, f"review-rung:{rung.clock}:{rung.rung}",
                "核查 {number} 已超期" if late else "核查 {number} 即将到期",
                "Review {number} is overdue" if late else "Review {number} will soon be due", channels=says.channels,
            )  # fmt: skip


@transaction.atomic
def open_mediation(
    *, case: UUID, body: str, opened_on: date, evidence: str, by: Actor, at: datetime, paper: Paper | None = None
) -> Mediation:
    """A mediation body has taken it up: its paper is the evidence, and what the packs let pause pauses (§8.6).

    `paper`: the file itself, kept among the attachments of the case.
    """
    found = cases.lock(case)
    if found is None:
        raise Gone
    if by.kind == "staff":
        permit.must(by, "case.note", cases.sight(found, at))
    if body not in {label.code for label in standards.facet("mediation_body")}:
        raise Refused("unknown")
    if not localdate(found.received_at) <= opened_on <= localdate(at):
        raise Refused("wrong_day")
    if Mediation.objects.filter(case=case, state="open").exists():
        raise Refused("mediation_there")
    row = Mediation.objects.create(case=case, body=body, opened_on=opened_on, opened_at=at)
    vault.keep(subject=case, table=MEDIATION_TABLE, row=row.pk, values={"evidence": _text(evidence)})
    fact = MediationOpened(mediation=row.pk, matter=case, body=body, file=_keep(case, paper, by, at))
    record(fact=fact, stream=f"matter:{case}", by=by, at=at)
    clocks.pause(subject=case, reason="mediation", by=by, at=at, customer_told=True)
    case_actions.retime_case(case=case)
    return row


@transaction.atomic
def end_mediation(
    *, mediation: UUID, outcome: str, text: str, by: Actor, at: datetime, paper: Paper | None = None
) -> Mediation:
    """How it ended, with what was agreed or why not; the paused clocks run on."""
    row = _mediation(mediation, "open", by, at)
    if outcome not in {label.code for label in standards.facet("mediation_outcome")}:
        raise Refused("unknown")
    vault.keep(subject=row.case, table=MEDIATION_TABLE, row=row.pk, values={"agreement": _text(text)})
    row.state, row.outcome, row.ended_at = "ended", outcome, at
    row.save(update_fields=["state", "outcome", "ended_at"])
    fact = MediationEnded(mediation=row.pk, matter=row.case, outcome=outcome, file=_keep(row.case, paper, by, at))
    record(fact=fact, stream=f"matter:{row.case}", by=by, at=at)
    clocks.resume(subject=row.case, reason="mediation", by=by, at=at)
    case_actions.retime_case(case=row.case)
    return row


@transaction.atomic
def perform_mediation(
    *, mediation: UUID, evidence: str, by: Actor, at: datetime, paper: Paper | None = None
) -> Mediation:
    """What was agreed has been done; the reference proves it."""
    row = _mediation(mediation, "ended", by, at)
    if row.outcome != "agreed":
        raise Refused("already_settled")
    vault.keep(subject=row.case, table=MEDIATION_TABLE, row=row.pk, values={"performed": _text(evidence)})
    row.state, row.performed_at = "performed", at
    row.save(update_fields=["state", "performed_at"])
    fact = MediationPerformed(mediation=row.pk, matter=row.case, file=_keep(row.case, paper, by, at))
    record(fact=fact, stream=f"matter:{row.case}", by=by, at=at)
    return row


def _keep(case: UUID, paper: Paper | None, by: Actor, at: datetime) -> UUID | None:
    if paper is None:
        return None
    return files.keep_file(matter=case, subject=case, name=paper[0], content=paper[1], by=by, at=at).pk


def _mediation(id: UUID, state: str, by: Actor, at: datetime) -> Mediation:
    row = Mediation.objects.select_for_update().filter(pk=id).first()
    found = cases.case(row.case) if row else None
    if row is None or found is None:
        raise Gone
    permit.must(by, "case.note", cases.sight(found, at))
    if row.state != state:
        raise Refused("already_settled")
    return row


def _working(review: UUID) -> Review:
    row = Review.objects.select_for_update().filter(pk=review).first()
    if row is None:
        raise Gone
    if row.state != "working":
        raise Refused("already_settled")
    return row


def _write(row: Review, **changes: object) -> None:
    if not Review.objects.filter(pk=row.pk, version=row.version).update(version=row.version + 1, **changes):
        raise Refused("already_settled")
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1


def _text(text: str) -> str:
    kept = text.replace("\x00", "").strip()
    if not kept:
        raise Refused("empty_text")
    if len(kept) > LONGEST:
        raise Refused("text_too_long")
    return kept


def _tell(
    row: Review, person: UUID | None, by: Actor, at: datetime, key: str, zh: str, en: str, case: UUID | None = None,
    channels: Sequence[str] = (),
) -> None:  # fmt: skip
    """A line in a colleague's inbox; never to somebody kept away from the review, unless it is about their own case."""
    if person is None or person == by.staff or (case is None and person in staff.recused(row.pk, at)):
        return
    messages.notify(
        staff=person, kind="review", matter=case or row.pk, params={"number": row.number, "zh": zh, "en": en},
        link=f"/desk/cases/{case}/" if case else f"/desk/appeals/{row.pk}/", by=by, at=at, key=key,
        channels=channels,
    )  # fmt: skip


def _write_to(row: Review, case: cases.Case, purpose: str, by: Actor, at: datetime, **values: str) -> None:
    """A letter about the review, on the customer's page and to their address."""
    due_at = next((view.due_at for view in clock_queries.clocks_of(row.pk) if view.due_at), None)
    day = localdate(due_at - timedelta(microseconds=1)) if due_at else None
    zh = row.language.startswith("zh")
    due = "" if day is None else f"{day.year}年{day.month}月{day.day}日" if zh else f"{day.day} {day:%B %Y}"
    title, body = standards.worded(
        purpose, row.language, number=case.number, due=due, link=voices.link(row.case), **values
    )
    case_actions.write(
        case=case, purpose=purpose, title=title, body=body, key=f"{purpose}:{row.pk}", item=row.pk, by=by, at=at
    )
