"""A rectification, the steps it took, its evidence and the complaints it answers."""

from django.db import models
from django.db.models import F, Q

from huiyin.improve.rectifications.rules.steps import ORIGINS, STATES, STEPS
from huiyin.kernel.ids import new_id


class Rectification(models.Model):
    """One problem, one plan (一问题一方案). The effect is read from the indicator that showed the problem."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    how = models.CharField(max_length=8, help_text="rule | hand")
    origin = models.CharField(max_length=12, choices=[(o, label.en) for o, label in ORIGINS.items()])
    problem = models.TextField()
    cause_code = models.CharField(max_length=32, blank=True)
    cause = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    state = models.CharField(max_length=12, default="opened", choices=[(s, label.en) for s, label in STATES.items()])
    round = models.SmallIntegerField(default=1)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    verifier = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    inspector = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    opener = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    closer = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey("alerts.Alert", null=True, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(max_length=16)
    cell = models.JSONField(default=dict)
    cell_key = models.CharField(max_length=500, blank=True)
    family = models.CharField(max_length=40, blank=True)
    counts = models.BooleanField(default=False, help_text="the effect is read from the count of the cell, not a rate")
    before = models.JSONField(default=dict, help_text="the reading at opening: value, n, period")
    target = models.FloatField(null=True)
    lower_is_better = models.BooleanField(default=True)
    due_date = models.DateField()
    planned_date = models.DateField(null=True, help_text="the date after re-dating; the deadline stays")
    verdict = models.CharField(max_length=12, blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_date", "id"]
        indexes = [
            models.Index(fields=["state", "due_date"], name="rectification_board"),
            models.Index(fields=["indicator", "cell_key"], name="rectification_cell"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("verifier")), name="verifier_is_not_owner"),
            models.CheckConstraint(
                condition=Q(closer=None) | (~Q(closer=F("owner")) & ~Q(closer=F("verifier"))), name="closer_is_a_third"
            ),
            models.UniqueConstraint(
                fields=["indicator", "family", "cell_key"],
                condition=Q(state__in=["opened", "planned", "done", "verified", "effective"]) & Q(how="rule"),
                name="one_by_rule_for_a_cell",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """Who did what, when, in which round. Nothing here is ever overwritten (T63)."""

    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT, related_name="steps")
    round = models.SmallIntegerField(default=1)
    what = models.CharField(max_length=16, choices=[(s, label.en) for s, label in STEPS.items()])
    words = models.TextField(blank=True)
    value = models.FloatField(null=True)
    n = models.IntegerField(null=True)
    verdict = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(null=True, help_text="a date that the step is about")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Link(models.Model):
    """A complaint (matter) whose sender is told of the outcome."""

    rectification = models.ForeignKey(Rectification, on_delete=models.PROTECT, related_name="links")
    matter = models.UUIDField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["rectification", "matter"], name="linked_once")]
