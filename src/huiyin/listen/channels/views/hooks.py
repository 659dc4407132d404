"""The door for machines: one address per channel. What may enter is judged by its signature, in the channel's plug."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.channels import actions
from huiyin.listen.channels.queries import Call

MOST = 2_500_000  # Django would break a larger body off with 400


@csrf_exempt  # no session and no cookie counts here: the plug verifies a signature over the raw bytes
@never_cache
@require_http_methods(["GET", "POST"])
def hook(request: Request, code: str) -> HttpResponse:
    """GET greets (a handshake of the platform) and writes nothing; POST delivers."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdecimal() or int(size) > MOST:
        return _said(413)
    call = Call(
        method=request.method or "", query=request.GET.dict(), at=request.now,
        headers={name.lower(): value for name, value in request.headers.items()},
        raw=request.body if request.method == "POST" else b"",
    )  # fmt: skip
    try:
        answer = actions.called(code=code, call=call)
    except Refusal as no:
        return _said(no.status)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.type)


def _said(status: int) -> HttpResponse:
    """A machine is told by the status; nothing of what it sent is repeated."""
    response = HttpResponse(f"{status}".encode(), status=status, content_type="text/plain")
    if status == 429:
        response["Retry-After"] = "60"
    return response
