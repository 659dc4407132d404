"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact, Term


class SurveyPublished(Fact):
    """A version that never changes again. `sha256` is that of its content as canonical JSON."""

    type: ClassVar[str] = "survey.published"
    survey: UUID
    edition: UUID
    number: str
    questions: int
    sha256: str
    unit: UUID


class SurveyDrawn(Fact):
    """A sample was drawn: whoever has the frame can draw it again from the seed and compare the digest."""

    type: ClassVar[str] = "survey.drawn"
    campaign: UUID
    edition: UUID
    seed: int
    frame: int
    strata: int
    quota: int
    drawn: int
    opted_out: int
    fatigue: int
    no_address: int
    frame_sha256: str
    sha256: str


class SurveyStepped(Fact):
    type: ClassVar[str] = "survey.stepped"
    campaign: UUID
    step: str  # start | pause | resume | cancel | end | sent


class SurveyInvited(Fact):
    type: ClassVar[str] = "survey.invited"
    invitation: UUID
    kind: str  # after_service | counter | campaign
    matter: UUID | None = None
    campaign: UUID | None = None
    channel: str | None = None
    unit: UUID | None = None
    product: Term | None = None


class SurveyReminded(Fact):
    type: ClassVar[str] = "survey.reminded"
    invitation: UUID
    campaign: UUID


class SurveyAnswered(Fact):
    """CSAT and aspects 1 to 5, NPS 0 to 10, CES 1 to 7; gaps of SERVQUAL in hundredths of a point, -600 to 600."""

    type: ClassVar[str] = "survey.answered"
    response: UUID
    invitation: UUID
    campaign: UUID
    edition: UUID
    channel: str
    unit: UUID | None = None
    product: Term | None = None
    csat: int | None = None
    nps: int | None = None
    ces: int | None = None
    efficiency: int | None = None
    professionalism: int | None = None
    attitude: int | None = None
    environment: int | None = None
    channels: int | None = None
    gap_reliability: int | None = None
    gap_responsiveness: int | None = None
    gap_assurance: int | None = None
    gap_empathy: int | None = None
    gap_tangibles: int | None = None
    recovery: UUID | None = None


class SurveyDeclined(Fact):
    """Somebody asked not to be surveyed any more."""

    type: ClassVar[str] = "survey.declined"
    customer: UUID


class SurveyAllowed(Fact):
    """Somebody who had asked not to be surveyed said later that they may be. Stream `customer:<customer>`."""

    type: ClassVar[str] = "survey.allowed"
    customer: UUID


class SurveyExported(Fact):
    type: ClassVar[str] = "survey.exported"
    campaign: UUID
    format: str
    rows: int
    sha256: str


class AnswerGiven(Fact):
    """Scores are 1 to 5."""

    type: ClassVar[str] = "answer.given"
    answer: UUID
    kind: str
    score: int
    channel: str
    matter: UUID | None = None
    unit: UUID | None = None
    handler: UUID | None = None
    product: Term | None = None
    efficiency: int | None = None
    professionalism: int | None = None
    attitude: int | None = None
    invitation: UUID | None = None
