"""Two taps at the counter, and the outlet's own page. Looking writes nothing; only the second tap does."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.kernel.actor import machine
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import can, must
from huiyin.kernel.request import Request
from huiyin.listen.counters import actions, forms, queries, rules
from huiyin.listen.counters.models import Press, Spot
from huiyin.listen.surveys import queries as surveys
from huiyin.listen.voices import queries as voices

COOKIE, SALT = "hy_rater", "huiyin.rate-us"
BY = machine("counter")
BACK_AFTER = 8  # seconds until a tablet returns to its first page
IDLE = 90  # seconds after which a tablet forgets what somebody left half done


@never_cache
@require_safe
def faces(request: Request, token: str) -> HttpResponse:
    """The first tap: a face. A link and nothing more, so that a scanner that follows it counts for nothing."""
    spot, tablet = _spot(token), _tablet(request)
    score = request.GET.get("score", "")
    if score not in {label.code for label in surveys.SCORES}:
        return render(request, "counters/faces.html", _shown(spot, token, tablet) | {"scores": surveys.SCORES})
    form = forms.Why(score=int(score), today=localdate(request.now))
    return _asked(request, spot, token, int(score), form, _ticket(spot), tablet)


@never_cache
@require_POST
def send(request: Request, token: str) -> HttpResponse:
    """The second tap. The ticket of the page is good for one rating and half an hour."""
    spot, tablet = _spot(token), _tablet(request)
    id, score = _of_ticket(request.POST.get("ticket", ""), spot), request.POST.get("score", "")
    if id is None or score not in {label.code for label in surveys.SCORES}:
        return redirect(_start(token, tablet))
    form = forms.Why(request.POST, score=int(score), today=localdate(request.now))
    if not form.is_valid():
        return _asked(request, spot, token, int(score), form, request.POST["ticket"], tablet)
    said = form.cleaned_data
    mark = _mark(request)
    try:
        actions.rate(
            id=id, spot=spot.pk, score=int(score), reasons=said["reasons"], text=said["text"], name=said["name"],
            phone=said["phone"], device="" if tablet else _device(mark), tablet=tablet,
            language=get_language() or "zh-hans", by=BY, at=request.now,
        )  # fmt: skip
    except (actions.RatedEnough, actions.TooManyRatings) as refusal:
        told = _shown(spot, token, tablet) | {"refused": refusal.message}
        return _returning(render(request, "counters/thanks.html", told, status=429), token, tablet, BACK_AFTER)
    response = redirect(f"{_start(token, tablet, 'thanks/')}{'&' if tablet else '?'}t={request.POST['ticket']}")
    if not tablet:
        response.set_cookie(
            COOKIE, signing.dumps(mark, salt=SALT), max_age=400 * 86400, path="/rate-us/", httponly=True,
            samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    return response


@never_cache
@require_safe
def thanks(request: Request, token: str) -> HttpResponse:
    """What follows. On a shared tablet only the number is shown, never the customer's link."""
    spot, tablet = _spot(token), _tablet(request)
    id = _of_ticket(request.GET.get("t", ""), spot)
    press = Press.objects.filter(pk=id, spot=spot).first() if id else None
    voice = voices.voice(press.pk) if press and press.called else None
    told = _shown(spot, token, tablet) | {
        "number": voice.number if voice else "",
        "track": voices.tracking_code(voice.id) if voice and not tablet else "",
    }
    return _returning(render(request, "counters/thanks.html", told), token, tablet, BACK_AFTER)


