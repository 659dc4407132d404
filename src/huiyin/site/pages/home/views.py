"""The first page of the portal and of the desk, and the small pages that belong to no room."""

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.site import health as site_health


@require_safe
def portal(request: HttpRequest) -> HttpResponse:
    return render(request, "home/portal.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html")


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    return render(request, "home/desk.html")


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "home/me.html")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and watchers: 200 while the database answers and the tick is alive, else 503."""
    found = site_health.look(request.now)  # type: ignore[attr-defined]
    return JsonResponse(found, status=200 if found["ok"] else 503)


class _Sample(forms.Form):
    text = forms.CharField(label=_("What happened?"), widget=forms.Textarea, help_text=_("In your own words."))
    day = forms.DateField(label=_("When?"), required=False, widget=forms.DateInput({"type": "date"}))
    way = forms.ChoiceField(
        label=_("How shall we answer?"), choices=[("portal", _("On this page")), ("phone", _("By telephone"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    agree = forms.BooleanField(label=_("I have read the privacy notice"))


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """Every piece of the design on one page, for reviewers; only in debug and in the demo."""
    if not (settings.DEBUG or settings.HUIYIN_DEMO):
        raise Http404
    return render(request, "home/patterns.html", {"form": _Sample(), "wrong": _Sample({"text": "", "way": "phone"})})


def first_run(request: HttpRequest) -> HttpResponse:
    if get_user_model().objects.exists():
        raise Http404
    raise Http404
