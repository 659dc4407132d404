"""The index: which text may be found by which terms. Terms are keyed hashes; no text stands here."""

from typing import Any

from django.db import models


class Terms(models.Field):
    """A set of 32-bit keyed hashes: an array on PostgreSQL (GIN), words of hexadecimal digits on SQLite (FTS5)."""

    def db_type(self, connection: Any) -> str:
        return "integer[]" if connection.vendor == "postgresql" else "text"


class Document(models.Model):
    """One text of a matter. Its key rises with its time, so that the newest come first without sorting."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    row = models.UUIDField(unique=True)
    matter = models.UUIDField(db_index=True)
    subject = models.UUIDField(db_index=True, help_text="the vault's subject: erased with them")
    terms = Terms()

    class Meta:
        ordering = ["-id"]


class Progress(models.Model):
    """How far the upkeep has come: `ledger` counts leaves, `rebuild` remembers the last matter."""

    name = models.CharField(max_length=16, primary_key=True)
    place = models.BigIntegerField(default=0)
    matter = models.UUIDField(null=True)

    class Meta:
        ordering = ["name"]
