"""What time does to chats: silence ends them, who left the queue is counted, and nobody waits unseen. For the tick."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.staff import queries as staff
from huiyin.kernel.actor import Actor
from huiyin.listen.chats.actions.ending import finish, has_words
from huiyin.listen.chats.actions.filing import hear
from huiyin.listen.chats.actions.opening import tell
from huiyin.listen.chats.actions.talking import locked, note
from huiyin.listen.chats.models import Chat
from huiyin.listen.chats.rules.limits import AGENT_LATE, ASK_AFTER, GONE_AFTER, QUEUE_LATE, has_left, silence


def sweep(*, by: Actor, at: datetime) -> int:
    """Each chat in a transaction of its own, looked at again once it is held. Returns how many changed."""
    quiet = min(AGENT_LATE, ASK_AFTER, GONE_AFTER, QUEUE_LATE)
    still = Chat.objects.exclude(state="ended").filter(opened_at__lt=at - quiet).order_by("opened_at", "id")
    return sum(_look(id, by, at) for id in list(still.values_list("pk", flat=True)))


def _look(chat: UUID, by: Actor, at: datetime) -> bool:
    with transaction.atomic():
        row = locked(chat)
        if row.state == "waiting":
            return _waiting(row, by, at)
        if row.state == "talking":
            return _talking(row, by, at)
    return False


def _waiting(row: Chat, by: Actor, at: datetime) -> bool:
    if has_left(row.opened_at, row.moved_at, row.seen_at, at):
        if row.filed_at is None and has_words(row):  # what was said before leaving is not lost
            hear(row, row.kind, {}, by, at)
        finish(row, "abandoned", by, at)
        return True
    if at - row.opened_at > QUEUE_LATE:
        tell(row, "chat_waiting", [staff.duty_desk(at)], at, key="late")
    return False


def _talking(row: Chat, by: Actor, at: datetime) -> bool:
    what = silence(row.moved_at, row.turn, row.asked_again_at is not None, at)
    if what == "remind":
        assert row.handler_id is not None
        boss = staff.manager_of(row.handler_id, at) or staff.duty_desk(at)
        tell(row, "chat_silent", [row.handler_id, boss], at, key=str(row.last))
    elif what == "ask":
        row.asked_again_at = at
        note(row, "still_there", at)
        row.save(update_fields=["asked_again_at", "last"])
        return True
    elif what == "end":
        finish(row, "silent", by, at)
        return True
    return False
