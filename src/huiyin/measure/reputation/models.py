"""What a public post was read as, and the complaint it belongs to."""

from django.db import models

from huiyin.measure.reputation.rules.sentiment import SENTIMENTS


class Judgement(models.Model):
    """One per post: the machine's reading until a person decides. `version` tells two deciders apart."""

    post = models.OneToOneField("social.Post", primary_key=True, on_delete=models.PROTECT, related_name="+")
    sentiment = models.CharField(max_length=8, choices=[(label.code, label.en) for label in SENTIMENTS], db_index=True)
    category = models.CharField(max_length=48, blank=True, default="")
    cause = models.CharField(max_length=48, blank=True, default="")
    confidence = models.PositiveSmallIntegerField(help_text="thousandths, of the sentiment")
    topic_confidence = models.PositiveSmallIntegerField(help_text="thousandths, of category and cause")
    sure = models.BooleanField(default=False)
    decided = models.BooleanField(default=False)
    decided_by = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()
    case = models.UUIDField(null=True, db_index=True)
    version = models.PositiveIntegerField(default=1)
