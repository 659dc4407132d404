"""Handled complaints."""

from datetime import datetime
from uuid import UUID

from huiyin.kernel.actor import Actor
from huiyin.listen.surveys import queries as surveys
from huiyin.measure.reviews.rules.sources import Found, Line, Shown
from huiyin.resolve.cases import queries as cases

DISSATISFIED = 2  # of 5, as listen/surveys counts a low score


class Cases:
    sort = "case"

    def found(self, since: datetime, until: datetime, path: str, high_redress: int) -> list[Found]:
        handled = cases.handled(since, until, path)
        rated = surveys.lowest_of(one.id for one in handled)
        return [self._found(one, rated.get(one.id), high_redress) for one in handled]

    def _found(self, one: cases.Handled, rated: int | None, high_redress: int) -> Found:
        strata = {
            "late": one.late,
            "reopened": one.reopened,
            "vulnerable": one.vulnerable,
            "high_redress": one.redress >= high_redress > 0,
            "dissatisfied": rated is not None and rated <= DISSATISFIED,
        }
        lies_in = frozenset(code for code, true in strata.items() if true)
        return Found(one.id, one.number, one.person, one.closed_at, lies_in)

    def one(self, number: str) -> Found | None:
        case = cases.by_number(number)
        person = (case.handler_id or case.owner_id) if case else None
        return Found(case.pk, case.number, person, case.closed_at or case.received_at) if case and person else None

    def shown(self, subject: UUID, actor: Actor, at: datetime) -> Shown | None:
        case = cases.case(subject)
        if case is None:
            return None
        seen = cases.visible_to(actor, at).filter(pk=subject).exists()
        lines = [
            Line(item.at, item.title, item.who, item.text, item.extra)
            for item in cases.timeline(case, actor)
        ]  # fmt: skip
        return Shown(case.number, f"/desk/cases/{subject}/" if seen else "", lines)

    def hands(self, subject: UUID) -> set[UUID]:
        return {person for person in cases.hands(subject) if person} if cases.case(subject) else set()
