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
    right = models.PositiveIntegerField(help_text="right answers on the frozen set")
    right_before = models.PositiveIntegerField(help_text="of the version it was compared with")
    people_held = models.PositiveIntegerField(help_text="texts of the frozen set that people decided")
    people_right = models.PositiveIntegerField()
    people_right_before = models.PositiveIntegerField()
    dropped = models.PositiveIntegerField(default=0, help_text="pieces of words left out: too few people used them")
    replaced = models.BooleanField()
    learnt_at = models.DateTimeField()

    class Meta:
        ordering = ["learnt_at", "id"]
        constraints = [models.UniqueConstraint(fields=["facet", "mark"], name="triage_version_once")]


class Appointment(models.Model):
    """Which version shall answer from now on. The row is what counts; the file that says so follows it (`done`)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    facet = models.CharField(max_length=48)
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the facet: of two at once, one wins")
    version = models.CharField(max_length=16)
    before = models.CharField(max_length=16, blank=True, default="")
    by = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done = models.BooleanField(default=False)

    class Meta:
        ordering = ["facet", "number"]
        constraints = [models.UniqueConstraint(fields=["facet", "number"], name="triage_appointment_number")]


class Run(models.Model):
    """One time the learning from people's decisions was asked for. At most one is open (`is_open` is then true)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    asked_by = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="when it last said how far it is")
    ended_at = models.DateTimeField(null=True, blank=True)
    facet = models.CharField(max_length=48, blank=True, default="")
    stage = models.CharField(max_length=12, blank=True, default="")
    share = models.PositiveSmallIntegerField(default=0, help_text="thousandths done")
    stop = models.BooleanField(default=False, help_text="a person called it off")
    outcome = models.CharField(max_length=12, blank=True, default="")
    is_open = models.BooleanField(null=True, default=True, unique=True, help_text="true, or nothing once it has ended")

    class Meta:
        ordering = ["asked_at", "id"]
