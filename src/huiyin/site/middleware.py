"""What every request carries, and how an expected refusal becomes a page."""

import logging
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers

from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.site import errors
from huiyin.site.now import now

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("huiyin.web")

CHOICES = {
    "theme": ("light", "dark"),
    "mode": ("normal", "care"),
    "density": ("comfortable", "compact"),
}
LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "zh-cn": "zh-hans", "en": "en"}
YEAR = 365 * 24 * 3600


def proxies(get_response: Answer) -> Answer:
    """Forwarding headers count only when the own reverse proxy (HUIYIN_TRUSTED_PROXIES) has set them."""
    trusted = [ip_network(known, strict=False) for known in settings.HUIYIN_TRUSTED_PROXIES]

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_from(request.META.get("REMOTE_ADDR", ""), trusted):
            for name in [name for name in request.META if name.startswith(("HTTP_X_FORWARDED", "HTTP_FORWARDED"))]:
                del request.META[name]
        return get_response(request)

    return middleware


def _is_from(address: str, trusted: Sequence[IPv4Network | IPv6Network]) -> bool:
    try:
        given = ip_address(address)
    except ValueError:
        return False
    return any(given in network for network in trusted)


def chunked(get_response: Answer) -> Answer:
    """A body sent in pieces, without Content-Length: read as far as a body may go where the server says where it ends.

    Django by itself takes it for empty, and the sender is told that correct JSON is none.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        if meta.get("wsgi.input_terminated") and "HTTP_TRANSFER_ENCODING" in meta and not meta.get("CONTENT_LENGTH"):
            body = meta["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            meta["CONTENT_LENGTH"] = str(len(body))
            request._stream = BytesIO(body)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def reference(get_response: Answer) -> Answer:
    """A reference that the error page shows and the log keeps; one line per request, without personal data."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.reference = new_id().hex[-12:]  # type: ignore[attr-defined]
        start = time.monotonic()
        response = get_response(request)
        match = request.resolver_match
        log.info(
            "%s /%s %s %.0fms %s",
            request.method,
            match.route if match else "?",
            response.status_code,
            (time.monotonic() - start) * 1000,
            request.reference,  # type: ignore[attr-defined]
        )
        return response

    return middleware


def moment(get_response: Answer) -> Answer:
    """`request.now`: the instant that actions of this request are given as `at`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = now()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def choices(get_response: Answer) -> Answer:
    """Display choices of the visitor: `?lang= ?theme= ?mode= ?density=`, remembered in a cookie each.

    Stands before Django's LocaleMiddleware, which then finds the language in its cookie.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        fresh: dict[str, str] = {}
        language = LANGUAGES.get(request.GET.get("lang", "").lower())
        if language:
            fresh[settings.LANGUAGE_COOKIE_NAME] = request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language
        chosen = {}
        for name, values in CHOICES.items():
            if request.GET.get(name) in values:
                fresh[f"hy_{name}"] = request.COOKIES[f"hy_{name}"] = request.GET[name]
            if request.COOKIES.get(f"hy_{name}") in values:
                chosen[name] = request.COOKIES[f"hy_{name}"]
        request.choices = chosen  # type: ignore[attr-defined]
        response = get_response(request)
        for name, value in fresh.items():
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


class Refusals:
    """An expected refusal becomes a designed page, or a JSON problem under /api/."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return errors.not_offered(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return errors.answer(request, exception.status, exception.message)
        if isinstance(exception, OperationalError | InterfaceError):
            log.error("database: %s %s", type(exception).__name__, request.reference)  # type: ignore[attr-defined]
            return errors.answer(request, 503)
        if isinstance(exception, SuspiciousOperation):
            return errors.bad_request(request, exception)
        if isinstance(exception, ValueError | DatabaseError) and _unstorable(exception):
            return errors.answer(request, 400)
        return None


def _unstorable(exception: Exception) -> bool:
    """Text that no database column can hold: NUL characters and lone surrogates."""
    return isinstance(exception, UnicodeEncodeError) or "NUL (0x00)" in str(exception)
