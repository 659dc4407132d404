"""What this room says when the channels are reconciled."""

from datetime import datetime

from huiyin.kernel.label import Label
from huiyin.listen.channels import queries as channels
from huiyin.listen.counters import queries

LABEL = Label("counters", "柜台评价（平板与二维码）", "Ratings at the counter (tablet and code)")


@channels.counts
def ratings(since: datetime) -> channels.OtherWay:
    """Heard as a voice where a call was asked for, else kept as a rating; what the limits turned away is rejected."""
    told = queries.tally(since)
    fetched = told.ratings + told.turned
    return channels.OtherWay(
        LABEL, channels.Day(None, fetched, told.heard, 0, told.ratings - told.called, told.turned, 0, 0)
    )
