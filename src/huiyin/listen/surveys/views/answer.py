"""The survey behind a secret link: one question a page, no account, no script. Looking at it counts nothing."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.kernel.actor import customer
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.surveys import actions
from huiyin.listen.surveys.forms.answer import Ask
from huiyin.listen.surveys.queries import answering
from huiyin.listen.surveys.rules.questions import BY_ITEM, Question, missing


@never_cache
@require_safe
def begin(request: Request, secret: str) -> HttpResponse:
    sheet = _sheet(request, secret)
    if sheet.state != "open":
        return _over(request, sheet, secret)
    first = sheet.content.questions[0]
    return render(request, "surveys/begin.html", {"sheet": sheet, "secret": secret, "first": first})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: Request, secret: str, code: str) -> HttpResponse:
    """One question. A wrong answer comes back as it was typed; a right one is kept before the next is shown."""
    sheet = _sheet(request, secret)
    if sheet.state != "open":
        return _over(request, sheet, secret)
    asked = next((q for q in sheet.shown if q.code == code), None)
    if asked is None:
        if sheet.content.question(code) is None:
            raise Http404
        return redirect("surveys:begin", secret)
    language = get_language() or "zh-hans"
    data = request.POST if request.method == "POST" else None
    form = Ask(asked, language, sheet.answers.get(code), sheet.words.get(code, ""), data)
    problem = ""
    if data is not None:
        rows = {option.code: data.get(option.code, "") for option in asked.options}
        try:
            actions.keep_answer(
                secret=secret, question=code, given=data.getlist("answer"), rows=rows, language=language,
                by=customer(sheet.customer or sheet.invitation), at=request.now,
            )  # fmt: skip
        except actions.BadAnswer as no:
            problem = str(no.message)
            if form.is_valid() or "answer" not in form.errors:
                form.add_error("answer" if "answer" in form.fields else None, problem)
        else:
            following = _next(_sheet(request, secret).shown, code)
            return redirect("surveys:question", secret, following.code) if following else redirect("surveys:send", secret)  # fmt: skip
    shown = sheet.shown
    place = [q.code for q in shown].index(code)
    context = {
        "sheet": sheet, "secret": secret, "form": form, "asked": asked, "number": place + 1, "all": len(shown),
        "before": shown[place - 1] if place else None,
    }  # fmt: skip
    return render(request, "surveys/question.html", context, status=422 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: Request, secret: str) -> HttpResponse:
    """Look over it, then send: only this counts."""
    sheet = _sheet(request, secret)
    if sheet.state != "open":
        return _over(request, sheet, secret)
    if request.method == "POST":
        try:
            actions.complete(secret=secret, by=customer(sheet.customer or sheet.invitation), at=request.now)
        except actions.BadAnswer as no:
            return redirect("surveys:question", secret, no.question)
        except Refusal:
            pass  # sent a moment ago from another window: the page says how it stands
        return _over(request, _sheet(request, secret), secret)
    language = get_language() or "zh-hans"
    context = {
        "sheet": sheet, "secret": secret, "gap": missing(sheet.content, sheet.answers),
        "lines": [(q, _said(q, sheet, language)) for q in sheet.shown], "last": sheet.shown[-1],
    }  # fmt: skip
    return render(request, "surveys/send.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: Request, secret: str) -> HttpResponse:
    sheet = _sheet(request, secret)
    done = sheet.declined
    if request.method == "POST":
        actions.decline(secret=secret, by=customer(sheet.customer or sheet.invitation), at=request.now)
        done = True
    return render(request, "surveys/decline.html", {"sheet": sheet, "secret": secret, "done": done})


def _sheet(request: Request, secret: str) -> answering.Sheet:
    found = answering.sheet(secret, request.now)
    if found is None:
        raise Http404
    return found


def _over(request: Request, sheet: answering.Sheet, secret: str) -> HttpResponse:
    return render(request, "surveys/over.html", {"sheet": sheet, "secret": secret})


def _next(shown: list[Question], code: str) -> Question | None:
    codes = [q.code for q in shown]
    place = codes.index(code) + 1 if code in codes else 0
    return shown[place] if place < len(shown) else None


def _said(question: Question, sheet: answering.Sheet, language: str) -> list[Any]:
    """The answer in words, for looking over."""
    given = sheet.answers.get(question.code)
    if given is None:
        return []
    if question.kind == "text":
        return [sheet.words.get(question.code, "")]
    if question.kind in BY_ITEM:
        return [f"{o.word(language)} {given[o.code]}" for o in question.options if o.code in given]
    if question.kind in ("single", "multiple"):
        chosen = given if isinstance(given, list) else [given]
        return [o.word(language) for o in question.options if o.code in chosen]
    return [str(given)]
