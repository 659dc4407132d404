"""What the workbench keeps: named lists, work done to many cases, notes between shifts, who looks at what now."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class SavedView(models.Model):
    """A list under a name: an address, never a copy. One's own, or shared with a unit and everything below it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600, help_text="as in the address, names in one order")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name")]
        ordering = ["name", "id"]


class Batch(models.Model):
    """One verb done to many cases. The key comes from the preview page, so a second click continues, not repeats."""

    id = models.UUIDField(primary_key=True, editable=False)
    verb = models.CharField(max_length=12)
    params = models.JSONField(default=dict, help_text="codes and ids only")
    staff = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "id"]


class BatchLine(models.Model):
    """One case of a batch and what came of it. `version` is what the preview showed, `after` what the verb left behind;
    `before` is what taking it back needs to know (ids and codes), `undo` what came of that."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, default="waiting")
    why = models.CharField(max_length=40, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict)
    after = models.PositiveIntegerField(null=True, blank=True)
    undo = models.CharField(max_length=8, blank=True, default="")
    undo_why = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "case"], name="a_case_once_in_a_batch")]
        ordering = ["id"]


class ShiftNote(models.Model):
    """交接班: how things stand at the end of a shift. The words are in the vault; the figures are of that moment."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    open = models.PositiveIntegerField()
    due_today = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    to_approve = models.PositiveIntegerField()
    watched = models.JSONField(default=list, help_text="numbers of the cases to watch")
    taker = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taker__isnull=True) | ~Q(taker=models.F("author")), name="a_shift_goes_to_somebody_else"
            )
        ]
        indexes = [models.Index(fields=["unit", "-written_at"], name="shift_of_unit")]
        ordering = ["-written_at", "id"]


class Presence(models.Model):
    """Somebody has a case open on the screen. Kept for minutes; a hint, not a lock."""

    case = models.UUIDField()
    staff = models.ForeignKey("staff.Staff", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "staff"], name="one_presence_each")]
        ordering = ["case", "id"]


class Keys(models.Model):
    """Somebody has switched the single-key shortcuts off (WCAG 2.1.4). Nobody here: they are on."""

    staff = models.OneToOneField("staff.Staff", primary_key=True, on_delete=models.CASCADE, related_name="+")
    off_at = models.DateTimeField()


class KeyMap(models.Model):
    """Keys that somebody chose instead of the usual ones: `{action: key}`. Nobody here: the usual ones."""

    staff = models.OneToOneField("staff.Staff", primary_key=True, on_delete=models.CASCADE, related_name="+")
    keys = models.JSONField(default=dict)


class Subscription(models.Model):
    """Somebody is told how many cases a saved view holds: every day, or when the number has changed by `threshold` since
    they were last told. Numbers only; whose they are is worked out when they are told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    staff = models.ForeignKey("staff.Staff", on_delete=models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=6, help_text="daily | change")
    threshold = models.PositiveSmallIntegerField(default=5)
    mail = models.BooleanField(default=False)
    language = models.CharField(max_length=8)
    begun_at = models.DateTimeField()
    count = models.PositiveIntegerField(null=True, blank=True, help_text="as they were last told")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "view"], name="a_view_is_followed_once")]
        ordering = ["begun_at", "id"]


class Columns(models.Model):
    """The columns that somebody wants in their lists. Nobody here: the usual ones."""

    staff = models.OneToOneField("staff.Staff", primary_key=True, on_delete=models.CASCADE, related_name="+")
    codes = models.CharField(max_length=160, help_text="comma-separated, in the order of the list")
