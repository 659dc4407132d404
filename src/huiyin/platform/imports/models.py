"""What was imported, and what has been seen before."""

from django.db import models

from huiyin.kernel.ids import new_id

STATES = [
    (state, state)
    for state in (
        "checking", "waiting", "queued", "running", "finished", "refused", "stopped", "failed", "dropped"
    )
]  # fmt: skip
GOING = ("checking", "queued", "running")
"""A worker is at it or comes to it."""
TAKEN = ("running", "finished", "stopped", "failed")
"""Its counts are of rows that are here."""


class Run(models.Model):
    """One file, once. `checking`: uploaded and being looked at; `waiting`: looked at, not yet confirmed, the counts are of
    the rehearsal; `queued`, `running`: being taken. The rest are ends.

    Of a job: `place` is how far into its file it has come and `logged` how long its report was then (while it is looked
    at: the list of what was tried), in the same transaction as the rows before it; `ticket` is the one turn that may go
    on; `touched_at` its last sign of life.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mapping = models.CharField(max_length=40)
    name = models.CharField(max_length=120, help_text="name of the file")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=STATES)
    partial = models.BooleanField(default=False)
    read = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    whole = models.PositiveIntegerField(default=0, help_text="rows of the file, as soon as they are counted")
    place = models.PositiveBigIntegerField(default=0)
    logged = models.PositiveBigIntegerField(default=0)
    ticket = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="turns in a row that came nowhere")
    stop = models.BooleanField(default=False, help_text="called off")
    why = models.CharField(max_length=10, blank=True, default="", help_text="of a failure")
    language = models.CharField(max_length=8, blank=True, default="")
    touched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["touched_at"], condition=models.Q(state__in=GOING), name="import_at_work")]


class Seen(models.Model):
    """A row of a row-by-row import: hash of mapping and key, hash of its content."""

    key = models.BinaryField(max_length=16, primary_key=True)
    content = models.BinaryField(max_length=16)

    class Meta:
        verbose_name_plural = "seen"
