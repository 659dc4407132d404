"""Root causes found, and the tree they are chosen from."""

from collections.abc import Iterable
from uuid import UUID

from huiyin.bank.standards import queries as standards
from huiyin.kernel.label import Label
from huiyin.platform.tables.queries import load
from huiyin.resolve.cases.models import Finding


def finding(case: UUID, cycle: int) -> Finding | None:
    return Finding.objects.filter(case=case, cycle=cycle).select_related("at_unit").first()


def findings(pairs: Iterable[tuple[UUID, int]]) -> dict[UUID, Finding]:
    """The finding of each (case, cycle); none where nothing was found yet."""
    wanted = dict(pairs)
    return {row.case_id: row for row in load(Finding, "case_id", wanted) if row.cycle == wanted[row.case_id]}


def leaf_causes() -> list[Label]:
    """Root causes of the last level, each with the way to it: people / conduct / cold or rude manner."""
    above = standards.parents("root_cause")
    heads = set(above.values())
    return [trail(label.code) for label in standards.facet("root_cause") if label.code not in heads]


def trail(code: str) -> Label:
    """A root cause with its family and group before it."""
    above = standards.parents("root_cause")
    way = [standards.label("root_cause", code)]
    while way[0].code in above:
        way.insert(0, standards.label("root_cause", above[way[0].code]))
    return Label(code, " / ".join(step.zh for step in way), " / ".join(step.en for step in way))
