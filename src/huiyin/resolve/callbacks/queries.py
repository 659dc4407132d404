"""Lists and calls, and who may see them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import get_default_timezone, localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.calendar import Calendar
from huiyin.kernel.intervals import wilson
from huiyin.kernel.label import Label
from huiyin.kernel.secret import secret_hash, sent
from huiyin.platform.vault import queries as vault
from huiyin.resolve.callbacks import rules
from huiyin.resolve.callbacks.models import Call, Contact, Draw, Run, Script, Try
from huiyin.resolve.callbacks.rules import OUTCOME
from huiyin.resolve.cases import queries as cases

__all__ = ["OUTCOME"]

TABLE = "callbacks_call"
CONTACT_TABLE = "callbacks_contact"


@dataclass(frozen=True)
class Sight:
    """A call as the permission matrix looks at it. `handled`: whoever had a part in the case (SoD18)."""

    unit_path: str
    owner: UUID | None
    recused: frozenset[UUID]
    handled: frozenset[UUID]


@dataclass(frozen=True)
class Share:
    """A proportion with its 95 % Wilson interval."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def low(self) -> float:
        return wilson(self.hits, self.n)[0]

    @property
    def high(self) -> float:
        return wilson(self.hits, self.n)[1]


@dataclass(frozen=True)
class Coverage:
    """One unit: closed cases, calls drawn, customers reached, and what they said."""

    unit: Any
    closed: int
    drawn: int
    done: int
    reached: int
    satisfied: Share
    reopened: int


def hours() -> Calendar:
    """When customers may be called: the office calendar with its holidays and make-up days."""
    return standards.office()


def visible_to(actor: Actor, at: datetime) -> QuerySet[Call]:
    """The calls of the units in this person's reach and the one in their hand, never of what they are recused from."""
    return _reached(Call.objects.select_related("unit", "holder"), "callback.read", actor, at)


def callable_by(actor: Actor, at: datetime) -> QuerySet[Call]:
    """The calls this person may take, if they had no part in the case."""
    return _reached(Call.objects.all(), "callback.call", actor, at)


def _reached(found: QuerySet[Call], action: str, actor: Actor, at: datetime) -> QuerySet[Call]:
    if actor.kind != "staff":
        return found.none()
    reach = Q(pk__in=())
    for path in permit.paths(actor, action):
        reach |= Q(unit_path__startswith=path)
    if permit.own(actor, action):
        reach |= Q(holder=actor.staff)
    return found.filter(reach).exclude(case__in=staff.recused_subjects(actor.staff, at))


def draws_visible_to(actor: Actor) -> QuerySet[Draw]:
    found = Draw.objects.select_related("unit", "drawn_by")
    reach = Q(pk__in=())
    for path in permit.paths(actor, "callback.draw"):
        reach |= Q(unit_path__startswith=path)
    return found.filter(reach)


def sight(call: Call, at: datetime) -> Sight:
    away = frozenset(staff.recused(call.case, at))
    return Sight(call.unit_path, call.holder_id, away, frozenset(cases.hands(call.case)))


def call(id: UUID) -> Call | None:
    return Call.objects.select_related("unit", "holder").filter(pk=id).first()


def held_by(person: UUID | None) -> Call | None:
    return Call.objects.filter(holder=person, state="held").first() if person else None


def calls_of(matters: Iterable[UUID]) -> list[Call]:
    """The finished calls about these matters, for whoever may see the matters."""
    return list(Call.objects.filter(case__in=list(matters), state="done").order_by("done_at", "id"))


def unfinished(matters: Iterable[UUID]) -> set[UUID]:
    """The matters about which somebody is still to be called, or was asked and may still answer."""
    open_calls = Call.objects.filter(case__in=list(matters)).exclude(state="done")
    return set(open_calls.values_list("case", flat=True))


def contact_of(call: UUID) -> Contact | None:
    """The message that went before this call."""
    return Contact.objects.filter(call=call).first()


def contact_by_secret(secret: str) -> Contact | None:
    return Contact.objects.filter(secret_hash=secret_hash(secret)).first()


def contact_words(contact: UUID) -> str:
    return vault.reveal(CONTACT_TABLE, contact).get("text", "")


def secret(contact: UUID) -> str:
    """The secret of a contact's link."""
    stored = Contact.objects.filter(pk=contact).values_list("secret_hash", flat=True)
    return sent(b"huiyin.outreach", contact.bytes, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, stored.first)


@dataclass(frozen=True)
class Progress:
    """How far a run is: customers on the list, looked at, asked, answered, left to a person."""

    run: Run
    total: int
    done: int
    answered: int
    skipped: int


def progress(draw: Draw) -> Progress | None:
    run = Run.objects.filter(draw=draw).first()
    if run is None:
        return None
    states = Counter(Contact.objects.filter(call__draw=draw).values_list("state", flat=True))
    total = Call.objects.filter(draw=draw).count()
    return Progress(run, total, states.total(), states["answered"], states["skipped"])


def tries(call: UUID) -> list[Try]:
    return list(Try.objects.filter(call=call).select_related("caller"))


def words(call: UUID) -> str:
    """What the customer said beyond the questions."""
    return vault.reveal(TABLE, call).get("more", "")


