"""What this room says when the channels are reconciled."""

from datetime import datetime

from huiyin.kernel.label import Label
from huiyin.listen.channels import queries as channels
from huiyin.listen.chats import queries

LABEL = Label("chats", "在线客服会话", "Web chats")


@channels.counts
def chats(since: datetime) -> channels.OtherWay:
    """Heard as a voice where it became a matter, else kept in the log once it has ended."""
    told = queries.tally(since)
    return channels.OtherWay(
        LABEL, channels.Day(None, told.opened, told.heard, 0, told.kept, 0, 0, told.opened - told.filed - told.kept)
    )
