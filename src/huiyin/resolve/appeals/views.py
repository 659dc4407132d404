"""Pages of reviews and mediations. What cannot be seen does not exist."""

from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards.queries import label
from huiyin.kernel import permit
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.protect.access import actions as access
from huiyin.resolve.appeals import actions, forms, queries, rules
from huiyin.resolve.appeals.models import Mediation, Review
from huiyin.resolve.cases import queries as cases


@never_cache
@login_required
@require_safe
def board(request: Request) -> HttpResponse:
    """Every review this person may see, those that wait first."""
    permit.must(request.actor, "review.read")
    found = list(queries.visible_to(request.actor, request.now)[:200])
    rows = sorted(found, key=lambda row: (row.state != "working", row.requested_at))
    lines = [(row, rules.STATES[row.state], _due(row), _outcome(row)) for row in rows]
    return render(request, "appeals/board.html", {"lines": lines})


@never_cache
@login_required
@require_safe
def review(request: Request, id: UUID) -> HttpResponse:
    return _page(request, _seen(request, id))


def _seen(request: Request, id: UUID) -> Review:
    row = queries.visible_to(request.actor, request.now).filter(pk=id).first()
    if row is None:
        raise actions.Gone
    return row


def _page(request: Request, row: Review, bound: dict[str, django_forms.Form] | None = None) -> HttpResponse:
    sight = queries.sight(row, request.now)
    bound = bound or {}
    case = cases.case(row.case)
    may = permit.can(request.actor, "review.decide", sight)
    give = permit.can(request.actor, "review.give", sight)
    views = clocks.clocks_of(row.pk)
    readable = cases.visible_to(request.actor, request.now).filter(pk=row.case).exists()
    context = {
        "row": row,
        "state": rules.STATES[row.state],
        "outcome": _outcome(row),
        "how": rules.HOWS[row.how],
        "words": queries.review_words(row.pk),
        "due": _due(row),
        "standing": [label("clock_state", view.standing(request.now)) for view in views],
        "explanation": clocks.explain(views[0].id, request.now) if views else None,
        "case": case,
        "items": cases.timeline(case, request.actor) if case else [],
        "readable": readable,
        "decide": bound.get("decide") or (forms.Decide() if may and row.state == "working" else None),
        "give": bound.get("give") or (forms.Give() if give and row.state == "working" else None),
        "failed": next(iter(bound.values()), None),
    }
    return render(request, "appeals/review.html", context, status=422 if bound else 200)


def _due(row: Review) -> Any:
    return next((view.due_at for view in clocks.clocks_of(row.pk) if view.due_at), None)


def _outcome(row: Review) -> Any:
    return label("review_outcome", row.outcome) if row.outcome else None


@never_cache
@login_required
@require_POST
def decide(request: Request, id: UUID) -> HttpResponse:
    row = _seen(request, id)
    form = forms.Decide(request.POST)
    said = form.cleaned_data if form.is_valid() else {}
    if not said:
        _must(request, "review.decide", row)
        return _page(request, row, {"decide": form})
    _must(request, "review.decide", row)
    actions.decide_review(review=id, outcome=said["outcome"], text=said["text"], by=request.actor, at=request.now)
    flash.success(request, _("The decision is on its way to the customer."))
    return redirect("appeals:review", id)


@never_cache
@login_required
@require_POST
def give(request: Request, id: UUID) -> HttpResponse:
    row = _seen(request, id)
    _must(request, "review.give", row)
    form = forms.Give(request.POST)
    if not form.is_valid():
        return _page(request, row, {"give": form})
    person = staff.by_number(form.cleaned_data["number"].strip())
    if person is None:
        form.add_error("number", _("There is nobody with this staff number."))
        return _page(request, row, {"give": form})
    try:
        actions.give_review(review=id, reviewer=person.pk, by=request.actor, at=request.now)
    except actions.Refused as no:
        form.add_error("number", str(no.message))
        return _page(request, row, {"give": form})
    flash.success(request, _("They examine it from now on."))
    return redirect("appeals:board") if not _still_seen(request, id) else redirect("appeals:review", id)


