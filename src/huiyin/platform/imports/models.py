"""What was imported, and what has been seen before."""

from django.db import models

from huiyin.kernel.ids import new_id

STATES = [("waiting", "waiting"), ("finished", "finished"), ("refused", "refused"), ("dropped", "dropped")]


class Run(models.Model):
    """One file, once. `waiting`: uploaded in the browser and looked at, not yet confirmed."""

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

    class Meta:
        ordering = ["-at", "-id"]


class Seen(models.Model):
    """A row of a row-by-row import: hash of mapping and key, hash of its content."""

    key = models.BinaryField(max_length=16, primary_key=True)
    content = models.BinaryField(max_length=16)

    class Meta:
        verbose_name_plural = "seen"
