"""What other rooms and pages may ask about alerts."""

from huiyin.measure.alerts.queries.desk import (
    alert,
    alerts_about,
    chart,
    counts,
    indicator_label,
    live_since,
    named,
    owner_of,
    pieces,
    queue,
    rule_records,
    settlements,
    similar,
    title,
    titles,
    visible_to,
)
from huiyin.measure.alerts.queries.scan import Found, Part, findings, scan

__all__ = [
    "Found",
    "Part",
    "alert",
    "alerts_about",
    "chart",
    "counts",
    "findings",
    "indicator_label",
    "live_since",
    "named",
    "owner_of",
    "pieces",
    "queue",
    "rule_records",
    "scan",
    "settlements",
    "similar",
    "title",
    "titles",
    "visible_to",
]
