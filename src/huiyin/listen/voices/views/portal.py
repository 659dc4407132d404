"""The public complaint form: four steps, a check page, no account and no script needed."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages as flash
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.bank.products import queries as products
from huiyin.bank.units import queries as units
from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.actor import customer
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.voices import actions, queries
from huiyin.listen.voices.forms.portal import STEPS, Contact, people
from huiyin.listen.voices.rules.codes import KIND
from huiyin.listen.voices.rules.intake import MANDATE, WISH, Submission, check
from huiyin.listen.voices.rules.limits import address, network, over_limit
from huiyin.listen.voices.rules.text import Problem
from huiyin.platform.files import actions as files
from huiyin.platform.files import queries as kept

COOKIE, SALT = "hy_draft", "huiyin.draft"
NAMES = [name for name, _form in STEPS]
FIELDS = {
    "what": ("text",),
    "where": ("where", "occurred_at", "about", "product"),
    "wish": ("wish", "want"),
    "contact": ("name", "phone", "email", "representative", "mandate", "privacy"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, name: str = "what") -> HttpResponse:
    """One step. A wrong answer comes back as it was typed; a right one is kept before the next step is shown."""
    number = NAMES.index(name)
    draft = _draft(request)
    if draft is None and number > 0:
        return _start_again(request)
    known = draft[1] if draft else {}
    kind = draft[2] if draft and not (number == 0 and "kind" in request.GET) else _kind(request)
    form = _form(request, name, known)
    if request.method == "POST" and form.is_valid():
        id = draft[0] if draft else _new_draft(request, kind)
        answers = {field: form.said(field) for field in FIELDS[name]}
        actions.keep_step(draft=id, values=answers, at=request.now, kind=kind)
        refused = _keep_files(request, id, form.cleaned_data.get("files") or [])
        if not refused:
            response = redirect("voices:check") if number == 3 else redirect("voices:step", NAMES[number + 1])
            return _remember(response, id)
        form.add_error("files", refused)
        draft = (id, known, kind)
    page = render(
        request,
        "voices/step.html",
        {
            "form": form,
            "name": name,
            "number": number + 1,
            "steps": len(STEPS),
            "kind": KIND[kind],
            "before": _before(number),
            "branches": _branches(request) if name == "where" else [],
            "files": kept.files_of(draft[0]) if draft and name == "what" else [],
            "draft": draft is not None,
        },
        status=422 if form.is_bound and form.errors else 200,
    )
    return _remember(page, draft[0]) if draft else page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: Request) -> HttpResponse:
    """Everything on one page before it is sent; sending it twice is sending it once."""
    posted = _unsigned(request.POST.get("key", "")) if request.method == "POST" else None
    draft = _draft(request)
    if posted is not None and queries.intake(posted):
        return _received(posted)
    if draft is None or (posted is not None and posted != draft[0]):
        return _start_again(request)
    id, values, kind = draft
    found = _resolved(values, kind, request)
    if isinstance(found, list) and queries.intake(id):
        return _received(id)
    if request.method == "POST" and not isinstance(found, list):
        return _send(request, id, found)
    problems = [(step_of(p), queries.problem_words(p)) for p in found] if isinstance(found, list) else []
    page = render(
        request,
        "voices/check.html",
        {
            "rows": _rows(values),
            "problems": problems,
            "kind": KIND[kind],
            "files": kept.files_of(id),
            "like": None if problems else _like(values, request),
            "key": signing.dumps(str(id), salt=SALT),
        },
        status=422 if problems and request.method == "POST" else 200,
    )
    return _remember(page, id)


@require_POST
def discard(request: Request) -> HttpResponse:
    """Throw the form away: the answers so far are destroyed."""
    draft = _draft(request)
    if draft:
        actions.discard_draft(draft=draft[0], by=customer(draft[0]), at=request.now)
    flash.info(request, _("Your answers have been deleted."))
    response = redirect("/")
    response.delete_cookie(COOKIE, path="/complain/")
    return response


def _send(request: Request, id: UUID, resolved: actions.Resolved) -> HttpResponse:
    at = request.now
    sender = address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        settings.HUIYIN_TRUSTED_PROXIES,
    )
    origin, near = fingerprint(sender), fingerprint(network(sender))
    same, close = queries.recent_from(origin, near, at)
    actions.receive(
        resolved=resolved, key=str(id), scope="portal", by=customer(id), at=at, id=id, origin=origin, network=near,
        hold=over_limit(same, close, settings.HUIYIN_SUBMISSIONS_PER_HOUR),
    )  # fmt: skip
    actions.sent_draft(draft=id, at=at)
    return _received(id)


def _received(id: UUID) -> HttpResponse:
    response = redirect("track:received", queries.tracking_code(id))
    response.delete_cookie(COOKIE, path="/complain/")
    return response


def fingerprint(sender: str) -> str:
    """A keyed hash of an address: enough to count, not enough to know."""
    return salted_hmac("huiyin.origin", sender, algorithm="sha256").hexdigest() if sender else ""


def step_of(problem: Problem) -> str:
    places = {"text": "what", "want": "wish", "occurred_at": "where", "where": "where", "product": "where"}
    return places.get(problem.field, "where" if problem.field in ("complained_about", "unit") else "contact")


def _form(request: Request, name: str, known: dict[str, str]) -> Any:
    kind = dict(STEPS)[name]
    how: dict[str, Any] = {"today": localdate(request.now), "contact": kind is Contact}
    posted = request.method == "POST"
    form = kind(request.POST, request.FILES, **how) if posted else kind(initial=known, **how)
    if "product" in form.fields:
        field: Any = form.fields["product"]
        field.labels = tuple(products.choices())
        field.choices = field.words()
    return form


def _draft(request: Request) -> tuple[UUID, dict[str, str], str] | None:
    """The form in hand: its id, the answers so far, and whether it is a complaint or a suggestion."""
    id = _unsigned(request.COOKIES.get(COOKIE, ""))
    found = queries.draft(id) if id else None
    if found is None or found[0].sent_at is not None:
        return None
    return found[0].id, found[1], found[0].kind


def _unsigned(text: str) -> UUID | None:
    try:
        return UUID(signing.loads(text, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _new_draft(request: Request, kind: str) -> UUID:
    return actions.start_draft(kind=kind, language=get_language() or "zh-hans", at=request.now)


def _remember(response: HttpResponse, id: UUID) -> HttpResponse:
    """The draft lives in the browser session only as a signed name; what was typed stays on the server, sealed."""
    response.set_cookie(
        COOKIE, signing.dumps(str(id), salt=SALT), path="/complain/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _start_again(request: Request) -> HttpResponse:
    flash.info(request, _("Please start here. A form that was sent or left for two days is no longer kept."))
    return redirect("voices:start")


def _kind(request: Request) -> str:
    asked = request.POST.get("kind") or request.GET.get("kind") or "complaint"
    return asked if asked in ("complaint", "suggestion", "praise", "enquiry") else "complaint"


def _keep_files(request: Request, id: UUID, uploads: list[Any]) -> list[str]:
    """Keep what can be kept; each refusal is told with the file's name, and the person can go on without that file."""
    refused = []
    for upload in uploads:
        name = upload.name or ""
        try:
            actions.attach(draft=id, name=name, content=upload.file, by=customer(id), at=request.now)
        except Refusal as refusal:
            refused.append(kept.told(name, refusal))
            if isinstance(refusal, files.TooMany):
                break
    return refused


