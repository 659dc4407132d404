"""Who may sign in. What they may do is protect/access."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """An account of a member of staff (or of the administrator who set the product up)."""

    staff = models.OneToOneField("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
