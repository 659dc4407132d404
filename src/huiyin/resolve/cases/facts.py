"""What this room says upwards. Ids, codes, times and whole numbers only."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from huiyin.kernel.fact import Fact


class CaseOpened(Fact):
    """Every case fact is in the stream `matter:<case>`; the case has the id of its voice."""

    type: ClassVar[str] = "case.opened"
    case: UUID
    number: str
    owner: UUID | None
    how: str  # contact | duty | import
    unit: UUID | None = None
    repeat_of: UUID | None = None
    packs: tuple[str, ...] | None = None  # the rule packs it stands under, as code/version


class CasePacked(Fact):
    """Other rule packs apply from now on: what it is about was seen to be another matter of the law."""

    type: ClassVar[str] = "case.packed"
    case: UUID
    topic: str
    packs: tuple[str, ...]
    source: str | None = None  # which body forwarded it


class CaseAssigned(Fact):
    """The person working on it now (the owner stays answerable)."""

    type: ClassVar[str] = "case.assigned"
    case: UUID
    handler: UUID
    unit: UUID | None = None
    how: str | None = None  # transfer | substitute | bounce; None: assigned, or taken by themselves


class HandoverOffered(Fact):
    type: ClassVar[str] = "case.handover_offered"
    case: UUID
    handover: UUID
    sender: UUID
    receiver: UUID
    unit: UUID | None = None
    kind: str = "owner"  # owner | handler


class HandoverSettled(Fact):
    type: ClassVar[str] = "case.handover_settled"
    case: UUID
    handover: UUID
    outcome: str  # accepted | returned | cancelled
    receiver: UUID
    unit: UUID | None = None
    error: str | None = None  # why it was returned, a code of `handover_error`


class HandoverMarked(Fact):
    """What was handed over turned out wrong or incomplete (row R6): the receiver says so once, with a reason code."""

    type: ClassVar[str] = "case.handover_marked"
    case: UUID
    handover: UUID
    error: str


class CaseBounced(Fact):
    """退单: whoever was given the case gives it back (clock.md §8.9). `charged` is who answers for the time it took."""

    type: ClassVar[str] = "case.bounced"
    case: UUID
    sender: UUID
    receiver: UUID | None
    charged: UUID
    error: str
    handover: UUID | None = None


class LegOpened(Fact):
    """A part of the work goes to somebody else while the handler keeps the lead."""

    type: ClassVar[str] = "case.leg_opened"
    case: UUID
    part: UUID
    kind: str  # consult | joint | escalation
    holder: UUID
    unit: UUID | None = None
    sender: UUID | None = None


class LegEnded(Fact):
    type: ClassVar[str] = "case.leg_ended"
    case: UUID
    part: UUID
    outcome: str  # answered | returned | cancelled | recused | closed


class CauseFound(Fact):
    """Root cause and accountable post and unit of one cycle (row R5); the newest counts."""

    type: ClassVar[str] = "case.cause_found"
    case: UUID
    cycle: int
    root_cause: str
    post: str
    at_unit: UUID | None = None


class RedressStepped(Fact):
    """proposed | approved | returned | offered | accepted | declined | paid | dropped. `amount` in minor units (fen)."""

    type: ClassVar[str] = "case.redress_stepped"
    case: UUID
    redress: UUID
    step: str
    kind: str
    amount: int
    currency: str


class RedressLimitSet(Fact):
    """Up to which amount a role may grant redress alone from now on, in minor units. Stream `redress_limit:<role>`."""

    type: ClassVar[str] = "redress.limit_set"
    limit: UUID
    role: str
    currency: str
    amount: int


class CaseNoted(Fact):
    type: ClassVar[str] = "case.noted"
    case: UUID
    note: UUID


class ReplyDrafted(Fact):
    type: ClassVar[str] = "case.reply_drafted"
    case: UUID
    reply: UUID
    author: UUID
    needs_approval: bool


class ReplyApproved(Fact):
    type: ClassVar[str] = "case.reply_approved"
    case: UUID
    reply: UUID
    approver: UUID


class ReplyReturned(Fact):
    type: ClassVar[str] = "case.reply_returned"
    case: UUID
    reply: UUID
    approver: UUID


class CaseAnswered(Fact):
    """The reply reached the customer. No verdict on timeliness: only clock facts carry one."""

    type: ClassVar[str] = "case.answered"
    case: UUID
    reply: UUID | None
    cycle: int
    answered_at: datetime | None = None
    evidence: str = "delivery"  # delivery | source


class CaseUnanswered(Fact):
    """The delivery failed after all: the case is work again, as if the reply had not been sent."""

    type: ClassVar[str] = "case.unanswered"
    case: UUID
    reply: UUID
    cycle: int


class CaseConfirmed(Fact):
    type: ClassVar[str] = "case.confirmed"
    case: UUID
    cycle: int


class CaseDisputed(Fact):
    type: ClassVar[str] = "case.disputed"
    case: UUID
    cycle: int


class CaseClosed(Fact):
    """`outcome`: resolved | explained | withdrawn | no_answer (the customer said nothing) | imported."""

    type: ClassVar[str] = "case.closed"
    case: UUID
    cycle: int
    outcome: str
    cause: str | None = None
    category: str | None = None
    root_cause: str | None = None
    post: str | None = None
    at_unit: UUID | None = None


class CaseReopened(Fact):
    type: ClassVar[str] = "case.reopened"
    case: UUID
    cycle: int
    owner: UUID | None = None
    how: str | None = None


class CaseReclassified(Fact):
    """Not a complaint after all: enquiry | petition | report. It still gets an answer."""

    type: ClassVar[str] = "case.reclassified"
    case: UUID
    kind: str


class CaseReminded(Fact):
    """催办: a supervisor asked whoever works on it to get on with it."""

    type: ClassVar[str] = "case.reminded"
    case: UUID
    to: UUID


class CaseFlagged(Fact):
    """A person put a flag on the case, or took it off."""

    type: ClassVar[str] = "case.flagged"
    case: UUID
    flag: str
    on: bool


class CaseMoved(Fact):
    """The owner was recused, or left: somebody else answers for the case now, by the routing rule."""

    type: ClassVar[str] = "case.moved"
    case: UUID
    owner: UUID | None
    how: str


class ExtensionStepped(Fact):
    """asked | approved | refused | applied | lapsed (the customer was not told)."""

    type: ClassVar[str] = "case.extension_stepped"
    case: UUID
    extension: UUID
    step: str
    to_days: int


class CommunicationStepped(Fact):
    """A letter that a law names: asked | granted | refused | delivered | failed. `code` is pack/version/id."""

    type: ClassVar[str] = "case.communication_stepped"
    case: UUID
    communication: UUID
    code: str
    step: str


class ExcuseStepped(Fact):
    """asked | granted | refused. The clock itself says clock.excused when it is granted."""

    type: ClassVar[str] = "case.excuse_stepped"
    case: UUID
    excuse: UUID
    clock: UUID
    step: str
    reason: str


class ShutDayStepped(Fact):
    """asked | granted | refused, over how many misses. Stream `shut:<id>`; each clock says clock.excused itself."""

    type: ClassVar[str] = "shut_day.stepped"
    shut: UUID
    calendar: str
    day: date
    step: str
    reason: str
    misses: int


class CaseEscalated(Fact):
    type: ClassVar[str] = "case.escalated"
    case: UUID
    clock: UUID
    rung: str
    to: UUID | None
    level: str  # holder | substitute | owner | head | above | desk | nobody
    told_at: datetime | None = None  # at the end of the quiet hours, if it waited for it


class CaseThanked(Fact):
    """What the customer added is thanks, or word that ours arrived: no limit runs on because of it."""

    type: ClassVar[str] = "case.thanked"
    case: UUID
    item: UUID


class CaseTold(Fact):
    """Whoever raised a matter was told of its outcome (row R12)."""

    type: ClassVar[str] = "case.told"
    case: UUID
    about: UUID


class NeedsMarked(Fact):
    """Which particular needs of the customer are known, and who said so: customer | documents | observed.
    Why they are known is sealed with the customer's data."""

    type: ClassVar[str] = "case.needs_marked"
    case: UUID
    needs: int  # how many: which ones is nobody's business who only reads the ledger
    source: str


class ToldInPerson(Fact):
    """The answer reached a customer whom a link does not reach: phone | counter | post | companion."""

    type: ClassVar[str] = "case.told_in_person"
    case: UUID
    cycle: int
    how: str


class SeverityRaised(Fact):
    """A room above knows that the case is graver than it looked by itself: `why` is group (a major joint complaint)."""

    type: ClassVar[str] = "case.severity_raised"
    case: UUID
    severity: str
    why: str


class CaseMerged(Fact):
    """Work goes on in `into`; the complaint still counts, and keeps the verdicts it has."""

    type: ClassVar[str] = "case.merged"
    case: UUID
    into: UUID


class CaseUnmerged(Fact):
    type: ClassVar[str] = "case.unmerged"
    case: UUID
    into: UUID


class LetterPrinted(Fact):
    """A sent answer was printed for the customer. Equal answers give equal bytes, so the hash proves the paper."""

    type: ClassVar[str] = "case.letter_printed"
    case: UUID
    reply: UUID
    form: str  # pdf | docx
    sha256: str
