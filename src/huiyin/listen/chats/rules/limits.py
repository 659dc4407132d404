"""How much one chat may hold, how long silence may last, and when somebody has left."""

from datetime import datetime, timedelta

TEXT = 2000
PER_MINUTE = 20
LINES = 500
FILES_HINT = 5
AT_ONCE = 5  # chats one agent may have at a time

ASK_AFTER = timedelta(minutes=10)  # the customer says nothing: "are you still there?"
END_AFTER = timedelta(minutes=20)
AGENT_LATE = timedelta(minutes=3)  # the agent says nothing: their supervisor is told
QUEUE_LATE = timedelta(minutes=5)  # nobody takes it: the duty desk is told
GONE_AFTER = timedelta(minutes=3)  # a page that asks by itself has stopped asking
GONE_WITHOUT_SCRIPT = timedelta(minutes=30)  # a page that is reloaded by hand
SEAT_LASTS = timedelta(minutes=10)  # a seat whose page shows no sign of life is empty


def has_left(waiting_since: datetime, moved_at: datetime, seen_at: datetime | None, at: datetime) -> bool:
    """Has whoever waits gone away? A page with a script shows a sign of life every half minute at least; without a
    script only what the customer sends does."""
    if seen_at is None:
        return at - max(waiting_since, moved_at) > GONE_WITHOUT_SCRIPT
    return at - max(seen_at, moved_at) > GONE_AFTER


def silence(moved_at: datetime, turn: str, asked_again: bool, at: datetime) -> str:
    """What is to be done about a silent conversation: "" | ask | end | remind.

    It never ends because of us: while the customer waits for an answer, whoever owes it is reminded instead.
    """
    quiet = at - moved_at
    if turn == "agent":
        return "remind" if quiet > AGENT_LATE else ""
    if asked_again:
        return "end" if quiet > END_AFTER else ""
    return "ask" if quiet > ASK_AFTER else ""