def _resolved(values: dict[str, str], kind: str, request: Request) -> actions.Resolved | list[Problem]:
    """The whole form through the same check as any other submission."""
    at = request.now
    today = localdate(at)
    unit = _unit_named(values.get("where", ""), request)
    wish = values.get("wish", "")
    want = "\n".join(
        filter(None, [WISH[wish].word(get_language() or "") if wish in WISH else "", values.get("want", "")])
    )
    raw = {
        "channel": "portal", "kind": kind, "text": values.get("text", ""), "want": want, "unit": unit,
        "where": values.get("where", ""), "product": values.get("product", ""),
        "occurred_at": values.get("occurred_at", ""), "complained_about": people(values.get("about", "")),
        "customer": {name: values.get(name, "") for name in ("name", "phone", "email")},
        "representative": {"name": values.get("representative", ""), "mandate": values.get("mandate", "")},
    }  # fmt: skip
    found = check(raw, today=today, contact_needed=True)
    problems = found if isinstance(found, list) else []
    if not values.get("privacy"):
        problems = [*problems, Problem("privacy", "privacy")]
    if problems or not isinstance(found, Submission):
        return problems
    return actions.resolve(submission=found, language=get_language() or "zh-hans", at=at)


def _branches(request: Request) -> list[Any]:
    return [u for u in units.all_units(localdate(request.now)) if u.kind in ("outlet", "branch")]


def _unit_named(text: str, request: Request) -> str:
    """The code of the branch that was picked from the list; anything else stays words."""
    said = text.strip()
    if not said:
        return ""
    return next((u.code for u in _branches(request) if said in (u.name, u.name_en, u.code)), "")


def _like(values: dict[str, str], request: Request) -> queries.VoiceView | None:
    """A hint at a matter told before: only where name and phone both fit and the words are much the same."""
    phone, name = values.get("phone", ""), values.get("name", "")
    both = set(profiles.who_has("phone", phone)) & set(profiles.who_has("name", name)) if phone and name else set()
    return queries.similar(both, values.get("text", ""), request.now) if both else None


def _before(number: int) -> str:
    return NAMES[number - 1] if number else ""


def _rows(values: dict[str, str]) -> list[tuple[str, str, str]]:
    """(step, question, answer) in the order of the form."""
    language = get_language() or "zh-hans"
    spoken = dict(values)
    spoken["wish"] = WISH[values["wish"]].word(language) if values.get("wish") in WISH else ""
    spoken["mandate"] = MANDATE[values["mandate"]].word(language) if values.get("mandate") in MANDATE else ""
    spoken["product"] = products.label(values["product"]).word(language) if values.get("product") else ""
    rows = []
    for name, form in STEPS:
        for field, drawn in form.base_fields.items():
            if field in FIELDS[name] and field != "privacy":
                rows.append((name, str(drawn.label), spoken.get(field, "")))
    return rows
