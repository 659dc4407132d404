"""`/api/v1/complaints`: tell us of a complaint, and read how it stands (decision 12)."""

import logging
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from ninja import Field, Router, Schema, Status

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can
from huiyin.kernel.request import Request
from huiyin.ledger import queries as ledger
from huiyin.listen.voices import actions, queries
from huiyin.listen.voices.queries import ABOUT, LINE, NAME, TEXT, TITLE
from huiyin.listen.voices.queries import Problem as Reason
from huiyin.resolve.cases import queries as cases
from huiyin.site.api import problems
from huiyin.site.api.problems import Problem

log = logging.getLogger("huiyin.api")
router = Router(tags=["complaints"])
LIMIT = 2_621_440
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class Owner(Schema):
    """Who answers for it first."""

    number: str
    name: str
    unit: str


class Created(Schema):
    id: UUID
    number: str
    tracking_code: str = Field(description="128 bits; whoever has it can read and act for the customer")
    tracking_url: str
    received_at: datetime
    due_at: datetime | None = Field(None, description="the date promised to the customer")
    owner: Owner | None = None
    receipt: str | None = Field(None, description="the signed receipt, for `huiyin verify`")
    state: str = Field(description="heard | waiting (safe, being registered) | held (waits for release)")


class Standing(Schema):
    id: UUID
    number: str
    kind: str
    channel: str
    received_at: datetime
    state: str
    due_at: datetime | None = None
    owner: Owner | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None


def _text(limit: int, **more: Any) -> dict[str, Any]:
    """An optional text; null is the same as leaving it out."""
    return {"type": ["string", "null"], "maxLength": limit} | more


_KINDS = [label.code for label in queries.KINDS if label.code != "low_score"]
BODY: dict[str, Any] = {
    "type": "object",
    "required": ["channel", "text"],
    "properties": {
        "channel": {"type": "string", "enum": [label.code for label in queries.CHANNELS]},
        "text": {
            "type": "string", "minLength": 1, "maxLength": TEXT,
            "description": "what happened, in the customer's words",
        },
        "kind": {"type": ["string", "null"], "enum": [*_KINDS, None]},
        "subject": _text(TITLE),
        "want": _text(1000),
        "where": _text(LINE),
        "product": _text(64, description="code of a product of the bank"),
        "unit": _text(64, description="code of the branch concerned"),
        "occurred_at": _text(40, description="the day it happened (2026-03-03), or an instant of it"),
        "customer": {
            "type": ["object", "null"],
            "properties": {
                "name": _text(NAME), "phone": _text(40), "email": _text(254), "id_number": _text(30),
            },
        },
        "representative": {
            "type": ["object", "null"], "properties": {"name": _text(NAME), "mandate": _text(LINE)},
        },
        "complained_about": {"type": ["array", "null"], "maxItems": ABOUT, "items": _text(TITLE)},
        "source_id": _text(80, description="the caller's own id of it, without spaces"),
    },
}  # fmt: skip
CREATE = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}},
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "the same key with the same body is the same complaint, for ever",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
        }
    ],
}
REFUSALS = dict.fromkeys((400, 401, 403, 409, 413, 415, 422, 429, 503), Problem)


@router.post(
    "", response={201: Created, 200: Created} | REFUSALS, openapi_extra=CREATE, summary="Tell us of a complaint",
    operation_id="create_complaint",
)  # fmt: skip
def create(request: Request) -> Any:
    """201 when it is taken; 200 with the same answer when the key was used before; 409 for another body.

    Only what `properties` names is read; other fields are ignored.
    """
    actor: Actor = request.auth
    at: datetime = request.now
    if not can(actor, "case.create"):
        return problems.answer(request, 403)
    body, refused = _body(request)
    if refused:
        return refused
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        reason = Reason("Idempotency-Key", "key_malformed" if key else "key_missing")
        return problems.answer(request, 400, [reason])
    try:
        raw = queries.loads(body)
    except queries.BadJson as bad:
        return problems.answer(request, 400, [Reason("", bad.code, queries.JSON_DEPTH)])
    if not isinstance(raw, dict):
        return problems.answer(request, 400, [Reason("", "json_object")])
    unknown = queries.ignored(raw)
    if unknown:
        log.info("fields ignored: %s (%s)", ", ".join(unknown), actor.ref)
    found: Any = queries.check(raw, today=localdate(at))
    if not isinstance(found, list):
        found = actions.resolve(submission=found, language=get_language() or "zh-hans", at=at)
    if isinstance(found, list):
        return problems.answer(request, problems.status_of(found), found)
    taken = actions.receive(resolved=found, key=key, scope=actor.ref, by=actor, at=at, body=body)
    return Status(201 if taken.fresh else 200, _created(taken))


@router.get("/{id}", response={200: Standing} | dict.fromkeys((401, 403, 404, 422, 429), Problem),
            summary="How a complaint stands", operation_id="get_complaint")  # fmt: skip
def show(request: Request, id: UUID) -> Any:
    """For the token that sent it, and for tokens whose role and units may read it. Anything else is not there."""
    actor: Actor = request.auth
    at: datetime = request.now
    voice = queries.voice(id)
    case = cases.case(id) if voice else None
    taken = queries.intake(id)
    own = taken is not None and taken.by == actor.ref
    if not own and (case is None or not can(actor, "case.read", cases.sight(case, at))):
        return problems.answer(request, 404)
    if voice is None or case is None:
        return Status(200, Standing(
            id=id, number=taken.number, kind="complaint", channel=taken.channel, received_at=taken.received_at,
            state=taken.state,
        ) if taken else None)  # fmt: skip
    due = clocks.promised(id)
    return Status(200, Standing(
        id=id, number=voice.number, kind=case.kind, channel=voice.channel, received_at=voice.received_at,
        state=case.state, due_at=due.due_at if due else None, owner=_owner(case.owner_id),
        answered_at=case.answered_at, closed_at=case.closed_at, outcome=case.outcome or None,
    ))  # fmt: skip


def _body(request: Request) -> tuple[bytes, HttpResponse | None]:
    """At most 2.5 MB of JSON, read before anything looks at it."""
    if request.content_type != "application/json":
        return b"", problems.answer(request, 415)
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return b"", problems.answer(request, 400)
    if size > LIMIT:
        return b"", problems.answer(request, 413)
    body = request.read(LIMIT + 1)
    return (b"", problems.answer(request, 413)) if len(body) > LIMIT else (body, None)


def _created(taken: actions.Taken) -> Created:
    heard = taken.state == "heard"
    due = clocks.promised(taken.id) if heard else None
    entry = ledger.first_entry(f"matter:{taken.id}") if heard else None
    return Created(
        id=taken.id, number=taken.number, tracking_code=queries.tracking_code(taken.id),
        tracking_url=queries.link(taken.id), received_at=taken.received_at, due_at=due.due_at if due else None,
        owner=_owner(cases.owner_of(taken.id)) if heard else None, receipt=ledger.receipt(entry) if entry else None,
        state=taken.state,
    )  # fmt: skip


def _owner(id: UUID | None) -> Owner | None:
    person = staff.person(id)
    if person is None:
        return None
    chinese = (get_language() or "zh").startswith("zh")
    name = person.name if chinese else person.name_en or person.name
    unit = person.unit.name if chinese else person.unit.name_en or person.unit.name
    return Owner(number=person.number, name=name, unit=unit)
