"""Pages for when something is refused or breaks: what happened, what was kept, what to do, a reference."""

import json
import logging

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from huiyin.kernel.label import Label

log = logging.getLogger("huiyin.web")
PROBLEM = "application/problem+json"

TITLES = {
    400: gettext_lazy("That request could not be read"),
    401: gettext_lazy("Please sign in"),
    403: gettext_lazy("You cannot open this"),
    404: gettext_lazy("There is nothing at this address"),
    405: gettext_lazy("This page cannot do that"),
    409: gettext_lazy("That is not possible now"),
    410: gettext_lazy("This link is no longer valid"),
    413: gettext_lazy("That is too large"),
    415: gettext_lazy("This kind of content is not accepted"),
    422: gettext_lazy("Some of what was sent is not right"),
    429: gettext_lazy("That was too many tries in a short time"),
    500: gettext_lazy("Something went wrong on our side"),
    503: gettext_lazy("We cannot save anything for the moment"),
}
ADVICE = {
    400: gettext_lazy("Nothing was saved. Go back, check what you entered and try again."),
    403: gettext_lazy("Your role does not include this page. If you need it for your work, ask your supervisor."),
    404: gettext_lazy("The address may be mistyped or the page may have moved. Nothing of yours was lost."),
    405: gettext_lazy("Nothing was changed. Go back to the page before this one and use its links and buttons."),
    409: gettext_lazy("Nothing was changed. Go back, reload the page and look how it stands now."),
    410: gettext_lazy("Ask for a new one at the place where you got it, or call us."),
    413: gettext_lazy(
        "Nothing was saved. Go back: what you typed is still there. Shorten the text (5,000 characters are enough for a"
        " long story) or send smaller files, up to 20 MB each."
    ),
    415: gettext_lazy("Nothing was saved. Go back and choose another kind of file."),
    422: gettext_lazy("Nothing was saved. Go back, check what you entered and try again."),
    429: gettext_lazy("Please wait a few minutes. You can always reach us by telephone or at any branch."),
    500: gettext_lazy("The fault has been noted. Please try again; if it happens again, tell us the reference below."),
    503: gettext_lazy(
        "Nothing was half-saved. Please try the same again in a minute; sending twice makes one complaint."
    ),
}


def answer(request: HttpRequest, status: int, message: object = "", title: object = "") -> HttpResponse:
    """The designed answer for a status: a page, or an RFC 9457 problem for the API and for programs that prefer one."""
    title = str(title or TITLES.get(status, TITLES[400 if status < 500 else 500]))
    if isinstance(message, Label):
        message = message.word(get_language() or "zh-hans")
    advice = str(message or ADVICE.get(status, ""))
    reference = getattr(request, "reference", "")
    if request.path.startswith("/api/") or request.get_preferred_type(["text/html", PROBLEM]) == PROBLEM:
        problem = {"type": "about:blank", "title": title, "status": status, "detail": advice, "reference": reference}
        response = HttpResponse(json.dumps(problem, ensure_ascii=False), content_type=PROBLEM)
    else:
        response = HttpResponse(_page(request, status, title, advice, reference))
    response.status_code = status
    response["Cache-Control"] = "no-store"
    if status in (429, 503):
        response["Retry-After"] = "60"
    return response


def _page(request: HttpRequest, status: int, title: str, advice: str, reference: str) -> str:
    values = {"status": status, "title": title, "advice": advice, "reference": reference}
    user = getattr(request, "user", None)
    frame = "desk.html" if request.path.startswith("/desk/") and user and user.is_authenticated else "portal.html"
    return render_to_string("errors/page.html", values | {"frame": frame}, request=request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 413 if type(exception).__name__ == "RequestDataTooBig" else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """A bug. The page itself may be what broke, or the database: then a plain one without either."""
    try:
        return answer(request, 500)
    except Exception:
        log.exception("error page failed")
        plain = render_to_string("errors/plain.html", {"reference": getattr(request, "reference", "")})
        return HttpResponse(plain, status=500)


def not_offered(request: HttpRequest, allowed: str) -> HttpResponse:
    """The address is there, but does not take this method."""
    said = _("This address takes: %s.") % allowed if request.path.startswith("/api/") else ""
    response = answer(request, 405, said)
    response["Allow"] = allowed
    return response


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(
        request,
        403,
        _(
            "This form was open for too long, or your browser blocks cookies from this site. Nothing was sent. "
            "Go back, reload the page and send it again."
        ),
        _("This form could not be sent"),
    )


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    return answer(request, 429, _("Too many sign-in attempts. Wait a few minutes, then try again."))
