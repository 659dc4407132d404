"""How a case ends, and how it begins again: confirm, close, dispute, withdraw.

"Resolved" needs the customer's yes (domain §4.5, 5). Silence closes a case as explained or unanswered, never as resolved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff import queries as staff
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import Happening, record_many
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.platform.messages import actions as messages
from huiyin.platform.messages import queries as messages_of
from huiyin.platform.tables import actions as tables
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters, opening
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.facts import CaseClosed, CaseConfirmed, CaseDisputed, CaseReopened
from huiyin.resolve.cases.models import Case, Closure, Dispute, Finding, Handover, Leg, Redress, Reply
from huiyin.resolve.cases.queries.findings import finding, findings
from huiyin.resolve.cases.queries.records import DISPUTE_TABLE
from huiyin.resolve.cases.queries.redress import open_redress
from huiyin.resolve.cases.rules import limits, steps
from huiyin.resolve.cases.rules.redress import OPEN as REDRESS_OPEN
from huiyin.resolve.cases.rules.words import OUTCOMES

SURVEYED = ("resolved", "explained")
TRACED = ("complaint",)  # what closes only with its root cause and accountable post (row R5)


@dataclass(frozen=True)
class Closing:
    """One line of `close_many`. `confirmed`: the customer said yes (and it is recorded as their word)."""

    case: UUID
    outcome: str
    at: datetime
    by: Actor
    cause: str = ""
    category: str = ""
    confirmed_by: Actor | None = None
    survey: bool = True
    letter: bool = True  # tell the customer that it is closed and until when they may dispute


@transaction.atomic
def confirm(*, case: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """The customer accepts the answer (or a colleague records it after a call). With a known cause the case closes."""
    if by.kind == "customer":
        case = queries.survivor_of(case)
    found = ground.held(case, "confirm", version)
    if by.kind == "staff":
        ground.allow(by, "case.note", found, at)
    if found.confirmed_at is not None:
        raise Refused("already_settled")
    ground.write(found, confirmed_at=at)
    ground.tell_history(found, CaseConfirmed(case=case, cycle=found.cycle), by, at)
    for person in {found.owner_id, found.handler_id}:
        ground.notify(person, "case_confirmed", found, by, at, f"confirmed:{case}:{found.cycle}")
    if _cause_known(found) and not open_redress([found.id]):
        _close([Closing(case=case, outcome="resolved", at=at, by=by)])
        found.refresh_from_db()
    return found


@transaction.atomic
def close(
    *, case: UUID, outcome: str, by: Actor, at: datetime, cause: str = "", category: str = "",
    version: int | None = None,
) -> Case:  # fmt: skip
    """Close an answered case with its cause. Before the customer's yes only time closes it."""
    found = ground.held(case, "close", version)
    ground.allow(by, "case.close", found, at)
    if outcome not in ("resolved", "explained", "no_answer"):
        raise Refused("customer_has_not_confirmed")
    waited = found.answered_at is not None and found.answered_at <= limits.silent_since(at)
    if found.confirmed_at is None and (outcome == "resolved" or not waited):
        raise Refused("customer_has_not_confirmed")
    if cause or category:
        found = _with_cause(found, category or found.category, cause or found.cause, by, at)
    _close([Closing(case=case, outcome=outcome, at=at, by=by)])
    found.refresh_from_db()
    return found


def _with_cause(case: Case, category: str, cause: str, by: Actor, at: datetime) -> Case:
    if (category, cause) == (case.category, case.cause) and not case.to_classify:
        return case
    opening.triage.decide(
        voice=case.id, category=category, cause=cause, complexity=case.complexity, severity=case.severity,
        by=by, at=at,
    )  # fmt: skip
    return ground.write(case, category=category, cause=cause, to_classify=False, confidence=None)


def _cause_known(case: Case) -> bool:
    known = bool(case.cause and case.category) and not case.to_classify
    return known and (case.kind not in TRACED or finding(case.id, case.cycle) is not None)


@transaction.atomic
def close_many(*, items: Sequence[Closing]) -> None:
    """Close a batch of answered cases, for the generator: the same rules and facts as confirm and close."""
    confirmed = [item for item in items if item.confirmed_by is not None]
    told = []
    cases = queries.cases(item.case for item in items)
    ground.write_many([(cases[item.case], {"confirmed_at": item.at}) for item in confirmed])
    for item in confirmed:
        case = cases[item.case]
        fact = CaseConfirmed(case=case.id, cycle=case.cycle)
        told.append(Happening(fact, case.stream, item.confirmed_by or item.by, item.at))
    if told:
        record_many(happenings=told, recorded_at=max(item.at for item in items))
    _close(items, cases)


