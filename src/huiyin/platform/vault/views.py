"""See personal data for a reason. GET shows the question and never a value; POST shows the values once."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.platform.vault import actions, queries
from huiyin.platform.vault.forms import Reason
from huiyin.platform.vault.rules.fields import word_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, token: str) -> HttpResponse:
    """The token was minted for this actor, within the hour, by a page that had asked `can(actor, "person.unmask")`."""
    place = queries.unmask_token(token, request.actor)  # type: ignore[attr-defined]
    if place is None or queries.is_barred(place[1], request.actor, request.now):  # type: ignore[attr-defined]
        raise Http404
    piece = "vault/unmask_piece.html" if getattr(request, "htmx", False) else "vault/unmask.html"
    form = Reason(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if request.method == "POST" else 200
        return render(request, piece, {"form": form, "token": token}, status=status)
    subject, row = place
    values = actions.unmask(
        subject=subject,
        row=row,
        reason=form.cleaned_data["reason"],
        detail=form.cleaned_data["detail"],
        by=request.actor,  # type: ignore[attr-defined]
        at=request.now,  # type: ignore[attr-defined]
    )
    shown = [(word_of(name), value) for name, value in values.items() if value]
    return render(request, piece, {"values": shown, "erased": not values, "token": token})
