"""What we were told. Words, names and contacts are sealed in the vault under the id of the matter."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.listen.voices.rules.codes import CHANNELS, INTAKE_STATES, KINDS


class Voice(models.Model):
    """One matter somebody raised. Its id is the id of the matter: case, clocks and messages share it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="of the tracking code")
    kind = models.CharField(max_length=12, choices=[(k.code, k.en) for k in KINDS])
    channel = models.CharField(max_length=16, choices=[(c.code, c.en) for c in CHANNELS])
    language = models.CharField(max_length=10)
    received_at = models.DateTimeField(db_index=True)
    occurred_on = models.DateField(null=True)
    customer = models.ForeignKey("profiles.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=120, null=True)  # noqa: DJ001 (unknown is not empty)
    represented = models.BooleanField(default=False)
    about_staff = models.BooleanField(default=False)
    taken_by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    raised_by = models.UUIDField(null=True, help_text="the matter a low score was about")
    source = models.CharField(max_length=24, null=True)  # noqa: DJ001 (unknown is not empty)
    source_ref = models.CharField(max_length=80, null=True)  # noqa: DJ001 (unknown is not empty)
    sent_at = models.DateTimeField(null=True)
    company = models.CharField(max_length=120, null=True)  # noqa: DJ001 (unknown is not empty)
    region = models.CharField(max_length=40, null=True)  # noqa: DJ001 (unknown is not empty)
    sub_product = models.CharField(max_length=120, null=True)  # noqa: DJ001 (unknown is not empty)
    issue = models.CharField(max_length=160, null=True)  # noqa: DJ001 (unknown is not empty)
    sub_issue = models.CharField(max_length=160, null=True)  # noqa: DJ001 (unknown is not empty)
    outcome = models.CharField(max_length=80, null=True)  # noqa: DJ001 (unknown is not empty)
    timely = models.BooleanField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_ref"], name="a_source_record_once", condition=Q(source_ref__isnull=False)
            ),
        ]
        ordering = ["-received_at", "-id"]


class Mention(models.Model):
    """Somebody the customer complains about. The words are sealed with the voice; here stands who it is, if known."""

    voice = models.ForeignKey("voices.Voice", on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    staff = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["voice", "position"], name="mention_position")]
        ordering = ["voice", "position"]


class Addition(models.Model):
    """Words or a file that came later. The words are sealed; a file stands in platform/files."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    voice = models.ForeignKey("voices.Voice", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8, choices=[("message", "message"), ("file", "file")])
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Intake(models.Model):
    """The inbox (decision 8): what arrived, safe before anything is made of it. The body is sealed in the vault."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="the id its voice will have")
    scope = models.CharField(max_length=80, help_text="whose key: a token, a draft, a desk")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="keyed hash of the body: same key, same body?")
    number = models.CharField(max_length=32, unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    channel = models.CharField(max_length=16)
    source_ref = models.CharField(max_length=80, null=True, help_text="the sender's own id of it")  # noqa: DJ001
    by = models.CharField(max_length=80)
    origin = models.CharField(max_length=64, blank=True, help_text="keyed hash of the sender's address, for the limit")
    network = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=[(s, s) for s in INTAKE_STATES], default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=80, blank=True, help_text="the name of the last error")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="a_key_once_per_sender"),
            models.UniqueConstraint(
                fields=["scope", "source_ref"], name="a_senders_own_id_once", condition=Q(source_ref__isnull=False)
            ),
            models.CheckConstraint(condition=Q(state__in=INTAKE_STATES), name="intake_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="intake_open", condition=Q(state__in=("waiting", "held"))),
            models.Index(fields=["origin", "received_at"], name="intake_origin", condition=~Q(origin="")),
            models.Index(fields=["network", "received_at"], name="intake_network", condition=~Q(network="")),
        ]
        ordering = ["received_at", "id"]


class Counter(models.Model):
    """How many numbers were given out for a day."""

    day = models.DateField(primary_key=True)
    given = models.PositiveIntegerField()


class Draft(models.Model):
    """A form being filled in. Its answers are sealed; its id becomes the id of the voice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["started_at", "id"]


class Trial(models.Model):
    """Failed look-ups of one sender in one minute, so that a number plus four digits cannot be guessed."""

    origin = models.CharField(max_length=64)
    minute_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["origin", "minute_at"], name="trial_minute")]
        ordering = ["minute_at", "id"]
