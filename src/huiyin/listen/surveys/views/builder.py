"""Build a survey: its words, its questions and branches, a preview in both languages, and publishing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.kernel.label import Label
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.listen.surveys import actions
from huiyin.listen.surveys.forms import desk as forms
from huiyin.listen.surveys.models import Edition, Survey
from huiyin.listen.surveys.queries import desk
from huiyin.listen.surveys.rules import questions


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    must(request.actor, "survey.read")
    lines = desk.lines(list(desk.visible_to(request.actor, localdate(request.now))[:200]))
    return render(request, "surveys/index.html", {"lines": lines, "manages": bool(can(request.actor, "survey.manage"))})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    must(request.actor, "survey.manage")
    language = get_language() or "zh-hans"
    mine = desk.manageable_units(request.actor, localdate(request.now))
    form = forms.NewSurvey(
        request.POST if request.method == "POST" else None, units=[(unit.code, unit.word(language)) for unit in mine]
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        unit = next(unit for unit in mine if unit.code == data["unit"])
        made = actions.add_survey(
            unit=unit.id,
            title=Label("", data["title_zh"], data["title_en"]),
            start=data["start"],
            by=request.actor,
            at=request.now,
        )
        return redirect("surveys:survey", made.pk)
    return render(request, "surveys/new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def survey(request: Request, id: UUID) -> HttpResponse:
    return _shown(request, seen(request, id))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: Request, id: UUID) -> HttpResponse:
    found, draft = _draft(request, id)
    content = desk.content(draft)
    form = forms.Words(
        request.POST if request.method == "POST" else None, content=content, version=draft.version
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        changed = replace(
            content, title=form.said("title"), intro=form.said("intro"), thanks=form.said("thanks"),
            low_question=data["low_question"], low_at_most=(data["low_at_most"] or 0) if data["low_question"] else 0,
        )  # fmt: skip
        answer = _change(request, found, changed, data["version"])
        if answer:
            return answer
        form = forms.Words(content=content, version=draft.version)
    return render(request, "surveys/words.html", {"survey": found, "form": form}, status=422 if form.errors else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: Request, id: UUID, code: str = "") -> HttpResponse:
    found, draft = _draft(request, id)
    content = desk.content(draft)
    asked = content.question(code)
    if code and asked is None:
        raise Http404
    if not code and len(content.questions) >= questions.MOST_QUESTIONS:
        messages.error(request, _("A survey has at most %(n)d questions.") % {"n": questions.MOST_QUESTIONS})
        return redirect("surveys:survey", id)
    form = forms.Asking(
        request.POST if request.method == "POST" else None, content=content, question=asked, version=draft.version
    )
    if form.is_bound and form.is_valid():
        changed = questions.with_question(content, form.asked(code or questions.next_code(content)))
        answer = _change(request, found, changed, form.cleaned_data["version"])
        if answer:
            return answer
    context = {"survey": found, "form": form, "asked": asked}
    return render(request, "surveys/ask.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def preview(request: Request, id: UUID) -> HttpResponse:
    """Every question in both languages side by side, with what decides whether it is shown."""
    found = seen(request, id)
    edition = _looked_at(request, found)
    content = desk.content(edition)
    sides = [(language, content.title.word(language), _preview(content, language)) for language in ("zh-hans", "en")]
    return render(
        request, "surveys/preview.html", {"survey": found, "edition": edition, "content": content, "sides": sides}
    )


@never_cache
@login_required
@require_POST
def do(request: Request, id: UUID, verb: str) -> HttpResponse:
    """publish | revise | up | down | drop."""
    if verb not in ("publish", "revise", "up", "down", "drop"):
        raise Http404
    found = seen(request, id)
    must(request.actor, "survey.manage", desk.sight(found.unit_id, localdate(request.now)))
    if verb == "revise":
        actions.revise(survey=id, by=request.actor, at=request.now)
        return redirect("surveys:survey", id)
    given = request.POST.get("version", "")
    version = int(given) if given.isdecimal() and len(given) < 9 else 0
    if verb == "publish":
        try:
            actions.publish(survey=id, version=version, by=request.actor, at=request.now)
        except actions.Refused as no:
            return _shown(request, found, no.faults, 422)
        except actions.Stale as no:
            messages.error(request, str(no.message))
        else:
            messages.success(request, _("Published. This version never changes; you can now plan whom to ask."))
        return redirect("surveys:survey", id)
    draft = desk.edition(id, draft=True)
    if draft is None:
        raise Http404
    code, content = request.POST.get("code", ""), desk.content(draft)
    changed = questions.without(content, code) if verb == "drop" else questions.moved(content, code, -1 if verb == "up" else 1)  # fmt: skip
    return _change(request, found, changed, version) or redirect("surveys:survey", id)


def seen(request: Request, id: UUID) -> Survey:
    must(request.actor, "survey.read")
    found = desk.visible_to(request.actor, localdate(request.now)).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _draft(request: Request, id: UUID) -> tuple[Survey, Edition]:
    found = seen(request, id)
    must(request.actor, "survey.manage", desk.sight(found.unit_id, localdate(request.now)))
    draft = desk.edition(id, draft=True)
    if draft is None:
        raise Http404
    return found, draft


def _looked_at(request: Request, found: Survey) -> Edition:
    """The draft for whoever builds it, else the newest version."""
    manages = can(request.actor, "survey.manage", desk.sight(found.unit_id, localdate(request.now)))
    edition = (desk.edition(found.pk, draft=True) if manages else None) or desk.edition(found.pk, draft=False)
    if edition is None:
        raise Http404
    return edition


def _change(request: Request, found: Survey, content: questions.Content, version: int) -> HttpResponse | None:
    """The way back, or None when somebody else was quicker: then the page is shown anew."""
    try:
        actions.change(survey=found.pk, version=version, content=content, by=request.actor, at=request.now)
    except actions.Stale as no:
        messages.error(request, str(no.message))
        return None
    return redirect("surveys:survey", found.pk)


def _shown(
    request: Request, found: Survey, faults: tuple[questions.Fault, ...] = (), status: int = 200
) -> HttpResponse:  # fmt: skip
    on = localdate(request.now)
    edition = _looked_at(request, found)
    content = desk.content(edition)
    campaigns = desk.campaigns_visible_to(request.actor, on).filter(edition__survey=found)
    context = {
        "survey": found, "edition": edition, "content": content, "draft": edition.published_at is None,
        "lines": [(q, questions.KIND[q.kind], _when(q, content)) for q in content.questions],
        "low": content.question(content.low_question) if content.low_question else None,
        "faults": [(questions.FAULTS[f.code], content.question(f.where)) for f in faults],
        "manages": bool(can(request.actor, "survey.manage", desk.sight(found.unit_id, on))),
        "plans": bool(can(request.actor, "survey.manage")) and desk.edition(found.pk, draft=False) is not None,
        "campaigns": [(row, desk.state_label(row), desk.states.CHIPS[row.state]) for row in campaigns[:50]],
        "verbs": [("up", _("Up")), ("down", _("Down")), ("drop", _("Take out"))],
    }  # fmt: skip
    return render(request, "surveys/survey.html", context, status=status)


def _when(question: questions.Question, content: questions.Content, language: str = "") -> dict[str, Any] | None:
    """The condition of a question in words."""
    condition = question.condition
    base = content.question(condition.question) if condition else None
    if condition is None or base is None:
        return None
    language = language or get_language() or "zh-hans"
    chosen = next((o.word(language) for o in base.options if o.code == condition.value), condition.value)
    test = questions.TEST.get(condition.test)
    return {"base": base.text.word(language), "test": test.word(language) if test else "", "value": chosen}


def _preview(content: questions.Content, language: str) -> list[dict[str, Any]]:
    return [
        {
            "number": number, "kind": q.kind, "text": q.text.word(language), "required": q.required,
            "options": [o.word(language) for o in q.options],
            "scale": [o.word(language) for o in questions.choices(q)] if q.kind in questions.SCALES else [],
            "when": _when(q, content, language),
        }
        for number, q in enumerate(content.questions, 1)
    ]  # fmt: skip
