"""Alerts and how they ended."""

from django.db import models

from huiyin.kernel.ids import new_id
from huiyin.measure.alerts.rules.words import GRAVITY, REASONS, RULES, STATES


class Alert(models.Model):
    """One event that the statistics saw. Figures stand as they stood when it was raised; the chart is kept current."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    rule = models.CharField(max_length=12, choices=[(r, label.en) for r, label in RULES.items()])
    indicator = models.CharField(max_length=16)
    family = models.CharField(max_length=40, blank=True)
    cell = models.JSONField(default=dict)
    cell_key = models.CharField(max_length=500, blank=True)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    seen = models.DateField(help_text="last day of the week in which it could first be known")
    weeks = models.SmallIntegerField(default=1)
    observed = models.FloatField()
    expected = models.FloatField()
    upper = models.FloatField(null=True)
    p = models.FloatField()
    explained_by = models.JSONField(default=list)
    series = models.JSONField(default=list)
    last_seen = models.DateField()
    gravity = models.CharField(max_length=12, choices=[(g, label.en) for g, label in GRAVITY.items()])
    state = models.CharField(max_length=12, default="open", choices=[(s, label.en) for s, label in STATES.items()])
    owner = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    class Meta:
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(fields=["state", "-raised_at"], name="alert_queue"),
            models.Index(fields=["indicator", "cell_key"], name="alert_cell"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "family", "cell_key", "rule", "since"], name="one_alert_per_episode"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Settlement(models.Model):
    """How an alert ended: accepted, merged into another, or dismissed with a reason (by two people when serious)."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="settlements")
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=12, blank=True, choices=[(r, label.en) for r, label in REASONS.items()])
    words = models.TextField(blank=True)
    into = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    second = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False, help_text="the second person did not agree")

    class Meta:
        ordering = ["at", "id"]


class Look(models.Model):
    """A run of the detectors, so that none is made twice over the same columns on the same day."""

    day = models.DateField()
    cursor = models.BigIntegerField()
    at = models.DateTimeField()
    raised = models.IntegerField()

    class Meta:
        ordering = ["at", "id"]
