"""What waits for me, the form beside what is reviewed, one sample with all that became of it, and objections to decide."""

from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.label import Label
from huiyin.kernel.request import Request
from huiyin.measure.reviews import actions, forms, queries
from huiyin.measure.reviews.models import Sample, Score
from huiyin.measure.reviews.rules import words
from huiyin.protect.access import actions as access


@never_cache
@login_required
@require_safe
def board(request: Request) -> HttpResponse:
    """Forms and objections that wait for me, the first due first."""
    permit.must(request.actor, "quality.review")
    forms_due = [_task(one) for one in queries.tasks(request.actor, request.now)]
    context = {
        "tasks": forms_due,
        "next": forms_due[0] if forms_due else None,
        "objections": queries.disputes_for(request.actor, request.now),
        "plans": bool(permit.can(request.actor, "quality.plan")),
    }
    return render(request, "reviews/board.html", context)


def _task(score: Score) -> dict[str, Any]:
    row = score.sample
    return {
        "score": score,
        "row": row,
        "place": words.PLACES[score.place],
        "sort": words.SORTS[row.sort],
        "reasons": [words.STRATA[code] for code in row.reason_codes],
        "begun": bool(score.marks),
    }


@never_cache
@login_required
@require_safe
def everything(request: Request) -> HttpResponse:
    """Every sample in this person's reach."""
    permit.must(request.actor, "quality.read")
    state = request.GET.get("state", "")
    found = queries.visible_to(request.actor, request.now).order_by("-drawn_at", "-id")
    if state in words.STATES:
        found = found.filter(state=state)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    lines = [(row, words.STATES[row.state], words.CHIPS[row.state], words.SORTS[row.sort]) for row in page.object_list]
    context = {"page": page, "lines": lines, "states": list(words.STATES.values()), "state": state}
    return render(request, "reviews/all.html", context)


def seen(request: Request, id: UUID) -> Sample:
    row = queries.visible_to(request.actor, request.now).filter(pk=id).first()
    if row is None:
        raise actions.Gone
    return row


@never_cache
@login_required
@require_safe
def sample(request: Request, id: UUID) -> HttpResponse:
    return _page(request, seen(request, id))


def _page(request: Request, row: Sample, bound: dict[str, Any] | None = None) -> HttpResponse:
    """Blind until the score stands: before that nobody reads a form here, not even who planned it."""
    bound = bound or {}
    card, scores, open_ = queries.card_of(row), queries.scores(row), row.state in ("open", "third")
    plans = bool(permit.can(request.actor, "quality.plan", queries.sight(row, request.now)))
    objection = queries.objection(row)
    context = {
        "row": row,
        "state": words.STATES[row.state],
        "chip": words.CHIPS[row.state],
        "sort": words.SORTS[row.sort],
        "how": words.HOWS.get(row.how),
        "reasons": [words.STRATA[code] for code in row.reason_codes],
        "withdrawn": words.WITHDRAWALS.get(row.withdrawn),
        "card": card,
        "lines": [] if open_ else compared(card, [one for one in scores if one.state == "in"]),
        "scores": [(one, words.PLACES[one.place]) for one in scores if one.state == "in" and not open_],
        "waiting": [
            (one, words.PLACES[one.place], _give(one, bound) if plans else None)
            for one in scores
            if one.state == "open"
        ],
        "remove": (bound.get("remove") or forms.WithdrawForm(initial={"version": row.version}))
        if plans and open_ and not row.calibration
        else None,
        "close": plans and open_ and row.calibration,
        "objection": objection,
        "objected": queries.words_of(objection) if objection else {},
        "outcome": words.OUTCOMES.get(objection.outcome) if objection else None,
        "failed": next(iter(bound.values()), None),
    }
    return render(request, "reviews/sample.html", context, status=422 if bound else 200)


