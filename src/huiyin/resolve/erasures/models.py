"""Who asked that a person be erased, who decided, and what forbids it. Codes, times and ids only: they outlive the person."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.resolve.erasures.rules import GROUNDS, REASONS, STATES


class Erasure(models.Model):
    """One request. `customer` is the record in front; it speaks for every record merged into it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=160, db_index=True, help_text="the lowest unit over all their matters")
    reason = models.CharField(max_length=12, choices=[(label.code, label.en) for label in REASONS])
    state = models.CharField(
        max_length=12, default="asked", choices=[(label.code, label.en) for label in STATES.values()]
    )
    asked_by = models.CharField(max_length=80)
    asker = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    settled_by = models.CharField(max_length=80, blank=True, default="")
    settler = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    subjects = models.PositiveIntegerField(default=0, help_text="keys destroyed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(state="asked"), name="one_erasure_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="asked", settled_at=None) | (~Q(state="asked") & Q(settled_at__isnull=False)),
                name="a_settled_erasure_has_its_time",
            ),
        ]
        ordering = ["-asked_at", "-id"]


class Hold(models.Model):
    """Somebody must be able to prove what was said: nothing of this person is destroyed until it is lifted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=[(label.code, label.en) for label in GROUNDS])
    placed_by = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=80, blank=True, default="")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "ground"], condition=Q(lifted_at=None), name="held_once_per_ground"
            )
        ]
        ordering = ["placed_at", "id"]