@never_cache
@login_required
@require_safe
def index(request: Request) -> HttpResponse:
    """What customers of the outlets one answers for have pressed, and what is to be done."""
    actor, at = request.actor, request.now
    must(actor, "counter.read")
    managed = {spot.pk for spot in queries.managed_by(actor, at)}
    context = {
        "results": queries.results(actor, at), "weeks": queries.weeks(actor, at),
        "reasons": queries.reasons(actor, at), "low": queries.low(actor, at), "settled": rules.SETTLED,
        "settlement": rules.SETTLEMENT, "spots": queries.visible_to(actor, at), "managed": managed,
        "manages": bool(can(actor, "counter.manage")), "reads_cases": bool(can(actor, "case.read")),
    }  # fmt: skip
    return render(request, "counters/index.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    must(request.actor, "counter.manage")
    language = get_language() or "zh-hans"
    places = [(str(unit.id), unit.word(language)) for unit in queries.places(request.actor, request.now)]
    form = forms.Place(request.POST if request.method == "POST" else None, places=places)
    if form.is_bound and form.is_valid():
        try:
            made = actions.open_spot(
                unit=UUID(form.cleaned_data["unit"]), label=form.cleaned_data["label"], by=request.actor, at=request.now
            )
            return redirect("counters:code", made.pk)
        except actions.AlreadyThere as refusal:
            form.add_error("label", str(refusal.message))
    return render(request, "counters/new.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_safe
def code(request: Request, id: UUID) -> HttpResponse:
    """The sheet to print and to put on the counter, and the address for a tablet."""
    spot = _managed(request, id)
    if not spot.is_open:
        raise Http404
    told = {"spot": spot, "qr": queries.qr(spot), "address": queries.address(spot)}
    return render(request, "counters/code.html", told)


@login_required
@require_POST
def renew(request: Request, id: UUID) -> HttpResponse:
    spot, is_open = _managed(request, id), request.POST.get("open") == "1"
    actions.renew_spot(spot=spot.pk, is_open=is_open, by=request.actor, at=request.now)
    flash.success(request, _("The printed code is worthless from now on."))
    return redirect("counters:code", id) if is_open else redirect("counters:index")


@login_required
@require_POST
def settle(request: Request, id: UUID) -> HttpResponse:
    must(request.actor, "counter.read")
    actions.settle(press=id, what=request.POST.get("what", ""), by=request.actor, at=request.now)
    return redirect("counters:index")


def _managed(request: Request, id: UUID) -> Spot:
    must(request.actor, "counter.manage")
    spot = queries.managed_by(request.actor, request.now).filter(pk=id).first()
    if spot is None:
        raise Http404
    return spot


def _spot(token: str) -> Spot:
    spot = queries.by_token(token)
    if spot is None:
        raise Http404
    return spot


def _tablet(request: Request) -> bool:
    return request.GET.get("tablet") == "1"


def _start(token: str, tablet: bool, page: str = "") -> str:
    return f"/rate-us/{token}/{page}{'?tablet=1' if tablet else ''}"


def _shown(spot: Spot, token: str, tablet: bool) -> dict[str, Any]:
    return {"spot": spot, "tablet": tablet, "start": _start(token, tablet), "send": _start(token, tablet, "send/")}


def _asked(
    request: Request, spot: Spot, token: str, score: int, form: forms.Why, ticket: str, tablet: bool
) -> HttpResponse:
    label = next(label for label in surveys.SCORES if label.code == str(score))
    told = _shown(spot, token, tablet) | {"form": form, "score": label, "ticket": ticket}
    page = render(request, "counters/why.html", told, status=422 if form.errors else 200)
    return _returning(page, token, tablet, IDLE)


def _returning(response: HttpResponse, token: str, tablet: bool, seconds: int) -> HttpResponse:
    """A tablet goes back to its first page by itself, so that nobody finds what the one before typed."""
    if tablet:
        response["Refresh"] = f"{seconds}; url={_start(token, tablet)}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _ticket(spot: Spot) -> str:
    return signing.dumps([new_id().hex, spot.pk.hex, spot.version], salt=SALT, compress=False)


def _of_ticket(text: str, spot: Spot) -> UUID | None:
    """The rating a ticket is good for, if it is genuine, fresh and of this very code."""
    try:
        id, place, version = signing.loads(text, salt=SALT, max_age=rules.TICKET_LIFE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return UUID(id) if (place, version) == (spot.pk.hex, spot.version) else None


def _mark(request: Request) -> str:
    """A random mark of this browser, which says nothing about who holds it."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT))
    except signing.BadSignature:
        return get_random_string(22)


def _device(mark: str) -> str:
    return salted_hmac("huiyin.rater", mark, algorithm="sha256").hexdigest()
