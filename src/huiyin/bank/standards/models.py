"""Which versions of which standards this institution has taken into use, and what is proposed."""

from django.db import models
from django.db.models import Q

from huiyin.bank.standards.rules.templates import Text, filled
from huiyin.kernel.ids import new_id


class Adoption(models.Model):
    """A calendar or rule pack version that took effect. `body` is empty for a version shipped with the product."""

    code = models.CharField(max_length=48)
    version = models.CharField(max_length=24)
    sort = models.CharField(max_length=12)  # calendar | pack
    sha256 = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    effective_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_adoption_per_version")]
        ordering = ["effective_at", "id"]


class Choice(models.Model):
    """Which rule packs the institution works by, from a moment on: the newest row counts, the others are its history.

    `packs`: one `code` or `code=calendar` a line.
    """

    packs = models.TextField()
    since_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]


class Proposal(models.Model):
    """A change of the standards that a second person must approve.

    sort: pack | calendar (`body` is the new text) | choice (`body` lists the packs, as in Choice) | running (move the
    running time limits to the version in use). `base` is what was in use when it was proposed; `running` asks that the
    running time limits move too, and `done_at` says that they have.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sort = models.CharField(max_length=12)
    code = models.CharField(max_length=48)
    version = models.CharField(max_length=24)
    base = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    running = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="open")  # open | approved | rejected | withdrawn
    requester = models.UUIDField(null=True)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    moved = models.PositiveIntegerField(default=0, help_text="time limits moved so far")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(state="open"), name="one_open_proposal_per_standard"),
            models.CheckConstraint(
                condition=Q(sort__in=["pack", "calendar", "choice", "running"]), name="proposal_sort_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "rejected", "withdrawn"]), name="proposal_state_known"
            ),
        ]
        ordering = ["-proposed_at", "-id"]


class Template(models.Model):
    """One version of a reply template. Its text never changes: a change is the next version, read by a second person."""

    code = models.CharField(max_length=48)
    version = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=8, default="plain")
    title_zh = models.CharField(max_length=120)
    body_zh = models.TextField()
    title_en = models.CharField(max_length=120)
    body_en = models.TextField()
    state = models.CharField(max_length=10, default="proposed")
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_template_per_version"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="approved"), name="one_template_in_use_per_code"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="proposed"), name="one_template_waiting_per_code"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | ~models.Q(decided_by=models.F("proposed_by")),
                name="template_proposer_does_not_approve",
            ),
        ]
        ordering = ["code", "-version"]

    @property
    def text(self) -> Text:
        return Text(self.title_zh, self.body_zh, self.title_en, self.body_en)

    def filled(self, language: str, values: dict[str, str]) -> tuple[str, str]:
        """Title and body in one language, every placeholder replaced."""
        return filled(self.text, language, values)


class ScorecardVersion(models.Model):
    """A version of a scorecard that the bank wrote itself, as TOML. Its text never changes; the shipped ones are files."""

    code = models.CharField(max_length=48)
    version = models.PositiveSmallIntegerField()
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="draft")  # draft | published | replaced | dropped
    drafter = models.UUIDField(null=True)
    drafted_by = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    settled_by = models.CharField(max_length=80, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_scorecard_per_version"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="published"), name="one_scorecard_in_use_per_code"
            ),
            models.UniqueConstraint(fields=["code"], condition=Q(state="draft"), name="one_scorecard_draft_per_code"),
            models.CheckConstraint(
                condition=~Q(state="published") | ~Q(settled_by=models.F("drafted_by")),
                name="scorecard_author_does_not_publish",
            ),
        ]
        ordering = ["code", "-version"]
