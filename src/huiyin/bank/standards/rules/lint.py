"""Proof by enumeration that every matter meets exactly one definition per pack, family and purpose (pitfall T30),
and that whatever a pack names (calendars, events, anchors, words, rungs, extensions) exists and makes sense."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from huiyin.bank.standards.rules.ladders import misfits
from huiyin.kernel.calendar import HOUR_UNITS
from huiyin.kernel.label import Label
from huiyin.kernel.limits import Communication, Condition, Limit, Pack, Provision, holds

EVENTS = frozenset(
    [
        "complaint.received",
        "complaint.forwarded",
        "complaint.acknowledged",
        "complaint.responded",
        "complaint.decision_notified",
        "complaint.closed",
        "complaint.withdrawn",
        "complaint.reclassified",
        "complaint.summary_resolved",
        "complaint.holding_response",
        "complaint.delay_notified",
        "handover.offered",
        "handover.accepted",
        "handover.returned",
        "handover.cancelled",
        "rectification.opened",
        "rectification.verified",
        "rectification.cancelled",
        "review.requested",
        "review.decided",
        "step.bounced",
        "step.entered",
        "step.returned",
        "step.transferred",
        "update.sent",
        "leg.entered",
        "leg.transferred",
        "leg.returned",
        "leg.bounced",
    ]
)
ANCHORS = frozenset(
    {"received_at", "sent_at", "offered_at", "opened_at", "forwarded_at", "requested_at", "told_at", "leg_entered_at"}
)
ROLES = frozenset({"supervisor", "consumer_protection"})


@dataclass(frozen=True)
class Finding:
    """What is wrong with a pack.

    `why`: none (a matter without a definition) | two (equal priority) | dead (never chosen) | unknown (attribute or
    value) | calendar | event | anchor | words | source | rung | repeat | recipient | channel | extension | stop. `case`
    are the fields of a matter that show it, or the name that is not known.
    """

    pack: str
    family: str
    purpose: str
    why: str
    case: tuple[tuple[str, str], ...] = ()
    limits: tuple[str, ...] = ()


def lint(pack: Pack, values: Mapping[str, Iterable[str]], calendars: Collection[str] | None = None) -> list[Finding]:
    """`values`: what each attribute of a matter may be; `calendars`: those known (not looked at without)."""
    groups: dict[tuple[str, str, str, str], list[Limit]] = {}
    for limit in pack.limits:
        for event in limit.arm:
            for kind in limit.kinds:
                groups.setdefault((limit.family, limit.purpose, event, kind), []).append(limit)
    found = [finding for group in groups.values() for finding in _lint_group(pack, group, values)]
    found += [Finding(pack.ref, "", "", "unknown", case) for case in _strange(pack.applies, values)]
    found += _names(pack, calendars)
    found += [finding for limit in pack.limits for finding in _sense(pack, limit)]
    return found


def _strange(condition: Condition, values: Mapping[str, Iterable[str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    for name, wanted in condition.items():
        strange = wanted - {value.lower() for value in values.get(name, ())}
        if strange:
            yield tuple((name, value) for value in sorted(strange))


def _lint_group(pack: Pack, group: list[Limit], values: Mapping[str, Iterable[str]]) -> list[Finding]:
    found = []
    family, purpose = group[0].family, group[0].purpose
    used = {name for limit in group for condition in (limit.selector, limit.arm_if) for name in condition}
    for limit in group:
        for condition in (limit.selector, limit.arm_if):
            found += [
                Finding(pack.ref, family, purpose, "unknown", case, (limit.id,)) for case in _strange(condition, values)
            ]
    names = sorted(used & set(values))
    alive: set[str] = set()
    for combination in product(*(list(values[name]) for name in names)):
        attrs = dict(zip(names, combination, strict=True))
        armed = [limit for limit in group if holds(limit.arm_if, attrs)]
        matching = sorted((limit for limit in armed if holds(limit.selector, attrs)), key=lambda limit: limit.priority)
        case = tuple(attrs.items())
        if armed and not matching:
            found.append(Finding(pack.ref, family, purpose, "none", case))
        if matching:
            alive.add(matching[0].id)
            equals = tuple(limit.id for limit in matching if limit.priority == matching[0].priority)
            if len(equals) > 1:
                found.append(Finding(pack.ref, family, purpose, "two", case, equals))
    found += [Finding(pack.ref, family, purpose, "dead", (), (limit.id,)) for limit in group if limit.id not in alive]
    return found


def _names(pack: Pack, calendars: Collection[str] | None) -> list[Finding]:
    """Calendars, events, anchors and words that do not exist."""
    found = []
    named = [(limit.family, limit.purpose, limit.id, limit.calendar) for limit in pack.limits]
    named += [("", "", provision.id, provision.calendar) for provision in pack.provisions if provision.calendar]
    named += [("", "", "", code) for code in pack.calendars]
    for family, purpose, id, code in named:
        if calendars is not None and code not in calendars:
            found.append(Finding(pack.ref, family, purpose, "calendar", (("calendar", code),), (id,) if id else ()))
    for limit in pack.limits:
        for event in sorted({*limit.arm, *limit.stop, *limit.cancel} - EVENTS):
            found.append(Finding(pack.ref, limit.family, limit.purpose, "event", (("event", event),), (limit.id,)))
        if limit.anchor not in ANCHORS:
            case = (("anchor", limit.anchor),)
            found.append(Finding(pack.ref, limit.family, limit.purpose, "anchor", case, (limit.id,)))
    found += [Finding(pack.ref, "", "", "words") for label in (pack.label, pack.authority) if not _in_both(label)]
    for letter in pack.communications:
        if not any(letter.event in limit.stop for limit in pack.limits):
            found.append(Finding(pack.ref, "", "", "event", (("event", letter.event),), (letter.id,)))
        if letter.window and letter.window not in {limit.purpose for limit in pack.limits}:
            found.append(Finding(pack.ref, "", "", "unknown", (("window", letter.window),), (letter.id,)))
        if not (_in_both(letter.title) and _in_both(letter.body)):
            found.append(Finding(pack.ref, "", "", "words", (), (letter.id,)))
    rules: list[Limit | Provision | Communication] = [*pack.limits, *pack.provisions, *pack.communications]
    for one in rules:
        family, purpose = (one.family, one.purpose) if isinstance(one, Limit) else ("", "")
        if not _in_both(one.label) or (isinstance(one, Limit) and one.note and not _in_both(one.note)):
            found.append(Finding(pack.ref, family, purpose, "words", (), (one.id,)))
        if not (one.source.zh.strip() and one.source.en.strip()):
            found.append(Finding(pack.ref, family, purpose, "source", (), (one.id,)))
    return found


def _in_both(label: Label) -> bool:
    """Chinese in the Chinese words, and none in the English ones."""
    return any("\u4e00" <= c <= "\u9fff" for c in label.zh) and bool(label.en) and all(c < "\u2e80" for c in label.en)


def _sense(pack: Pack, limit: Limit) -> Iterator[Finding]:
    """Rungs inside the term, extensions beyond it and rising, an end that can be reached."""
    where = (pack.ref, limit.family, limit.purpose)
    longest = max((term.amount for term in limit.terms), default=None)
    for why, case in misfits(limit):
        yield Finding(*where, why, case, (limit.id,))
    if limit.extension:
        steps = [step.to for step in limit.extension]
        in_days = longest is not None and limit.terms[0].unit not in HOUR_UNITS
        if not in_days or len(limit.terms) != 1 or steps != sorted(set(steps)) or steps[0] <= (longest or 0):
            yield Finding(*where, "extension", (), (limit.id,))
        for role in sorted({step.role for step in limit.extension} - ROLES):
            yield Finding(*where, "extension", (("role", role),), (limit.id,))
    if not limit.stop:
        yield Finding(*where, "stop", (), (limit.id,))
