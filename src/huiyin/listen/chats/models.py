"""Conversations. What was said and how to reach the customer is sealed in the vault under the id of the chat."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id
from huiyin.listen.chats.rules.codes import SIDES, STATES


class Chat(models.Model):
    """One conversation. Its id is the id of the matter it may become; `turn` is who has to speak next."""

    id = models.UUIDField(primary_key=True, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=8, choices=[(s, s) for s in STATES], default="waiting")
    turn = models.CharField(max_length=8, default="agent")
    kind = models.CharField(max_length=12)
    product = models.CharField(max_length=120, null=True)  # noqa: DJ001 (unknown is not empty)
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=200, help_text="whose supervisors may see it")
    everywhere = models.BooleanField(default=False, help_text="no branch was named: any chat desk may take it")
    language = models.CharField(max_length=10)
    answer_by = models.CharField(max_length=8, default="chat")
    origin = models.CharField(max_length=64, blank=True, help_text="keyed hash of the sender's address, for the limit")
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField(help_text="when somebody last said something")
    seen_at = models.DateTimeField(null=True, help_text="when the customer's page last asked; null: it has no script")
    asked_again_at = models.DateTimeField(null=True)
    last = models.PositiveIntegerField(default=0, help_text="the number of the last line")
    read = models.PositiveIntegerField(default=0, help_text="the last line the agent's page has fetched")
    handler = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    filed_at = models.DateTimeField(null=True, help_text="when it became a matter of its own")
    ended_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=12, blank=True)
    invitation = models.UUIDField(null=True, help_text="to rate it")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="chat_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="talking") | Q(handler__isnull=False), name="whoever_talks_is_somebody"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
                name="an_ended_chat_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at", "id"], name="chat_open", condition=~Q(state="ended")),
            models.Index(fields=["handler", "-opened_at"], name="chat_handler"),
            models.Index(fields=["origin", "opened_at"], name="chat_origin", condition=~Q(origin="")),
        ]
        ordering = ["opened_at", "id"]


class Line(models.Model):
    """One line of a chat: a message, a file, or a note of ours. `key` is the sender's: the same key is the same line."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    chat = models.ForeignKey("chats.Chat", on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    side = models.CharField(max_length=8, choices=[(s, s) for s in SIDES])
    key = models.CharField(max_length=64)
    staff = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=24, blank=True, help_text="a code of rules.codes.NOTES")
    file = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "seq"], name="a_line_has_its_number"),
            models.UniqueConstraint(fields=["chat", "side", "key"], name="a_line_is_sent_once"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="line_side_is_known"),
        ]
        ordering = ["chat", "seq"]


class Handover(models.Model):
    """An offer to take a chat over, to a colleague or to whoever of a unit accepts first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    chat = models.ForeignKey("chats.Chat", on_delete=models.CASCADE, related_name="+")
    sender = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=12)
    offered_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["chat"], name="one_offer_of_a_chat_at_a_time", condition=Q(settled_at=None)
            ),
            models.CheckConstraint(
                condition=Q(receiver__isnull=False) | Q(unit__isnull=False), name="a_chat_is_offered_to_somebody"
            ),
        ]
        ordering = ["offered_at", "id"]


class Seat(models.Model):
    """Who answers chats now."""

    staff = models.OneToOneField("staff.Staff", primary_key=True, on_delete=models.CASCADE, related_name="+")
    is_open = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["staff"]
