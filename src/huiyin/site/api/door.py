"""The API itself: who may come in, how often, and what a refusal looks like."""

import time
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.request import Request
from huiyin.listen.voices import queries as voices
from huiyin.protect.access.actions import use_token
from huiyin.protect.access.queries import actor_for_token
from huiyin.site.api import complaints, problems, search

NOTED_EVERY = timedelta(minutes=1)
"""How often a process writes down that a token is in use."""


class Token(HttpBearer):
    """`Authorization: Bearer hy_…`, issued on the desk under API tokens."""

    openapi_description = "An API token of the bank"

    def __init__(self) -> None:
        super().__init__()
        self.noted: dict[str, datetime] = {}

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        at = cast(Request, request).now
        actor = actor_for_token(token, at)
        if actor and not timedelta(0) <= at - self.noted.get(actor.ref, at - NOTED_EVERY) < NOTED_EVERY:
            use_token(by=actor, at=at)
            self.noted[actor.ref] = at
        return actor


class PerToken(BaseThrottle):
    """So many requests a second for each token in each process: enough to stop a loop gone wild, not a rush."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[int, int]] = {}

    def allow_request(self, request: HttpRequest) -> bool:
        limit = settings.HUIYIN_API_PER_SECOND
        if limit <= 0:
            return True
        actor: Actor = request.auth  # type: ignore[attr-defined]
        second = int(time.monotonic())
        last, count = self.seen.get(actor.ref, (second, 0))
        count = count + 1 if last == second else 1
        if len(self.seen) > 1000:
            self.seen.clear()
        self.seen[actor.ref] = (second, count)
        return count <= limit

    def wait(self) -> float:
        return 1.0


class Strict(Parser):
    """JSON as two programs read it alike, whatever the operation."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise HttpError(415, "")
        return voices.loads(request.body)


class Api(NinjaAPI):
    """Errors are described as what they are: RFC 9457 problems."""

    def get_openapi_schema(self, **how: Any) -> Any:
        schema = super().get_openapi_schema(**how)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"]["application/problem+json"] = answer["content"].pop("application/json")
        return schema


api = Api(
    title="Huiyin",
    version="1",
    description="Complaints to this bank, for its other systems. Errors are RFC 9457 problems in the language of"
    " Accept-Language (zh-Hans or en).",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
    auth=Token(),
    throttle=[PerToken()],
    parser=Strict(),
    servers=[{"url": settings.HUIYIN_BASE_URL, "description": "this installation"}],
)
api.add_router("/complaints", complaints.router)
api.add_router("/search", search.router)


@api.exception_handler(AuthenticationError)
def unknown(request: Request, _error: Any) -> HttpResponse:
    response = problems.answer(request, 401)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Throttled)
def too_fast(request: Request, _error: Any) -> HttpResponse:
    response = problems.answer(request, 429)
    response["Retry-After"] = "1"
    return response


@api.exception_handler(ValidationError)
def not_right(request: Request, error: Any) -> HttpResponse:
    """Each field by its name; what its value was is not repeated."""
    wrong = [(str(one["loc"][-1]), "required" if one["type"] == "missing" else "value") for one in error.errors]
    return problems.answer(request, 422, [voices.Problem(field, code) for field, code in wrong])


@api.exception_handler(HttpError)
def refused(request: Request, error: Any) -> HttpResponse:
    why = error.__cause__  # what the parser found
    if isinstance(why, voices.BadJson):
        return problems.answer(request, 400, [voices.Problem("", why.code, voices.JSON_DEPTH)])
    return problems.answer(request, why.status_code if isinstance(why, HttpError) else error.status_code)


@api.exception_handler(RequestDataTooBig)
def too_large(request: Request, _error: Any) -> HttpResponse:
    return problems.answer(request, 413)


@api.exception_handler(Refusal)
def story(request: Request, refusal: Any) -> HttpResponse:
    return problems.answer(request, refusal.status, detail=refusal.message)
