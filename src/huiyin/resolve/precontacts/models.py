"""What customers were asked before anybody called them. Values and words are in the vault, codes and times here."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.resolve.precontacts.rules import OPEN


class Precontact(models.Model):
    """One message with questions about one open case. The link's secret is stored nowhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.UUIDField(db_index=True)
    language = models.CharField(max_length=10)
    template = models.CharField(max_length=56, help_text="the approved text it began from: code/version")
    items = models.JSONField(help_text="paper:<kind> and fact:<kind>, in the order of the page")
    secret_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, default="asked")
    why = models.CharField(max_length=12, blank=True, default="", help_text="why a person takes over")
    asked_by = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField()
    handed_to = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handed_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=dict, help_text="item -> choice")
    files = models.JSONField(default=dict, help_text="item -> ids of the files attached to it")
    settled_by = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=OPEN), name="asked_once_at_a_time"),
            models.CheckConstraint(
                condition=(Q(state__in=OPEN) & Q(settled_at__isnull=True))
                | (~Q(state__in=OPEN) & Q(settled_at__isnull=False)),
                name="settled_precontacts_have_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["open_until", "id"], condition=Q(state="asked"), name="precontact_asked"),
            models.Index(fields=["handed_at", "id"], condition=Q(state="handed"), name="precontact_handed"),
        ]
