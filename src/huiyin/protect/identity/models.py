"""Who may sign in. What they may do is protect/access."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac

from huiyin.kernel.label import Named


class User(Named, AbstractUser):
    """An account of a member of staff (or of the administrator who set the product up)."""

    staff = models.OneToOneField("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sessions_ended = models.PositiveIntegerField(default=0, help_text="raised by one, it ends every session at once")

    demo = models.BooleanField(default=False, help_text="offered on the sign-in page of a demonstration")

    @property
    def name(self) -> str:
        """As on the staff list; for an account that belongs to nobody there, its own."""
        return self.staff.name if self.staff else self.first_name or self.username

    @property
    def name_en(self) -> str:
        return self.staff.name_en if self.staff else ""

    def __str__(self) -> str:
        return self.first_name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session is good for one password and one count of `sessions_ended`."""
        salt = "huiyin.protect.identity.session"
        value = f"{self.password}:{self.sessions_ended}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class UsedCode(models.Model):
    """A one-time code that has been used: the database, not a process's memory, keeps it from being used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64, help_text="hash of user and code")
    used_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="one_use_per_code")]


class FactorReset(models.Model):
    """Why a second factor was reset, in the words of the one who did it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
