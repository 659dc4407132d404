"""Scorecards: what is judged and with which weight; a new version by one, put into use by another."""

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.standards import actions as standing
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.label import Label
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.measure.reviews import actions, forms

STATES = {
    label.code: label
    for label in (
        Label("draft", "待发布", "Draft"),
        Label("published", "使用中", "In use"),
        Label("replaced", "已被替换", "Replaced"),
        Label("dropped", "已放弃", "Dropped"),
    )
}


@never_cache
@login_required
@require_safe
def scorecards(request: Request) -> HttpResponse:
    permit.must(request.actor, "standards.read")
    drafts = [row for row in standards.scorecard_versions() if row.state == "draft"]
    context = {
        "lines": [(card, _kinds(card), len(card.items)) for card in standards.scorecards()],
        "drafts": drafts,
        "drafts_may": bool(permit.can(request.actor, "scorecard.draft")),
    }
    return render(request, "reviews/scorecards.html", context)


def _kinds(card: standards.Scorecard) -> list[Label]:
    return [standards.SCORED_KINDS[kind] for kind in card.kinds]


@never_cache
@login_required
@require_safe
def scorecard(request: Request, code: str) -> HttpResponse:
    """The version in use, or the one asked for with `?version=`."""
    permit.must(request.actor, "standards.read")
    asked = request.GET.get("version", "")
    card = standards.scorecard(code, int(asked) if asked.isdecimal() and len(asked) < 5 else None)
    draft = next((row for row in standards.scorecard_versions(code) if row.state == "draft"), None)
    if card is None and draft is not None:
        card = standards.read_scorecard(draft.body)
    if card is None:
        raise actions.Gone
    current = standards.scorecard(code)
    waits = draft is not None and draft.version == card.version
    context = {
        "card": card,
        "kinds": _kinds(card),
        "in_use": current is not None and current.version == card.version,
        "draft": draft,
        "waits": waits,
        "publishes": waits and draft is not None and draft.drafted_by != request.actor.ref
        and bool(permit.can(request.actor, "scorecard.publish")),
        "drafts_may": bool(permit.can(request.actor, "scorecard.draft")),
        "versions": [(row, STATES[row.state]) for row in standards.scorecard_versions(code)],
    }  # fmt: skip
    return render(request, "reviews/scorecard.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_scorecard(request: Request) -> HttpResponse:
    permit.must(request.actor, "scorecard.draft")
    start = standards.scorecard_text(request.GET.get("from", "") or "case-handling")
    form = forms.ScorecardForm(request.POST or None, initial={"body": start})
    if request.method == "POST" and form.is_valid():
        try:
            made = standing.draft_scorecard(body=form.cleaned_data["body"], by=request.actor, at=request.now)
        except permit.Denied:
            raise
        except Refusal as no:
            form.add_error("body", str(no.message))
        else:
            flash.success(request, _("The draft waits for a second person to publish it."))
            return redirect(f"/desk/reviews/scorecards/{made.code}/?version={made.version}")
    return render(request, "reviews/scorecard_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def edit_scorecard(request: Request, code: str) -> HttpResponse:
    """The next version of a scorecard, field by field; it waits as a draft for a second person."""
    permit.must(request.actor, "scorecard.draft")
    card = standards.scorecard(code)
    if card is None:
        raise actions.Gone
    form = forms.CardForm(card, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            body = standards.written_scorecard(form.table(standards.next_version(code)))
            made = standing.draft_scorecard(body=body, by=request.actor, at=request.now)
        except permit.Denied:
            raise
        except standards.StandardRejected as wrong:
            form.add_error(None, str(wrong))
        except Refusal as no:
            form.add_error(None, str(no.message))
        else:
            flash.success(request, _("The draft waits for a second person to publish it."))
            return redirect(f"/desk/reviews/scorecards/{made.code}/?version={made.version}")
    context = {"form": form, "card": card, "version": standards.next_version(code)}
    return render(request, "reviews/scorecard_edit.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_POST
def settle_scorecard(request: Request, code: str, version: int, verb: str) -> HttpResponse:
    """publish | drop."""
    permit.must(request.actor, "scorecard.publish" if verb == "publish" else "scorecard.draft")
    if verb not in ("publish", "drop"):
        raise actions.Gone
    act = standing.publish_scorecard if verb == "publish" else standing.drop_scorecard
    try:
        act(code=code, version=version, by=request.actor, at=request.now)
    except permit.Denied:
        raise
    except Refusal as no:
        flash.warning(request, str(no.message))
    else:
        flash.success(request, _("In use from now on.") if verb == "publish" else _("The draft is gone."))
    return redirect("reviews:scorecards")
