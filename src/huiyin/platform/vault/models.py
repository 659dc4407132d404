"""Personal values at rest. Without the master key (a file, never in the database) nothing here can be read."""

from django.db import models


class DataKey(models.Model):
    """One person's key, wrapped by the master key `kid`. Destroying it erases the person."""

    subject = models.UUIDField(primary_key=True)
    kid = models.CharField(max_length=16)
    wrapped = models.BinaryField(max_length=80)

    class Meta:
        ordering = ["subject"]


class Sealed(models.Model):
    """The personal values of one row of one table."""

    table = models.CharField(max_length=40)
    row = models.UUIDField()
    subject = models.UUIDField(db_index=True)
    blob = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["row", "table"], name="one_blob_per_row")]
        ordering = ["id"]


class Unmasking(models.Model):
    """Who looked at whose values when; counted against the hourly limit. The ledger holds the same as a fact."""

    subject = models.UUIDField()
    row = models.UUIDField()
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["by", "at"], name="unmaskings_of_a_person")]
        ordering = ["id"]
