"""Every error of the API is an RFC 9457 problem in the caller's language."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from huiyin.kernel.request import Request
from huiyin.listen.voices import queries as voices
from huiyin.site import errors


class FieldError(Schema):
    field: str
    code: str
    message: str


class Problem(Schema):
    """`errors` names each field that is wrong and why."""

    type: str
    title: str
    status: int
    detail: str
    reference: str
    errors: list[FieldError] = []


DETAILS = {
    401: _("Send a valid API token: Authorization: Bearer …"),
    403: _("The role of this token does not allow it."),
    404: _("There is no such complaint, or it is not yours to read."),
    413: _("A request may have 2.5 MB."),
    415: _("Send JSON: Content-Type: application/json."),
    422: _("An address or field of the request is not right."),
    429: _("Slow down and try the same again."),
}
UNREADABLE = frozenset({"nul", "surrogate", "not_text", "not_object", "not_list", "too_long", "too_many"})


def status_of(reasons: Sequence[voices.Problem]) -> int:
    """400 for what no reader could take, 422 for what was read and is not right."""
    bad = any(r.code in UNREADABLE or r.code.startswith(("json", "key_")) for r in reasons)
    return 400 if bad else 422


def answer(request: Request, status: int, reasons: Sequence[voices.Problem] = (), detail: object = "") -> HttpResponse:
    apart = "; " if get_language() == "en" else "；"
    said = apart.join(dict.fromkeys(voices.problem_words(reason) for reason in reasons))
    response = errors.answer(request, status, detail or said or DETAILS.get(status, ""))
    if reasons:
        problem: dict[str, Any] = json.loads(response.content)
        problem["errors"] = [
            {"field": reason.field, "code": reason.code, "message": voices.problem_words(reason)} for reason in reasons
        ]
        response.content = json.dumps(problem, ensure_ascii=False)
    return response
