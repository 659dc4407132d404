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


class Version(models.Model):
    """One attempt to learn from what people decided; its head is a file on the shelf. Counts only, no words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facet = models.CharField(max_length=48)
    version = models.CharField(max_length=16)
    before = models.CharField(max_length=16, blank=True, default="", help_text="in use until then")
    mark = models.CharField(max_length=64, help_text="hash of what was learnt from")
    decided = models.PositiveIntegerField(help_text="decisions of people when it was learnt")
    texts = models.PositiveIntegerField()
    held = models.PositiveIntegerField(help_text="texts of the frozen set")
    accuracy = models.PositiveSmallIntegerField(help_text="thousandths, on the frozen set")
    accuracy_before = models.PositiveSmallIntegerField(help_text="thousandths, of the one it was compared with")
    replaced = models.BooleanField()
    learnt_at = models.DateTimeField()

    class Meta:
        ordering = ["learnt_at", "id"]
        constraints = [models.UniqueConstraint(fields=["facet", "mark"], name="triage_version_once")]
