"""Rules and calendars in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huiyin.bank.standards import queries
from huiyin.kernel.calendar import HOUR_UNITS, Term, seconds
from huiyin.kernel.limits import Condition, Rung, Step

register = template.Library()

SURE = {"primary": "ok", "secondary": "info", "memory": "warn", "own": "none"}


def _language() -> str:
    return get_language() or "zh-hans"


@register.filter
def facet_word(code: str, facet: str) -> str:
    """The word of a code: `{{ reason|facet_word:"pause_reason" }}`."""
    return queries.label(facet, code).word(_language())


@register.filter
def holiday(name: str) -> str:
    """The name of a day off in the reader's language; it is kept as `中文|English`."""
    zh, _bar, en = name.partition("|")
    return zh if _language().startswith("zh") else en or zh


@register.filter
def wall(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


@register.filter
def weekday(number: int) -> str:
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")][number]


@register.filter
def amount(value: int, unit: str) -> str:
    """`15` of `natural_day` as 15 calendar days; hours are kept in seconds."""
    if unit == "natural_day":
        return ngettext("%(n)d calendar day", "%(n)d calendar days", value) % {"n": value}
    if unit == "business_day":
        return ngettext("%(n)d working day", "%(n)d working days", value) % {"n": value}
    text = duration(value)
    return _("%(time)s of working time") % {"time": text} if unit == "business_hour" else text


@register.filter
def duration(seconds: int) -> str:
    """Seconds as hours, minutes and seconds, exactly."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if minutes:
        parts.append(_("%(n)d min") % {"n": minutes})
    if rest or not parts:
        parts.append(_("%(n)d s") % {"n": rest})
    return " ".join(parts)


@register.filter
def term_words(term: Term) -> str:
    """The length of a term with the way it ends."""
    text = amount(term.amount, term.unit)
    if term.unit in HOUR_UNITS:
        return text
    ends = {"24:00": _("ending at 24:00"), "close": _("ending at close of business")}.get(
        term.end_of_term, _("ending at %(time)s") % {"time": term.end_of_term}
    )
    return _("%(amount)s, %(ends)s") % {"amount": text, "ends": ends}


@register.filter
def roll_words(roll: str) -> str:
    return {
        "none": _("not moved when the last day is a rest day"),
        "next": _("moved to the next working day when the last day is a rest day"),
        "previous": _("moved to the working day before when the last day is a rest day"),
    }[roll]


@register.filter
def rung_words(rung: Rung, unit: str) -> str:
    """A point of the ladder in words."""
    if rung.point == "percent":
        return _("at %(n)d%% of the time") % {"n": rung.amount}
    if rung.point == "due":
        return _("when due")
    if rung.point == "left" and rung.amount == 0:
        return _("on the morning of the last day")
    text = amount(rung.amount, unit)
    return (
        _("%(amount)s before") % {"amount": text} if rung.point == "left" else _("%(amount)s late") % {"amount": text}
    )


@register.filter
def said_once(ladder: Iterable[Rung]) -> list[Rung]:
    """The ladder as it was written: a rung that repeats stands once."""
    return [rung for rung in ladder if not rung.again]


@register.filter
def call_words(rung: Rung, unit: str) -> str:
    """A rung in full: when, whom, by which way, whether quiet hours hold it, how often again."""
    parts = [
        _("%(when)s: %(who)s") % {"when": rung_words(rung, unit), "who": _(", ").join(level_word(x) for x in rung.to)},
        *(_("also by %(channel)s") % {"channel": channel_word(x)} for x in rung.channels if x != "inbox"),
    ]
    if rung.urgent:
        parts.append(_("in quiet hours too"))
    if rung.every and rung.times:
        every = amount(seconds(rung.every) if unit in HOUR_UNITS else rung.every, unit)
        parts.append(
            ngettext("again after every %(every)s, once", "again after every %(every)s, %(n)d times", rung.times)
            % {"every": every, "n": rung.times}
        )
    return _(", ").join(parts)


@register.filter
def level_word(level: str) -> str:
    """Whom a rung calls."""
    return {
        "holder": _("whoever works on it"),
        "owner": _("the first-contact owner"),
        "head": _("the head of the unit"),
        "above": _("the unit above"),
        "desk": _("the duty desk"),
    }.get(level, level)


@register.filter
def channel_word(channel: str) -> str:
    return {"inbox": _("inbox"), "mail": _("mail"), "sms": _("SMS")}.get(channel, channel)


@register.filter
def step_words(step: Step) -> str:
    from_role = {
        "supervisor": _("the handling supervisor"),
        "consumer_protection": _("head-office consumer protection"),
    }
    return _("up to %(n)d days, granted by %(who)s") % {"n": step.to, "who": from_role.get(step.role, step.role)}


@register.filter
def condition_words(condition: Condition) -> str:
    """The matters a definition is for."""
    colon = _(": ")
    words = (f"{_attribute(name)}{colon}{_values(name, values)}" for name, values in sorted(condition.items()))
    return _("; ").join(words)


@register.filter
def anchor_words(anchor: str) -> str:
    return {
        "received_at": _("from the moment the bank received it"),
        "sent_at": _("from the day the regulator sent it"),
        "offered_at": _("from the moment the hand-over was offered"),
        "opened_at": _("from the day it was opened"),
    }.get(anchor, anchor)


@register.filter
def event_words(event: str) -> str:
    return {
        "complaint.received": _("the complaint is received"),
        "complaint.acknowledged": _("the acknowledgement is delivered"),
        "complaint.responded": _("an answer by a person is delivered"),
        "complaint.decision_notified": _("the decision is delivered to the customer"),
        "complaint.closed": _("the case is closed"),
        "complaint.withdrawn": _("the customer withdraws"),
        "complaint.reclassified": _("it turns out not to be a complaint"),
        "handover.offered": _("a hand-over is offered"),
        "handover.accepted": _("the hand-over is accepted"),
        "handover.returned": _("the hand-over is returned"),
        "handover.cancelled": _("the hand-over is called off"),
        "complaint.summary_resolved": _("it is settled at once and a summary resolution is sent"),
        "complaint.holding_response": _("a holding letter with the reasons is delivered"),
        "complaint.delay_notified": _("a notice of delay is delivered"),
        "review.requested": _("a review is asked for"),
        "review.decided": _("the review is decided"),
        "rectification.opened": _("the rectification is opened"),
        "rectification.verified": _("the rectification is verified"),
        "rectification.cancelled": _("the rectification is called off"),
    }.get(event, event)


@register.filter
def joined(values: Iterable[Any]) -> str:
    return _(", ").join(str(value) for value in values)


@register.filter
def events_words(events: Iterable[str]) -> str:
    return _(" or ").join(event_words(event) for event in events)


@register.filter
def families_words(families: Iterable[str]) -> str:
    return _(" and ").join(facet_word(family, "clock_family") for family in families)


@register.filter
def sure_kind(verified: str) -> str:
    return SURE[verified]


@register.filter
def sure_words(verified: str) -> str:
    return {
        "primary": _("primary source"),
        "secondary": _("secondary source"),
        "memory": _("from memory, to be checked"),
        "own": _("our own definition"),
    }[verified]


@register.filter
def facet_title(name: str) -> str:
    return {
        "kind": _("Kind of matter"),
        "channel": _("Channel of intake"),
        "business_channel": _("Facet A: channel of the business"),
        "category": _("Facet B: business category"),
        "subcategory": _("Facet B, second level"),
        "cause": _("Facet C: cause"),
        "severity": _("Severity"),
        "complexity": _("Complexity"),
    }[name]


@register.filter
def sort_words(sort: str) -> str:
    """What a provision is."""
    return {
        "duty": _("Duty"),
        "flag": _("Mark"),
        "wording": _("Wording"),
        "right": _("Right of the customer"),
        "exclusion": _("Left out of figures"),
        "report": _("Report"),
        "record": _("Record"),
    }[sort]


@register.filter
def field_words(name: str) -> str:
    """What a field of a rule is called."""
    return {
        "terms": _("Length"),
        "term": _("Time"),
        "earliest_of": _("Length"),
        "anchor": _("Counted"),
        "calendar": _("Calendar"),
        "arm": _("Starts when"),
        "stop": _("Ends when"),
        "selector": _("For these matters"),
        "arm_if": _("For these matters"),
        "pause": _("Stops for"),
        "pause_told": _("Stops for"),
        "extension": _("May be extended"),
        "reopen": _("After a dispute"),
        "ladder": _("Calls somebody"),
        "verified": _("How sure"),
        "codes": _("Codes"),
    }[name]


@register.filter
def finding_words(finding: queries.Finding) -> str:
    return queries.finding_words(finding, _language())


@register.filter
def get(table: dict[str, Any], key: str) -> Any:
    return table.get(key)


@register.filter
def beyond(coverage_to: date | None, year: int) -> bool:
    return coverage_to is not None and coverage_to < date(year, 12, 31)


def _attribute(name: str) -> str:
    return {
        "kind": _("Kind of matter"),
        "complexity": _("Complexity"),
        "severity": _("Severity"),
        "channel": _("Channel of intake"),
        "source": _("Source"),
        "response": _("State of the answer"),
        "vulnerable": _("Vulnerable customer"),
        "topic": _("Statutory subject"),
    }.get(name, name)


def _values(name: str, values: Iterable[str]) -> str:
    plain = {
        "cfpb": "CFPB",
        "in_progress": _("in progress"),
        "regulator": _("regulator"),
        "true": _("yes"),
        "false": _("no"),
    }
    known = queries.facets()
    words = [facet_word(v, name) if name in known else plain.get(v, v) for v in sorted(values)]
    return _(" or ").join(words)
