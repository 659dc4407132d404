"""A case and the nouns that gather around it. Texts are in the vault; times and codes are here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.platform.tables.actions import update
from huiyin.resolve.cases.rules.limits import LAST
from huiyin.resolve.cases.rules.words import LARGE_PRINT


class CaseQuerySet(models.QuerySet["Case"]):
    def retime(self, rows: Sequence[tuple[datetime | None, datetime | None, datetime | None, datetime, UUID]]) -> None:
        """Write due times of many cases in one go: (legal, house, risk, rank, id)."""
        update(Case, ("legal_due_at", "house_due_at", "risk_at", "rank_at"), rows)


class Case(models.Model):
    """What is being done about one voice; it has the voice's id. Due times are projections of the clocks."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16, default="complaint")
    channel = models.CharField(max_length=24)
    product = models.CharField(max_length=120, blank=True, default="")
    language = models.CharField(max_length=10, default="zh-hans")
    # No index of its own for a key that begins an index below: each costs a page per case.
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit_path = models.CharField(max_length=160, db_index=True)
    customer = models.UUIDField(null=True, blank=True)
    source = models.CharField(max_length=32, blank=True, default="")
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    topic = models.CharField(max_length=24, default="general", help_text="statutory subject, which picks rule packs")
    packs = models.CharField(max_length=400, blank=True, default="", help_text="pack versions it stands under")

    state = models.CharField(max_length=12, default="new")
    cycle = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey(
        "staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner_how = models.CharField(max_length=12, blank=True, default="")
    handler = models.ForeignKey(
        "staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    category = models.CharField(max_length=48, blank=True, default="")
    cause = models.CharField(max_length=48, blank=True, default="")
    complexity = models.CharField(max_length=12, default="simple")
    severity = models.CharField(max_length=12, default="ordinary")
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="thousandths")
    to_classify = models.BooleanField(default=False)
    flags = models.CharField(max_length=160, blank=True, default="", help_text="codes between spaces")
    repeat_of = models.UUIDField(null=True, blank=True)

    legal_due_at = models.DateTimeField(null=True, blank=True)
    house_due_at = models.DateTimeField(null=True, blank=True)
    risk_at = models.DateTimeField(null=True, blank=True)
    rank_at = models.DateTimeField(default=LAST)
    answered_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    version = models.PositiveIntegerField(default=1, help_text="rises with every write: the loser of a race sees it")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_at__isnull=False))
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="closed_cases_have_a_time",
            ),
        ]
        indexes = [
            # The open cases, in the order of the queue, with all that lists filter by and the board counts: whatever is asked
            # of them is answered from here, and only the cases of a page are read.
            models.Index(
                fields=[
                    "rank_at",
                    "id",
                    "handler",
                    "owner",
                    "unit",
                    "unit_path",
                    "state",
                    "channel",
                    "category",
                    "product",
                    "severity",
                    "flags",
                    "received_at",
                    "risk_at",
                ],
                condition=Q(closed_at__isnull=True),
                name="case_open",
            ),
            models.Index(fields=["owner", "state"], name="case_owner"),
            models.Index(fields=["handler", "state"], name="case_handler"),
            models.Index(fields=["closed_at", "id"], condition=Q(closed_at__isnull=False), name="case_done"),
            models.Index(fields=["customer", "received_at"], condition=Q(customer__isnull=False), name="case_customer"),
            models.Index(fields=["unit", "rank_at"], name="case_unit"),
            models.Index(fields=["answered_at"], condition=Q(state="answered"), name="case_silent"),
            models.Index(fields=["received_at", "id"], name="case_received"),
            # Whose answers those of the last weeks were, for the forecast.
            models.Index(
                fields=["answered_at", "handler", "owner", "unit_path", "id"],
                condition=Q(answered_at__isnull=False, handler__isnull=False),
                name="case_answers",
            ),
            # Small ones for lists that are rare among many: each holds only the cases it is about.
            models.Index(
                fields=["rank_at", "id"],
                condition=Q(closed_at__isnull=True, to_classify=True),
                name="case_unclassified",
            ),
            models.Index(fields=["rank_at", "id"], condition=Q(state="approving"), name="case_approving"),
            models.Index(
                fields=["rank_at", "id"], condition=Q(closed_at__isnull=True) & ~Q(flags=""), name="case_flagged"
            ),
            models.Index(
                fields=["rank_at", "id"],
                condition=Q(closed_at__isnull=True) & ~Q(severity="ordinary"),
                name="case_grave",
            ),
            models.Index(
                fields=["closed_at", "id", "flags", "handler", "owner", "unit_path"],
                condition=Q(closed_at__isnull=False) & ~Q(flags=""),
                name="case_done_flagged",
            ),
            models.Index(
                fields=["closed_at", "id", "severity", "handler", "owner", "unit_path"],
                condition=Q(closed_at__isnull=False) & ~Q(severity="ordinary"),
                name="case_done_grave",
            ),
            models.Index(
                fields=["closed_at", "id"],
                condition=Q(closed_at__isnull=False, handler__isnull=True),
                name="case_done_by_nobody",
            ),
        ]
        ordering = ["rank_at", "id"]

    @property
    def stream(self) -> str:
        return f"matter:{self.id}"

    @property
    def due_at(self) -> datetime | None:
        return self.legal_due_at or self.house_due_at

    @property
    def promised_at(self) -> datetime | None:
        """The date told to the customer: the earlier of the regulator's and the house's limit."""
        return min((due for due in (self.legal_due_at, self.house_due_at) if due), default=None)

    @property
    def pack_refs(self) -> tuple[str, ...]:
        """The rule packs stamped on it, as `code/version`."""
        return tuple(self.packs.split())

    @property
    def flag_codes(self) -> tuple[str, ...]:
        return tuple(self.flags.split())

    @property
    def large_print(self) -> bool:
        """Letters to this customer are printed large, and wording for particular care comes first."""
        return not LARGE_PRINT.isdisjoint(self.flag_codes)


