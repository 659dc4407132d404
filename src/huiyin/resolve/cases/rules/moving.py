"""What must be true of a complaint that comes from the system a bank leaves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

SOURCE = "own"  # the bank's own records of before; not another institution's, so their clocks run and ring here
STATES = ("new", "working", "answered", "closed")


def wrong(row: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """(column, code) of the first thing that cannot be; times carry their zone already."""
    received, answered, closed = row["received_at"], row.get("answered_at"), row.get("closed_at")
    for column, moment in (("received_at", received), ("answered_at", answered), ("closed_at", closed)):
        if moment is not None and moment > now:
            return column, "in_future"
    if answered is not None and answered < received:
        return "answered_at", "before_received"
    if closed is not None and closed < (answered or received):
        return "closed_at", "before_answered" if answered else "before_received"
    if row["status"] == "closed" and closed is None:
        return "closed_at", "closed_without_time"
    if row["status"] != "closed" and closed is not None:
        return "status", "time_but_open"
    if row["status"] == "answered" and answered is None:
        return "answered_at", "answered_without_time"
    if row["status"] in ("new", "working") and answered is not None:
        return "status", "answered_but_open"
    return None