def _give(one: Score, bound: dict[str, Any]) -> Any:
    return bound.get(str(one.pk)) or forms.GiveForm(initial={"version": one.version}, auto_id=f"give-{one.pk}-%s")


def compared(card: standards.Scorecard, scores: list[Score]) -> list[dict[str, Any]]:
    """Item by item what each form says: mark and ground."""
    grounds = [queries.grounds(one) for one in scores]
    return [
        {
            "item": item,
            "section": section.label,
            "marks": [
                (mark_label(one.marks.get(item.code, "")), said.get(item.code, ""), _is_miss(item, one))
                for one, said in zip(scores, grounds, strict=True)
            ],
        }
        for section in card.sections
        for item in section.items
    ]


def _is_miss(item: standards.Item, one: Score) -> bool:
    share = item.share(one.marks[item.code]) if one.marks.get(item.code) else None
    return share is not None and share < 1


def mark_label(mark: str) -> Label:
    return words.MARKS.get(mark) or Label(mark, mark, mark)


@never_cache
@login_required
@require_POST
def withdraw(request: Request, id: UUID) -> HttpResponse:
    row = seen(request, id)
    permit.must(request.actor, "quality.plan", queries.sight(row, request.now))
    form = forms.WithdrawForm(request.POST)
    if not form.is_valid():
        return _page(request, row, {"remove": form})
    said = form.cleaned_data
    try:
        actions.withdraw(sample=id, version=said["version"], reason=said["reason"], by=request.actor, at=request.now)
    except actions.Refused as no:
        form.add_error(None, str(no.message))
        return _page(request, row, {"remove": form})
    flash.success(request, _("It has left the sample; that stays on record."))
    return redirect("reviews:sample", id)


@never_cache
@login_required
@require_POST
def give(request: Request, id: UUID) -> HttpResponse:
    """Somebody else scores."""
    found = Score.objects.filter(pk=id).values_list("sample_id", flat=True).first()
    if found is None:
        raise actions.Gone
    row = seen(request, found)
    permit.must(request.actor, "quality.plan", queries.sight(row, request.now))
    form = forms.GiveForm(request.POST, auto_id=f"give-{id}-%s")
    person = staff.by_number(form.cleaned_data["number"].strip()) if form.is_valid() else None
    if person is None:
        if not form.errors:
            form.add_error("number", _("There is nobody with this staff number."))
        return _page(request, row, {str(id): form})
    try:
        actions.reassign(
            score=id, version=form.cleaned_data["version"], reviewer=person.pk, by=request.actor, at=request.now
        )
    except actions.Refused as no:
        form.add_error("number", str(no.message))
        return _page(request, row, {str(id): form})
    flash.success(request, _("The review is theirs now."))
    return redirect("reviews:sample", row.pk)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def score(request: Request, id: UUID) -> HttpResponse:
    """The form beside what is reviewed. Kept half-way or handed in; an old page overwrites nothing."""
    one = Score.objects.select_related("sample", "sample__unit").filter(pk=id, reviewer=request.actor.staff).first()
    if one is None or request.actor.staff is None or one.sample.state == "withdrawn":
        raise actions.Gone
    row, card = one.sample, queries.card_of(one.sample)
    must(request, "quality.review", row)
    if one.state != "open":
        return redirect("reviews:sample", row.pk)
    if request.method == "GET":
        form = forms.ScoreForm(card, marks=one.marks, grounds=queries.grounds(one), version=one.version)
        return _form(request, one, row, form)
    form = forms.ScoreForm(card, request.POST)
    if not form.is_valid():
        return _form(request, one, row, form)
    verb = actions.hand_in if request.POST.get("verb") == "hand_in" else actions.keep_score
    try:
        verb(
            score=id, version=form.cleaned_data["version"], marks=form.marks(), grounds=form.grounds(),
            by=request.actor, at=request.now,
        )  # fmt: skip
    except actions.Refused as no:
        if no.code == "changed":
            form.data = {**form.data.dict(), "version": str(Score.objects.values_list("version", flat=True).get(pk=id))}  # type: ignore[attr-defined]
        form.show_gaps(no.reasons["gaps"]) if no.code == "incomplete" else form.add_error(None, str(no.message))  # type: ignore[arg-type]
        return _form(request, one, row, form)
    if verb is actions.keep_score:
        flash.success(request, _("Kept. It is not handed in yet."))
        return redirect("reviews:score", id)
    flash.success(request, _("Handed in."))
    return redirect("reviews:board")


