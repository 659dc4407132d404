"""Which versions of which standards this institution has taken into use, and what is proposed."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


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


class Choice(models.Model):
    """Which rule packs the institution works by, from a moment on: the newest row counts, the others are its history.

    `packs`: one `code` or `code=calendar` a line.
    """

    packs = models.TextField()
    since_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]


class Proposal(models.Model):
    """A change of the standards that a second person must approve.

    sort: pack | calendar (`body` is the new text) | choice (`body` lists the packs, as in Choice) | running (move the
    running time limits to the version in use). `base` is what was in use when it was proposed; `running` asks that the
    running time limits move too, and `done_at` says that they have.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sort = models.CharField(max_length=12)
    code = models.CharField(max_length=48)
    version = models.CharField(max_length=24)
    base = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    running = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="open")  # open | approved | rejected | withdrawn
    requester = models.UUIDField(null=True)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    moved = models.PositiveIntegerField(default=0, help_text="time limits moved so far")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(state="open"), name="one_open_proposal_per_standard"),
            models.CheckConstraint(
                condition=Q(sort__in=["pack", "calendar", "choice", "running"]), name="proposal_sort_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "rejected", "withdrawn"]), name="proposal_state_known"
            ),
        ]
        ordering = ["-proposed_at", "-id"]
