"""The outbox, its deliveries, and the inbox of staff. Texts and addresses are sealed in the vault."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.platform.messages.rules.delivery import STATES


class Message(models.Model):
    """Something we tell a customer about their matter. It is always on the tracking page."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True, help_text="the same key is the same message")
    matter = models.UUIDField(db_index=True)
    subject = models.UUIDField(help_text="whose personal data the text is: the vault's subject")
    purpose = models.CharField(max_length=24)
    language = models.CharField(max_length=10)
    item = models.UUIDField(null=True)
    number = models.CharField(max_length=32, blank=True)
    way = models.CharField(
        max_length=10, blank=True, help_text="how this customer is reached, where not by link; a code"
    )
    why = models.CharField(max_length=12, blank=True, help_text="the need that decided on the way; a code")
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]


class Delivery(models.Model):
    """One message on its way through one gateway. Claimed by a worker with a lease and a fencing count."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey("huiyin_messages.Message", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=16, help_text="smtp, sms, or a gateway that another room registered")
    state = models.CharField(max_length=9, choices=[(s, s) for s in STATES], default="waiting")
    target = models.CharField(max_length=64, db_index=True, help_text="blind index of the address, for the daily cap")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    why = models.CharField(max_length=32, blank=True, help_text="the code of the last failure")
    settled_at = models.DateTimeField(null=True)
    remote = models.CharField(max_length=120, blank=True, help_text="the gateway's own id of it, for its reports")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="a_message_once_per_channel"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="delivery_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_open", condition=Q(state__in=("waiting", "sending"))),
            models.Index(fields=["channel", "remote"], name="delivery_remote", condition=~Q(remote="")),
        ]
        ordering = ["next_try_at", "id"]


class Notice(models.Model):
    """A line in the in-app inbox of a member of staff. `params` holds numbers and codes, never personal data.

    One whose `at` is still to come waits for the end of the quiet hours: it is on record and not yet in the inbox.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=160, unique=True)
    staff = models.UUIDField()
    kind = models.CharField(max_length=32)
    matter = models.UUIDField(null=True)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["staff", "-at", "-id"], name="inbox"),
            models.Index(fields=["staff"], name="inbox_unread", condition=Q(read_at=None)),
        ]
        ordering = ["-at", "-id"]


class Call(models.Model):
    """A line of the inbox on its way to its reader by mail or SMS as well. Claimed like a Delivery."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey("huiyin_messages.Notice", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8, help_text="smtp | sms")
    state = models.CharField(max_length=9, choices=[(s, s) for s in STATES], default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    why = models.CharField(max_length=32, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="a_notice_once_per_channel"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="call_state_is_known"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="call_open", condition=Q(state__in=("waiting", "sending")))
        ]
        ordering = ["next_try_at", "id"]
