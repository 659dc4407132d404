"""Recorded decisions about figures: new baselines, and period figures published for good."""

from django.db import models

from huiyin.kernel.ids import new_id


class Rebase(models.Model):
    """From this day on the limits of an indicator are drawn from newer points: the process was changed on purpose."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    indicator = models.CharField(max_length=16)
    from_day = models.DateField()
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["indicator", "from_day", "id"]
        constraints = [models.UniqueConstraint(fields=["indicator", "from_day"], name="one_rebase_a_day")]


class Published(models.Model):
    """A month's figure as it was published: complete, frozen, with the version of its definition (decision 23)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    indicator = models.CharField(max_length=16)
    version = models.PositiveSmallIntegerField()
    month = models.DateField(help_text="first day of the month")
    unit_path = models.CharField(max_length=200, blank=True, help_text="empty: the whole institution")
    num = models.BigIntegerField()
    den = models.BigIntegerField()
    value = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    state = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        ordering = ["indicator", "month", "unit_path"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "version", "month", "unit_path"], name="one_published_figure")
        ]
