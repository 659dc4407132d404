"""Lists of customers to call back, and what became of each call. What customers said is in the vault."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class Script(models.Model):
    """One version of what callers say and ask; the newest is used, every answer names the version it was given to."""

    version = models.PositiveIntegerField(unique=True)
    words = models.JSONField(help_text="opening, solved, satisfied, more, extra: zh and en")
    written_by = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]


class Draw(models.Model):
    """One list, drawn by rule. The frame is kept with the fate of every case in it, so that it can be drawn again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.CharField(max_length=16)
    percent = models.PositiveSmallIntegerField(default=100)
    stratum = models.CharField(max_length=8, default="unit")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=160, db_index=True)
    closed_from = models.DateField()
    closed_to = models.DateField()
    seed = models.CharField(max_length=32)
    frame = models.JSONField(help_text="case -> [stratum, fate]")
    drawn = models.PositiveIntegerField()
    excluded = models.PositiveIntegerField()
    drawn_by = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-drawn_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="draw_percent_is_1_to_100")
        ]


class Call(models.Model):
    """One customer to be asked about one closed matter. Held by one person at a time, who holds no other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="+")
    case = models.UUIDField()
    cycle = models.PositiveSmallIntegerField()
    number = models.CharField(max_length=32)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=160, db_index=True)
    state = models.CharField(max_length=8, default="waiting")
    outcome = models.CharField(max_length=16, blank=True, default="")
    holder = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revealed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    tried = models.CharField(max_length=40, blank=True, default="", help_text="parts of the day tried, with spaces")
    next_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    script = models.PositiveIntegerField(null=True, blank=True)
    solved = models.CharField(max_length=8, blank=True, default="")
    satisfied = models.PositiveSmallIntegerField(null=True, blank=True)
    extra = models.JSONField(default=list, help_text="yes | no | none per question of the script")
    followed = models.CharField(max_length=12, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "cycle"], name="called_back_once_per_cycle"),
            models.UniqueConstraint(fields=["holder"], condition=Q(state="held"), name="one_call_at_a_time"),
            models.CheckConstraint(
                condition=(Q(state="done") & ~Q(outcome="") & Q(done_at__isnull=False))
                | (~Q(state="done") & Q(outcome="") & Q(done_at__isnull=True)),
                name="done_calls_have_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(satisfied__isnull=True) | Q(satisfied__gte=1, satisfied__lte=5), name="call_score_1_to_5"
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], condition=Q(state="waiting"), name="calls_waiting")]


class Try(models.Model):
    """One time the telephone was picked up."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="+")
    caller = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16)
    part = models.CharField(max_length=12)
    tried_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["tried_at", "id"]


class Run(models.Model):
    """Everybody on a list is asked by message; its progress is the contacts of its calls."""

    draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="+")
    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, help_text="everybody was asked or left out")

    class Meta:
        ordering = ["started_at", "id"]


class Contact(models.Model):
    """One customer asked by message, once, before anybody calls. The link's secret is stored nowhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="+")
    case = models.UUIDField(db_index=True)
    language = models.CharField(max_length=10)
    secret_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, default="asked")
    why = models.CharField(max_length=12, blank=True, default="", help_text="why nobody was asked")
    asked_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    choice = models.CharField(max_length=8, blank=True, default="")
    call_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [models.Index(fields=["remind_at", "id"], condition=Q(state="asked"), name="contacts_open")]
