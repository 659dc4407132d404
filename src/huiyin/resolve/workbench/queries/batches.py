"""Bulk work: what would happen, and what did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import SOD
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench.models import Batch, BatchLine
from huiyin.resolve.workbench.rules import batches


@dataclass(frozen=True)
class Outlook:
    """A case of the preview: it will be done, or why not."""

    case: Any
    why: Any = ""

    @property
    def good(self) -> bool:
        return not self.why


def batch(id: UUID, actor: Actor) -> Batch | None:
    """One's own bulk work; somebody else's is nobody's business."""
    return Batch.objects.filter(pk=id, staff=actor.staff).first()


def outcomes(batch: Batch, actor: Actor, at: datetime) -> list[BatchLine]:
    """Its lines in the order of the preview; what the reader may not see any more stands without its number."""
    lines = list(BatchLine.objects.filter(batch=batch).select_related("case").order_by("id"))
    seen = set(cases.visible_to(actor, at).filter(pk__in=[line.case_id for line in lines]).values_list("pk", flat=True))
    for line in lines:
        line.seen = line.case_id in seen  # type: ignore[attr-defined]
        line.label = batches.OUTCOMES[line.outcome]  # type: ignore[attr-defined]
        line.undone = batches.UNDONE.get(line.undo)  # type: ignore[attr-defined]
    return lines


def resolved(ids: Sequence[UUID], actor: Actor, at: datetime) -> list[Any]:
    """The chosen cases that this person may see, in queue order; never more than MOST."""
    found = cases.visible_to(actor, at).filter(pk__in=list(ids)[: batches.MOST])
    return list(found.select_related("owner", "handler", "unit").order_by("rank_at", "id"))


def dry(found: Sequence[Any], attempt: Callable[[Any], Any]) -> list[Outlook]:
    """What each case would answer to the verb: `attempt` gives the reason why not, or nothing."""
    return [Outlook(case, attempt(case) or "") for case in found]


def why_words(code: str, known: dict[str, Any]) -> Any:
    """The reason kept with a line, in words."""
    if code in known:
        return known[code]
    if code in SOD:
        return SOD[code]
    return {
        "stale": _("A colleague changed this case meanwhile: look at it first."),
        "nobody_before": _("Nobody had this case before: assign it to somebody else instead."),
        "gone": _("You cannot see this case any more."),
        "no_role": _("Your roles do not allow this."),
        "no_scope": _("This lies outside the units you are responsible for."),
    }.get(code, _("This could not be done."))
