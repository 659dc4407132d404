"""Live through the planned cases in batches of whole months, by the verbs of the house."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor, customer, machine
from huiyin.kernel.ids import new_id
from huiyin.ledger import actions as ledger
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.voices import actions as voices
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries as case_queries
from huiyin.resolve.triage import actions as triage
from huiyin.site.demo.found import Founded
from huiyin.site.demo.plan import SCENARIOS, CasePlan, RatingPlan

ZONE = ZoneInfo("Asia/Shanghai")
CASES_AT_ONCE, RATINGS_AT_ONCE = 1_000, 10_000
JUDGED, FEW = timedelta(days=185), 10  # cases a day of a small bank
CONTACT = ("phone", "counter", "branch_form")
T = TypeVar("T")


class Workdays:
    """Moves an instant to a plausible moment of an open office day."""

    def __init__(self) -> None:
        self.calendar = standards.office()
        self.known: dict[date, bool] = {}

    def at_work(self, at: datetime, rng: Random) -> datetime:
        local = at.astimezone(ZONE)
        day = local.date()
        if local.hour >= 17:
            day += timedelta(days=1)
        while not self._open(day):
            day += timedelta(days=1)
        wanted = local if day == local.date() and local.hour >= 9 else None
        moment = wanted.time() if wanted else time(9, rng.randint(5, 59), rng.randint(0, 59))
        return datetime.combine(day, moment, ZONE).astimezone(UTC)

    def _open(self, day: date) -> bool:
        if day not in self.known:
            self.known[day] = self.calendar.open_on(day)
        return self.known[day]


ERRORS = ("incomplete", "misrouted", "wrong", "capacity")  # why a hand-over comes back
# What a colleague finds behind each cause of the scenarios: root cause and accountable post.
ROOTS = {
    "service": ("people.attitude", "teller"), "process": ("process.steps", "outlet_manager"),
    "facility": ("system.device", "outlet_manager"), "pricing": ("product.fee", "account_manager"),
    "return": ("product.rate", "account_manager"), "marketing": ("people.misselling", "account_manager"),
    "disclosure": ("product.notice", "account_manager"), "contract": ("product.clause", "account_manager"),
    "choice": ("people.misselling", "account_manager"), "collection_manner": ("third_party.collector", "supervisor"),
    "fund_security": ("third_party.theft", "none"), "info_security": ("people.leak", "account_manager"),
}  # fmt: skip


class Handling:
    """Who handles what: authors and approvers as actors, by branch and department."""

    def __init__(self, founded: Founded, actors: dict[UUID, Actor], rng: Random) -> None:
        self.founded, self.actors, self.rng = founded, actors, rng
        self.branches = {code: founded.holding(code, "handler") for code in ("B01", "B02", "B03")}
        self.cards = founded.holding("D-CARD", "handler")
        self.supervisors = {code: founded.holding(code, "supervisor")[0] for code in ("B01", "B02", "B03")}
        self.protection = founded.holding("D-CP", "consumer_protection")

    def handler(self, plan: CasePlan, other_than: UUID | None = None) -> UUID:
        pool = self.cards if SCENARIOS[plan.scenario]["product"] == "credit_card" else self.branches[self.branch(plan)]
        return self.rng.choice([person for person in pool if person != other_than])

    def approver(self, plan: CasePlan, severity: str, other_than: Iterable[UUID]) -> UUID:
        if severity != "major" and self.supervisors[self.branch(plan)] not in set(other_than):
            return self.supervisors[self.branch(plan)]
        return self.rng.choice([person for person in self.protection if person not in set(other_than)])

    def branch(self, plan: CasePlan) -> str:
        return self.founded.branch_of[plan.unit]


def live_through(
    plans: Sequence[CasePlan], *, founded: Founded, actors: dict[UUID, Actor], seed: str, end: datetime,
    progress: Callable[[int], object], first: Callable[[], object] | None = None,
) -> None:  # fmt: skip
    """Hear, assign, hand over, answer, dispute, close and rate every planned case, as far as `end` allows.

    `first` is called once, after the first month.
    """
    rng = Random(f"matters {seed}")
    handling, days = Handling(founded, actors, rng), Workdays()
    for month in _batches(plans):
        with transaction.atomic(), ledger.remembering(), clocks.remembering(), case_queries.remembering():
            _hear(month, founded, rng, end)
            _handle(month, handling, days, rng, end)
            _recover(handling, days, rng, end)
        tables.empty_log()
        if first is not None:
            first()
            first = None
        progress(len(month))


def _batches(plans: Sequence[CasePlan]) -> Iterator[list[CasePlan]]:
    """The first month, then as many months together as make a batch worth its questions to the database."""
    batch: list[CasePlan] = []
    least = 0
    for _, group in groupby(plans, key=lambda plan: (plan.received_at.year, plan.received_at.month)):
        batch += group
        if len(batch) >= least:
            yield batch
            batch, least = [], CASES_AT_ONCE
    if batch:
        yield batch


def recover(*, founded: Founded, actors: dict[UUID, Actor], seed: str, end: datetime) -> None:
    """Call back whoever gave a low score elsewhere: in a chat, in a survey."""
    rng = Random(f"matters {seed}")
    _recover(Handling(founded, actors, rng), Workdays(), rng, end)


def rate_counters(
    ratings: Iterator[RatingPlan], *, founded: Founded, end: datetime, progress: Callable[[int], object]
) -> None:
    """The ratings at the counters, in the order they were drawn by day."""
    by = machine("counter")
    for part in _parts(sorted(ratings, key=lambda r: (r.at, r.id)), RATINGS_AT_ONCE):
        surveys.answer_many(
            ratings=[
                surveys.Rating(
                    id=r.id, score=r.score, at=r.at, unit=founded.unit[r.unit], efficiency=r.dims[0],
                    professionalism=r.dims[1], attitude=r.dims[2],
                )
                for r in part
            ],
            by=by, recorded_at=end,
        )  # fmt: skip
        tables.empty_log()
        progress(len(part))


def _hear(month: Sequence[CasePlan], founded: Founded, rng: Random, end: datetime) -> None:
    items = []
    for plan in month:
        takers = (
            founded.holding(plan.unit, "teller")
            if plan.channel != "phone"
            else founded.holding("D-CC", "telephone_agent")
        )
        items.append(
            voices.Heard(
                id=plan.id, kind="complaint", channel=plan.channel, received_at=plan.received_at,
                language=plan.person.language, unit=founded.unit[plan.unit], product=SCENARIOS[plan.scenario]["product"],
                taken_by=rng.choice(takers) if plan.channel in CONTACT else None,
                words=voices.Words(text=plan.text, want=plan.want, name=plan.person.name, phone=plan.person.phone),
            )
        )  # fmt: skip
    voices.hear_many(items=items, by=machine("portal"), at=end, recorded_at=end)


def _handle(month: Sequence[CasePlan], handling: Handling, days: Workdays, rng: Random, end: datetime) -> None:
    """Everything after the first hearing; a step that would lie after `end` has not happened yet."""
    begun: dict[UUID, datetime] = {}
    handler: dict[UUID, UUID] = {}
    sent: dict[UUID, datetime] = {}
    opened = case_queries.cases(plan.id for plan in month)

    assigning = []
    for plan in month:
        at = days.at_work(plan.received_at + timedelta(hours=min(20.0, 2 + plan.handled_days * 2)), rng)
        if at < end:
            begun[plan.id], handler[plan.id] = at, handling.handler(plan)
            by = handling.actors[handling.supervisors[handling.branch(plan)]]
            assigning.append(cases.Assigning(case=plan.id, handler=handler[plan.id], at=at, by=by))
    cases.assign_many(items=assigning)

    over = []
    for plan in month:
        offered = days.at_work(begun[plan.id] + timedelta(hours=3), rng) if plan.id in begun else end
        settled = days.at_work(offered + timedelta(hours=rng.lognormvariate(0.4, 0.8)), rng)
        if plan.handover and settled < end and offered < plan.received_at + timedelta(days=plan.handled_days):
            sender, receiver = handler[plan.id], handling.handler(plan, handler[plan.id])
            returned = rng.random() < 0.09
            over.append(
                cases.HandingOver(
                    case=plan.id, kind="handler", sender=sender, receiver=receiver, reason=rng.choice(["expertise", "expertise", "responsible", "load"]),
                    outcome="returned" if returned else "accepted", offered_at=offered, settled_at=settled,
                    by=handling.actors[sender], receiver_by=handling.actors[receiver],
                    error=ERRORS[int(settled.timestamp()) % len(ERRORS)] if returned else "",
                )
            )  # fmt: skip
            if not returned:
                handler[plan.id] = receiver
                begun[plan.id] = settled
    cases.handover_many(items=over)

    answering = []
    for plan in month:
        if plan.id not in begun:
            continue
        severity = opened[plan.id].severity
        drafted = days.at_work(
            max(begun[plan.id] + timedelta(minutes=40), plan.received_at + timedelta(days=plan.handled_days)), rng
        )
        approved, approver = drafted, None
        if severity != "ordinary":
            wait = plan.approval_days or rng.lognormvariate(-0.5, 0.5)
            approved = days.at_work(drafted + timedelta(days=wait), rng)
            approver = handling.approver(plan, severity, [handler[plan.id]])
        leaving = approved + timedelta(minutes=rng.randint(3, 50))
        if leaving >= end:
            continue
        sent[plan.id] = leaving
        answering.append(_answer(plan, plan.reply, handler[plan.id], approver, drafted, approved, leaving, handling))
    cases.answer_many(items=answering)

    again = _dispute(month, handling, days, rng, end, sent, handler, opened)
    _close(month, rng, end, sent, again, handling, handler)


def _answer(
    plan: CasePlan, text: str, author: UUID, approver: UUID | None, drafted: datetime, approved: datetime,
    leaving: datetime, handling: Handling,
) -> cases.Answering:  # fmt: skip
    return cases.Answering(
        case=plan.id, author=handling.actors[author], text=text, drafted_at=drafted, sent_at=leaving,
        approver=handling.actors[approver] if approver else None, approved_at=approved if approver else None,
        reply=new_id(), message=new_id(),
    )  # fmt: skip


def _dispute(
    month: Sequence[CasePlan], handling: Handling, days: Workdays, rng: Random, end: datetime,
    sent: dict[UUID, datetime], handler: dict[UUID, UUID], opened: Mapping[UUID, Any],
) -> set[UUID]:  # fmt: skip
    """Customers who do not accept the answer, and the second answer by somebody else. Returns those still waiting."""
    disputing, assigning, answering = [], [], []
    waiting: set[UUID] = set()
    for plan in month:
        if not plan.disputes or plan.id not in sent:
            continue
        at = sent[plan.id] + timedelta(days=rng.uniform(0.3, 6))
        if at >= end:
            continue
        disputing.append(
            cases.Disputing(case=plan.id, text=plan.dispute_text, at=at, by=customer(plan.id), id=new_id())
        )
        waiting.add(plan.id)
        taken = days.at_work(at + timedelta(hours=5), rng)
        if taken >= end:
            continue
        second = handling.handler(plan, handler[plan.id])
        by = handling.actors[handling.supervisors[handling.branch(plan)]]
        assigning.append(cases.Assigning(case=plan.id, handler=second, at=taken, by=by))
        drafted = days.at_work(taken + timedelta(days=plan.second_days), rng)
        severity = opened[plan.id].severity
        approver = handling.approver(plan, severity, [second, handler[plan.id]]) if severity != "ordinary" else None
        approved = days.at_work(drafted + timedelta(hours=5), rng) if approver else drafted
        leaving = approved + timedelta(minutes=rng.randint(3, 50))
        if leaving < end:
            answering.append(_answer(plan, plan.second_reply, second, approver, drafted, approved, leaving, handling))
            sent[plan.id], handler[plan.id] = leaving, second
            waiting.discard(plan.id)
    cases.dispute_many(items=disputing)
    cases.assign_many(items=assigning)
    cases.answer_many(items=answering)
    return waiting


def _close(
    month: Sequence[CasePlan],
    rng: Random,
    end: datetime,
    sent: dict[UUID, datetime],
    waiting: set[UUID],
    handling: Handling,
    handler: dict[UUID, UUID],
) -> None:
    """The customer says yes, or time closes it; then the rating, for those who give one."""
    closing, finding, closed, said = [], [], {}, {}
    for plan in month:
        if plan.id not in sent or plan.id in waiting:
            continue
        silence = timedelta(days=rng.uniform(0.2, 4)) if plan.confirms else timedelta(days=10.2 + rng.random())
        at = sent[plan.id] + silence
        if at >= end:
            continue
        scenario = SCENARIOS[plan.scenario]
        closed[plan.id] = at
        root, post = ROOTS.get(scenario["cause"], ROOTS["service"])
        found_at = sent[plan.id] + (at - sent[plan.id]) / 2
        finding.append(
            cases.Found(
                plan.id, root, post, handling.founded.unit[plan.unit], handling.actors[handler[plan.id]], found_at
            )
        )
        said[plan.id] = (scenario, handling.actors[handler[plan.id]], found_at)
        closing.append(
            cases.Closing(
                case=plan.id, outcome="resolved" if plan.confirms else "explained", at=at,
                by=customer(plan.id) if plan.confirms else machine("tick"), cause=scenario["cause"],
                category=scenario["category"], confirmed_by=customer(plan.id) if plan.confirms else None,
            )
        )  # fmt: skip
    span = (month[-1].received_at - month[0].received_at).days + 1
    _decide(said, end, one_in=2 if len(month) / span < FEW else 6)
    cases.find_cause_many(items=finding)
    cases.close_many(items=closing)
    ratings = []
    for plan in month:
        at = closed.get(plan.id, end) + timedelta(hours=rng.uniform(0.1, 60))
        if plan.score and at < end and plan.dims:
            ratings.append(
                surveys.Rating(
                    id=new_id(), kind="after_service", channel="portal", matter=plan.id, score=plan.score, at=at,
                    efficiency=plan.dims[0], professionalism=plan.dims[1], attitude=plan.dims[2], comment=plan.comment,
                    unit=handling.founded.unit[plan.unit], handler=handler[plan.id], product=SCENARIOS[plan.scenario]["product"] or None,
                )
            )  # fmt: skip
    surveys.answer_many(ratings=ratings, by=machine("portal"), recorded_at=end)


def _decide(
    said: Mapping[UUID, tuple[Mapping[str, Any], Actor, datetime]], end: datetime, *, one_in: int
) -> None:  # fmt: skip
    """In the last half-year whoever finds the cause also says what the case is about, for one case in so many: where the
    suggestion stands it is confirmed, else corrected."""
    chosen = {id: line for id, line in said.items() if line[2] > end - JUDGED and id.int % one_in == 0}
    found = case_queries.cases(chosen) if chosen else {}
    triage.decide_many(
        items=[
            triage.Decision(
                voice=id, category=scenario["category"], cause=scenario["cause"], complexity=found[id].complexity,
                severity=found[id].severity, at=at, by=by,
            )
            for id, (scenario, by, at) in chosen.items()
        ]
    )  # fmt: skip


def _recover(handling: Handling, days: Workdays, rng: Random, end: datetime) -> None:
    """Low scores are matters of their own: somebody calls back, says what was put right, and closes them."""
    head = machine("demo")
    waiting = case_queries.unassigned("low_score", end - timedelta(days=4))
    assigning, answering, closing = [], [], []
    for case in waiting:
        branch = handling.founded.branch_by_unit.get(case.unit_id, "B01")
        handler, approver = rng.sample(handling.branches[branch], 1)[0], handling.actors[handling.supervisors[branch]]
        taken = days.at_work(case.received_at + timedelta(hours=rng.uniform(2, 20)), rng)
        drafted = days.at_work(taken + timedelta(hours=rng.uniform(4, 40)), rng)
        leaving = drafted + timedelta(minutes=rng.randint(20, 90))
        if leaving >= end:
            continue
        text = "客户经理已回访，听取了您对办理过程的意见；手续已当场补齐，并向您致歉，网点已在晨会复盘。"
        assigning.append(cases.Assigning(case=case.pk, handler=handler, at=taken, by=approver))
        answering.append(
            cases.Answering(
                case=case.pk, author=handling.actors[handler], text=text, drafted_at=drafted, sent_at=leaving,
                approver=approver, approved_at=drafted + timedelta(minutes=10), reply=new_id(), message=new_id(),
            )
        )  # fmt: skip
        at = leaving + timedelta(days=rng.uniform(0.5, 3))
        if at < end:
            closing.append(
                cases.Closing(
                    case=case.pk, outcome="resolved", at=at, by=head, cause=case.cause or "service",
                    category=case.category or "other", confirmed_by=customer(case.pk),
                )
            )  # fmt: skip
    cases.assign_many(items=assigning)
    cases.answer_many(items=answering)
    cases.close_many(items=closing)


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for n in range(0, len(items), size):
        yield items[n : n + size]
