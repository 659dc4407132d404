"""What other rooms and pages may ask about alerts."""

from huiyin.measure.alerts.models import Alert
from huiyin.measure.alerts.queries.desk import (
    alert,
    alerts_about,
    chart,
    counts,
    indicator_label,
    live_since,
    named,
    owners_of,
    pieces,
    queue,
    rule_records,
    sentence,
    settlements,
    similar,
    title,
    titles,
    visible_to,
)
from huiyin.measure.alerts.queries.found import Found, Part
from huiyin.measure.alerts.queries.measures import goal, matters_of, rate, volume
from huiyin.measure.alerts.queries.panels import Panel, panel, panels_of
from huiyin.measure.alerts.queries.scan import findings, scan
from huiyin.measure.alerts.rules.families import key as cell_key

__all__ = [
    "Alert",
    "Found",
    "Panel",
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
    "owners_of",
    "panel",
    "panels_of",
    "pieces",
    "queue",
    "rate",
    "rule_records",
    "scan",
    "sentence",
    "settlements",
    "similar",
    "title",
    "titles",
    "visible_to",
    "volume",
]
