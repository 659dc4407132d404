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
from huiyin.measure.alerts.queries.found import Found, Part
from huiyin.measure.alerts.queries.measures import goal, matters_of, rate, volume
from huiyin.measure.alerts.queries.scan import findings, scan
from huiyin.measure.alerts.rules.families import key as cell_key

__all__ = [
    "Found",
    "Part",
    "alert",
    "alerts_about",
    "cell_key",
    "chart",
    "counts",
    "findings",
    "goal",
    "indicator_label",
    "live_since",
    "matters_of",
    "named",
    "owner_of",
    "pieces",
    "queue",
    "rate",
    "rule_records",
    "scan",
    "settlements",
    "similar",
    "title",
    "titles",
    "visible_to",
    "volume",
]