def _still_seen(request: Request, id: UUID) -> bool:
    return queries.visible_to(request.actor, request.now).filter(pk=id).exists()


def _must(request: Request, action: str, row: Review) -> None:
    """An attempt against a separation-of-duties rule is itself on record."""
    verdict = permit.can(request.actor, action, queries.sight(row, request.now))
    if not verdict and verdict.rule:
        access.refuse(action=action, rule=verdict.rule, by=request.actor, at=request.now, subject=row.case)
    if not verdict:
        raise permit.Denied(verdict)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def ask(request: Request, case: UUID) -> HttpResponse:
    """A colleague enters what the customer asked for by letter, telephone or in person."""
    found = _case(request, case)
    form = forms.Ask(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = _try(form, lambda: actions.request_review(
            case=case, text=said["text"], how=said["how"], by=request.actor, at=request.now
        ))  # fmt: skip
        if done is not None:
            flash.success(request, _("The review has begun; other people of the level above examine it."))
            return redirect("cases:case", case)
    return _form(
        request,
        found,
        form,
        _("Ask for a review"),
        _("The customer asks the level above to examine the decision again."),
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def mediate(request: Request, case: UUID) -> HttpResponse:
    found = _case(request, case)
    form = forms.OpenMediation(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = _try(form, lambda: actions.open_mediation(
            case=case, body=said["body"], opened_on=said["opened_on"], evidence=said["text"], by=request.actor,
            at=request.now, paper=_paper(said),
        ))  # fmt: skip
        if done is not None:
            flash.success(request, _("The mediation is on record; what may pause pauses."))
            return redirect("cases:case", case)
    return _form(request, found, form, _("Record a mediation"), _("A body outside the bank has taken the dispute up."))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def mediation(request: Request, id: UUID) -> HttpResponse:
    """How a mediation ended; afterwards, that its agreement was carried out."""
    row = queries.mediation(id)
    if row is None:
        raise actions.Gone
    found = _case(request, row.case)
    if row.state == "open":
        form: django_forms.Form = forms.EndMediation(request.POST or None, request.FILES or None)
    elif row.state == "ended" and row.outcome == "agreed":
        form = forms.Performed(request.POST or None, request.FILES or None)
    else:
        return redirect("cases:case", row.case)
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda: _step(row, form.cleaned_data, request))
        if done is not None:
            flash.success(request, _("Recorded."))
            return redirect("cases:case", row.case)
    title = _("How the mediation ended") if row.state == "open" else _("The agreement is carried out")
    return _form(request, found, form, title, label("mediation_body", row.body).word(request.LANGUAGE_CODE))


def _step(row: Mediation, said: dict[str, Any], request: Request) -> Mediation:
    if row.state == "open":
        return actions.end_mediation(
            mediation=row.pk, outcome=said["outcome"], text=said["text"], by=request.actor, at=request.now,
            paper=_paper(said),
        )  # fmt: skip
    return actions.perform_mediation(
        mediation=row.pk, evidence=said["text"], by=request.actor, at=request.now, paper=_paper(said)
    )


def _paper(said: dict[str, Any]) -> actions.Paper | None:
    sent = said["paper"]
    return (sent.name or "", sent.file) if sent else None


def _case(request: Request, id: UUID) -> cases.Case:
    """The case, if this person may see it and write to it."""
    found = cases.visible_to(request.actor, request.now).filter(pk=id).first()
    if found is None:
        raise actions.Gone
    permit.must(request.actor, "case.note", cases.sight(found, request.now))
    return found


def _try(form: django_forms.Form, act: Any) -> Any:
    """What the action gave; None where it refused, with the reason on the form."""
    try:
        return act()
    except permit.Denied:
        raise
    except Refusal as no:
        form.add_error(None, str(no.message))
        return None


def _form(request: Request, case: cases.Case, form: django_forms.Form, title: str, lede: str) -> HttpResponse:
    context = {"case": case, "form": form, "title": title, "lede": lede}
    return render(request, "appeals/form.html", context, status=422 if form.errors else 200)