def _form(request: Request, one: Score, row: Sample, form: forms.ScoreForm) -> HttpResponse:
    context = {
        "score": one,
        "row": row,
        "form": form,
        "card": form.card,
        "place": words.PLACES[one.place],
        "sort": words.SORTS[row.sort],
        "reasons": [words.STRATA[code] for code in row.reason_codes],
        "shown": queries.source(row.sort).shown(row.subject, request.actor, request.now),
        "differing": _differing(form.card, row) if one.place == "third" else [],
    }
    return render(request, "reviews/score.html", context, status=422 if form.errors else 200)


def _differing(card: standards.Scorecard, row: Sample) -> list[tuple[Label, list[Label]]]:
    """What the third decides about: the items on which the two differ, without their names and points."""
    blind = [one for one in queries.scores(row) if one.place in ("first", "second") and one.state == "in"]
    marks = {item.code: sorted(one.marks.get(item.code, "") for one in blind) for item in card.items}
    return [
        (item.label, [mark_label(mark) for mark in marks[item.code]])
        for item in card.items
        if len(set(marks[item.code])) > 1
    ]


def must(request: Request, action: str, row: Sample) -> None:
    """An attempt against a separation-of-duties rule is itself on record."""
    verdict = permit.can(request.actor, action, queries.sight(row, request.now))
    if not verdict and verdict.rule:
        with transaction.atomic():
            access.refuse(action=action, rule=verdict.rule, by=request.actor, at=request.now, subject=row.subject)
    if not verdict:
        raise permit.Denied(verdict)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def objection(request: Request, id: UUID) -> HttpResponse:
    """Decide an objection: the score stands, or the form is filled in anew. The old one stays beside it."""
    row = seen(request, id)
    found = queries.objection(row)
    if found is None:
        raise actions.Gone
    must(request, "quality.decide", row)
    if found.outcome:
        return redirect("reviews:sample", id)
    card = queries.card_of(row)
    standing = queries.standing_scores([row])[row.pk]
    if request.method == "GET":
        form = forms.RulingForm(card, marks=standing.marks, grounds=queries.grounds(standing), version=row.version)
        return _ruling(request, row, form)
    form = forms.RulingForm(card, request.POST)
    if not form.is_valid():
        return _ruling(request, row, form)
    outcome = "changed" if request.POST.get("verb") == "changed" else "upheld"
    try:
        actions.decide_objection(
            sample=id, version=form.cleaned_data["version"], outcome=outcome, reason=form.cleaned_data["reason"],
            marks=form.marks(), grounds=form.grounds(), by=request.actor, at=request.now,
        )  # fmt: skip
    except actions.Refused as no:
        form.show_gaps(no.reasons["gaps"]) if no.code == "incomplete" else form.add_error(None, str(no.message))  # type: ignore[arg-type]
        return _ruling(request, row, form)
    flash.success(request, _("Decided. Both hear of it."))
    return redirect("reviews:sample", id)


def _ruling(request: Request, row: Sample, form: forms.RulingForm) -> HttpResponse:
    found = queries.objection(row)
    context = {
        "row": row,
        "form": form,
        "card": form.card,
        "sort": words.SORTS[row.sort],
        "objection": found,
        "said": queries.words_of(found) if found else {},
        "shown": queries.source(row.sort).shown(row.subject, request.actor, request.now),
    }
    return render(request, "reviews/objection.html", context, status=422 if form.errors else 200)
