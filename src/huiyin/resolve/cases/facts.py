"""What this room says upwards. Ids, codes, times and whole numbers only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Fact):
    """Every case fact is in the stream `matter:<case>`; the case has the id of its voice."""

    type: ClassVar[str] = "case.opened"
    case: UUID
    number: str
    owner: UUID | None
    how: str  # contact | duty | import
    unit: UUID | None = None
    repeat_of: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(Fact):
    """The person working on it now (the owner stays answerable)."""

    type: ClassVar[str] = "case.assigned"
    case: UUID
    handler: UUID
    unit: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class HandoverOffered(Fact):
    type: ClassVar[str] = "case.handover_offered"
    case: UUID
    handover: UUID
    sender: UUID
    receiver: UUID
    unit: UUID | None = None
    kind: str = "owner"  # owner | handler


@dataclass(frozen=True, kw_only=True)
class HandoverSettled(Fact):
    type: ClassVar[str] = "case.handover_settled"
    case: UUID
    handover: UUID
    outcome: str  # accepted | returned | cancelled
    receiver: UUID
    unit: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class CaseNoted(Fact):
    type: ClassVar[str] = "case.noted"
    case: UUID
    note: UUID


@dataclass(frozen=True, kw_only=True)
class ReplyDrafted(Fact):
    type: ClassVar[str] = "case.reply_drafted"
    case: UUID
    reply: UUID
    author: UUID
    needs_approval: bool


@dataclass(frozen=True, kw_only=True)
class ReplyApproved(Fact):
    type: ClassVar[str] = "case.reply_approved"
    case: UUID
    reply: UUID
    approver: UUID


@dataclass(frozen=True, kw_only=True)
class ReplyReturned(Fact):
    type: ClassVar[str] = "case.reply_returned"
    case: UUID
    reply: UUID
    approver: UUID


@dataclass(frozen=True, kw_only=True)
class CaseAnswered(Fact):
    """The reply reached the customer. No verdict on timeliness: only clock facts carry one."""

    type: ClassVar[str] = "case.answered"
    case: UUID
    reply: UUID | None
    cycle: int
    answered_at: datetime | None = None
    evidence: str = "delivery"  # delivery | source


@dataclass(frozen=True, kw_only=True)
class CaseUnanswered(Fact):
    """The delivery failed after all: the case is work again, as if the reply had not been sent."""

    type: ClassVar[str] = "case.unanswered"
    case: UUID
    reply: UUID
    cycle: int


@dataclass(frozen=True, kw_only=True)
class CaseConfirmed(Fact):
    type: ClassVar[str] = "case.confirmed"
    case: UUID
    cycle: int


@dataclass(frozen=True, kw_only=True)
class CaseDisputed(Fact):
    type: ClassVar[str] = "case.disputed"
    case: UUID
    cycle: int


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Fact):
    """`outcome`: resolved | explained | withdrawn | no_answer (the customer said nothing) | imported."""

    type: ClassVar[str] = "case.closed"
    case: UUID
    cycle: int
    outcome: str
    cause: str | None = None
    category: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseReopened(Fact):
    type: ClassVar[str] = "case.reopened"
    case: UUID
    cycle: int
    owner: UUID | None = None
    how: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseReclassified(Fact):
    """Not a complaint after all: enquiry | petition | report. It still gets an answer."""

    type: ClassVar[str] = "case.reclassified"
    case: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseReminded(Fact):
    """催办: a supervisor asked whoever works on it to get on with it."""

    type: ClassVar[str] = "case.reminded"
    case: UUID
    to: UUID


@dataclass(frozen=True, kw_only=True)
class CaseFlagged(Fact):
    """A person put a flag on the case, or took it off."""

    type: ClassVar[str] = "case.flagged"
    case: UUID
    flag: str
    on: bool


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Fact):
    """The owner was recused, or left: somebody else answers for the case now, by the routing rule."""

    type: ClassVar[str] = "case.moved"
    case: UUID
    owner: UUID | None
    how: str


@dataclass(frozen=True, kw_only=True)
class ExtensionStepped(Fact):
    """asked | approved | refused | applied | lapsed (the customer was not told)."""

    type: ClassVar[str] = "case.extension_stepped"
    case: UUID
    extension: UUID
    step: str
    to_days: int


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(Fact):
    type: ClassVar[str] = "case.escalated"
    case: UUID
    clock: UUID
    rung: str
    to: UUID | None
    level: str  # holder | substitute | head | desk | nobody


@dataclass(frozen=True, kw_only=True)
class CaseTold(Fact):
    """Whoever raised a matter was told of its outcome (row R12)."""

    type: ClassVar[str] = "case.told"
    case: UUID
    about: UUID
