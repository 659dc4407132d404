"""Calls as the call centre tells them. The number and the place of the recording are sealed in the vault."""

from django.db import models

from huiyin.kernel.ids import new_id


class Call(models.Model):
    """One telephone call. `matter` is what the agent began to write down; it may have been left unfinished."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, related_name="+")
    ref = models.CharField(max_length=80, help_text="the call centre's own id")
    caller = models.CharField(max_length=64, blank=True, db_index=True, help_text="blind index of the number")
    agent = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="when we were first told whose call it is")
    ended_at = models.DateTimeField(null=True)
    recorded = models.BooleanField(default=False)
    matter = models.UUIDField(null=True)
    outcome = models.CharField(max_length=12, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "ref"], name="a_call_once_per_call_centre")]
        indexes = [
            models.Index(fields=["agent", "-started_at"], name="calls_of_agent"),
            models.Index(fields=["-started_at"], name="calls_by_time"),
        ]
        ordering = ["-started_at", "-id"]
