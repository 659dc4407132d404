"""How the tests of this room begin: complaints of March that are closed, a plan, a draw in April, filled-in forms."""

from datetime import datetime, timedelta
from typing import Any

from huiyin.bank.standards import queries as standards
from huiyin.measure.reviews import actions, queries
from huiyin.measure.reviews.models import Sample, Score
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases.tests import stories

QUOTAS = {"late": (100, 0), "vulnerable": (100, 0), "base": (20, 1)}


def closed(cast: Any, at: datetime, who: str = "zhao", **more: Any) -> Any:
    """A complaint answered, confirmed and closed by somebody of branch B01."""
    case = stories.answered(cast, at, who, **more)
    cases.confirm(case=case.id, by=stories.the_customer(case), at=at)
    found = stories.fresh(case)
    if found.state != "closed":
        cases.close(case=case.id, outcome="resolved", by=cast.actor("sun"), at=at)
    return stories.fresh(case)


def next_month(at: datetime) -> datetime:
    return at + timedelta(days=30)


def plan(cast: Any, at: datetime, **more: Any) -> Any:
    settings: dict[str, Any] = {"minimum": 1, "double": 0, "margin": 10, "days": 5}
    return actions.make_plan(
        code=more.pop("code", "cases"), sort=more.pop("sort", "case"), scorecard=more.pop("scorecard", "case-handling"),
        unit=cast.unit["HO"].pk, period="month", quotas=more.pop("quotas", QUOTAS), by=cast.actor("wu"), at=at,
        **settings | more,
    )  # fmt: skip


def drawn(cast: Any, at: datetime, **more: Any) -> Sample:
    """One closed complaint of zhao's, drawn a month later."""
    closed(cast, at)
    plan(cast, at, **more)
    actions.draw(plan="cases", by=cast.actor("wu"), at=next_month(at))
    return Sample.objects.get()


def full(sample: Sample, **worse: str) -> dict[str, str]:
    """A form with the best mark everywhere, but for what is named."""
    return {item.code: item.marks[0] for item in queries.card_of(sample).items} | worse


def form(sample: Sample, place: str = "first") -> Score:
    return Score.objects.get(sample=sample, place=place)


def give(cast: Any, score: Score, at: datetime, **worse: str) -> Score:
    """Its reviewer hands a form in, with a ground wherever it is not the full mark."""
    marks = full(score.sample, **worse)
    who = next(name for name in cast.staff if cast.staff[name].pk == score.reviewer_id)
    return actions.hand_in(
        score=score.pk, version=score.version, marks=marks, grounds=dict.fromkeys(worse, "见录音 03:12"),
        by=cast.actor(who), at=at,
    )  # fmt: skip


def card() -> standards.Scorecard:
    found = standards.scorecard("case-handling")
    assert found is not None
    return found