class Handover(models.Model):
    """Ownership or handling offered to somebody else; nothing moves before it is accepted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    sender = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16)
    offered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, default="")
    error = models.CharField(max_length=16, blank=True, default="", help_text="what was wrong with it (row R6)")
    marked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(settled_at__isnull=True), name="one_open_handover_per_kind"
            )
        ]
        indexes = [
            models.Index(fields=["receiver"], condition=Q(settled_at__isnull=True), name="handover_waiting"),
        ]
        ordering = ["offered_at", "id"]


class Reply(models.Model):
    """One answer in writing: who wrote it, who approved it, when it reached the customer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    cycle = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12)
    author = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    needs_approval = models.BooleanField(default=False)
    law = models.CharField(max_length=96, blank=True, default="", help_text="the letter of law it is: pack/version/id")
    drafted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("author")), name="author_does_not_approve"
            )
        ]
        ordering = ["drafted_at", "id"]


class Note(models.Model):
    """A word among colleagues; never shown to the customer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]


class Dispute(models.Model):
    """The customer does not accept the answer: the next cycle begins with somebody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.PositiveSmallIntegerField(help_text="the cycle that is disputed")
    first_handler = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    disputed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "cycle"], name="one_dispute_per_cycle")]
        ordering = ["disputed_at", "id"]


class Closure(models.Model):
    """How and by whom one cycle ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12)
    category = models.CharField(max_length=48, blank=True, default="")
    cause = models.CharField(max_length=48, blank=True, default="")
    root_cause = models.CharField(max_length=48, blank=True, default="")
    post = models.CharField(max_length=24, blank=True, default="", help_text="the accountable post (row R5)")
    at_unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_by = models.CharField(max_length=80, help_text="the actor's pseudonym, as in the ledger")
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "cycle"], name="one_closure_per_cycle")]
        ordering = ["closed_at", "id"]


class Extension(models.Model):
    """More time, asked for with a reason, approved by another person, told to the customer (decision 15)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    to_days = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=16)
    requester = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, default="waiting")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("requester")),
                name="requester_does_not_approve",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(outcome__in=["waiting", "approved"]), name="one_open_extension"
            ),
        ]
        ordering = ["requested_at", "id"]


class Communication(models.Model):
    """A letter that a law names (holding response, notice of delay): asked for by one person, granted by another, and
    counted once it has reached the customer. `code` is pack/version/id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    cycle = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=96)
    event = models.CharField(max_length=48)
    expected_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=12, default="waiting")
    requester = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("requester")),
                name="asker_does_not_grant_a_letter_of_law",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["waiting", "sending"]), name="one_open_letter_of_law"
            ),
        ]
        ordering = ["requested_at", "id"]


class Excuse(models.Model):
    """A missed limit that was not the bank's to prevent: asked for by one person, granted by another (clock.md §8.14)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    clock = models.UUIDField()
    family = models.CharField(max_length=12)
    reason = models.CharField(max_length=16)
    evidence = models.UUIDField(help_text="the note that gives the grounds")
    requester = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, default="waiting")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("requester")),
                name="asker_does_not_excuse",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(outcome="waiting"), name="one_open_excuse"),
        ]
        ordering = ["requested_at", "id"]


