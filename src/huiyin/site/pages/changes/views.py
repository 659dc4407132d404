"""Changing the standards: propose, see what it would do, approve; and trying another limit on recorded clocks."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.standards import actions
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel.label import Label
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.protect.identity import queries as identity
from huiyin.resolve.cases import queries as cases
from huiyin.site.pages.changes import forms
from huiyin.site.pages.changes.differences import between_calendars, between_packs

PAGE = 50

STATES = {
    "open": Label("open", "待审批", "Waiting for a decision"),
    "approved": Label("approved", "已批准", "Approved"),
    "rejected": Label("rejected", "未批准", "Rejected"),
    "withdrawn": Label("withdrawn", "已撤回", "Taken back"),
}
SORTS = {
    "pack": Label("pack", "规则包", "Rule pack"),
    "calendar": Label("calendar", "日历", "Calendar"),
    "choice": Label("choice", "启用的规则包", "Packs in use"),
    "running": Label("running", "调整运行中的时限", "Move running limits"),
}


@require_safe
def index(request: Request) -> HttpResponse:
    """Every proposal, the waiting ones first."""
    must(request.actor, "standards.read")
    found = standards.visible_to(request.actor)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [_line(one) for one in page]
    lines.sort(key=lambda line: line["row"].state != "open")
    return render(
        request,
        "changes/index.html",
        {
            "lines": lines,
            "page": page,
            "proposes": bool(can(request.actor, "standards.propose", units.whole_bank())),
            "tries": bool(can(request.actor, "case.read")),
        },
    )


def new(request: Request) -> HttpResponse:
    """Propose a version of a pack or calendar; `?from=` begins with the text in use."""
    must(request.actor, "standards.propose", units.whole_bank())
    code = request.GET.get("from", "")[:48]
    sent = request.method == "POST"
    form = forms.Proposed(
        request.POST if sent else None, request.FILES if sent else None, initial={"body": standards.body_of(code)}
    )
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["body"]
        sort = "pack" if "[[limit]]" in body or "[[provision]]" in body else "calendar"
        try:
            made = actions.propose(
                sort=sort, body=body, running=form.cleaned_data["running"], by=request.actor, at=request.now
            )
        except actions.Refused as no:
            form.add_error(None, str(no.message))
            findings: Any = no.reasons.get("findings", ())
            for finding in findings:
                form.add_error(None, standards.finding_words(finding, request.LANGUAGE_CODE))
        else:
            messages.success(request, _("Proposed. It takes effect once a second person has approved it."))
            return redirect("changes:one", made.id)
    return render(request, "changes/new.html", {"form": form, "code": code}, status=422 if form.errors else 200)


def choose(request: Request) -> HttpResponse:
    """Propose which packs the institution works by."""
    must(request.actor, "standards.propose", units.whole_bank())
    form = forms.Choice(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.propose(sort="choice", body=form.body, by=request.actor, at=request.now)
        except actions.Refused as no:
            form.add_error(None, str(no.message))
        else:
            messages.success(request, _("Proposed. It takes effect once a second person has approved it."))
            return redirect("changes:one", made.id)
    return render(request, "changes/choose.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def one(request: Request, id: UUID) -> HttpResponse:
    """One proposal: what it changes, whether it holds, what it would do to running limits, and the decision."""
    must(request.actor, "standards.read")
    row = standards.proposal(id, request.actor)
    if row is None:
        raise Http404
    context: dict[str, Any] = {
        **_line(row),
        "approves": bool(can(request.actor, "standards.approve", units.whole_bank())) and row.state == "open",
        "own": row.proposed_by == request.actor.ref or (row.requester and row.requester == request.actor.staff),
        "may_move": row.state == "approved" and row.sort in ("pack", "calendar") and not row.running
        and bool(can(request.actor, "standards.propose", units.whole_bank())),
    }  # fmt: skip
    if row.sort == "choice":
        old, new = standards.choice(), standards.chosen_in(row.body)
        names = {pack.code: pack for pack in standards.packs()}
        context["choice"] = [
            {
                "pack": names[code], "was": code in old, "will": code in new,
                "calendar": standards.calendar_label(new[code]) if new.get(code) else None,
            }
            for code in sorted({*old, *new} & set(names))
        ]  # fmt: skip
    elif row.sort == "pack":
        pack = standards.read_pack(row.body)
        context |= {
            "pack": pack,
            "findings": standards.lint(pack),
            "differences": between_packs(standards.pack(row.code, row.base) if row.base else None, pack),
            "effect": _effect(request, clocks.preview_pack(pack, request.now)),
        }
    elif row.sort == "calendar":
        calendar = standards.read_calendar_text(row.body)
        base = standards.book().calendars.get(f"{row.code}/{row.base}")
        context |= {
            "calendar": calendar,
            "base": base,
            "days": between_calendars(base, calendar),
            "effect": _effect(request, clocks.preview_calendar(calendar, request.now)),
        }
    else:
        pack_now = standards.pack(row.code, row.version)
        found = (
            clocks.preview_pack(pack_now, request.now)
            if pack_now
            else clocks.preview_calendar(standards.calendar(row.code), request.now)
        )
        context["effect"] = _effect(request, found)
    return render(request, "changes/one.html", context)


@require_POST
def settle(request: Request, id: UUID, verb: str) -> HttpResponse:
    """approve | reject | withdraw | move (propose that running limits follow an approved version)."""
    if verb in ("approve", "reject"):
        must(request.actor, "standards.approve", units.whole_bank())
        row = actions.decide(proposal=id, approve=verb == "approve", by=request.actor, at=request.now)
        said = _("Approved: what comes in from now on follows it.") if row.state == "approved" else _("Rejected.")
    elif verb == "withdraw":
        must(request.actor, "standards.propose", units.whole_bank())
        row = actions.withdraw(proposal=id, by=request.actor, at=request.now)
        said = _("Taken back.")
    elif verb == "move":
        must(request.actor, "standards.propose", units.whole_bank())
        before = standards.proposal(id, request.actor)
        if before is None or before.sort not in ("pack", "calendar"):
            raise Http404
        row = actions.propose(sort="running", code=before.code, by=request.actor, at=request.now)
        said = _("Proposed. It takes effect once a second person has approved it.")
    else:
        raise Http404
    messages.success(request, said)
    return redirect("changes:one", row.id)


@require_safe
def what_if(request: Request) -> HttpResponse:
    """How many cases would have been late with another limit, among those this reader may see."""
    must(request.actor, "case.read")
    form = forms.WhatIf(request.GET if "limit" in request.GET else None, today=forms.day_of(request.now))
    found = None
    if form.is_valid():
        data = form.cleaned_data
        pack, family, purpose = data["limit"].split("/")
        found = cases.what_if(
            pack=pack, family=family, purpose=purpose, amount=data["amount"], unit=data["unit"],
            from_day=data["from_day"], to_day=data["to_day"], at=request.now, actor=request.actor,
        )  # fmt: skip
    names = {unit.path: unit for unit in units.all_units(forms.day_of(request.now))} if found else {}
    page = Paginator(found.lines, PAGE).get_page(request.GET.get("page")) if found else None
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form, "found": found, "page": page, "query": query.urlencode(),
        "units": [(names.get(share.key), share) for share in found.by_unit[:PAGE]] if found else [],
        "complexities": [(standards.label("complexity", s.key), s) for s in found.by_complexity] if found else [],
        "names": names,
    }  # fmt: skip
    return render(request, "changes/what_if.html", context)


def _line(row: Any) -> dict[str, Any]:
    """A proposal with the words for it."""
    name: Any = Label("packs", "启用的规则包", "Packs in use")
    if row.sort != "choice":
        pack = standards.pack(row.code)
        known = row.code in standards.book().calendars
        name = (
            pack.label if pack else standards.calendar_label(row.code) if known else Label(row.code, row.code, row.code)
        )
    if row.sort == "pack":
        name = standards.read_pack(row.body).label
    people = _people(row.proposed_by, row.decided_by)
    return {
        "row": row, "name": name, "state": STATES[row.state], "sort": SORTS[row.sort],
        "proposer": people.get(row.proposed_by, ""), "decider": people.get(row.decided_by, ""),
        "chip": {"open": "warn", "approved": "ok", "rejected": "bad"}.get(row.state, "none"),
    }  # fmt: skip


def _people(*refs: str) -> dict[str, str]:
    """Names of the staff behind the ledger's references."""
    ids = {ref: ref.partition(":")[2] for ref in refs if ref.startswith("staff:")}
    users = identity.users_by_id(ids.values())
    return {ref: str(users[id]) for ref, id in ids.items() if id in users}


@dataclass(frozen=True)
class Family:
    label: Label
    moved: int
    late: int
    in_time: int


def _effect(request: Request, found: clocks.Preview) -> dict[str, Any]:
    """The preview per family, and the cases behind it that this reader may see."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in found.moved:
        counts["moved", one.clock.family] += 1
        counts["late", one.clock.family] += one.newly_late
        counts["in_time", one.clock.family] += one.newly_in_time
    families = sorted({family for _what, family in counts})
    listed = sorted(found.moved, key=lambda one: not one.newly_late)[:PAGE]
    seen = _seen(request, (one.clock.subject for one in listed))
    return {
        "found": found,
        "families": [
            Family(standards.label("clock_family", f), counts["moved", f], counts["late", f], counts["in_time", f])
            for f in families
        ],
        "lines": [(one, seen[one.clock.subject]) for one in listed if one.clock.subject in seen],
        "hidden": len(found.moved) - sum(one.clock.subject in seen for one in listed),
    }


def _seen(request: Request, subjects: Iterable[UUID]) -> dict[UUID, Any]:
    if not can(request.actor, "case.read"):
        return {}
    return {case.id: case for case in cases.visible_to(request.actor, request.now).filter(id__in=list(subjects))}
