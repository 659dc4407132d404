"""Fingerprints of what was said lately: keyed hashes by which alike texts find each other. No words are kept here."""

from django.db import models


class Band(models.Model):
    """One of the six bands of a text's fingerprint; texts that share a band are compared word for word."""

    matter = models.UUIDField()
    band = models.PositiveSmallIntegerField()
    mark = models.IntegerField()
    at = models.DateTimeField(help_text="received", db_index=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["matter", "band"], name="reading_band_once")]
        indexes = [models.Index(fields=["band", "mark"], name="reading_band_mark")]


class Place(models.Model):
    """How far in the ledger the fingerprints have come. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
