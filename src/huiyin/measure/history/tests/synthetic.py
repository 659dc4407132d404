"""A bank's history made up of facts alone, from a seed: what tests and benches copy and measure."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from huiyin.bank.clocks.facts import ClockArmed, ClockBreached, ClockExtended, ClockRung, ClockSatisfied
from huiyin.bank.units.facts import UnitPlaced
from huiyin.kernel.actor import machine
from huiyin.kernel.fact import FACTS, Fact
from huiyin.kernel.ids import id_from
from huiyin.ledger.actions import Happening
from huiyin.listen.surveys.facts import AnswerGiven
from huiyin.listen.voices.facts import VoiceHeard
from huiyin.resolve.cases.facts import (
    CaseAnswered,
    CaseClosed,
    CaseConfirmed,
    CaseOpened,
    CaseReopened,
    HandoverOffered,
    HandoverSettled,
)
from huiyin.resolve.triage.facts import VoiceClassified

BY = machine("demo")
START = datetime(2024, 1, 1, 1, tzinfo=UTC)
DAYS = 730
CHANNELS = ["portal", "phone", "counter", "wechat", "regulator"]
CATEGORIES = ["savings", "bank_card", "loan", "payment", "agency"]
CAUSES = ["service", "facility", "process", "marketing", "pricing"]


class Bank:
    """3 branches with 20 outlets each under one head office."""

    def __init__(self, seed: int = 7) -> None:
        self.dice = random.Random(seed)
        self.head = self._id()
        self.branches = [self._id() for _ in range(3)]
        self.outlets = [(self._id(), i // 20) for i in range(60)]
        self.people = [self._id() for _ in range(1200)]
        self.customers = [self._id() for _ in range(9000)]

    def _id(self) -> UUID:
        return id_from(1_704_067_200_000 + self.dice.randrange(10**9), self.dice.randbytes(10))

    def units(self) -> Iterator[Happening]:
        opened = date(2000, 1, 1)
        yield _told(UnitPlaced(unit=self.head, code="HO", kind="head", from_date=opened), f"unit:{self.head}", START)
        for i, unit in enumerate(self.branches, 1):
            fact = UnitPlaced(unit=unit, code=f"B{i:02}", kind="branch", from_date=opened, parent=self.head)
            yield _told(fact, f"unit:{unit}", START)
        for i, (unit, branch) in enumerate(self.outlets, 1):
            parent = self.branches[branch]
            fact = UnitPlaced(unit=unit, code=f"O{i:04}", kind="outlet", from_date=opened, parent=parent)
            yield _told(fact, f"unit:{unit}", START)

    def ratings(self, count: int) -> Iterator[Happening]:
        dice = self.dice
        for i in range(count):
            at = START + timedelta(days=DAYS * i / count, seconds=dice.randrange(30_000))
            unit, branch = dice.choice(self.outlets)
            good = 0.90 + 0.02 * branch + (0.03 if i > count * 0.6 else 0)
            answer = self._id()
            fact = AnswerGiven(
                answer=answer, kind="counter", score=dice.choice((4, 5)) if dice.random() < good else dice.randrange(1, 4),
                channel=dice.choice(("counter", "portal")), unit=unit, handler=dice.choice(self.people),
            )  # fmt: skip
            yield _told(fact, f"answer:{answer}", at)

    def cases(self, count: int) -> Iterator[Happening]:
        for i in range(count):
            at = START + timedelta(days=DAYS * i / count, seconds=self.dice.randrange(30_000))
            yield from self.case(i, at)

    def case(self, i: int, at: datetime) -> Iterator[Happening]:
        dice = self.dice
        matter, (unit, _branch) = self._id(), dice.choice(self.outlets)
        owner, other = dice.choice(self.people), dice.choice(self.people)
        stream = f"matter:{matter}"
        number = f"QH{i:07}"
        category, cause = dice.choice(CATEGORIES), dice.choice(CAUSES)
        yield _told(
            VoiceHeard(
                voice=matter, number=number, kind="complaint", channel=dice.choice(CHANNELS), received_at=at,
                language="zh-hans", unit=unit, customer=dice.choice(self.customers), product=f"P{dice.randrange(12):02}",
            ), stream, at,
        )  # fmt: skip
        yield _told(CaseOpened(case=matter, number=number, owner=owner, how="duty", unit=unit), stream, at)
        suggestion = VoiceClassified(
            voice=matter, category=category, cause=cause, complexity="simple", severity="ordinary", confidence=800
        )
        yield _told(suggestion, stream, at)
        clocks = {}
        for family, pack, amount in (
            ("ACK", "iso-house", 1), ("RESPONSE", "iso-house", 1), ("TOTAL", "iso-house", 5),
            ("REG", "cn-nfra-complaint", 15), ("PROMISE", "iso-house", 5), ("OWNER", "iso-house", 0),
        ):  # fmt: skip
            clocks[family] = {
                "clock": self._id(), "subject": matter, "kind": "case", "pack": pack, "family": family,
                "purpose": family.lower(), "cycle": 1,
            }  # fmt: skip
            due = at + timedelta(days=amount) if amount else None
            armed = ClockArmed(**clocks[family], definition=f"{family}.1", calendar="natural", anchor_at=at, due_at=due)
            yield _told(armed, stream, at)

        def done(family: str, days: int, when: datetime) -> Iterator[Happening]:
            due = at + timedelta(days=days)
            late = int((when - due).total_seconds())
            if late > 0:
                breach = ClockBreached(**clocks[family], due_at=due, detected_at=when, lag_s=late)
                yield _told(breach, stream, when)
            elapsed = int((when - at).total_seconds())
            yield _told(
                ClockSatisfied(
                    **clocks[family], event=f"complaint.{family.lower()}", met=late <= 0, due_at=due, satisfied_at=when,
                    lag_s=max(late, 0), elapsed_s=elapsed, business_s=elapsed // 3,
                ), stream, when,
            )  # fmt: skip

        first = at + timedelta(hours=dice.expovariate(1 / 5))
        yield from done("ACK", 1, at + timedelta(minutes=2))
        yield from done("RESPONSE", 1, first)
        if dice.random() < 0.2:
            handover = self._id()
            yield _told(
                HandoverOffered(case=matter, handover=handover, sender=owner, receiver=other, unit=unit), stream, first
            )
            if dice.random() < 0.1:
                yield _told(ClockRung(**clocks["OWNER"], rung="unaccepted", due_at=None), stream, first)
            settled = HandoverSettled(case=matter, handover=handover, outcome="accepted", receiver=other, unit=unit)
            yield _told(settled, stream, first + timedelta(hours=1))
        if dice.random() < 0.02:
            return
        decided = first + timedelta(days=dice.expovariate(1 / 2.2))
        due = at + timedelta(days=15)
        if decided > due:
            notice = self._id() if dice.random() < 0.7 else None
            extended = ClockExtended(
                **clocks["REG"], amount=15, unit="natural_day", due_at=due + timedelta(days=15), notice=notice
            )
            yield _told(extended, stream, due - timedelta(hours=2))
        yield _told(CaseAnswered(case=matter, reply=self._id(), cycle=1, answered_at=decided), stream, decided)
        yield from done("TOTAL", 5, decided)
        late_days = 30 if decided > due else 15
        yield from done("REG", late_days, decided)
        yield from done("PROMISE", 5, decided)
        closed = decided + timedelta(days=1)
        outcome = dice.choices(("resolved", "explained", "no_answer", "withdrawn"), (85, 8, 5, 2))[0]
        if outcome == "resolved":
            yield _told(CaseConfirmed(case=matter, cycle=1), stream, closed)
        end = CaseClosed(case=matter, cycle=1, outcome=outcome, cause=cause, category=category)
        yield _told(end, stream, closed)
        if dice.random() < 0.4:
            good = 0.82 if at < START + timedelta(days=420) else 0.9
            score = dice.choice((4, 5)) if dice.random() < good else dice.randrange(1, 4)
            fact = AnswerGiven(
                answer=self._id(),
                kind="after_service",
                score=score,
                channel="portal",
                matter=matter,
                unit=unit,
                handler=owner,
            )
            yield _told(fact, stream, closed + timedelta(hours=5))
        if dice.random() < 0.03:
            again = closed + timedelta(days=dice.randrange(1, 50))
            yield _told(CaseReopened(case=matter, cycle=2), stream, again)
            yield _told(CaseClosed(case=matter, cycle=2, outcome="explained"), stream, again + timedelta(days=3))

    def rectifications(self, count: int) -> Iterator[Happening]:
        dice = self.dice
        for i in range(count):
            at = START + timedelta(days=DAYS * i / count)
            key, (unit, _) = self._id(), dice.choice(self.outlets)
            stream, due = f"rectification:{key}", at + timedelta(days=30)
            yield _told(
                FACTS["rectification.opened"](
                    rectification=key, number=f"R{i:05}", how="rule", owner=dice.choice(self.people), unit=unit,
                    due_date=due.date(),
                ), stream, at,
            )  # fmt: skip
            clock = {
                "clock": self._id(), "subject": key, "kind": "rectification", "pack": "iso-house",
                "family": "DEADLINE", "purpose": "rectify", "cycle": 1,
            }  # fmt: skip
            armed = ClockArmed(**clock, definition="DEADLINE.1", calendar="natural", anchor_at=at, due_at=due)
            yield _told(armed, stream, at)
            done = at + timedelta(days=dice.randrange(5, 40))
            if dice.random() < 0.9:
                yield _told(FACTS["rectification.stepped"](rectification=key, step="verified"), stream, done)
                satisfied = ClockSatisfied(
                    **clock, event="rectification.verified", met=done <= due, due_at=due, satisfied_at=done
                )
                yield _told(satisfied, stream, done)
                if dice.random() < 0.9:
                    yield _told(
                        FACTS["rectification.stepped"](rectification=key, step="closed"),
                        stream,
                        done + timedelta(days=1),
                    )

    def surveys(self, count: int) -> Iterator[Happening]:
        """Answers of one campaign, and ratings at counters with their aspects."""
        dice, campaign, edition = self.dice, self._id(), self._id()
        for i in range(count):
            at = START + timedelta(days=DAYS * i / count, seconds=dice.randrange(30_000))
            invitation, (unit, _branch) = self._id(), dice.choice(self.outlets)
            stream = f"survey:{invitation}"
            invited = FACTS["survey.invited"](
                invitation=invitation, kind="campaign", campaign=campaign, channel="email", unit=unit
            )
            yield _told(invited, stream, at)
            answered = FACTS["survey.answered"](
                response=self._id(), invitation=invitation, campaign=campaign, edition=edition, channel="email", unit=unit,
                nps=dice.choice((None, *range(11))), ces=dice.randrange(1, 8), efficiency=dice.randrange(1, 6),
                attitude=dice.choice((None, 3, 4, 5)), environment=dice.randrange(1, 6),
                gap_reliability=10 * (i % 61) - 400 if i % 3 else None,
            )  # fmt: skip
            yield _told(answered, stream, at + timedelta(hours=30))
            again = AnswerGiven(
                answer=self._id(), kind="campaign", score=dice.randrange(1, 6), channel="email", unit=unit,
                efficiency=answered.efficiency, attitude=answered.attitude, invitation=invitation,
            )  # fmt: skip
            yield _told(again, f"answer:{again.answer}", at + timedelta(hours=30))
            rated = AnswerGiven(
                answer=self._id(), kind="counter", score=dice.randrange(1, 6), channel="counter", unit=unit,
                efficiency=dice.choice((None, 1, 2, 3, 4, 5)), professionalism=dice.randrange(2, 6),
            )  # fmt: skip
            yield _told(rated, f"answer:{rated.answer}", at)

    def reviews(self, count: int) -> Iterator[Happening]:
        """Quality reviews whose score stands, some changed after an objection weeks later."""
        dice = self.dice
        for i in range(count):
            at = START + timedelta(days=DAYS * i / count, seconds=dice.randrange(30_000))
            sample, (unit, _branch) = self._id(), dice.choice(self.outlets)
            points, criticals = dice.randrange(5000, 10_001), int(dice.random() < 0.08)
            twice = dice.random() < 0.3
            said = {
                "sample": sample, "matter": self._id(), "sort": dice.choice(("case", "chat", "call")),
                "how": dice.choice(("agreed", "third")) if twice else "single", "scorecard": "case-handling/1",
                "by_chance": dice.random() < 0.6, "person": dice.choice(self.people), "unit": unit, "twice": twice,
                "happened_date": (at - timedelta(days=20)).date(), "reply_passed": dice.choice((True, True, False, None)),
            }  # fmt: skip
            told = FACTS["quality.settled"]
            stream = f"quality:{sample}"
            passed = points >= 8500 and not criticals
            yield _told(told(**said, points=points, criticals=criticals, passed=passed), stream, at)
            if not passed and dice.random() < 0.4:
                changed = said | {"how": "objection", "reply_passed": True}
                yield _told(told(**changed, points=9000, criticals=0, passed=True), stream, at + timedelta(days=25))

    def settled(self, count: int) -> Iterator[Happening]:
        """Complaints that ended in redress, a review by the level above or a mediation, some in all three."""
        dice = self.dice
        for i in range(count):
            at = START + timedelta(days=DAYS * i / count, seconds=dice.randrange(30_000))
            matter, review, mediation, (unit, _branch) = self._id(), self._id(), self._id(), dice.choice(self.outlets)
            stream = f"matter:{matter}"
            heard = VoiceHeard(
                voice=matter, number=f"QS{i:07}", kind="complaint", channel="portal", received_at=at, language="zh-hans",
                unit=unit, customer=dice.choice(self.customers),
            )  # fmt: skip
            yield _told(heard, stream, at)
            cause = dice.choice(("people.attitude", "product.fee", "customer.claim", "third_party.scam",
                                 "third_party.insurer", None))  # fmt: skip
            closed = CaseClosed(case=matter, cycle=1, outcome="explained", root_cause=cause)
            yield _told(closed, stream, at + timedelta(days=9))
            for _redress in range(dice.randrange(3)):
                said = {
                    "case": matter, "redress": self._id(), "kind": "refund", "amount": dice.randrange(5_000_000),
                    "currency": dice.choice(("CNY", "CNY", "CNY", "USD")),
                }  # fmt: skip
                for days, step in enumerate(("proposed", "offered", dice.choice(("paid", "paid", "declined")))):
                    told = FACTS["case.redress_stepped"](**said, step=step)
                    yield _told(told, stream, at + timedelta(days=4 + 9 * days))
            if dice.random() < 0.2:
                yield _told(CaseReopened(case=matter, cycle=2), stream, at + timedelta(days=20))
            asked = FACTS["review.requested"](
                review=review, matter=matter, cycle=1, unit=self.head, reviewer=None, how="page"
            )
            yield _told(asked, f"review:{review}", at + timedelta(days=12))
            if dice.random() < 0.8:
                decided = FACTS["review.decided"](
                    review=review, matter=matter, outcome=dice.choice(("upheld", "upheld", "partly", "changed")),
                    reviewer=dice.choice(self.people),
                )  # fmt: skip
                yield _told(decided, f"review:{review}", at + timedelta(days=35))
            opened = FACTS["mediation.opened"](mediation=mediation, matter=matter, body="people")
            yield _told(opened, stream, at + timedelta(days=21))
            if dice.random() < 0.8:
                ended = FACTS["mediation.ended"](
                    mediation=mediation, matter=matter, outcome=dice.choice(("agreed", "agreed", "failed", "stopped"))
                )
                yield _told(ended, stream, at + timedelta(days=60))

    def everything(self, cases: int, ratings: int, rectifications: int = 0) -> Iterator[Happening]:
        yield from self.units()
        yield from self.cases(cases)
        yield from self.ratings(ratings)
        yield from self.rectifications(rectifications)


def _told(fact: Fact, stream: str, at: datetime) -> Happening:
    return Happening(fact, stream, BY, at)


class OfTheCast(Bank):
    """The synthetic history, told about the outlets and the people of the cast."""

    def __init__(self, cast: Any) -> None:
        super().__init__()
        self.outlets = [(cast.unit[code].pk, i) for i, code in enumerate(("O0101", "O0102", "O0201"))]
        self.people = [cast.zhao.pk, cast.qian.pk, cast.chen.pk]
