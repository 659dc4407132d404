"""What this room says upwards. A review has its own stream `review:<id>`; a mediation is in that of its case."""

from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class ReviewRequested(Fact):
    """核查: the customer asks the level above to examine a decision. `unit` is that level."""

    type: ClassVar[str] = "review.requested"
    review: UUID
    matter: UUID
    cycle: int
    unit: UUID
    reviewer: UUID | None
    how: str  # page | letter | phone | counter


class ReviewGiven(Fact):
    """Somebody else examines it now."""

    type: ClassVar[str] = "review.given"
    review: UUID
    reviewer: UUID


class ReviewDecided(Fact):
    """upheld | partly | changed. The clock stops when the letter has arrived."""

    type: ClassVar[str] = "review.decided"
    review: UUID
    matter: UUID
    outcome: str
    reviewer: UUID


class ReviewTold(Fact):
    type: ClassVar[str] = "review.told"
    review: UUID


class MediationOpened(Fact):
    """A mediation body takes it up; the pauses of the packs follow."""

    type: ClassVar[str] = "mediation.opened"
    mediation: UUID
    matter: UUID
    body: str
    file: UUID | None = None  # the paper that proves it, among the files of the case


class MediationEnded(Fact):
    """agreed | failed | stopped."""

    type: ClassVar[str] = "mediation.ended"
    mediation: UUID
    matter: UUID
    outcome: str
    file: UUID | None = None  # the paper that proves it, among the files of the case


class MediationPerformed(Fact):
    """What was agreed has been done."""

    type: ClassVar[str] = "mediation.performed"
    mediation: UUID
    matter: UUID
    file: UUID | None = None
