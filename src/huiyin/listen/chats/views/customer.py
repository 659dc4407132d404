"""The customer's side: the first questions, the conversation behind a secret link, and its verbs. No account, no script
needed: with a script the page asks for news by itself, without one it is reloaded."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages as flash
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.products import queries as products
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor, customer, machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.chats import actions, forms, queries
from huiyin.listen.chats.models import Chat
from huiyin.listen.chats.views.news import news
from huiyin.listen.chats.views.sending import send
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import actions as voice_actions
from huiyin.listen.voices import queries as voices
from huiyin.platform.files import queries as files

COOKIE, SALT = "hy_chat", "huiyin.chat"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: Request) -> HttpResponse:
    """The first questions; outside office hours the same page takes a message instead."""
    at = request.now
    is_open, opens_at = queries.opening(at)
    posted = request.method == "POST"
    form = _start_form(request, is_open)
    if posted and "skip" in request.POST and is_open:
        return _opened(request, actions.Opening(language=_language()))
    if posted and form.is_valid():
        done = _opened(request, _asked(form)) if is_open else _left(request, form)
        if done is not None:
            return done
    context = {
        "form": form, "is_open": is_open, "opens_at": opens_at, "key": signing.dumps(str(new_id()), salt=SALT),
        "running": _running(request), "desks": queries.seats(at),
    }  # fmt: skip
    if posted:
        context["key"] = request.POST.get("key", "") or context["key"]
    return render(request, "chats/start.html", context, status=422 if form.is_bound and form.errors else 200)


@never_cache
@require_safe
def room(request: Request, secret: str) -> HttpResponse:
    return _page(request, _mine(secret), secret, forms.Message())


@never_cache
@require_safe
def file(request: Request, secret: str, seq: int) -> HttpResponse:
    """A file of this one chat, for whoever holds its link; it is downloaded and never shown by the browser."""
    found = queries.file_in(_mine(secret).pk, seq)
    if found is None:
        raise Http404
    return files.served(found)


@never_cache
@require_POST
def do(request: Request, secret: str, verb: str) -> HttpResponse:
    """One verb of one chat; without a script every one leads back to its page."""
    act = VERBS.get(verb)
    if act is None:
        raise Http404
    row = _mine(secret)
    return act(request, row, secret, customer(row.pk))


def _look(request: Request, row: Chat, secret: str, by: Actor) -> HttpResponse:
    actions.sign_of_life(chat=row.pk, at=request.now)
    return news(
        request, row, lines="chats/lines.html", steps="chats/steps.html", context=_context(request, row, secret)
    )


def _say(request: Request, row: Chat, secret: str, by: Actor) -> HttpResponse:
    form = forms.Message(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, row, secret, form)
    return _back(secret) if send(request, row.pk, form, "customer", by) else _page(request, row, secret, form)


def _end(request: Request, row: Chat, secret: str, by: Actor) -> HttpResponse:
    actions.end(chat=row.pk, side="customer", by=by, at=request.now)
    return _back(secret, "#next")


def _person(request: Request, row: Chat, secret: str, by: Actor) -> HttpResponse:
    actions.ask_for_a_person(chat=row.pk, by=by, at=request.now)
    return _back(secret)


def _message(request: Request, row: Chat, secret: str, by: Actor) -> HttpResponse:
    """Rather leave a message than wait."""
    text, problem = voices.clean_text(request.POST.get("text", ""))
    contact = forms.Contact(request.POST, today=localdate(request.now))
    if problem or not contact.is_valid():
        return _page(request, row, secret, forms.Message(), contact=contact, problem=problem)
    try:
        actions.leave_message(
            chat=row.pk, text=text, key=request.POST.get("key", "")[:64] or "message", by=by, at=request.now,
            **contact.cleaned_data,
        )  # fmt: skip
    except Refusal as refusal:
        return _page(request, row, secret, forms.Message(), contact=contact, problem=str(refusal.message))
    return redirect("track:received", voices.tracking_code(row.pk))


def _rate(request: Request, row: Chat, secret: str, by: Actor) -> HttpResponse:
    form = forms.Rate(request.POST, scores=surveys.SCORES)
    if not form.is_valid():
        return _page(request, row, secret, forms.Message(), rate=form)
    try:
        voice = actions.rate(
            chat=row.pk, score=form.cleaned_data["score"], comment=form.cleaned_data["comment"], by=by, at=request.now
        )
    except actions.AlreadyRated:
        voice = None  # sent twice
    if voice:
        flash.success(request, _("We are sorry. Somebody looks into it; this page tells you how it goes on."))
        return redirect("track:matter", voices.tracking_code(voice))
    return _back(secret, "#next")


VERBS: dict[str, Callable[[Request, Chat, str, Actor], HttpResponse]] = {
    "look": _look, "say": _say, "end": _end, "person": _person, "message": _message, "rate": _rate,
}  # fmt: skip


def _page(request: Request, row: Chat, secret: str, form: forms.Message, **more: Any) -> HttpResponse:
    row = queries.chat(row.pk) or row
    told = {"form": form, "lines": queries.lines(row.pk), **_context(request, row, secret), **more, "chat": row}
    wrong = bool(
        form.errors or more.get("problem") or any(getattr(more.get(n), "errors", None) for n in ("contact", "rate"))
    )
    response = render(request, "chats/room.html", told, status=422 if wrong else 200)
    response["X-Robots-Tag"] = "noindex"
    if row.state != "ended":
        _remember(response, row.pk)
    return response


def _context(request: Request, row: Chat, secret: str) -> dict[str, Any]:
    """What stands beside the lines: the queue, who answers, what can be done now."""
    at = request.now
    asked = surveys.by_secret(surveys.secret(row.invitation)) if row.invitation else None
    waiting = row.state == "waiting"
    rate = forms.Rate(scores=surveys.SCORES) if asked and asked.is_open(at) else None
    return {
        "secret": secret, "queue": queries.queue(row, at) if waiting else None,
        "contact": forms.Contact(initial=queries.context(row.pk), today=localdate(at)) if waiting else None,
        "rate": rate, "rated": bool(asked and asked.answered_at), "key": str(uuid4()),
        "track": voices.tracking_code(row.pk) if row.filed_at else "",
        "number": _number(row) if row.filed_at else "",
    }  # fmt: skip


def _number(row: Chat) -> str:
    voice = voices.voice(row.pk)
    return voice.number if voice else ""


def _start_form(request: Request, is_open: bool) -> forms.Start:
    today = localdate(request.now)
    branches = [
        (unit.code, unit.word(_language())) for unit in units.all_units(today) if unit.kind in ("outlet", "branch")
    ]
    how: dict[str, Any] = {
        "products": products.choices(), "branches": branches, "is_open": is_open, "today": today,
        "initial": {"kind": "enquiry", "answer_by": "chat" if is_open else "phone"},
    }  # fmt: skip
    return forms.Start(request.POST, **how) if request.method == "POST" else forms.Start(**how)


def _asked(form: forms.Start) -> actions.Opening:
    said = form.cleaned_data
    unit = units.by_code(said["unit"]) if said.get("unit") else None
    return actions.Opening(
        kind=said.get("kind") or "enquiry", product=said.get("product") or None, unit=unit.id if unit else None,
        language=_language(), answer_by=said.get("answer_by") or "chat", name=said["name"], phone=said["phone"],
        email=said["email"], text=said["text"],
    )  # fmt: skip


def _opened(request: Request, asked: actions.Opening) -> HttpResponse:
    id = _unsigned(request.POST.get("key", "")) or new_id()
    row = actions.open_chat(id=id, asked=asked, origin=_origin(request), by=customer(id), at=request.now)
    return _remember(redirect("chats:room", queries.secret(row.pk)), row.pk)


def _left(request: Request, form: forms.Start) -> HttpResponse | None:
    """A message outside office hours goes the way of every submission: safe first, then heard, with a tracking code."""
    said, at = form.cleaned_data, request.now
    raw = {
        "channel": "chat", "kind": said.get("kind") or "enquiry", "text": said["text"], "unit": said.get("unit") or "",
        "product": said.get("product") or "",
        "customer": {field: said[field] for field in ("name", "phone", "email")},
    }  # fmt: skip
    found = voices.check(raw, today=localdate(at))
    resolved = (
        found if isinstance(found, list) else voice_actions.resolve(submission=found, language=_language(), at=at)
    )
    if isinstance(resolved, list):
        for problem in resolved:
            form.add_error(None, voices.problem_words(problem))
        return None
    origin, key = _origin(request), request.POST.get("key", "")
    same, _near = voices.recent_from(origin, "", at)
    limit = settings.HUIYIN_SUBMISSIONS_PER_HOUR
    id = _unsigned(key) or new_id()
    voice_actions.receive(
        resolved=resolved, key=str(id), scope="chat", by=machine("portal"), at=at, id=id, origin=origin,
        hold=0 < limit <= same,
    )  # fmt: skip
    return redirect("track:received", voices.tracking_code(id))


def _mine(secret: str) -> Chat:
    row = queries.by_secret(secret)
    if row is None:
        raise Http404
    return row


def _back(secret: str, place: str = "#end") -> HttpResponse:
    response = redirect("chats:room", secret)
    response["Location"] += place
    return response


def _remember(response: HttpResponse, id: UUID) -> HttpResponse:
    """The browser finds its chat again; the cookie opens this one chat and nothing else."""
    response.set_cookie(
        COOKIE, signing.dumps(str(id), salt=SALT), path="/chat/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _running(request: Request) -> str:
    """The link of the chat this browser still has going on."""
    id = _unsigned(request.COOKIES.get(COOKIE, ""))
    row = queries.chat(id) if id else None
    return queries.secret(row.pk) if row and row.state != "ended" else ""


def _unsigned(text: str) -> UUID | None:
    try:
        return UUID(signing.loads(text, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _origin(request: Request) -> str:
    sender = voices.sender(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.HUIYIN_TRUSTED_PROXIES,
    )
    return salted_hmac("huiyin.origin", sender, algorithm="sha256").hexdigest()


def _language() -> str:
    return get_language() or "zh-hans"
