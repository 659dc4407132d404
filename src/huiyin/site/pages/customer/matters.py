"""A customer's matters as the page shows them: state, promise and ratings of each, read in a few batches."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huiyin.bank.clocks import queries as clocks
from huiyin.kernel.label import Label
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import queries as voices
from huiyin.resolve.cases import queries as cases

KEPT = {
    "met": Label("met", "按期兑现", "Kept"),
    "missed": Label("missed", "未按期", "Missed"),
    "late": Label("late", "已超期", "Overdue"),
    "running": Label("running", "进行中", "Running"),
}
SCORE = {int(label.code): label for label in surveys.SCORES}


@dataclass(frozen=True)
class Rated:
    score: int
    comment: str
    answered_at: datetime

    @property
    def word(self) -> Label:
        return SCORE[self.score]


@dataclass(frozen=True)
class Matter:
    case: Any
    kind: Label
    title: str
    state: Label
    outcome: Label | None
    urgency: Label
    chip: str
    promised_at: datetime | None
    promise_kept: Label | None
    promise_chip: str
    ratings: list[Rated]


def matters(rows: list[Any], at: datetime) -> list[Matter]:
    """What a reader who may see these cases is shown of them."""
    ids = [row.id for row in rows]
    words = voices.words_many(ids)
    views = clocks.clock_views(ids)
    rated = surveys.answers_of_many(ids)
    found = []
    for row in rows:
        promises = [view for view in views.get(row.id, []) if view.family == "PROMISE" and view.state != "cancelled"]
        promise = promises[-1] if promises else None
        standing = promise.standing(at) if promise else ""
        urgency, chip = cases.urgency(row, at)
        said = words[row.id]
        found.append(
            Matter(
                case=row,
                kind=voices.KIND.get(row.kind) or Label(row.kind, "其他", "Other"),
                title=cases.hide_numbers((said.title or said.text.split("\n")[0])[:60]),
                state=cases.STATES[row.state],
                outcome=cases.OUTCOMES.get(row.outcome),
                urgency=urgency,
                chip=chip,
                promised_at=promise.due_at if promise else None,
                promise_kept=KEPT.get(standing),
                promise_chip={"met": "ok", "missed": "bad", "late": "bad"}.get(standing, "info"),
                ratings=[
                    Rated(one.score, cases.hide_numbers(one.comment), one.answered_at) for one in rated.get(row.id, [])
                ],
            )
        )
    return found
