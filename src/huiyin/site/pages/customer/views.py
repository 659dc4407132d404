"""One customer seen whole: open matters first, then what was promised, said and rated. Always masked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.bank.clocks import queries as clocks
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault
from huiyin.resolve.cases import queries as cases

MOST = 100
KINDS = ("phone", "id", "email", "name")


@dataclass(frozen=True)
class Matter:
    case: Any
    title: str
    state: Label
    urgency: Label
    chip: str
    promised_at: datetime | None
    promise_kept: Label | None
    promise_chip: str
    ratings: list[Any]


KEPT = {
    "met": Label("met", "按期兑现", "Kept"),
    "missed": Label("missed", "未按期", "Missed"),
    "late": Label("late", "已超期", "Overdue"),
    "running": Label("running", "进行中", "Running"),
}


@never_cache
@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Look somebody up by telephone, identity number, e-mail or name, through the blind index."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    permit.must(actor, "customer.read")
    q = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    found: list[UUID] = []
    for kind in KINDS if q else ():
        found += [id for id in profiles.who_has(kind, q) if id not in found]
    reachable = [id for id in found[:50] if _may_open(id, request)]
    if len(reachable) == 1:
        return redirect("customer:customer", reachable[0])
    people = profiles.profiles(reachable)
    rows = [(id, vault.masked(_values(people[id]))) for id in reachable if id in people]
    return render(request, "customer/find.html", {"q": q, "rows": rows})


@never_cache
@login_required
@require_safe
def customer(request: HttpRequest, id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.now  # type: ignore[attr-defined]
    permit.must(actor, "customer.read")
    person = profiles.profile(id)
    if person is None or not _may_open(id, request):
        raise Http404
    rows = list(cases.cases_of(id, actor, at).select_related("owner", "handler", "unit")[:MOST])
    matters = _matters(rows, at)
    may_unmask = any(permit.can(actor, "person.unmask", cases.sight(row, at)) for row in rows)
    context = {
        "person": vault.masked(_values(person)),
        "unmask": vault.unmask_link(id, id, actor) if may_unmask else "",
        "met_at": person.met_at,
        "meetings": profiles.meetings(id)[:20],
        "open": [matter for matter in matters if matter.case.closed_at is None],
        "closed": [matter for matter in matters if matter.case.closed_at is not None],
        "flags": sorted({cases.FLAGS[code] for row in rows for code in row.flag_codes if code in cases.VULNERABLE},
                        key=lambda flag: flag.code),
        "ratings": [(matter, rating) for matter in matters for rating in matter.ratings],
    }  # fmt: skip
    return render(request, "customer/customer.html", context)


def _may_open(id: UUID, request: HttpRequest) -> bool:
    """A customer is open to whoever may see at least one of their matters; nobody browses people."""
    return cases.cases_of(id, request.actor, request.now).exists()  # type: ignore[attr-defined]


def _values(person: profiles.Profile) -> dict[str, str]:
    values = {"name": person.name, "phone": person.phone, "email": person.email, "id_number": person.id_number}
    return {name: value for name, value in values.items() if value}


def _matters(rows: list[Any], at: datetime) -> list[Matter]:
    words = voices.words_many([row.id for row in rows])
    views = clocks.clock_views([row.id for row in rows])
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
                title=cases.hide_numbers((said.title or said.text.split("\n")[0])[:60]),
                state=cases.STATES[row.state],
                urgency=urgency,
                chip=chip,
                promised_at=promise.due_at if promise else None,
                promise_kept=KEPT.get(standing),
                promise_chip={"met": "ok", "missed": "bad", "late": "bad"}.get(standing, "info"),
                ratings=surveys.answers_of(row.id),
            )
        )
    return found
