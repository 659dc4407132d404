"""Complaints that a regulator forwarded, and the files that go back."""

from django.db import models

from huiyin.kernel.ids import new_id


class Referral(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.UUIDField(db_index=True)
    body = models.CharField(max_length=24)
    reference = models.CharField(max_length=64)
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "reference"], name="a_referral_is_recorded_once")]
        ordering = ["-received_on", "-id"]


class Return(models.Model):
    """A file for a regulator. `content` is sealed; `cases` are those that the person asking could see.

    With more than a hundred complaints a second person lets it be made (SoD13); it can be fetched for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    layout = models.CharField(max_length=12)
    cases = models.JSONField(default=list)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    format = models.CharField(max_length=4, default="csv")
    state = models.CharField(max_length=8, default="making", help_text="waiting | making | made | refused | gone")
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    content = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by="") | ~models.Q(decided_by=models.F("asked_by")),
                name="asker_does_not_release_a_return",
            )
        ]
        ordering = ["-asked_at", "-id"]
