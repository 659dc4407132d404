"""What this room says upwards. Ids, codes, times and whole numbers only; points are hundredths of a point of 100."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class QualityDrawn(Fact):
    """A sample was drawn. `seed` and `frame` (the fingerprint of all that could have been drawn) let anybody draw again.

    Stream `draw:<draw>`.
    """

    type: ClassVar[str] = "quality.drawn"
    draw: UUID
    plan: str
    plan_version: int
    sort: str
    from_date: date
    until_date: date
    seed: str
    frame: str
    population: int
    chosen: int
    left_out: int


class QualityAssigned(Fact):
    """Somebody is to score a sample. `place`: first | second | third | reference | session. Stream `quality:<sample>`."""

    type: ClassVar[str] = "quality.assigned"
    sample: UUID
    place: str
    reviewer: UUID | None


class QualityScored(Fact):
    """One reviewer has handed in a form."""

    type: ClassVar[str] = "quality.scored"
    sample: UUID
    place: str
    reviewer: UUID
    points: int
    criticals: int
    scorecard: str


class QualitySettled(Fact):
    """The score of a sample stands. `how`: single | agreed | third | changed (after an objection).

    `by_chance`: the sample stands for all (drawn by the base rate), not only for its risk group. `reply_passed`: the section
    `reply` alone reaches the pass mark, where the scorecard has one.
    """

    type: ClassVar[str] = "quality.settled"
    sample: UUID
    matter: UUID
    sort: str
    how: str
    scorecard: str
    points: int
    criticals: int
    passed: bool
    by_chance: bool
    person: UUID
    unit: UUID
    happened_date: date
    twice: bool
    gap: int | None = None
    reply_passed: bool | None = None


class QualityCriticalMissed(Fact):
    """A critical item was missed and the score stands: the house treats it as a finding."""

    type: ClassVar[str] = "quality.critical_missed"
    sample: UUID
    matter: UUID
    item: str
    scorecard: str
    person: UUID
    unit: UUID


class QualityAcknowledged(Fact):
    """The person reviewed has read the score and lets it stand."""

    type: ClassVar[str] = "quality.acknowledged"
    sample: UUID
    person: UUID


class QualityDisputed(Fact):
    """The person reviewed objects; the reason is in the vault."""

    type: ClassVar[str] = "quality.disputed"
    sample: UUID
    person: UUID
    decider: UUID | None


class QualityDisputeDecided(Fact):
    """upheld | changed, by somebody who had not scored."""

    type: ClassVar[str] = "quality.dispute_decided"
    sample: UUID
    outcome: str
    decider: UUID
    points_before: int
    points_after: int


class QualityWithdrawn(Fact):
    """A sample cannot be reviewed (recording lost, merged, drawn in error): `reason` is a code."""

    type: ClassVar[str] = "quality.withdrawn"
    sample: UUID
    reason: str
