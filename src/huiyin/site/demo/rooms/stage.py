"""The people, the calendar and the dice that all rooms of the demo bank share, and how its colleagues settle a case."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings

from huiyin.kernel.actor import Actor, customer, machine
from huiyin.kernel.ids import new_id
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries as case_queries
from huiyin.site.demo.found import Founded
from huiyin.site.demo.matters import ROOTS, Workdays

ANSWER = "经核实，您反映的情况属实。相关手续已为您办妥，经办网点已复盘改进，给您添了麻烦，我们诚恳致歉。"


class Stage:
    """`end` is the midnight at which the history ends; `plenty` says that it is the whole bank, not the small one."""

    def __init__(
        self, *, founded: Founded, actors: Mapping[UUID, Actor], end: datetime, seed: int, plenty: bool
    ) -> None:
        self.founded, self.actors, self.end, self.seed, self.plenty = founded, actors, end, seed, plenty
        self.machine = machine("tick")
        self.rng, self.days = Random(f"rooms {seed}"), Workdays()
        self.signed_in = {user.username: actors[user.staff_id] for user in founded.accounts if user.staff_id}
        self.agents = [actors[one] for one in founded.holding("D-CC", "telephone_agent") if one in actors]
        self.protection = [actors[one] for one in founded.holding("D-CP", "consumer_protection") if one in actors]

    def at(self, days: float, hour: float) -> datetime:
        """So many days before the end (1 is the last day) at this hour of Shanghai."""
        return self.end - timedelta(days=days) + timedelta(hours=hour)

    def at_work(self, days: float, hour: float) -> datetime:
        """The same, moved to an open office day; where that would be after the end, to one before."""
        moment = self.days.at_work(self.at(days, hour), self.rng)
        return moment if moment < self.end else self.at_work(days + 1, hour)

    def handlers(self, branch: str) -> list[Actor]:
        return [self.actors[one] for one in self.founded.holding(branch, "handler") if one in self.actors]

    def supervisor(self, branch: str) -> Actor:
        return self.actors[self.founded.holding(branch, "supervisor")[0]]

    def settle(self, ids: Iterable[UUID], replies: Mapping[UUID, str] | None = None) -> None:
        """Assign, answer, find the cause and close, as far as the time before the end allows."""
        assigning, answering, finding, closing = [], [], [], []
        for case in sorted(case_queries.cases(ids).values(), key=lambda one: (one.received_at, one.pk)):
            branch = self.founded.branch_by_unit.get(case.unit_id, "B01")
            handler, approver = self.rng.choice(self.handlers(branch)), self.supervisor(branch)
            taken = self.days.at_work(case.received_at + timedelta(hours=self.rng.uniform(1, 9)), self.rng)
            drafted = self.days.at_work(taken + timedelta(hours=self.rng.uniform(5, 60)), self.rng)
            leaving = drafted + timedelta(minutes=self.rng.randint(25, 90))
            closed = leaving + timedelta(days=self.rng.uniform(0.4, 3))
            if taken >= self.end or handler.staff is None:
                continue
            assigning.append(cases.Assigning(case=case.pk, handler=handler.staff, at=taken, by=approver))
            if leaving >= self.end:
                continue
            answering.append(
                cases.Answering(
                    case=case.pk, author=handler, text=(replies or {}).get(case.pk, ANSWER), drafted_at=drafted,
                    sent_at=leaving, approver=approver, approved_at=drafted + timedelta(minutes=20), reply=new_id(),
                    message=new_id(),
                )
            )  # fmt: skip
            if closed >= self.end:
                continue
            root, post = ROOTS.get(case.cause, ROOTS["service"])
            finding.append(cases.Found(case.pk, root, post, case.unit_id, handler, leaving + timedelta(minutes=30)))
            closing.append(
                cases.Closing(
                    case=case.pk, outcome="resolved", at=closed, by=customer(case.pk), cause=case.cause or "service",
                    category=case.category or "other", confirmed_by=customer(case.pk),
                )
            )  # fmt: skip
        cases.assign_many(items=assigning)
        cases.answer_many(items=answering)
        cases.find_cause_many(items=finding)
        cases.close_many(items=closing)


def words(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))


@contextmanager
def replayed(at: datetime, **configured: str) -> Iterator[None]:
    """Jobs that ask for the time are told this one, as in a replay (HUIYIN_NOW); other settings as they were then."""
    values = {"HUIYIN_NOW": at.isoformat(), **configured}
    before = {name: getattr(settings, name) for name in values}
    for name, value in values.items():
        setattr(settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
