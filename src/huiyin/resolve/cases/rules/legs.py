"""Who had a case and for how long, from its facts alone (clock.md §8.9).

The legs that follow one another are not stored: they are read from the facts of assignment, so that no second record
can disagree with the ledger. A consultation runs beside the handler's leg and takes the time over while it is open;
joint handling and escalation run beside it and take over nothing. So the charged times add up to the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from huiyin.kernel.limits import BOUNCE_WITHIN

SIDE = ("consult", "joint", "escalation")


@dataclass(frozen=True)
class Told:
    """One fact of the matter: its type, its payload and when it was."""

    type: str
    said: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Leg:
    """One stretch with one holder. Ids are text, as in the ledger. `kind`: owner (waiting to be taken) | handler |
    customer (answered, their turn) | consult | joint | escalation. `how` says how it began, `end` how it ended."""

    kind: str
    holder: str | None
    unit: str | None
    entered_at: datetime
    how: str = ""
    cycle: int = 1
    left_at: datetime | None = None
    end: str = ""
    charged: str | None = None  # who answers for its time when that is not the holder
    part: str = ""  # the id of a side leg

    @property
    def open(self) -> bool:
        return self.left_at is None

    def ended(self, at: datetime, end: str) -> "Leg":
        return replace(self, left_at=at, end=end)


def legs(facts: Iterable[Told]) -> list[Leg]:
    """Every leg in the order in which it was entered."""
    found: list[Leg] = []
    main: int | None = None
    owner: str | None = None
    cycle = 1

    def enter(leg: Leg, end: str) -> None:
        nonlocal main
        leave(leg.entered_at, end)
        found.append(leg)
        main = len(found) - 1

    def leave(at: datetime, end: str) -> None:
        nonlocal main
        if main is not None:
            found[main] = found[main].ended(at, end)
            main = None

    for fact in facts:
        said, at = fact.said, fact.at
        if fact.type == "case.opened":
            owner = said.get("owner")
            enter(Leg("owner", owner, said.get("unit"), at, said.get("how", "")), "")
        elif fact.type == "case.assigned":
            how = said.get("how") or "assigned"
            enter(Leg("handler", said["handler"], said.get("unit"), at, how, cycle), how)
        elif fact.type == "case.bounced" and main is not None:
            found[main] = replace(found[main], charged=said["charged"])
            if said.get("receiver") is None:
                enter(Leg("owner", owner, None, at, "bounce", cycle), "bounce")
        elif fact.type == "case.moved":
            owner = said.get("owner")
            if main is None or found[main].kind == "owner":
                enter(Leg("owner", owner, None, at, said.get("how", ""), cycle), "moved")
        elif fact.type == "staff.recused" and main is not None:
            if found[main].kind == "handler" and found[main].holder == said["staff"]:
                enter(Leg("owner", owner, None, at, "recused", cycle), "recused")
        elif fact.type == "case.answered" and main is not None:
            enter(Leg("customer", found[main].holder, found[main].unit, at, "answered", cycle), "answered")
        elif fact.type == "case.unanswered" and main is not None and found[main].kind == "customer":
            last = found[main]
            enter(Leg("handler", last.holder, last.unit, at, "undelivered", cycle), "undelivered")
        elif fact.type == "case.reopened":
            owner, cycle = said.get("owner") or owner, said.get("cycle", cycle + 1)
            enter(Leg("owner", owner, None, at, "reopened", cycle), "disputed")
        elif fact.type == "case.closed":
            leave(at, "closed")
            found = [leg.ended(at, "closed") if leg.open else leg for leg in found]
        elif fact.type == "case.leg_opened":
            found.append(
                Leg(said["kind"], said["holder"], said.get("unit"), at, said["kind"], cycle, part=said["part"])
            )
        elif fact.type == "case.leg_ended":
            for place, leg in enumerate(found):
                if leg.part == said["part"] and leg.open:
                    found[place] = leg.ended(at, said["outcome"])
    return found


def charged(found: Sequence[Leg], until: datetime) -> list[timedelta]:
    """The time of each leg that counts as its own; together they are the time the case was open."""
    edges = sorted({min(edge, until) for leg in found for edge in (leg.entered_at, leg.left_at or until)})
    times = [timedelta(0)] * len(found)
    for start, end in pairwise(edges):
        there = [n for n, leg in enumerate(found) if leg.entered_at <= start and (leg.left_at or until) >= end]
        leading = [n for n in there if found[n].kind not in SIDE]
        if not leading:
            continue
        consulted = [n for n in there if found[n].kind == "consult"]
        times[(consulted or leading)[0]] += end - start
    return times


def answers_for(leg: Leg) -> str | None:
    """The person whose time it is: a bounce in time charges the sender. The customer's turn is nobody's of the bank."""
    return None if leg.kind == "customer" else leg.charged or leg.holder


def charged_to(sender: str, receiver: str, open_seconds: int) -> str:
    """Given back within four business hours it was the sender's mistake, later the receiver's delay."""
    return sender if open_seconds <= BOUNCE_WITHIN else receiver
