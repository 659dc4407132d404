"""What this room says when the channels are reconciled."""

from datetime import datetime

from huiyin.kernel.label import Label
from huiyin.listen.channels import queries as channels
from huiyin.resolve.referrals import queries

LABEL = Label("referrals", "监管转办（登记与清单）", "Forwarded by regulators (form and list)")


@channels.counts
def referrals(since: datetime) -> channels.OtherWay:
    """A complaint that we did not know is a voice, one that we knew a message to it; rows that were not taken are rejected."""
    told = queries.tally(since)
    fetched = told.referred + told.refused
    return channels.OtherWay(LABEL, channels.Day(None, fetched, told.heard, told.known, 0, told.refused, 0, 0))
