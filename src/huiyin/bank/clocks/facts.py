"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class ClockFact(Fact):
    """Recorded in the stream of the clock's subject. Key: (subject, pack, family, purpose, cycle, leg)."""

    type: ClassVar[str] = "clock"
    clock: UUID
    subject: UUID
    kind: str  # case | rectification
    pack: str
    family: str  # ACK RESPONSE UPDATE STEP OWNER PROMISE TOTAL REG DEADLINE
    purpose: str
    cycle: int
    leg: int | None = None  # 2, 3 … where a family runs several times in a cycle


class ClockArmed(ClockFact):
    type: ClassVar[str] = "clock.armed"
    definition: str
    calendar: str
    anchor_at: datetime
    due_at: datetime | None
    due_date: date | None = None
    provisional: bool = False
    terms: tuple[str, ...] | None = (
        None  # where they are not the definition's own: unit,amount,roll,end,start day,family
    )
    evidence: str | None = None  # source: an imported record, which never rings


class ClockAttested(ClockArmed):
    """Armed and ended in one: an imported record says how it ended and not when. It never ran and never rings."""

    type: ClassVar[str] = "clock.attested"
    event: str
    met: bool | None  # None: the record does not say


class ClockPaused(ClockFact):
    type: ClassVar[str] = "clock.paused"
    reason: str
    from_at: datetime
    until_at: datetime | None = None  # when it ends by itself
    evidence: UUID | None = None  # the note, message or file it rests on
    own: UUID | None = None  # who began it, if the step it stops is their own


class ClockResumed(ClockFact):
    """The pauses for one reason end, or every open one. `how`: expired (the expected end was reached)."""

    type: ClassVar[str] = "clock.resumed"
    to_at: datetime
    due_at: datetime | None
    reason: str | None = None
    how: str | None = None


class ClockExtended(ClockFact):
    type: ClassVar[str] = "clock.extended"
    amount: int  # added, in the clock's own unit (seconds for hours)
    unit: str
    due_at: datetime | None
    notice: UUID | None = None
    reason: str | None = None
    of: str | None = None  # family/pack whose term was lengthened, where a promise follows it


class ClockSuperseded(ClockFact):
    """Another definition, another calendar version or a merge moved the due time.

    After a merge it has the whole terms: `pauses` as reason,start,end and `extensions` as at,amount,family, in seconds.
    """

    type: ClassVar[str] = "clock.superseded"
    definition: str
    why: str
    old_due_at: datetime | None
    due_at: datetime | None
    calendar: str | None = None
    terms: tuple[str, ...] | None = None
    anchor_at: datetime | None = None
    pauses: tuple[str, ...] | None = None
    extensions: tuple[str, ...] | None = None
    source: UUID | None = None  # the matter whose terms these are


class ClockRerouted(ClockFact):
    """A leg went on. `route`: enter | transfer | consult | joint | bounce (begins a leg) | substitute | escalate (the leg
    stays) | charge (an early bounce-back: the receiver's time is the sender's)."""

    type: ClassVar[str] = "clock.rerouted"
    route: str
    receiver: UUID | None = None
    sender: UUID | None = None
    origin: UUID | None = None  # the leg it came from
    inherited: bool | None = None  # less than a quarter of the step was left


class ClockMerged(ClockFact):
    """Another matter runs on for both: this clock rings no more, and is still judged by its own due time."""

    type: ClassVar[str] = "clock.merged"
    into: UUID


class ClockRestored(ClockFact):
    """Unmerged: it runs again, the time in between counted."""

    type: ClassVar[str] = "clock.restored"
    due_at: datetime | None


class ClockSatisfied(ClockFact):
    """`met` is the verdict (satisfied_at <= due_at). Evidence `source`: attested by an imported record, time unknown."""

    type: ClassVar[str] = "clock.satisfied"
    event: str
    met: bool | None  # None: an imported record that does not say
    due_at: datetime | None
    satisfied_at: datetime | None = None
    lag_s: int | None = None
    elapsed_s: int | None = None
    business_s: int | None = None
    extended: bool = False
    evidence: str = "event"


class ClockUnsatisfied(ClockFact):
    """The delivery failed after all: the clock runs as if it had not been satisfied."""

    type: ClassVar[str] = "clock.unsatisfied"
    event: str


class ClockBreached(ClockFact):
    type: ClassVar[str] = "clock.breached"
    due_at: datetime
    detected_at: datetime
    lag_s: int
    how: str | None = None  # intake: late when it came in | supersession: a stricter limit was already past


class ClockRung(ClockFact):
    type: ClassVar[str] = "clock.rung"
    rung: str
    due_at: datetime | None
    collapsed: bool = False


class ClockCancelled(ClockFact):
    type: ClassVar[str] = "clock.cancelled"
    reason: str


class ClockExcused(ClockFact):
    type: ClassVar[str] = "clock.excused"
    reason: str
    approver: UUID
