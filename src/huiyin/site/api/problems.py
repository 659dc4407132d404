"""Every error of the API is an RFC 9457 problem in the caller's language."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.rules.text import Problem as Reason
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


UNREADABLE = frozenset({"nul", "surrogate", "not_text", "not_object", "not_list", "too_long", "too_many"})


def status_of(reasons: Sequence[Reason]) -> int:
    """400 for what no reader could take, 422 for what was read and is not right."""
    bad = any(r.code in UNREADABLE or r.code.startswith(("json", "key_")) for r in reasons)
    return 400 if bad else 422


def answer(request: HttpRequest, status: int, reasons: Sequence[Reason] = (), detail: object = "") -> HttpResponse:
    response = errors.answer(request, status, detail)
    if reasons:
        problem: dict[str, Any] = json.loads(response.content)
        problem["errors"] = [
            {"field": reason.field, "code": reason.code, "message": voices.problem_words(reason)} for reason in reasons
        ]
        response.content = json.dumps(problem, ensure_ascii=False)
    return response
