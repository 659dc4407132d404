"""`POST /api/v1/search`: what the token's role may see. By POST, so that no address and no log holds what was asked."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from ninja import Field, Router, Schema, Status

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import can, paths
from huiyin.kernel.request import Request
from huiyin.listen.voices.queries import Problem as Reason
from huiyin.resolve.finding import queries as finding
from huiyin.site.api import problems
from huiyin.site.api.problems import Problem

router = Router(tags=["search"])


class Question(Schema):
    q: str = Field(description="words, a number, or a whole telephone, name or identity number; 1 to 200 characters")
    kind: str = Field("", description="case | message | note; empty: all", pattern="^(|case|message|note)$")
    state: str = Field("", description="open | closed; empty: both", pattern="^(|open|closed)$")
    unit: str = Field("", description="code of a unit: it and everything below", max_length=32)
    since: date | None = None
    until: date | None = None
    page: int = Field(1, ge=1, le=1000)


class Piece(Schema):
    text: str
    hit: bool


class Result(Schema):
    kind: str
    id: UUID = Field(description="of the complaint")
    number: str
    state: str
    at: datetime
    why: str = Field(description="number | person | text")
    title: str
    snippet: list[Piece]


class Results(Schema):
    total: int = Field(description="what this token may see; at most the newest 200 texts are ranked")
    more: bool = Field(description="there are older ones beside them")
    some: bool = Field(description="nothing has all the words; these have some")
    page: int
    pages: int
    results: list[Result]


@router.post("", response={200: Results} | dict.fromkeys((400, 401, 403, 413, 415, 422, 429), Problem),
             summary="Search complaints, messages and notes", operation_id="search")  # fmt: skip
def search(request: Request, question: Question) -> Any:
    """Best first: a number that fits, then persons, then texts by matches and recency."""
    actor: Actor = request.auth
    at: datetime = request.now
    if not can(actor, "case.read"):
        return problems.answer(request, 403)
    unit = _unit(question.unit, actor, at)
    if question.unit and unit is None:
        return problems.answer(request, 422, [Reason("unit", "unit")])
    asked = finding.Asked(
        question.q, kind=question.kind, state=question.state, unit=unit, since=question.since, until=question.until,
        page=question.page,
    )  # fmt: skip
    found = finding.find(asked, actor, at)
    lines = [
        Result(
            kind=line.kind.code, id=line.case.pk, number=line.case.number, state=line.case.state, at=line.at,
            why=line.why.code, title=line.title, snippet=[Piece(text=part.text, hit=part.hit) for part in line.parts],
        )
        for line in found.lines
    ]  # fmt: skip
    return Status(200, Results(
        total=found.total, more=found.more, some=found.some, page=found.page, pages=found.pages, results=lines,
    ))  # fmt: skip


def _unit(code: str, actor: Actor, at: datetime) -> UUID | None:
    reach = paths(actor, "case.read")
    known = (view for view in units.all_units(localdate(at)) if reach and view.path.startswith(reach))
    return next((view.id for view in known if view.code == code), None)
