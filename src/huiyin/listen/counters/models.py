"""Places with a code, and what was pressed there. Words and telephone are sealed in the vault under the rating's id."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class Spot(models.Model):
    """An outlet, or one counter of it. `version` counts the codes that were made for it: only the newest opens."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=40, blank=True, help_text="counter or window; empty: the whole outlet")
    version = models.PositiveIntegerField(default=1)
    token_hash = models.CharField(max_length=64, unique=True)
    is_open = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "label"], name="a_place_once_per_unit")]
        ordering = ["unit", "label", "id"]


class Press(models.Model):
    """One rating. Its id is that of the answer in listen/surveys and, if a call was asked for, of the voice."""

    id = models.UUIDField(primary_key=True, editable=False)
    spot = models.ForeignKey("counters.Spot", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.CharField(max_length=120, blank=True, help_text="codes, with commas")
    device = models.CharField(max_length=64, blank=True, help_text="keyed hash of a random mark of the browser")
    tablet = models.BooleanField(default=False)
    has_words = models.BooleanField(default=False)
    called = models.BooleanField(default=False)
    settled = models.CharField(max_length=12, blank=True)
    settled_by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="press_is_1_to_5")]
        indexes = [
            models.Index(fields=["unit", "-at"], name="press_unit"),
            models.Index(fields=["spot", "-at"], name="press_spot"),
            models.Index(fields=["device", "-at"], name="press_device", condition=~Q(device="")),
        ]
        ordering = ["-at", "-id"]


class Turned(models.Model):
    """How many ratings of a place and day were turned away by the limits."""

    spot = models.ForeignKey("counters.Spot", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["spot", "day"], name="turned_away_per_day")]
        ordering = ["spot", "day"]
