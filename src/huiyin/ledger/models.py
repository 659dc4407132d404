"""The append-only tables. Database triggers (migration 0001) refuse update and delete."""

from django.db import models


class Entry(models.Model):
    """One fact as it was recorded, chained to the one before it in its stream."""

    stream = models.CharField(max_length=64)
    version = models.IntegerField()
    type = models.CharField(max_length=48)
    schema = models.SmallIntegerField(default=1)
    actor = models.CharField(max_length=80)
    occurred_us = models.BigIntegerField(help_text="microseconds since 1970 UTC")
    recorded_us = models.BigIntegerField()
    payload = models.TextField(help_text="canonical JSON (RFC 8785)")
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32, unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "version"], name="one_entry_per_version")]
        ordering = ["id"]
