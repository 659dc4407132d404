"""Whom we asked, and what they answered. A comment is sealed in the vault under the matter."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.listen.surveys.rules import KINDS


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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind", "cycle"], name="asked_once_per_cycle", condition=Q(matter__isnull=False)
            )
        ]
        ordering = ["-invited_at", "-id"]


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
