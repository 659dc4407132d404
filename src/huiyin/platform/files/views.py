"""Download an attachment by a link that a page of the matter has minted for this very person."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.platform.files import queries


@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    file = queries.linked(token, request.actor)  # type: ignore[attr-defined]
    if file is None or queries.file_of(file) is None:
        raise Http404
    return queries.served(file)
