"""What this room says upwards. Ids, codes, times and whole numbers only."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


@dataclass(frozen=True, kw_only=True)
class SurveyInvited(Fact):
    type: ClassVar[str] = "survey.invited"
    invitation: UUID
    kind: str  # after_service | counter
    matter: UUID | None = None


@dataclass(frozen=True, kw_only=True)
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
    product: str | None = None
    efficiency: int | None = None
    professionalism: int | None = None
    attitude: int | None = None
    invitation: UUID | None = None
