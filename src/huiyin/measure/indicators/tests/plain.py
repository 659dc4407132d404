"""Every indicator a second time, straight from the ledger's entries in plain Python: no columns, no SQL."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

from huiyin.ledger import queries as ledger

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class Matter:
    heard: dict[str, Any] = field(default_factory=dict)
    opened: dict[str, Any] | None = None
    opened_at: datetime | None = None
    steps: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)
    clocks: dict[str, list[tuple[str, datetime, dict[str, Any]]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def kind(self) -> str:
        found = [p["kind"] for t, _, p in self.steps if t == "case.reclassified"]
        return str(found[-1] if found else self.heard["kind"])

    @property
    def received(self) -> datetime:
        return instant(self.heard["received_at"])

    @property
    def facet(self) -> tuple[str | None, str | None]:
        category = cause = None
        for decided in (False, True):
            for t, _, p in self.steps:
                if t == "voice.classified" and bool(p.get("decided")) == decided:
                    category, cause = p.get("category", category), p.get("cause", cause)
        for t, _, p in self.steps:
            if t == "case.closed":
                category, cause = p.get("category") or category, p.get("cause") or cause
        return category, cause

    def closings(self) -> Iterator[tuple[int, datetime, dict[str, Any], datetime | None]]:
        """Ordinal, when, the fact, and when it was reopened."""
        turns = [(t, at, p) for t, at, p in self.steps if t in ("case.closed", "case.reopened")]
        ordinal = 0
        for i, (t, at, p) in enumerate(turns):
            if t == "case.closed":
                ordinal += 1
                after = turns[i + 1] if i + 1 < len(turns) else None
                yield ordinal, at, p, after[1] if after and after[0] == "case.reopened" else None


@dataclass
class Story:
    matters: dict[str, Matter]
    answers: list[tuple[str, datetime, dict[str, Any]]]
    rectifications: dict[str, list[tuple[str, datetime, dict[str, Any]]]]
    merged: dict[str, str] = field(default_factory=dict)
    reviews: dict[str, list[tuple[datetime, dict[str, Any]]]] = field(default_factory=dict)
    surveyed: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)
    decided: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)

    def person(self, customer: str) -> str:
        """Through which record a customer is read."""
        while customer in self.merged:
            customer = self.merged[customer]
        return customer


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local(at: datetime) -> date:
    return at.astimezone(ZONE).date()


def story() -> Story:
    """What the ledger tells, matter by matter, in the order of the log."""
    matters: dict[str, Matter] = defaultdict(Matter)
    answers, rectifications = [], defaultdict(list)
    merged: dict[str, str] = {}
    surveyed: list[tuple[str, datetime, dict[str, Any]]] = []
    decided: list[tuple[datetime, dict[str, Any]]] = []
    reviews: dict[str, list[tuple[datetime, dict[str, Any]]]] = defaultdict(list)
    for leaf in ledger.leaves_after(0):
        family, _, key = leaf.stream.partition(":")
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=leaf.occurred_us)
        payload = json.loads(leaf.payload)
        if leaf.type == "customer.merged":
            merged[payload["member"]] = payload["into"]
        elif leaf.type == "customer.unmerged":
            merged.pop(payload["member"])
        elif leaf.type == "survey.answered":
            surveyed.append((key, at, payload))
        elif leaf.type == "review.decided":
            decided.append((at, payload))
        elif leaf.type == "quality.settled":
            reviews[key].append((at, payload))
        elif leaf.type == "answer.given":
            answers.append((key, at, payload))
        elif family == "rectification":
            rectifications[key].append((leaf.type, at, payload))
        elif family == "matter":
            own = matters[key]
            if leaf.type == "voice.heard":
                own.heard = payload
            elif leaf.type.startswith("clock."):
                own.clocks[payload["clock"]].append((leaf.type, at, payload))
            else:
                if leaf.type == "case.opened":
                    own.opened, own.opened_at = payload, at
                own.steps.append((leaf.type, at, payload))
    return Story(
        {k: m for k, m in matters.items() if m.heard}, answers, rectifications, merged, reviews, surveyed, decided
    )


@dataclass
class Clock:
    family: str
    due: datetime | None
    met: bool | None
    satisfied_at: datetime | None
    done: bool
    cancelled: bool
    extended: bool
    void: bool
    business_s: int | None
    evidence: str


SAYS_WHEN = ("clock.armed", "clock.attested", "clock.extended", "clock.resumed", "clock.superseded", "clock.satisfied")


def clock(facts: Iterable[tuple[str, datetime, dict[str, Any]]]) -> Clock:
    facts = list(facts)
    found = Clock(facts[0][2]["family"], None, None, None, False, False, False, False, None, "")
    for t, at, p in facts:
        if t == "clock.extended":
            found.extended = True
            found.void |= "notice" not in p or (found.due is not None and at > found.due)
        if t in SAYS_WHEN and p.get("due_at"):
            found.due = instant(p["due_at"])
        if t in ("clock.satisfied", "clock.attested"):
            found.done, found.met, found.evidence = True, p.get("met"), p.get("evidence", "event")
            found.satisfied_at = instant(p["satisfied_at"]) if p.get("satisfied_at") else None
            found.business_s = p.get("business_s")
            found.extended |= bool(p.get("extended"))
        if t == "clock.unsatisfied":
            found.done, found.met, found.satisfied_at = False, None, None
        found.cancelled |= t == "clock.cancelled"
    return found


# code -> (day, hit, value) for everything the indicator counts.
Counted = Iterator[tuple[date, bool, float | None]]


def _clocks(s: Story, family: str) -> Iterator[Clock]:
    for matter in s.matters.values():
        for facts in matter.clocks.values():
            found = clock(facts)
            if found.family == family:
                yield found


def _due(s: Story, family: str, as_of: datetime, hit: Callable[[Clock], bool]) -> Counted:
    for c in _clocks(s, family):
        if not c.cancelled and c.due and c.due <= as_of and not (c.met is None and c.evidence == "source"):
            yield local(c.due - timedelta(microseconds=1)), hit(c), None


def _complaints(s: Story) -> Iterator[Matter]:
    return (m for m in s.matters.values() if m.kind == "complaint")


def m01(s: Story, as_of: datetime) -> Counted:
    return ((local(at), p["score"] >= 4, None) for _, at, p in s.answers)


def m05(s: Story, as_of: datetime) -> Counted:
    for key, at, p in s.answers:
        if key not in s.matters:
            continue
        before = [
            (closed, again)
            for _, closed, _, again in s.matters[key].closings()
            if closed <= at and (not again or again > at)
        ]
        if before:
            yield local(before[-1][0]), p["score"] >= 4, None


def m11(s: Story, as_of: datetime) -> Counted:
    return ((local(m.received), True, None) for m in _complaints(s))


def m13(s: Story, as_of: datetime) -> Counted:
    for c in _clocks(s, "RESPONSE"):
        if c.done and not c.cancelled and c.satisfied_at and c.business_s is not None and c.evidence != "source":
            yield local(c.satisfied_at), bool(c.met), c.business_s / 60


def m15(s: Story, as_of: datetime) -> Counted:
    return _due(s, "TOTAL", as_of, lambda c: c.done and bool(c.met))


def m16(s: Story, as_of: datetime) -> Counted:
    return _due(s, "REG", as_of, lambda c: c.done and bool(c.met) and not c.void)


def m17(s: Story, as_of: datetime) -> Counted:
    for c in _clocks(s, "REG"):
        if c.done and not c.cancelled and c.satisfied_at:
            yield local(c.satisfied_at), bool(c.met) and not c.extended, None


def m18(s: Story, as_of: datetime) -> Counted:
    for m in _complaints(s):
        for ordinal, at, p, _ in m.closings():
            if ordinal == 1 and p["outcome"] not in ("withdrawn", "imported"):
                seconds = int(at.timestamp()) - int(m.received.timestamp())
                yield local(at), True, seconds / 86400


def m19(s: Story, as_of: datetime) -> Counted:
    for m in _complaints(s):
        for _, at, p, _ in m.closings():
            if p["outcome"] not in ("withdrawn", "imported"):
                yield local(at), p["outcome"] == "resolved", None


def m22(s: Story, as_of: datetime) -> Counted:
    last: dict[tuple[str, str | None, str | None], datetime] = {}
    for m in sorted(_complaints(s), key=lambda m: (m.received, m.heard["voice"])):
        customer, (category, cause) = m.heard.get("customer"), m.facet
        if not customer:
            continue
        known = category and cause
        person = s.person(str(customer))
        before = last.get((person, category, cause)) if known else None
        yield local(m.received), before is not None and m.received <= before + timedelta(days=90), None
        if known:
            last[(person, category, cause)] = m.received


def m23(s: Story, as_of: datetime) -> Counted:
    for m in _complaints(s):
        for _, at, p, again in m.closings():
            if p["outcome"] != "imported":
                yield local(at), again is not None and again <= at + timedelta(days=30), None


def m31(s: Story, as_of: datetime) -> Counted:
    for m in _complaints(s):
        if m.opened and m.opened_at and m.opened["how"] != "import":
            alarms = [
                1 for facts in m.clocks.values() for t, _, p in facts
                if p["family"] == "OWNER" and (t == "clock.breached" or (t == "clock.rung" and p["rung"] not in ("intake", "superseded")))
            ]  # fmt: skip
            yield local(m.opened_at), bool(m.opened.get("owner")) and not alarms, None


def _handovers(s: Story) -> Iterator[tuple[datetime, datetime, str, str | None]]:
    """Offered, settled, outcome, and what was wrong with it."""
    for m in s.matters.values():
        offered = {p["handover"]: at for t, at, p in m.steps if t == "case.handover_offered"}
        marked = {p["handover"]: p["error"] for t, _, p in reversed(m.steps) if t == "case.handover_marked"}
        for t, at, p in m.steps:
            if t == "case.handover_settled" and p["handover"] in offered:
                error = marked.get(p["handover"], p.get("error"))
                yield offered[p["handover"]], at, p["outcome"], error


def m39(s: Story, as_of: datetime) -> Counted:
    for offered, settled, outcome, _error in _handovers(s):
        if outcome == "accepted":
            took = settled - offered
            yield local(settled), took <= timedelta(hours=4), int(took.total_seconds()) / 60


def m40(s: Story, as_of: datetime) -> Counted:
    for _offered, settled, outcome, error in _handovers(s):
        if outcome in ("accepted", "returned"):
            yield local(settled), error in ("incomplete", "wrong", "material", "misrouted"), None


def _rectifications(s: Story, as_of: datetime) -> Iterator[tuple[date, list[str], Clock]]:
    for facts in s.rectifications.values():
        opened = facts[0][2]
        if "due_date" in opened and date.fromisoformat(opened["due_date"]) <= local(as_of):
            steps = [p["step"] for t, _, p in facts if t == "rectification.stepped"]
            if steps[-1:] == ["cancelled"]:
                continue
            yield date.fromisoformat(opened["due_date"]), steps, clock(f for f in facts if f[0].startswith("clock."))


def m70(s: Story, as_of: datetime) -> Counted:
    return ((day, steps[-1:] == ["closed"], None) for day, steps, _ in _rectifications(s, as_of))


def m71(s: Story, as_of: datetime) -> Counted:
    return (
        (day, c.done and bool(c.met) and not c.extended and "redated" not in steps, None)
        for day, steps, c in _rectifications(s, as_of)
    )


def _reviews(s: Story) -> Iterator[tuple[date, list[dict[str, Any]]]]:
    """Day on which a score first stood, and every fact about it in order: the last is what stands."""
    for told in s.reviews.values():
        yield local(told[0][0]), [payload for _at, payload in told]


def m32(s: Story, as_of: datetime) -> Counted:
    for day, told in _reviews(s):
        replies = [p["reply_passed"] for p in told if "reply_passed" in p]
        if told[-1]["by_chance"] and replies:
            yield day, replies[-1], None


def m64(s: Story, as_of: datetime) -> Counted:
    return ((day, told[-1]["passed"], None) for day, told in _reviews(s) if told[-1]["by_chance"])


def q1(s: Story, as_of: datetime) -> Counted:
    return ((day, told[-1]["criticals"] > 0, None) for day, told in _reviews(s))


def q2(s: Story, as_of: datetime) -> Counted:
    return ((day, told[0]["how"] == "agreed", None) for day, told in _reviews(s) if told[-1]["twice"])


def _aspect(name: str) -> Callable[[Story, datetime], Counted]:
    def scores(s: Story, as_of: datetime) -> Counted:
        for _, at, p in [*s.answers, *s.surveyed]:
            if p.get(name) and p.get("kind") != "campaign":  # a campaign's own fact has it, too
                yield local(at), p[name] >= 4, p[name]

    return scores


def m03(s: Story, as_of: datetime) -> Counted:
    for _, at, p in s.surveyed:
        if "nps" in p:
            yield local(at), p["nps"] >= 9, 100 * (p["nps"] >= 9) - 100 * (p["nps"] <= 6)


def m07r(s: Story, as_of: datetime) -> Counted:
    for _, at, p in s.surveyed:
        if "gap_reliability" in p:
            yield local(at), p["gap_reliability"] >= 0, p["gap_reliability"] / 100


def m26(s: Story, as_of: datetime) -> Counted:
    return ((local(at), p["outcome"] in ("changed", "partly"), None) for at, p in s.decided)


def _paid(m: Matter) -> list[tuple[datetime, float]]:
    """What was paid of this matter in yuan."""
    return [
        (at, p["amount"] / 100) for t, at, p in m.steps
        if t == "case.redress_stepped" and p["step"] == "paid" and p["currency"] == "CNY"
    ]  # fmt: skip


def m28(s: Story, as_of: datetime) -> Counted:
    return ((local(at), paid > 0, paid) for m in s.matters.values() for at, paid in _paid(m))


OUR_PARTNERS = ("merchant", "insurer", "collector", "outsourcer")


def m28b(s: Story, as_of: datetime) -> Counted:
    for m in _complaints(s):
        for _, at, p, again in m.closings():
            head, _dot, leaf = str(p.get("root_cause") or "").partition(".")
            ours = head in ("people", "process", "system", "product") or (
                head == "third_party" and leaf in OUR_PARTNERS
            )
            if again is None and ours and p["outcome"] not in ("imported", "withdrawn"):
                paid = sum(amount for _, amount in _paid(m))
                yield local(at), paid > 0, paid


def m35(s: Story, as_of: datetime) -> Counted:
    for m in s.matters.values():
        for t, at, p in m.steps:
            if t == "mediation.ended":
                yield local(at), p["outcome"] == "agreed", None


def m30(s: Story, ends: Iterable[date]) -> dict[date, tuple[int, int]]:
    """Open at the end of each of these days, and of them those older than 30 days."""
    found = {}
    for end in ends:
        n = old = 0
        for m in _complaints(s):
            turns = [(m.received, 1)] + [
                (at, {"case.reopened": 1}.get(t, 0)) for t, at, _ in m.steps
                if t in ("case.closed", "case.reopened", "voice.withdrawn")
            ]  # fmt: skip
            state = [on for at, on in turns if local(at) <= end]
            if state and state[-1]:
                n += 1
                old += (end - local(m.received)).days > 30
        found[end] = (n, old)
    return found


ALL: dict[str, Callable[[Story, datetime], Counted]] = {
    "M01": m01, "M05": m05, "M11": m11, "M12": m11, "M13": m13, "M15": m15, "M16": m16, "M17": m17, "M18": m18,
    "M19": m19, "M22": m22, "M23": m23, "M31": m31, "M39": m39, "M40": m40, "M70": m70, "M71": m71,
    "M26": m26, "M28": m28, "M28B": m28b, "M35": m35, "M32": m32, "M64": m64, "Q1": q1, "Q2": q2, "M03": m03, "M07R": m07r, "M02E": _aspect("efficiency"),
    "M02P": _aspect("professionalism"), "M02A": _aspect("attitude"), "M02V": _aspect("environment"),
}  # fmt: skip


def monthly(code: str, s: Story, as_of: datetime) -> dict[date, tuple[int, int, float | None]]:
    """Month -> denominator, numerator, and the median, or the mean where that is asked for."""
    middle = sum if code == "M28" else mean if code.startswith(("M02", "M03", "M07", "M28B")) else median
    found: dict[date, list[tuple[bool, float | None]]] = defaultdict(list)
    for day, hit, value in ALL[code](s, as_of):
        found[day.replace(day=1)].append((hit, value))
    return {
        month: (
            len(rows), sum(hit for hit, _ in rows),
            middle([v for _, v in rows if v is not None]) if rows[0][1] is not None else None,
        )
        for month, rows in found.items()
    }  # fmt: skip
