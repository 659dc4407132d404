"""The question behind a secret link. Looking at it counts nothing; only sending the form does."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.kernel.actor import customer
from huiyin.kernel.request import Request
from huiyin.listen.voices import queries as voices
from huiyin.resolve.callbacks import actions, forms, queries, rules
from huiyin.resolve.callbacks.models import Contact


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: Request, secret: str) -> HttpResponse:
    row = queries.contact_by_secret(secret)
    if row is None or row.state == "skipped":
        raise Http404
    form = forms.Answer(request.POST or None, slots=_slots(request))
    if request.method == "POST" and _is_open(row, request) and form.is_valid():
        said = form.cleaned_data
        try:
            row = actions.answer(
                secret=secret, choice=said["choice"], by=customer(row.case), at=request.now,
                satisfied=int(said["satisfied"]) if said["satisfied"] else None, text=said["text"],
                call_at=said["call_at"],
            )  # fmt: skip
        except actions.Refused as no:
            form.add_error(None, str(no.message))
    return _page(request, row, secret, form)


@never_cache
@require_POST
def stop(request: Request, secret: str) -> HttpResponse:
    """The customer wants no such messages any more."""
    row = queries.contact_by_secret(secret)
    if row is None:
        raise Http404
    actions.stop(secret=secret, by=customer(row.case), at=request.now)
    row.refresh_from_db()
    return _page(
        request, row, secret, forms.Answer(slots=_slots(request)), _("You will get no such messages any more.")
    )


def _slots(request: Request) -> list[datetime]:
    return rules.slots(queries.hours(), request.now)


def _is_open(row: Contact, request: Request) -> bool:
    return row.state == "asked" and request.now <= row.open_until


def _page(request: Request, row: Contact, secret: str, form: forms.Answer, told: str = "") -> HttpResponse:
    voice = voices.voice(row.case)
    still_open = _is_open(row, request)
    context = {
        "form": form,
        "open": still_open,
        "answered": row.state == "answered",
        "number": voice.number if voice else "",
        "track": voices.tracking_code(row.case) if voice else "",
        "secret": secret,
        "told": told,
    }
    response = render(
        request, "callbacks/ask.html", context, status=422 if still_open and form.is_bound and form.errors else 200
    )
    response["X-Robots-Tag"] = "noindex"
    return response
