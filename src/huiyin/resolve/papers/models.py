"""Files that leave the house: asked for by one person, made by the product, kept sealed for some days."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class Paper(models.Model):
    """`params` hold codes and ids only. `touched_at` is the last sign of life of whoever makes it; `content` is sealed
    and goes when `until` has passed, the line stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)
    case = models.UUIDField(null=True, blank=True, db_index=True)
    params = models.JSONField(default=dict)
    language = models.CharField(max_length=8)
    reason = models.CharField(max_length=16, blank=True, default="")
    staff = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=120, blank=True, default="")
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="made") | (~Q(sha256="") & Q(made_at__isnull=False)),
                name="a_made_paper_has_its_hash",
            )
        ]
        indexes = [
            models.Index(fields=["staff", "-asked_at"], name="paper_of_person"),
            models.Index(fields=["state", "touched_at"], condition=~Q(state="gone"), name="paper_in_work"),
        ]
        ordering = ["-asked_at", "-id"]