def _close(items: Sequence[Closing], cases: Mapping[UUID, Case] | None = None) -> None:
    """Cause, closure, clocks, facts, and the question how we did."""
    if not items:
        return
    if cases is None:
        cases = queries.cases(item.case for item in items)
    now = max(item.at for item in items)
    rows, told, invitations, closed = [], [], [], []
    found = findings((case.id, case.cycle) for case in cases.values())
    unsettled = open_redress(cases)
    refusing = profiles.refusing("survey", (case.customer for case in cases.values()))
    for item in items:
        case = cases[item.case]
        traced = found.get(case.id)
        category, cause = item.category or case.category, item.cause or case.cause
        if item.outcome not in OUTCOMES:
            raise Refused("wrong_state")
        if item.outcome != "withdrawn":
            no = steps.refusal("close", case.state)
            if no:
                raise Refused(no)
            if not (category and cause) or (case.to_classify and not item.cause):
                raise Refused("cause_missing")
            if case.kind in TRACED and traced is None:
                raise Refused("root_cause_missing")
            if case.id in unsettled:
                raise Refused("redress_open")
        closed.append(
            (
                case,
                {
                    "state": "closed", "closed_at": item.at, "outcome": item.outcome, "category": category,
                    "cause": cause, "to_classify": False, "rank_at": limits.LAST, "legal_due_at": None,
                    "house_due_at": None, "risk_at": None,
                },
            )
        )  # fmt: skip
        rows.append(
            tables.new(
                Closure, id=new_id(), case_id=case.id, cycle=case.cycle, outcome=item.outcome, category=category, cause=cause,
                root_cause=traced.root_cause if traced else "", post=traced.post if traced else "",
                at_unit_id=traced.at_unit_id if traced else None, closed_by=item.by.ref, closed_at=item.at,
            )
        )  # fmt: skip
        fact = CaseClosed(
            case=case.id, cycle=case.cycle, outcome=item.outcome, cause=cause or None, category=category or None,
            root_cause=traced.root_cause if traced else None, post=traced.post if traced else None,
            at_unit=traced.at_unit_id if traced else None,
        )  # fmt: skip
        told.append(Happening(fact, case.stream, item.by, item.at))
        asked = item.survey and case.customer not in refusing
        if asked and item.outcome in SURVEYED and case.kind != "low_score":
            invitations.append(
                surveys.Invite(
                    matter=case.id, at=item.at, cycle=case.cycle, language=case.language, unit=case.unit_id,
                    handler=case.handler_id, product=case.product or None,
                )
            )  # fmt: skip
    ground.write_many(closed)
    tables.insert(rows)
    _accept(items, cases)
    Handover.objects.filter(case__in=list(cases), settled_at=None).update(settled_at=now, outcome="cancelled")
    Leg.objects.filter(case__in=list(cases), left_at=None).update(left_at=now, outcome="closed")
    record_many(happenings=told, recorded_at=now)
    clocks.happened_many(
        items=[clocks.Happened(i.case, "complaint.closed", i.at) for i in items], by=items[0].by, at=now
    )
    _say_closed([item for item in items if item.letter], cases, now)
    if invitations:
        surveys.invite_many(invitations=invitations, by=items[0].by, recorded_at=now)


def _accept(items: Sequence[Closing], cases: Mapping[UUID, Case]) -> None:
    """Whoever ends a case ends it under a category and a cause: what triage suggested and nobody had decided is decided
    by that, unchanged or not. A customer's yes and the passing of time decide nothing about it."""
    by_staff = [item for item in items if item.by.kind == "staff" and item.outcome != "withdrawn"]
    if by_staff:
        opening.triage.accept_many(
            items=[
                opening.triage.Decision(
                    voice=item.case, category=item.category or cases[item.case].category,
                    cause=item.cause or cases[item.case].cause, complexity=cases[item.case].complexity,
                    severity=cases[item.case].severity, at=item.at, by=item.by,
                )
                for item in by_staff
            ]
        )  # fmt: skip


def _say_closed(items: Sequence[Closing], cases: Mapping[UUID, Case], now: datetime) -> None:
    """The customer learns that it is over and what they can still do."""
    words = heard.words_many([item.case for item in items])
    drafts = [
        letters.draft(
            cases[item.case],
            "withdrawn" if item.outcome == "withdrawn" else "closing",
            at=item.at,
            by=item.by,
            key=f"closing:{item.case}:{cases[item.case].cycle}",
            owner="",
            words=words[item.case],
        )
        for item in items
    ]
    if drafts:
        messages.send_many(drafts=drafts, by=items[0].by, recorded_at=now)


