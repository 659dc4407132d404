"""The append-only tables. Database triggers (migration 0002) refuse update, delete and truncate."""

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
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "version"], name="one_entry_per_version")]
        indexes = [models.Index(fields=["hash"], condition=models.Q(version=1), name="first_entries_by_hash")]
        ordering = ["id"]


class Unsealed(models.Model):
    """An entry waiting for the sealer (PostgreSQL only; on SQLite sealing is part of the transaction)."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="+", db_constraint=False)

    class Meta:
        ordering = ["entry"]


class Leaf(models.Model):
    """The place of an entry in the Merkle log: `seq` counts from 1 without a gap (C2SP index = seq - 1)."""

    seq = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+", db_constraint=False)
    hash = models.BinaryField(max_length=32, help_text="SHA-256(0x00 || entry hash)")

    class Meta:
        ordering = ["seq"]


class Tile(models.Model):
    """256 hashes of one level, written when complete (C2SP tlog-tiles). `root` is the hash one level higher."""

    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_per_place")]
        ordering = ["level", "index"]


class Checkpoint(models.Model):
    """A signed statement of the log's size and root (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    signed_us = models.BigIntegerField()
    note = models.TextField()

    class Meta:
        ordering = ["size"]
