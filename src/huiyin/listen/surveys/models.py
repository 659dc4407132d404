"""Surveys and their versions, campaigns and their strata, whom we asked, and what they answered.

What customers wrote is sealed in the vault: under the matter for a rating, under the customer for a survey.
"""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.listen.surveys.rules import KINDS
from huiyin.listen.surveys.rules.sampling import ALLOCATIONS, FRAMES
from huiyin.listen.surveys.rules.states import CAMPAIGN_STATES, CHANNELS, PASSAGES


class Survey(models.Model):
    """A survey as the bank thinks of it; what it asks stands in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]


class Edition(models.Model):
    """One version of a survey. A draft may change; from its publication on it never does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    survey = models.ForeignKey("surveys.Survey", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField(help_text="rules/questions.py reads and writes it")
    version = models.PositiveIntegerField(default=1, help_text="grows with every change of the draft")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="edition_number"),
            models.UniqueConstraint(fields=["survey"], name="one_draft", condition=Q(published_at=None)),
        ]
        ordering = ["survey", "-number"]


class Campaign(models.Model):
    """One wave of a survey: whom it is drawn from, how precise it is to be, how and until when people are asked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    edition = models.ForeignKey("surveys.Edition", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    frame = models.CharField(max_length=8, choices=[(f.code, f.en) for f in FRAMES])
    from_day = models.DateField(null=True)
    until_day = models.DateField(null=True)
    strata = models.JSONField(default=list, help_text="by what the frame is divided: unit, product, channel, segment")
    margin = models.DecimalField(max_digits=4, decimal_places=3)
    confidence = models.PositiveSmallIntegerField(default=95)
    allocation = models.CharField(max_length=12, choices=[(a.code, a.en) for a in ALLOCATIONS])
    expected_rate = models.DecimalField(max_digits=4, decimal_places=3)
    channel = models.CharField(max_length=8, choices=[(c.code, c.en) for c in CHANNELS])
    rest_days = models.PositiveSmallIntegerField(default=30, help_text="not asked again within so many days")
    remind_after_days = models.PositiveSmallIntegerField(null=True)
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s.code, s.en) for s in CAMPAIGN_STATES], default="planned")
    seed = models.BigIntegerField(null=True)
    drawn_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(null=True, help_text="when the job last wrote down where it is")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at", "-id"]


class Stratum(models.Model):
    """A part of a campaign's frame, counted when it was drawn. `quota`: the answers wanted from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey("surveys.Campaign", on_delete=models.CASCADE, related_name="+")
    key = models.JSONField(help_text="the codes of the stratum, in the order of the campaign's strata")
    place = models.PositiveIntegerField()
    frame = models.PositiveIntegerField()
    quota = models.PositiveIntegerField()
    left_out = models.JSONField(default=dict, help_text="why not: how many")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "place"], name="stratum_place")]
        ordering = ["campaign", "place"]


class Contact(models.Model):
    """A customer of an imported list. Name and address are sealed with the customer."""

    campaign = models.ForeignKey("surveys.Campaign", on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("profiles.Customer", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=120, blank=True)
    segment = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "customer"], name="listed_once")]
        ordering = ["id"]


class OptOut(models.Model):
    """Somebody who does not want to be surveyed. A rating after their own matter is still offered on its page."""

    customer = models.OneToOneField("profiles.Customer", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Invitation(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16, choices=[(k.code, k.en) for k in KINDS])
    matter = models.UUIDField(null=True, db_index=True)
    cycle = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10, default="zh-hans")
    channel = models.CharField(max_length=16)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=120, null=True)  # noqa: DJ001 (unknown is not empty)
    invited_at = models.DateTimeField()
    open_until = models.DateTimeField()
    # Of a campaign only:
    campaign = models.ForeignKey("surveys.Campaign", null=True, on_delete=models.PROTECT, related_name="+")
    stratum = models.ForeignKey("surveys.Stratum", null=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("profiles.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    passage = models.CharField(max_length=10, choices=[(p.code, p.en) for p in PASSAGES], default="sent")
    why = models.CharField(max_length=16, blank=True, help_text="why it was not sent")
    target = models.CharField(max_length=64, blank=True, db_index=True, help_text="blind index of the address")
    delivered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind", "cycle"], name="asked_once_per_cycle",
                condition=Q(matter__isnull=False, campaign__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["campaign", "customer"], name="invited_once_per_campaign", condition=Q(campaign__isnull=False)
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["customer", "invited_at"], name="invited_lately")]
        ordering = ["-invited_at", "-id"]


class Response(models.Model):
    """What somebody answers to a survey, question by question; finished once they send it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invitation = models.OneToOneField("surveys.Invitation", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey("surveys.Edition", on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict, help_text="scores and codes by question; words are in the vault")
    language = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ["-changed_at", "-id"]


class Answer(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    invitation = models.OneToOneField(
        "surveys.Invitation", null=True, on_delete=models.PROTECT, related_name="+", help_text="answered once"
    )
    kind = models.CharField(max_length=16, choices=[(k.code, k.en) for k in KINDS])
    matter = models.UUIDField(null=True, db_index=True)
    channel = models.CharField(max_length=16)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=120, null=True)  # noqa: DJ001 (unknown is not empty)
    score = models.PositiveSmallIntegerField()
    efficiency = models.PositiveSmallIntegerField(null=True)
    professionalism = models.PositiveSmallIntegerField(null=True)
    attitude = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="score_is_1_to_5"),
        ]
        ordering = ["-answered_at", "-id"]
