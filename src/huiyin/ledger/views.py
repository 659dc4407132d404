"""The log as anybody may read it (C2SP tlog-tiles): hashes, a signed checkpoint and the public key, nothing else."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from huiyin.ledger import queries
from huiyin.ledger.rules import merkle

_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint."""
    note = queries.newest_checkpoint()
    if not note:
        raise Http404
    return _text(note)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public keys, one a line, the present one first."""
    return _text("\n".join(queries.vkeys()) + "\n")


@require_safe
def tile(request: HttpRequest, level: str, place: str) -> HttpResponse:
    """`tile/<level>/<index>[.p/<width>]`; level `entries` is a bundle of entry hashes."""
    index, width = _place(place)
    if level == "entries":
        found = queries.bundle(index, width)
    elif len(level) <= 2 and level.isascii() and level.isdigit() and str(int(level)) == level and int(level) < 64:
        found = queries.tile(int(level), index, width)
    else:
        found = None
    if found is None:
        raise Http404
    return HttpResponse(
        found,
        content_type="application/octet-stream",
        headers={"Cache-Control": _FOREVER, "Access-Control-Allow-Origin": "*"},
    )


def _place(place: str) -> tuple[int, int]:
    """`x001/x234/067` is 1234067 and `067.p/8` the first 8 hashes of tile 67."""
    path, partial, width = place.partition(".p/")
    *above, last = path.split("/")
    groups = [part[1:] for part in above if part.startswith("x")] + [last]
    canonical = len(groups) == len(above) + 1 and (not above or groups[0] != "000")
    if (
        not canonical
        or len(groups) > 6
        or not all(len(part) == 3 and part.isascii() and part.isdigit() for part in groups)
    ):
        raise Http404
    if not partial:
        return int("".join(groups)), merkle.WIDTH
    if not (width.isascii() and width.isdigit() and width == str(int(width[:4])) and 1 <= int(width) <= 255):
        raise Http404
    return int("".join(groups)), int(width)


def _text(text: str) -> HttpResponse:
    headers = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