def close_silent(*, by: Actor, at: datetime, limit: int = 500) -> int:
    """Answered cases whose customer said nothing for a week: explained if they read it, else no response.

    Never a survey and never a verdict (§8.11). Without a cause the owner is asked for it instead, once.
    """
    waiting = Case.objects.filter(
        state="answered", answered_at__lte=limits.silent_since(at), to_classify=False
    ).exclude(cause="").exclude(_untraced()).exclude(_unpaid()).order_by("answered_at", "id")  # fmt: skip
    closed = 0
    for id in list(waiting.values_list("id", flat=True)[:limit]):
        with transaction.atomic():
            case = Case.objects.select_for_update().filter(pk=id, state="answered").first()
            if case is None:
                continue
            replies = Reply.objects.filter(case=case, cycle=case.cycle, state="delivered").values_list("pk", flat=True)
            read = any(letter.read_at for letter in messages_of.thread(id) if letter.item in set(replies))
            outcome = "resolved" if case.confirmed_at else "explained" if read else "no_answer"
            _close([Closing(case=id, outcome=outcome, at=at, by=by, survey=False)])
            closed += 1
    _ask_for_causes(by, at, limit)
    return closed


def _untraced() -> Q:
    """Complaints whose root cause nobody has recorded in this cycle."""
    found = Finding.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle"))
    return Q(~Exists(found), kind__in=TRACED)


def _unpaid() -> Exists:
    return Exists(Redress.objects.filter(case=OuterRef("pk"), state__in=REDRESS_OPEN))


def _ask_for_causes(by: Actor, at: datetime, limit: int) -> None:
    stuck = Case.objects.filter(state="answered", answered_at__lte=limits.silent_since(at))
    stuck = stuck.filter(Q(to_classify=True) | Q(cause="") | _untraced())
    for case in stuck.order_by("answered_at", "id")[:limit]:
        ground.notify(
            case.handler_id or case.owner_id, "cause_missing", case, by, at, f"cause:{case.id}:{case.cycle}",
            zh="工单 {number} 已答复，请填写投诉原因与根因后办结", en="Case {number} is answered; enter its causes to close it",
        )  # fmt: skip


@dataclass(frozen=True)
class Disputing:
    """One line of `dispute_many`."""

    case: UUID
    text: str
    at: datetime
    by: Actor
    owner: UUID | None = None  # who answers for the next cycle; chosen by the rule when empty
    id: UUID | None = None


