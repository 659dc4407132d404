"""What this room says upwards. Stream `spot:<spot>`; the score itself is answer.given, in the stream of its unit."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class SpotOpened(Fact):
    """A place with a code to rate it: an outlet, or one counter of it. Its label stays in the table."""

    type: ClassVar[str] = "spot.opened"
    spot: UUID
    unit: UUID


class SpotRenewed(Fact):
    """The printed code was made worthless and another one made (`on` True), or the place closed (False)."""

    type: ClassVar[str] = "spot.renewed"
    spot: UUID
    version: int
    on: bool


class SpotRated(Fact):
    """`answer` is the answer of answer.given; `reasons` are codes; `called` says whether a call-back was asked for."""

    type: ClassVar[str] = "spot.rated"
    spot: UUID
    unit: UUID
    answer: UUID
    score: int
    reasons: tuple[str, ...] = ()
    called: bool = False
    tablet: bool = False


class SpotRatingSettled(Fact):
    """Whoever answers for the outlet did something about a low rating: talked / fixed / nothing."""

    type: ClassVar[str] = "spot.rating_settled"
    spot: UUID
    answer: UUID
    what: str
