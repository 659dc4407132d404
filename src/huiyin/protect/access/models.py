"""Grants of roles, tokens for machines, and the access log."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Label
from huiyin.kernel.permit import ROLE, ROLES

_ROLES = [(role.code, role.en) for role in ROLES]


class Grant(models.Model):
    """A role over a unit and everything below it, for at most a year, given by somebody else."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=_ROLES)
    unit = models.ForeignKey(
        "units.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the whole bank",
    )
    from_at = models.DateTimeField()
    until_date = models.DateField(help_text="first day on which it no longer holds")
    given_by = models.CharField(max_length=80, help_text="the giver as the ledger names them")
    reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["until_date", "id"]
        indexes = [models.Index(fields=["user", "ended_at"], name="grants_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(ended_at=None), name="one_standing_grant"
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_at=None, unit=None), name="one_standing_grant_of_all"
            ),
        ]

    @property
    def role_label(self) -> Label:
        return ROLE[self.role]


class ApiToken(models.Model):
    """A machine's key: shown once, kept as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12, help_text="first characters, to tell tokens apart")
    role = models.CharField(max_length=24, choices=_ROLES)
    unit = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80)
    until_date = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-issued_at", "id"]

    @property
    def role_label(self) -> Label:
        return ROLE[self.role]


class LogLine(models.Model):
    """One line of the access log: who signed in, failed, was refused, or changed who may do what."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80)
    what = models.CharField(max_length=32)
    user = models.CharField(max_length=20, blank=True, help_text="the account it is about")
    detail = models.CharField(max_length=120, blank=True, help_text="codes only: role, action, rule")
    subject = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
