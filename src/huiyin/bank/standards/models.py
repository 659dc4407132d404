"""Which versions of which standards this institution has taken into use."""

from django.db import models


class Adoption(models.Model):
    """A calendar or rule pack version that took effect. `body` is empty for a version shipped with the product."""

    code = models.CharField(max_length=48)
    version = models.CharField(max_length=24)
    sort = models.CharField(max_length=12)  # calendar | pack
    sha256 = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    effective_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_adoption_per_version")]
        ordering = ["effective_at", "id"]
