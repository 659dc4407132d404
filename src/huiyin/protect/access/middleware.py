"""Every request carries its actor; nobody works at the desk without having proven who they are."""

from collections.abc import Callable
from datetime import UTC, datetime

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from huiyin.kernel.actor import Actor
from huiyin.protect.access.queries import actor_for
from huiyin.protect.identity.queries import with_factors

ANONYMOUS = Actor(kind="customer", id="anonymous")


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """1. build the actor; 2. the desk needs a sign-in; 3. with a second factor, unless this is a demo."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.actor = actor_of(request)  # type: ignore[attr-defined]
        if request.path_info.startswith("/desk/"):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if needs_second_factor(request):
                return redirect(reverse(next_proof(request)))
        return get_response(request)

    return answer


def actor_of(request: HttpRequest) -> Actor:
    # Reading request.user would touch the session: a customer without one is anonymous at once.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return ANONYMOUS
    return actor_for(request.user, request.now, _last_proof(request))  # type: ignore[attr-defined, arg-type]


def needs_second_factor(request: HttpRequest) -> bool:
    """A staff session that was opened with a password alone."""
    if settings.HUIYIN_DEMO or not settings.HUIYIN_MFA_REQUIRED:
        return False
    return not any(_is_strong(record) for record in _proofs(request))


def next_proof(request: HttpRequest) -> str:
    """Where a password alone leads: to show the second factor that there is by now, else to set one up."""
    return "mfa_reauthenticate" if with_factors([request.user.pk or 0]) else "mfa_activate_totp"


def _proofs(request: HttpRequest) -> list[dict]:
    return request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])


def _is_strong(record: dict) -> bool:
    return record.get("method") == "mfa"


def _last_proof(request: HttpRequest) -> datetime | None:
    """When the person last proved who they are (for sensitive acts)."""
    times = [record["at"] for record in _proofs(request) if "at" in record]
    return datetime.fromtimestamp(max(times), UTC) if times else None
