"""The rating page behind a secret link. Looking at it counts nothing; only sending the form does."""

from django.contrib import messages as flash
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.kernel.actor import customer
from huiyin.kernel.request import Request
from huiyin.listen.surveys import actions, queries
from huiyin.listen.surveys.forms.rate import Rate
from huiyin.listen.voices import queries as voices


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: Request, secret: str) -> HttpResponse:
    at = request.now
    asked = queries.by_secret(secret)
    if asked is None:
        raise Http404
    form = Rate(request.POST if request.method == "POST" else None)
    state = "open" if asked.is_open(at) else "answered" if asked.answered_at else "expired"
    if state == "open" and request.method == "POST" and form.is_valid():
        actions.answer(secret=secret, by=customer(asked.matter or asked.id), at=at, **form.cleaned_data)
        state = "answered"
    elif state == "answered" and request.method == "POST":
        flash.info(request, _("You have rated this before; your first rating counts."))
    voice = voices.voice(asked.matter) if asked.matter else None
    track = voices.tracking_code(voice.id) if voice else ""
    context = {"form": form, "state": state, "number": voice.number if voice else "", "track": track}
    status = 422 if state == "open" and form.is_bound and form.errors else 200
    return render(request, "surveys/rate.html", context, status=status)
