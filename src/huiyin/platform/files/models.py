"""Attachments. The content lies encrypted under $HUIYIN_HOME/files, the name in the vault."""

from django.db import models


class File(models.Model):
    id = models.UUIDField(primary_key=True)
    matter = models.UUIDField(db_index=True)
    subject = models.UUIDField(db_index=True)
    mime = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, help_text="of the ciphertext")
    kept_at = models.DateTimeField()
    erased = models.BooleanField(default=False)

    class Meta:
        ordering = ["kept_at", "id"]
