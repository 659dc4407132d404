"""Download an attachment by a link that a page of the matter has minted for this very person."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.platform.files import queries
from huiyin.platform.vault import queries as vault


@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    linked = queries.linked(token, request.actor)  # type: ignore[attr-defined]
    file = queries.file_of(linked) if linked else None
    if file is None or vault.is_barred(file.matter, request.actor, request.now):  # type: ignore[attr-defined]
        raise Http404
    return queries.served(file.id)
