"""Two ways past a decision: the level above examines it again, or a body outside the bank mediates."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class Review(models.Model):
    """核查 of one decision: one per case and cycle, with its own clock and its own people."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.UUIDField()
    number = models.CharField(max_length=40, unique=True)
    cycle = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10, default="zh-hans")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=160, db_index=True)
    reviewer = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="working")
    outcome = models.CharField(max_length=12, blank=True, default="")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "cycle"], name="one_review_per_decision"),
            models.CheckConstraint(
                condition=Q(state="working", outcome="") | (~Q(state="working") & ~Q(outcome="")),
                name="decided_reviews_have_an_outcome",
            ),
        ]
        ordering = ["-requested_at", "id"]

    @property
    def stream(self) -> str:
        return f"review:{self.id}"


class Mediation(models.Model):
    """A dispute before a mediation body. The agreement and its evidence are in the vault."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.UUIDField()
    body = models.CharField(max_length=24)
    state = models.CharField(max_length=12, default="open")
    outcome = models.CharField(max_length=12, blank=True, default="")
    opened_on = models.DateField(help_text="the day the body took it up, as its paper says")
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    performed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="one_open_mediation_per_case")
        ]
        ordering = ["opened_at", "id"]
