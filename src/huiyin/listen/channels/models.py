"""Channels and what arrived through them. The bytes are sealed in the vault's way, under the id of the arrival."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Named
from huiyin.listen.channels.rules.states import STATES


class Channel(Named, models.Model):
    """One outside way of speaking to the bank. Its secrets stand in the vault under its id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=32, unique=True, help_text="its address: /hooks/<code>/")
    kind = models.CharField(max_length=16, help_text="the plug")
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    settings = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict, help_text="how far it was read: UIDVALIDITY and UID of a mailbox")
    enabled = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True, help_text="when looking last succeeded")
    next_look_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    why = models.CharField(max_length=32, blank=True, help_text="the code of the last failure to reach it")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]


class Arrival(models.Model):
    """One item as it came. If it becomes a voice, the voice has its id. Nothing here is ever deleted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    received_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="keyed hash of the bytes: same key, same bytes?")
    state = models.CharField(max_length=10, choices=[(s.code, s.en) for s in STATES], default="received")
    why = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=10, blank=True, help_text="voice, reply, auto_reply, bounce, noise, record")
    matter = models.UUIDField(null=True, db_index=True, help_text="the matter, or the record in its register")
    sender = models.CharField(max_length=64, blank=True, help_text="blind index of the surest address")
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="keyed hash of the sender's own id and the words"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="an_arrival_once_per_channel"),
            models.CheckConstraint(condition=Q(state__in=[s.code for s in STATES]), name="arrival_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="arrival_open", condition=Q(state__in=("received", "retry"))),
            models.Index(fields=["channel", "received_at"], name="arrival_day"),
            models.Index(fields=["sender", "received_at"], name="arrival_sender", condition=~Q(sender="")),
            models.Index(fields=["fingerprint"], name="arrival_print", condition=~Q(fingerprint="")),
            models.Index(fields=["channel", "state"], name="arrival_state"),
        ]
        ordering = ["received_at", "id"]


class Raw(models.Model):
    """The bytes of an arrival, sealed. A table of its own, so that lists do not carry them."""

    arrival = models.OneToOneField("channels.Arrival", primary_key=True, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        ordering = ["arrival"]


class Sender(models.Model):
    """Who speaks in a matter through a channel, so that an answer finds its way back. The address stands in the vault."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.UUIDField()
    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=64, help_text="blind index")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, help_text="when the matter closed: what comes now is a matter of its own"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "channel", "address"], name="a_sender_once_per_matter")
        ]
        indexes = [models.Index(fields=["address", "at"], name="sender_address")]
        ordering = ["at", "id"]


class Awaited(models.Model):
    """A file that the other side keeps for us until we have fetched it. What it is called there stands in the vault."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    arrival = models.ForeignKey("channels.Arrival", on_delete=models.CASCADE, related_name="+")
    matter = models.UUIDField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["next_try_at", "id"]


class Once(models.Model):
    """A nonce that was used, and the keyed hash of what it came with. Forgotten when it is no longer fresh anyhow."""

    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "value"], name="a_nonce_once_per_channel")]
        ordering = ["id"]
