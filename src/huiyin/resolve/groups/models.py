"""Complaints that are handled together. The words are in the vault under the group's own id."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class Group(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=8)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=160, db_index=True)
    people = models.PositiveIntegerField(default=0, help_text="how many the representatives speak for")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=80)
    major_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at", "-id"]


class Member(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    case = models.UUIDField()
    representative = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(left_at__isnull=True), name="one_group_at_a_time")
        ]
        ordering = ["joined_at", "id"]


class Answer(models.Model):
    """The common wording: one person writes, a second one approves, each case gets its own reply from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="waiting")
    author = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=models.F("author")),
                name="group_author_does_not_approve",
            )
        ]
        ordering = ["drafted_at", "id"]


class Sending(models.Model):
    """The approved wording is going out: a job does it, case by case, and may die anywhere. `left_out`: [number, code]."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    left_out = models.JSONField(default=list)

    class Meta:
        ordering = ["-asked_at", "-id"]


class Sent(models.Model):
    """Which reply of which case came from which common wording; twice is once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    case = models.UUIDField()
    reply = models.UUIDField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "case"], name="one_reply_per_case_and_wording")]
        ordering = ["sent_at", "id"]
