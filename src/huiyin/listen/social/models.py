"""Public posts about the bank. Words, author and address of a post are sealed in the vault under the post."""

from django.db import models

from huiyin.kernel.ids import new_id
from huiyin.listen.social.rules import SOURCES


class Post(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(max_length=16, choices=[(label.code, label.en) for label in SOURCES])
    ref_mark = models.CharField(max_length=64, help_text="blind index of the platform's own id")
    core_mark = models.CharField(
        max_length=64, blank=True, default="", db_index=True, help_text="blind index of the words"
    )
    repost_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=255, db_index=True)
    language = models.CharField(max_length=10)
    reach = models.PositiveBigIntegerField(null=True)
    owned = models.BooleanField(default=False, help_text="on an account or page of the bank itself")
    posted_at = models.DateTimeField(db_index=True)
    heard_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "ref_mark"], name="post_taken_once")]
        ordering = ["-posted_at", "-id"]
