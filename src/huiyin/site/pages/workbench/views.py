"""The workbench: what is due next, for me and for those I answer for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.standards.queries import facet, label
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.listen.voices import queries as voices
from huiyin.resolve.cases import queries as cases

NEEDS = {"classify": "case.note", "approve": "case.approve_reply"}


@dataclass(frozen=True)
class Line:
    """One case as it stands in the queue."""

    case: Any
    title: str
    who: Any
    state: Label
    urgency: Label
    chip: str
    due_at: datetime | None
    legal: bool
    house_late: bool
    category: Label | None
    channel: Label
    flags: list[Label]


class Capped(Paginator):
    """Counts no further than the last page that can be asked for, so that a long list stays quick."""

    @cached_property
    def count(self) -> int:
        most = cases.SIZE * cases.LAST_PAGE
        return self.object_list.order_by()[: most + 1].count() if hasattr(self.object_list, "order_by") else 0


@never_cache
@login_required
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.now  # type: ignore[attr-defined]
    permit.must(actor, "case.read")
    asked = cases.wanted(request.GET.dict())
    page = Capped(cases.queue(asked, actor, at), cases.SIZE).get_page(asked.page)
    context = {
        "asked": asked,
        "view": cases.VIEWS[asked.view],
        "views": _views(actor),
        "counters": cases.counters(actor, at),
        "page": page,
        "lines": _lines(page, at),
        "choices": _choices(actor, at),
        "capped": page.paginator.count > cases.SIZE * cases.LAST_PAGE,
    }
    template = "workbench/queue.html" if request.headers.get("HX-Target") == "queue" else "workbench/work.html"
    return render(request, template, context)


def _views(actor: Actor) -> list[Label]:
    return [view for code, view in cases.VIEWS.items() if code not in NEEDS or permit.can(actor, NEEDS[code])]


def _lines(page: Page, at: datetime) -> list[Line]:
    rows = list(page.object_list)
    words = voices.words_many([row.id for row in rows])
    found = []
    for row in rows:
        said = words[row.id]
        urgency, chip = cases.urgency(row, at)
        found.append(
            Line(
                case=row,
                title=cases.hide_numbers((said.title or said.text.split("\n")[0])[:60]) or _("(no text)"),
                who=row.handler or row.owner,
                state=cases.STATES[row.state],
                urgency=urgency,
                chip=chip,
                due_at=row.due_at,
                legal=row.legal_due_at is not None,
                house_late=row.legal_due_at is not None and row.house_due_at is not None and at > row.house_due_at,
                category=label("category", row.category) if row.category else None,
                channel=label("channel", row.channel),
                flags=[cases.FLAGS[code] for code in row.flag_codes if code in cases.FLAGS],
            )
        )
    return found


def _choices(actor: Actor, at: datetime) -> dict[str, list[Label]]:
    """What the filters offer: the allow-list in words."""
    scope = permit.paths(actor, "case.read")
    here = [view for view in units.all_units(localdate(at)) if view.path.startswith(tuple(scope))] if scope else []
    return {
        "state": list(cases.STATES.values()),
        "time": list(cases.TIMES.values()),
        "channel": facet("channel"),
        "category": facet("category"),
        "unit": [Label(view.code, view.zh, view.en) for view in here],
        "flag": list(cases.FLAGS.values()),
        "order": list(cases.ORDER_LABELS.values()),
    }
