"""Times around a case that are house policy: windows, when the chip turns, repeats, extensions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DISPUTE_DAYS = 30  # clock.md §8.11: the reopen window
SILENT_DAYS = 7  # an answered case closes by itself when the customer says nothing for this long
REPEAT_DAYS = 90
AT_RISK_SHARE = 0.2
CARE_SHARE = 0.4  # for a customer with particular needs it is "due soon" twice as early
CARE_FIRST = timedelta(seconds=1)  # and of all limits that end at the same instant theirs comes first
LAST = datetime(9000, 1, 1, tzinfo=UTC)  # the end of the queue: nothing is due


def dispute_until(answered_at: datetime) -> datetime:
    return answered_at + timedelta(days=DISPUTE_DAYS)


def silent_since(at: datetime) -> datetime:
    """Cases answered at or before this instant have waited long enough."""
    return at - timedelta(days=SILENT_DAYS)


def repeat_since(received_at: datetime) -> datetime:
    return received_at - timedelta(days=REPEAT_DAYS)


def risk_at(anchor_at: datetime, due_at: datetime, care: bool = False) -> datetime:
    """From here on the case is "due soon": the last fifth of its time (two fifths with particular needs), at least a
    working day's length."""
    share = CARE_SHARE if care else AT_RISK_SHARE
    return max(anchor_at, due_at - max((due_at - anchor_at) * share, timedelta(hours=8)))


def urgency(risk_at: datetime | None, due_at: datetime | None, at: datetime) -> str:
    """ok | warn | bad | none, the word on the chip."""
    if due_at is None:
        return "none"
    if at > due_at:
        return "bad"
    return "warn" if risk_at is not None and at >= risk_at else "ok"


@dataclass(frozen=True)
class Due:
    """One running clock, as the queue sees it."""

    family: str
    anchor_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Turn:
    """When a case takes its turn: the earliest legal time limit goes first, then the house's own (domain §4.3)."""

    legal_due_at: datetime | None
    house_due_at: datetime | None
    risk_at: datetime | None
    rank_at: datetime

    @property
    def due_at(self) -> datetime | None:
        return self.legal_due_at or self.house_due_at

    @property
    def promised_at(self) -> datetime | None:
        """The date told to the customer: the earlier of both."""
        return min((due for due in (self.legal_due_at, self.house_due_at) if due), default=None)


LEGAL = ("REG",)
HOUSE = ("TOTAL", "PROMISE", "DEADLINE")


def turn(running: list[Due], care: bool = False) -> Turn:
    """The place in the queue that the open clocks give. ACK, RESPONSE, UPDATE and OWNER
    ring but do not rank. `care`: a customer with particular needs takes precedence among those due at the same time."""
    legal = min((d for d in running if d.family in LEGAL), key=lambda d: d.due_at, default=None)
    house = min((d for d in running if d.family in HOUSE), key=lambda d: d.due_at, default=None)
    first = legal or house
    return Turn(
        legal_due_at=legal.due_at if legal else None,
        house_due_at=house.due_at if house else None,
        risk_at=risk_at(first.anchor_at, first.due_at, care) if first else None,
        rank_at=first.due_at - (CARE_FIRST if care else timedelta(0)) if first else LAST,
    )


@dataclass(frozen=True)
class Step:
    """One permitted extension (decision 15)."""

    days: int
    to_days: int
    role: str
    complexities: tuple[str, ...]


EXTENSIONS = (
    Step(days=15, to_days=30, role="supervisor", complexities=("complex", "exceptional")),
    Step(days=30, to_days=60, role="consumer_protection", complexities=("exceptional",)),
)


def next_extension(days_now: int) -> Step | None:
    """15 → 30 by the handling supervisor, 30 → 60 by head-office consumer protection; never further."""
    return next((step for step in EXTENSIONS if days_now <= step.days), None)