class ShutDay(models.Model):
    """A day on which the bank was shut against its calendar (a storm): one excuse over many misses, by two people (§8.15).

    The calendar and every verdict stay as they are; `clocks` are the misses that would have been in time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    calendar = models.CharField(max_length=48)
    day = models.DateField()
    reason = models.CharField(max_length=16)
    clocks = models.JSONField(default=list)
    excused = models.PositiveIntegerField(default=0)
    requester = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, default="waiting")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("requester")),
                name="asker_does_not_shut_a_day",
            ),
            models.UniqueConstraint(
                fields=["calendar", "day"], condition=Q(outcome="waiting"), name="one_shut_day_waits"
            ),
        ]
        ordering = ["-requested_at", "-id"]


class Escalation(models.Model):
    """A rung of a clock that was told to one of those its ladder names (or to nobody: an incident)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    clock = models.UUIDField()
    cycle = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=12)
    rung = models.CharField(max_length=24)
    to = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=12)
    asked = models.CharField(max_length=12, default="holder", help_text="whom the ladder names")
    escalated_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="later than it rang where quiet hours held it")
    channels = models.CharField(max_length=24, default="inbox")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "cycle", "rung", "asked"], name="a_rung_escalates_once")
        ]
        ordering = ["escalated_at", "id"]


class Merge(models.Model):
    """A case that is worked on together with another of the same customer, until it is taken apart again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    survivor = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    was_state = models.CharField(max_length=12, help_text="where the member stood, for taking it apart")
    merged_at = models.DateTimeField()
    unmerged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(unmerged_at__isnull=True), name="merged_into_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(member=models.F("survivor")), name="not_merged_into_itself"),
        ]
        ordering = ["merged_at", "id"]


class Telling(models.Model):
    """Whoever raised a matter was told of its outcome (row R12), once per outcome."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    about = models.UUIDField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "about"], name="told_once")]
        ordering = ["told_at", "id"]


class Leg(models.Model):
    """A part of the work that somebody else does while the handler keeps the lead: consult | joint | escalation.

    The handler's own legs are not rows: they are the step clocks (bank/clocks).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    cycle = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=12)
    holder = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    sender = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "holder"], condition=Q(left_at__isnull=True), name="one_open_leg_per_person"
            )
        ]
        indexes = [models.Index(fields=["holder"], condition=Q(left_at__isnull=True), name="leg_open")]
        ordering = ["entered_at", "id"]


class Finding(models.Model):
    """Root cause and accountable post of one cycle, as found so far; closing takes it over (row R5)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    root_cause = models.CharField(max_length=48)
    post = models.CharField(max_length=24)
    at_unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    found_by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "cycle"], name="one_finding_per_cycle")]
        ordering = ["found_at", "id"]


class Redress(models.Model):
    """What the bank offers to make good: proposed, approved within somebody's limit, accepted, paid."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    cycle = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    amount = models.BigIntegerField(default=0, help_text="minor units: fen, cents")
    currency = models.CharField(max_length=3, default="CNY")
    state = models.CharField(max_length=12)
    proposer = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    needs_approval = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    payer = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="redress_is_not_negative"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("proposer")),
                name="redress_proposer_does_not_approve",
            ),
            models.CheckConstraint(
                condition=Q(needs_approval=False)
                | Q(approver__isnull=False)
                | Q(state__in=["waiting", "returned", "dropped"]),
                name="redress_above_the_limit_is_approved",
            ),
        ]
        ordering = ["proposed_at", "id"]


class RedressLimit(models.Model):
    """Up to which amount a role may grant redress alone; the newest row counts. Proposed by one, confirmed by another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    role = models.CharField(max_length=24)
    currency = models.CharField(max_length=3, default="CNY")
    amount = models.BigIntegerField(help_text="minor units")
    proposed_by = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True, help_text="empty: not decided yet, or refused")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("proposed_by")),
                name="redress_limits_need_two",
            ),
            models.UniqueConstraint(
                fields=["role", "currency"], condition=Q(decided_at__isnull=True), name="one_redress_limit_waits"
            ),
        ]
        ordering = ["proposed_at", "id"]
