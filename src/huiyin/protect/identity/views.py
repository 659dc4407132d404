"""Accounts at the desk, the sign-in page, and the link with which somebody sets a password."""

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.tokens import default_token_generator
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.protect.identity import actions, queries
from huiyin.protect.identity.forms import NewUserForm, PasswordForm, ReasonForm
from huiyin.protect.identity.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class LinkSpent(Refusal):
    status = 410


def users(request: Request) -> HttpResponse:
    """Accounts, by name, staff number or sign-in name."""
    must(request.actor, "users.manage")
    words = request.GET.get("q", "").strip()[:60]
    found = queries.visible_to(request.actor, localdate(request.now))
    if words:
        found = found.filter(
            Q(username__icontains=words) | Q(first_name__icontains=words) | Q(staff__number__startswith=words)
        )
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    protected = queries.with_factors(user.pk for user in page)
    return render(request, "identity/users.html", {"page": page, "words": words, "protected": protected})


def add(request: Request) -> HttpResponse:
    must(request.actor, "users.manage")
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_user(
                username=form.cleaned_data["username"], staff=form.cleaned_data["number"],
                name=getattr(form, "name", ""), by=request.actor, at=request.now,
            )  # fmt: skip
        except (actions.NameTaken, actions.HasAccount) as no:
            form.add_error("username" if isinstance(no, actions.NameTaken) else "number", str(no.message))
        else:
            messages.success(request, _("The account is there. Give its owner a link to set a password."))
            return redirect("identity:user", pk=made.pk)
    return render(request, "identity/add.html", {"form": form})


def user(request: Request, pk: int) -> HttpResponse:
    must(request.actor, "users.manage")
    found = _found(request, pk)
    return render(
        request,
        "identity/user.html",
        {"user": found, "factors": queries.factors(pk), "resets": queries.resets(pk), "mine": _is_mine(request, pk)},
    )


def switch(request: Request, pk: int) -> HttpResponse:
    """Off ends every session at once."""
    must(request.actor, "users.manage")
    found = _found(request, pk)
    if request.method == "POST":
        actions.switch(user=pk, active=not found.is_active, by=request.actor, at=request.now)
        messages.success(
            request, _("The account is switched off.") if found.is_active else _("The account is on again.")
        )
        return redirect("identity:user", pk=pk)
    return render(request, "identity/switch.html", {"user": found})


def reset(request: Request, pk: int) -> HttpResponse:
    """Take the second factor away, with a reason; the owner sets up a new one at the next sign-in."""
    must(request.actor, "users.manage")
    found = _found(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.reset_factors(user=pk, reason=form.cleaned_data["reason"], by=request.actor, at=request.now)
        messages.success(request, _("The second factor is reset."))
        return redirect("identity:user", pk=pk)
    return render(request, "identity/reset.html", {"user": found, "form": form})


@never_cache
def link(request: Request, pk: int) -> HttpResponse:
    """A link, good once and for one day, with which the owner sets a password. Shown to the administrator this once."""
    must(request.actor, "users.manage")
    found = _found(request, pk)
    address = ""
    if request.method == "POST":
        actions.issue_link(user=pk, by=request.actor, at=request.now)
        token = default_token_generator.make_token(found)
        uid = urlsafe_base64_encode(str(pk).encode())
        address = request.build_absolute_uri(reverse("set_password", args=[uid, token]))
    return render(request, "identity/link.html", {"user": found, "address": address})


@never_cache
def set_password(request: Request, uid: str, token: str) -> HttpResponse:
    """Used twice, used late, used after the password changed: the link is spent (item 36)."""
    found = _owner(uid)
    if found is None or not found.is_active or not default_token_generator.check_token(found, token):
        raise LinkSpent(_("This link has been used already or is too old. Ask your administrator for a new one."))
    form = PasswordForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"]
        actions.set_password(user=found.pk, password=password, by=request.actor, at=request.now)
        messages.success(request, _("The password is set. Sign in with it now."))
        return redirect("account_login")
    response = render(request, "identity/set_password.html", {"form": form})
    response["Referrer-Policy"] = "no-referrer"
    return response


class SignIn(LoginView):
    """allauth's sign-in, without its way to a new password by mail; in a demonstration it also offers the cast."""

    def get_form(self, form_class: type | None = None) -> Form:
        form: Form = super().get_form(form_class)
        form.fields["password"].help_text = ""
        return form

    def get_context_data(self, **kwargs: object) -> dict:
        found = super().get_context_data(**kwargs)
        found["demo_people"] = queries.demo_people() if settings.HUIYIN_DEMO else []
        return found


@require_POST
def demo_sign_in(request: Request) -> HttpResponse:
    """One click into an invented bank. Exists only in a demonstration."""
    if not settings.HUIYIN_DEMO:
        raise Http404
    chosen = request.POST.get("user", "")
    found = User.objects.filter(pk=int(chosen), demo=True, is_active=True).first() if chosen.isdecimal() else None
    if found is None:
        raise Http404
    login(request, found, backend=BACKEND)
    onward = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return redirect(onward if safe else settings.LOGIN_REDIRECT_URL)


def closed(request: Request) -> HttpResponse:
    """Where allauth would let people sign up or reset by mail: an administrator does that here."""
    raise Http404


def _found(request: Request, pk: int) -> User:
    found = queries.visible_to(request.actor, localdate(request.now)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _is_mine(request: Request, pk: int) -> bool:
    return request.user.pk == pk


def _owner(uid: str) -> User | None:
    try:
        pk = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError, UnicodeError):
        return None
    return User.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
