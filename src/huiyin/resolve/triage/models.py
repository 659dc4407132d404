"""What was suggested and what was decided about a voice; the latest row is the current one."""

from django.db import models

from huiyin.kernel.ids import new_id


class Classification(models.Model):
    """One suggestion of the machine (`decided` false) or one decision of a person. No customer words are kept here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voice = models.UUIDField(db_index=True)
    category = models.CharField(max_length=48, blank=True, default="")
    cause = models.CharField(max_length=48, blank=True, default="")
    complexity = models.CharField(max_length=12, blank=True, default="")
    severity = models.CharField(max_length=12, blank=True, default="")
    demand = models.CharField(max_length=16, blank=True, default="")
    flags = models.CharField(max_length=160, blank=True, default="")
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="thousandths")
    reasons = models.JSONField(default=list, help_text="[facet, lexicon word, weight] that spoke for the label")
    decided = models.BooleanField(default=False)
    decided_by = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    classified_at = models.DateTimeField()

    class Meta:
        ordering = ["classified_at", "id"]
