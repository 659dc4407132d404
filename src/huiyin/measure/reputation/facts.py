"""What this room says upwards. Ids, codes, times and whole numbers only."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class PostJudged(Fact):
    """What the machine makes of a post, or what a person decided. Confidence in thousandths; `sure` says it counts."""

    type: ClassVar[str] = "post.judged"
    post: UUID
    sentiment: str
    category: str | None = None
    cause: str | None = None
    confidence: int | None = None
    sure: bool = False
    decided: bool = False


class PostLinked(Fact):
    """A post belongs to a complaint: one that was there, or one that was opened from it."""

    type: ClassVar[str] = "post.linked"
    post: UUID
    matter: UUID
    opened: bool = False
