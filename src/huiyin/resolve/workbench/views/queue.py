"""The queue: what is due next, for me and for those I answer for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.products import queries as products
from huiyin.bank.standards.queries import facet, label
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Label
from huiyin.kernel.request import Request
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.workbench import queries
from huiyin.resolve.workbench.rules import batches, columns

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
    severity: Label | None
    flags: list[Label]
    product: Label | None
    cause: Label | None
    how_severe: Label
    complexity: Label
    customer: str = ""


@never_cache
@login_required
@require_safe
def work(request: Request) -> HttpResponse:
    actor, at = request.actor, request.now
    permit.must(actor, "case.read")
    asked = cases.wanted(request.GET.dict())
    found = cases.queue(asked, actor, at)
    part = cases.slice_of(found, asked)
    kept = _kept(request.GET.get("saved", ""), actor, at)
    count = _count(found, asked, part)
    cols = queries.columns_of(asked.cols, actor)
    context = {
        "asked": asked,
        "kept": kept,
        "name": kept.name if kept else queries.title_of(asked),
        "views": _views(actor),
        "official": queries.official(),
        "saved": queries.saved_views(actor, at),
        "counters": cases.counters(actor, at),
        "part": part,
        "lines": lines_of(part.rows, at, queries.hidden_from(actor, at, "case.read") if "customer" in cols else None),
        "columns": [columns.COLUMNS[code] for code in cols],
        "all_columns": [(one, one.code in cols) for one in columns.COLUMNS.values()],
        "key": new_id(),
        "count": count,
        "most": cases.COUNTED,
        "choices": _choices(actor, at),
        "query": urlencode(asked.query),
        "bulk": [verb for code, verb in batches.VERBS.items() if permit.can(actor, batches.ACTION[code])],
        "bulk_most": batches.MOST,
        "direct": queries.DIRECT,
        "may_export": permit.can(actor, "case.export"),
        "shift_waiting": queries.waiting_for(actor, at) if permit.can(actor, "case.note") else [],
    }
    return render(request, "workbench/work.html", context)


@never_cache
@login_required
@require_safe
def counts(request: Request) -> HttpResponse:
    """How many cases each named list holds, asked for after the page is there."""
    actor, at = request.actor, request.now
    permit.must(actor, "case.read")
    lists = [*queries.official(), *queries.saved_views(actor, at)]
    found = queries.view_counts(lists, actor, at)
    return render(
        request, "workbench/lists.html", {"official": queries.official(), "saved": lists[len(queries.OFFICIAL) :],
                                          "counts": found}
    )  # fmt: skip


def _count(found: Any, asked: cases.Wanted, part: cases.Slice) -> int | None:
    """A list that stands whole on one page is counted by looking at it. The closed cases are as many as the bank is
    old: they are paged through, not counted."""
    if not (part.before or part.after):
        return len(part.rows)
    return cases.counted(found) if asked.view != "done" or asked.q else None


def _kept(id: str, actor: Actor, at: datetime) -> Any:
    try:
        return queries.saved_view(UUID(id), actor, at) if id else None
    except ValueError:
        return None


def _views(actor: Actor) -> list[Label]:
    return [view for code, view in cases.VIEWS.items() if code not in NEEDS or permit.can(actor, NEEDS[code])]


def lines_of(rows: Sequence[Any], at: datetime, hidden: Callable[[Any], bool] | None = None) -> list[Line]:
    """`hidden`: of which cases no customer is shown; without it, of none is one asked for."""
    said = voices.words_many([row.id for row in rows])
    lines = [_line(row, said[row.id], at) for row in rows]
    if hidden is None:
        return lines
    return [replace(line, customer=_customer(line.case, said[line.case.id], hidden)) for line in lines]


def _customer(row: Any, said: Any, hidden: Callable[[Any], bool]) -> str:
    if not said.name or hidden(row):
        return ""
    return vault.masked({"name": said.name})["name"]


def _line(row: Any, said: Any, at: datetime) -> Line:
    urgency, chip = cases.urgency(row, at)
    return Line(
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
        severity=cases.SEVERITIES[row.severity] if row.severity != "ordinary" else None,
        flags=[cases.FLAGS[code] for code in row.flag_codes if code in cases.FLAGS],
        product=products.label(row.product) if row.product else None,
        cause=label("cause", row.cause) if row.cause else None,
        how_severe=cases.SEVERITIES[row.severity],
        complexity=cases.COMPLEXITIES[row.complexity],
    )


def _choices(actor: Actor, at: datetime) -> dict[str, list[Label]]:
    """What the filters offer: the allow-list in words."""
    scope = permit.paths(actor, "case.read")
    here = [view for view in units.all_units(localdate(at)) if view.path.startswith(tuple(scope))] if scope else []
    return {
        "state": list(cases.STATES.values()),
        "time": list(cases.TIMES.values()),
        "within": list(cases.WITHIN.values()),
        "who": list(cases.WHO.values()),
        "channel": facet("channel"),
        "category": facet("category"),
        "product": products.choices(),
        "severity": list(cases.SEVERITIES.values()),
        "unit": [Label(view.code, view.zh, view.en) for view in here],
        "flag": list(cases.FLAGS.values()),
        "order": list(cases.ORDER_LABELS.values()),
    }
