"""What every request carries: the present instant and the actor."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from huiyin.site.now import now


def moment(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`request.now`: the instant that actions of this request are given as `at`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.now = now()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
