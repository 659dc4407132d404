"""One verb per address. Every POST leads back to the page by a redirect; GET changes nothing but what was read."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as flash
from django.db import OperationalError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor, customer
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.ledger import queries as ledger
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import actions as voice_actions
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.queries import VoiceView
from huiyin.platform.files import queries as files
from huiyin.platform.messages import actions as message_actions
from huiyin.platform.messages import queries as messages
from huiyin.resolve.appeals import actions as appeals
from huiyin.resolve.appeals import queries as appeal_queries
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.site.pages.track.forms import Find, More, Words
from huiyin.site.pages.track.story import IN_YOUR_WORDS, Said, dots, talk


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """The number and the last four figures of the telephone. Wrong number and wrong figures look the same."""
    form = (
        Find(request.POST) if request.method == "POST" else Find(initial={"number": request.GET.get("number", "")[:40]})
    )
    status = 200
    if request.method == "POST":
        origin, at = _origin(request), request.now
        status = 422
        if voices.too_many_trials(origin, at):
            form.full_clean()
            form.add_error(None, _("Too many attempts. Please wait a minute, or call us."))
            status = 429
        elif form.is_valid():
            found = _opened(form.cleaned_data["number"], form.cleaned_data["digits"])
            if found:
                return redirect("track:matter", voices.tracking_code(found.id))
            voice_actions.failed_trial(origin=origin, at=at)
            form.add_error(None, _("No complaint fits this number and these figures. Please check both."))
    page = render(request, "track/find.html", {"form": form}, status=status)
    if status == 429:
        page["Retry-After"] = "60"
    return page


def _opened(number: str, digits: str) -> VoiceView | None:
    """The voice, if the figures are the end of its telephone number. The same work is done whatever is wrong."""
    voice = voices.by_number(number)
    phone = voices.words(voice.id if voice else UUID(int=0)).phone
    fits = constant_time_compare(phone[-4:].rjust(4, "-"), digits.rjust(4, "+"))
    return voice if voice and fits and voice.source is None else None


@never_cache
@require_safe
def matter(request: Request, secret: str) -> HttpResponse:
    voice = voices.by_secret(secret)
    if voice is None:
        return _not_yet(request, secret)
    with suppress(OperationalError):  # a full disk: the page is shown all the same, and noted as read another time
        message_actions.read(matter=voice.id, by=customer(voice.id), at=request.now)
    return _page(request, voice, secret, More())


def _page(request: Request, voice: VoiceView, secret: str, form: Words, status: int = 200) -> HttpResponse:
    case = cases.case(voice.id)
    asked = surveys.newest(voice.id)
    is_open = voice.withdrawn_at is None and (case is None or case.state != "closed")
    response = render(
        request,
        "track/matter.html",
        {
            "voice": voice,
            "secret": secret,
            "case": case,
            "owner": staff.person(case.owner_id if case else None),
            "due": clocks.promised(voice.id) if is_open and not (case and case.answered_at) else None,
            "dots": dots(case.state if case else "new", withdrawn=voice.withdrawn_at is not None),
            "talk": _talk(voice),
            "form": form,
            "is_open": is_open,
            "offers": cases.put_to_the_customer(voice.id, voice.language) if case and case.state != "closed" else [],
            "answered": case is not None and case.state == "answered" and case.confirmed_at is None,
            "may_dispute": case is not None and not cases.why_no_dispute(case, request.now),
            "may_ask_review": case is not None and not appeal_queries.why_not(case, request.now),
            "rate": surveys.secret(asked.id) if asked and asked.is_open(request.now) else "",
            "rated": asked is not None and asked.answered_at is not None,
            "sealed": bool(_proof(voice.id)),
        },
        status=422 if form.errors else status,
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _refused(request: Request, voice: VoiceView, secret: str, refusal: Refusal) -> HttpResponse:
    """The page as it stands now, and why the act was not possible: pressed twice, or from a page that lay open."""
    voice = voices.by_secret(secret) or voice
    flash.warning(request, _yours(refusal, voice))
    return _page(request, voice, secret, More(), refusal.status)


def _yours(refusal: Refusal, voice: VoiceView) -> str:
    code = str(refusal.reasons.get("code"))
    if code == "case_is_closed" and voice.withdrawn_at:
        code = "withdrawn"
    return str(IN_YOUR_WORDS.get(code, refusal.message))


def _talk(voice: VoiceView) -> list[Said]:
    told, more, letters = voices.words(voice.id), voices.additions(voice.id), messages.thread(voice.id)
    return talk(voice, told, more, letters, cases.disputed(voice.id))


@never_cache
@require_safe
def received(request: Request, secret: str) -> HttpResponse:
    """The confirmation: number, time limit, who is responsible, the receipt, and what happens next."""
    voice = voices.by_secret(secret)
    if voice is None:
        return _not_yet(request, secret)
    case = cases.case(voice.id)
    entry = _entry(voice.id)
    response = render(
        request,
        "track/received.html",
        {
            "voice": voice,
            "secret": secret,
            "link": voices.link(voice.id),
            "owner": staff.person(case.owner_id if case else None),
            "due": clocks.promised(voice.id) if voice.withdrawn_at is None else None,
            "qr": ledger.receipt_qr(entry) if entry else "",
            "entry": entry.hash.hex() if entry else "",
        },
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _not_yet(request: Request, secret: str) -> HttpResponse:
    """Safe in the inbox, not heard yet: the customer sees the number and that nothing is lost."""
    taken = voices.intake_by_secret(secret)
    if taken is None or taken.state == "heard":
        raise Http404
    return render(request, "track/waiting.html", {"taken": taken, "secret": secret}, status=200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request, secret: str) -> HttpResponse:
    """More words, files, or both: all of it or nothing."""
    voice, by, at = _mine(request, secret)
    if request.method != "POST":
        return redirect("track:matter", secret)
    form = More(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, voice, secret, form)
    name = ""
    try:
        with transaction.atomic():
            cases.lock(voice.id)  # pressed twice, the second finds what the first has added
            if form.cleaned_data["text"] and not _just_said(voice.id, form.cleaned_data["text"], at):
                voice_actions.add_words(voice=voice.id, text=form.cleaned_data["text"], by=by, at=at)
            for file in form.cleaned_data["files"]:
                name = file.name or ""
                if not files.kept_before(voice.id, name, file.file):
                    voice_actions.add_file(voice=voice.id, name=name, content=file.file, by=by, at=at)
    except Refusal as refusal:
        form.add_error("files" if name else "text", files.told(name, refusal) if name else str(refusal.message))
        return _page(request, voice, secret, form)
    flash.success(request, _("Added. Whoever works on it has been told."))
    return redirect("track:matter", secret)


def _just_said(voice: UUID, text: str, at: datetime) -> bool:
    """The same words within ten minutes: one message, sent twice."""
    return any(one.text == text and at - one.at < timedelta(minutes=10) for one in voices.additions(voice))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: Request, secret: str) -> HttpResponse:
    """The customer confirms that the answer settles it."""
    voice, by, at = _mine(request, secret)
    if request.method != "POST":
        return redirect("track:matter", secret)
    try:
        case_actions.confirm(case=voice.id, by=by, at=at)
    except Refusal as refusal:
        return _refused(request, voice, secret, refusal)
    flash.success(request, _("Thank you. You have confirmed the answer."))
    return redirect("track:matter", secret)


@never_cache
@require_POST
def redress(request: Request, secret: str, id: UUID) -> HttpResponse:
    """The customer takes what is offered, or does not. The same answer twice is one answer."""
    voice, by, at = _mine(request, secret)
    offer = next((one for one in cases.put_to_the_customer(voice.id, voice.language) if one.id == id), None)
    answer = request.POST.get("answer", "")
    if offer is None or answer not in ("accepted", "declined"):
        raise Http404
    if offer.state == "offered":
        case_actions.answer_redress(redress=id, accepted=answer == "accepted", by=by, at=at)
    elif offer.state != answer:
        flash.warning(
            request, _("You have answered this offer already. Write to us below if you see it otherwise now.")
        )
        return redirect("track:matter", secret)
    said = _("Thank you. We will carry it out.") if answer == "accepted" else _("Noted: you do not take this offer.")
    flash.success(request, said)
    return redirect("track:matter", secret)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: Request, secret: str) -> HttpResponse:
    """The customer does not accept the answer: another person examines it again."""
    voice, by, at = _mine(request, secret)
    case = cases.case(voice.id)
    no = cases.why_no_dispute(case, at) if case else "wrong_state"

    def act(text: str) -> None:
        try:
            case_actions.dispute(case=voice.id, text=text, by=by, at=at)
        except Refusal:
            if text not in [text for _at, text in cases.disputed(voice.id)[-1:]]:
                raise  # else it was pressed twice, and is being examined again

    return _put_in_words(
        request, voice, secret, "track/dispute.html", case_actions.Refused(no) if no else None, act,
        asked=_("What is wrong or missing in the answer?"),
        done=_("Another person will now examine your complaint again."),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request, secret: str) -> HttpResponse:
    """核查: the customer asks the level above, while the window is open."""
    voice, by, at = _mine(request, secret)
    case = cases.case(voice.id)
    no = appeal_queries.why_not(case, at) if case else "not_reviewable"

    def act(text: str) -> None:
        appeals.request_review(case=voice.id, text=text, how="page", by=by, at=at)

    return _put_in_words(
        request, voice, secret, "track/review.html", appeals.Refused(no) if no else None, act,
        asked=_("What in the decision do you not accept?"),
        done=_("The review has begun. You will be told its result here."),
    )  # fmt: skip


def _put_in_words(
    request: Request, voice: VoiceView, secret: str, page: str, no: Refusal | None, act: Callable[[str], None], *,
    asked: str, done: str,
) -> HttpResponse:  # fmt: skip
    """A page on which the customer says why, or why that is not possible. What was typed stays where it is refused."""
    if no and request.method != "POST":
        return _refused(request, voice, secret, no)
    form = Words(request.POST if request.method == "POST" else None, required=True, label=asked)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["text"])
            flash.success(request, done)
            return redirect("track:matter", secret)
        except Refusal as refusal:
            form.add_error(None, _yours(refusal, voice))
            status = refusal.status
    return render(request, page, {"voice": voice, "secret": secret, "form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, secret: str) -> HttpResponse:
    voice, by, at = _mine(request, secret)
    case = cases.case(voice.id)
    if request.method != "POST" and (voice.withdrawn_at or case is None or case.state == "closed"):
        return _refused(request, voice, secret, case_actions.Refused("case_is_closed" if case else "wrong_state"))
    if request.method == "POST":
        try:
            case_actions.withdraw(case=voice.id, by=by, at=at)
        except Refusal as refusal:
            return _refused(request, voice, secret, refusal)
        flash.success(request, _("You have taken it back. It ends today."))
        return redirect("track:matter", secret)
    return render(request, "track/withdraw.html", {"voice": voice, "secret": secret})


@never_cache
@require_safe
def receipt(request: Request, secret: str) -> HttpResponse:
    """The signed receipt as a file: `huiyin verify` checks it without us."""
    voice, _by, _at = _mine(request, secret)
    entry = _entry(voice.id)
    if entry is None:
        raise Http404
    return _file(ledger.receipt(entry), f"{voice.number}.receipt.txt")


@never_cache
@require_safe
def proof(request: Request, secret: str) -> HttpResponse:
    """The proof that the entry is in the log; there once it is sealed."""
    voice, _by, _at = _mine(request, secret)
    text = _proof(voice.id)
    if not text:
        raise Http404
    return _file(text, f"{voice.number}.tlog-proof")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _mine(request: Request, secret: str) -> tuple[VoiceView, Actor, Any]:
    voice = voices.by_secret(secret)
    if voice is None:
        raise Http404
    return voice, customer(voice.id), request.now


def _entry(voice: UUID) -> Any:
    """The entry that says we heard it; other facts of the matter (files of the form) may stand before it."""
    return next((e for e in ledger.entries_of(f"matter:{voice}") if e.type == "voice.heard"), None)


def _proof(voice: UUID) -> str:
    entry = _entry(voice)
    return ledger.proof(entry) if entry else ""


def _origin(request: Request) -> str:
    sender = voices.sender(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.HUIYIN_TRUSTED_PROXIES,
    )
    return salted_hmac("huiyin.origin", sender, algorithm="sha256").hexdigest()
