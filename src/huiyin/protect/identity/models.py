"""Who may sign in. What they may do is protect/access."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.crypto import salted_hmac


class User(AbstractUser):
    """An account of a member of staff (or of the administrator who set the product up)."""

    staff = models.OneToOneField("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sessions_ended = models.PositiveIntegerField(default=0, help_text="raised by one, it ends every session at once")

    @property
    def spoken_name(self) -> str:
        return self.first_name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session is good for one password and one count of `sessions_ended`."""
        salt = "huiyin.protect.identity.session"
        value = f"{self.password}:{self.sessions_ended}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()
