"""The questions behind a secret link. Looking at them counts nothing; only sending the form does."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.kernel.actor import customer
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.voices import queries as voices
from huiyin.resolve.precontacts import actions, forms, queries


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Request, secret: str) -> HttpResponse:
    row = queries.by_secret(secret)
    voice = voices.voice(row.case) if row else None
    if row is None or voice is None:
        raise Http404
    told = queries.told(row)
    posted = request.method == "POST"
    form = forms.Answer(
        request.POST if posted else None, request.FILES if posted else None, told=told,
        currency=queries.currency_of(row), today=localdate(request.now),
    )  # fmt: skip
    if posted and queries.is_waited_for(row) and form.is_valid():
        try:
            row = actions.answer(
                precontact=row.pk, choices=form.choices, values=form.values, uploads=form.uploads,
                text=form.cleaned_data["text"], by=customer(row.case), at=request.now,
            )  # fmt: skip
            told = queries.told(row)
        except Refusal as no:
            form.add_error(None, str(no.message))
    still_open = queries.is_waited_for(row)
    context = {
        "form": form,
        "pairs": [(form[f"c{n}"], form[f"v{n}"]) for n in range(len(told.lines))],
        "told": told,
        "open": still_open,
        "answered": row.state == "answered",
        "number": voice.number,
        "track": voices.tracking_code(row.case),
        "secret": secret,
    }
    bad = still_open and form.is_bound and form.errors
    response = render(request, "precontacts/answer.html", context, status=422 if bad else 200)
    response["X-Robots-Tag"] = "noindex"
    return response