def script(version: int | None = None) -> rules.Script:
    """The newest version, or the one named."""
    found = Script.objects.filter(version=version) if version is not None else Script.objects.order_by("-version")
    row = found.first()
    if row is None:
        return rules.SHIPPED
    said = {
        name: Label(name, row.words[name][0], row.words[name][1]) for name in ("opening", "solved", "satisfied", "more")
    }
    extra = tuple(Label(f"extra{n}", zh, en) for n, (zh, en) in enumerate(row.words["extra"], 1))
    return rules.Script(version=row.version, extra=extra, **said)


def fates(draw: Draw) -> list[tuple[Label, int]]:
    """How many of the frame were drawn, not drawn, or left out, and why."""
    found = Counter(fate for _stratum, fate in draw.frame.values())
    return [(label, found[code]) for code, label in rules.FATES.items() if found[code]]


def is_reproduced(draw: Draw) -> bool:
    """Drawn again from the kept frame with the kept seed: is it the list that was called?"""
    open_to = {id: stratum for id, (stratum, fate) in draw.frame.items() if fate in ("drawn", "not_drawn")}
    listed = {case.hex for case in Call.objects.filter(draw=draw).values_list("case", flat=True)}
    return rules.drawn(open_to, draw.percent, draw.seed) == listed


def midnight(on: date) -> datetime:
    return datetime.combine(on, time(), get_default_timezone())


def closed_cases(unit_path: str, first: date, last: date, actor: Actor, at: datetime) -> QuerySet[cases.Case]:
    """What was closed in these days below this unit by an answer, as this actor may see it."""
    return cases.visible_to(actor, at).filter(
        unit_path__startswith=unit_path, state="closed", outcome__in=("resolved", "explained", "no_answer"),
        closed_at__gte=midnight(first), closed_at__lt=midnight(last + timedelta(days=1)),
    )  # fmt: skip


def coverage(actor: Actor, at: datetime, days: int = 30) -> list[Coverage]:
    """Per unit over the last days, by the day of the draw; the units with most closed cases first."""
    since = at - timedelta(days=days)
    first = localdate(since)
    closed = closed_cases("", first, localdate(at), actor, at).values_list("unit").annotate(n=Count("pk")).order_by()
    counted: dict[UUID, int] = dict(closed)
    calls = list(visible_to(actor, at).filter(draw__drawn_at__gte=since))
    by_unit: dict[UUID, list[Call]] = {}
    for one in calls:
        by_unit.setdefault(one.unit_id, []).append(one)
    named = {one.unit_id: one.unit for one in calls}
    lines = [_line(named[unit], counted.get(unit, 0), found) for unit, found in by_unit.items()]
    return sorted(lines, key=lambda line: (-line.closed, line.unit.code))


def _line(unit: Any, closed: int, calls: list[Call]) -> Coverage:
    reached = [one for one in calls if one.satisfied is not None]
    return Coverage(
        unit=unit, closed=max(closed, len(calls)), drawn=len(calls), done=sum(one.state == "done" for one in calls),
        reached=len(reached), satisfied=satisfaction(reached), reopened=sum(bool(one.followed) for one in reached),
    )  # fmt: skip


def satisfaction(calls: Iterable[Call]) -> Share:
    """Feedback satisfaction: 4 or 5 among the customers who were reached."""
    said = [one.satisfied for one in calls if one.satisfied is not None]
    return Share(sum(score >= 4 for score in said), len(said))


def totals(actor: Actor, at: datetime, days: int = 30) -> tuple[Share, Share]:
    """Feedback satisfaction, and the share of the calls due by now that were finished in time."""
    found = visible_to(actor, at).filter(draw__drawn_at__gte=at - timedelta(days=days))
    due = found.filter(Q(due_at__lte=at) | Q(state="done"))
    timely = due.filter(state="done", done_at__lte=F("due_at")).count()
    return satisfaction(found.exclude(satisfied=None)), Share(timely, due.count())


@dataclass(frozen=True)
class Today:
    """One caller's day."""

    held: Call | None
    made: int
    reached: int
    waiting: int
    due: int
    later: list[Call]


def today(actor: Actor, at: datetime) -> Today:
    begin = midnight(localdate(at))
    mine = Try.objects.filter(caller=actor.staff, tried_at__gte=begin)
    waiting = callable_by(actor, at).filter(state="waiting")
    return Today(
        held=held_by(actor.staff),
        made=mine.count(),
        reached=mine.filter(outcome="reached").count(),
        waiting=waiting.filter(next_at__lte=at).count(),
        due=waiting.filter(due_at__lt=begin + timedelta(days=1)).count(),
        later=list(waiting.filter(next_at__gt=at).select_related("unit").order_by("next_at", "id")[:10]),
    )


def show_on_the_case_page() -> None:
    """The case page says that the customer was called back, and what they answered."""
    cases.panel(_card)


def _card(case: cases.Case, actor: Actor, at: datetime) -> cases.Panel | None:
    found = list(Call.objects.filter(case=case.pk).order_by("cycle"))
    if not found:
        return None
    solved, satisfied = ({label.code: label for label in labels} for labels in (rules.SOLVED, rules.SATISFIED))
    lines = [
        {
            "call": one, "state": rules.STATES[one.state], "outcome": rules.OUTCOME.get(one.outcome),
            "solved": solved.get(one.solved), "satisfied": satisfied.get(str(one.satisfied or "")),
            "followed": rules.FOLLOWED.get(one.followed), "words": cases.hide_numbers(words(one.pk)),
        }
        for one in found
    ]  # fmt: skip
    return cases.Panel("callbacks/card.html", {"lines": lines})