@transaction.atomic
def dispute(*, case: UUID, text: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """The customer does not accept the answer: the next cycle, with somebody else, under the one above (SoD15)."""
    if by.kind == "customer":
        case = queries.survivor_of(case)
    found = ground.held(case, "dispute", version)
    if by.kind == "staff":
        ground.allow(by, "case.note", found, at)
    dispute_many(items=[Disputing(case, text, at, by)])
    found.refresh_from_db()
    return found


@transaction.atomic
def dispute_many(*, items: Sequence[Disputing]) -> None:
    """Reopen a batch: the first handler keeps away, clocks get the next cycle's budget, ownership goes by the rule."""
    if not items:
        return
    cases = queries.cases(item.case for item in items)
    now = max(item.at for item in items)
    rows, texts, disputed = [], [], []
    authors = _authors(cases)
    for item in items:
        case = cases[item.case]
        _may_dispute(case, item.at)
        first = authors.get((case.id, case.cycle), case.handler_id)
        row = Dispute(id=item.id or new_id(), case=case, cycle=case.cycle, first_handler_id=first, disputed_at=item.at)
        rows.append(row)
        texts.append((case.id, DISPUTE_TABLE, row.id, {"text": ground.text_of(item.text)}))
        fact = CaseDisputed(case=case.id, cycle=case.cycle)
        disputed.append(Happening(fact, case.stream, item.by, item.at))
    tables.insert(rows)
    vault.keep_many(texts)
    record_many(happenings=disputed, recorded_at=now)
    staff_actions.recuse_many(
        items=[
            staff_actions.Recusing(item.case, row.first_handler_id, "first_handler", item.by, item.at)
            for item, row in zip(items, rows, strict=True)
            if row.first_handler_id
        ]
    )
    _reopen(items, cases)
    for item in items:
        clocks.reopen(subject=item.case, attrs=opening.attrs_of(cases[item.case]), by=item.by, at=item.at)
    ground.retime_many(item.case for item in items)
    _say_reopened(items, now)
    ground.notify_many(
        [
            (case.owner_id, "case_disputed", case, item.by, item.at, f"disputed:{case.id}:{case.cycle}")
            for item in items
            if (case := cases[item.case])
        ]
    )
    for item in items:
        case = cases[item.case]
        if case.owner_id is None:
            opening.incident(case, "no_owner", item.by, item.at)
        elif case.cycle > 2:
            _tell_the_next_level(case, item)


def _say_reopened(items: Sequence[Disputing], now: datetime) -> None:
    """The customer learns who looks at it afresh, and until when."""
    cases = queries.cases(item.case for item in items)
    words, people = (
        heard.words_many([item.case for item in items]),
        staff.people(one.owner_id for one in cases.values()),
    )
    drafts = [
        letters.draft(
            cases[i.case], "reopen", at=i.at, by=i.by, key=f"reopen:{i.case}:{cases[i.case].cycle}", words=words[i.case],
            owner=letters.owner_name(cases[i.case], people),
        )
        for i in items
    ]  # fmt: skip
    messages.send_many(drafts=drafts, by=items[0].by, recorded_at=now)


def _may_dispute(case: Case, at: datetime) -> None:
    no = queries.why_no_dispute(case, at)
    if no:
        raise Refused(no)


def _authors(cases: Iterable[UUID]) -> dict[tuple[UUID, int], UUID]:
    """Who wrote the last delivered reply of each case and cycle."""
    replies = Reply.objects.filter(case__in=list(cases), state="delivered").order_by("delivered_at")
    return {(case, cycle): author for case, cycle, author in replies.values_list("case_id", "cycle", "author_id")}


def _reopen(items: Sequence[Disputing], cases: Mapping[UUID, Case]) -> None:
    """The owner stays answerable unless they were the first handler; then the rule finds another, or the level above."""
    now = max(item.at for item in items)
    away = staff.recused_many([item.case for item in items], now)
    begun = []
    for item in items:
        case, barred = cases[item.case], away.get(item.case, frozenset())
        owner, how = case.owner_id, case.owner_how
        if owner is None or owner in barred:
            if item.owner is not None and item.owner not in barred:
                owner, how = item.owner, "duty"
            else:
                chosen = opening.choose_owner(unit=case.unit_id, at=item.at, recused=barred)
                owner, how = chosen.staff, chosen.how
        flags = case.flags if "reopened" in case.flag_codes else f"{case.flags} reopened".strip()
        changes = {
            "state": "new", "cycle": case.cycle + 1, "owner_id": owner, "owner_how": how, "handler_id": None,
            "answered_at": None, "confirmed_at": None, "closed_at": None, "outcome": "", "flags": flags,
        }  # fmt: skip
        begun.append((case, changes))
    ground.write_many(begun)
    told = [(cases[item.case], item) for item in items]
    record_many(
        happenings=[
            Happening(
                CaseReopened(case=case.id, cycle=case.cycle, owner=case.owner_id, how=case.owner_how), case.stream,
                item.by, item.at,
            )
            for case, item in told
        ],
        recorded_at=now,
    )  # fmt: skip


def reopen_unreached(*, case: Case, by: Actor, at: datetime) -> None:
    """Closed because the customer was silent, and now the answer comes back: they never had it. The next cycle begins."""
    _reopen([Disputing(case.id, "", at, by)], {case.id: case})
    clocks.reopen(subject=case.id, attrs=opening.attrs_of(case), by=by, at=at)
    ground.retime_many([case.id])


def _tell_the_next_level(case: Case, item: Disputing) -> None:
    """Disputed again: one more level hears of it (§8.11)."""
    above = staff.next_up(case.id, case.unit_id, item.at)
    head = staff.head_of(above, item.at) if above else staff.duty_desk(item.at, staff.recused(case.id, item.at))
    ground.notify(head, "case_escalated", case, item.by, item.at, f"again:{case.id}:{case.cycle}")


@transaction.atomic
def withdraw(*, case: UUID, by: Actor, at: datetime) -> Case:
    """The customer takes it back. The voice says so; the case hears it and ends the same day."""
    found = ground.held(case, "withdraw")
    if by.kind == "staff":
        ground.allow(by, "case.note", found, at)
    voices.withdraw(voice=case, by=by, at=at)
    found.refresh_from_db()
    return found


@transaction.atomic
def withdrawn(*, case: UUID, by: Actor, at: datetime) -> None:
    """What a withdrawal does to the case: cancelled clocks, closed, the file kept (art. 15)."""
    found = Case.objects.select_for_update().filter(pk=case).exclude(state="closed").first()
    if found is None:
        if Case.objects.filter(pk=case, outcome="merged").update(outcome="withdrawn"):
            clocks.happened(subject=case, event="complaint.withdrawn", by=by, at=at)
        return
    clocks.happened(subject=case, event="complaint.withdrawn", by=by, at=at)
    _close([Closing(case=case, outcome="withdrawn", at=at, by=by, survey=False)])
    for person in {found.owner_id, found.handler_id}:
        ground.notify(person, "case_withdrawn", found, by, at, f"withdrawn:{case}:{found.cycle}")
