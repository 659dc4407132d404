"""Every voice becomes a case with somebody answerable, running clocks and an acknowledgement.

One path for one and for many: a single voice is a batch of one, so both give equal tables and payloads.
What another system has kept is taken over instead: see `taking_over`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import Happening, record_many
from huiyin.listen.voices import queries as voices
from huiyin.listen.voices.facts import VoiceHeard
from huiyin.platform.messages import actions as messages
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters
from huiyin.resolve.cases.facts import CaseOpened
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import limits, routing
from huiyin.resolve.cases.rules.words import VULNERABLE
from huiyin.resolve.triage import actions as triage
from huiyin.resolve.triage.queries import Suggestion


class Heard(NamedTuple):
    """One voice on its way to become a case."""

    fact: VoiceHeard
    by: Actor
    at: datetime


ON_DUTY = ("duty_officer", "handler")
ANSWERING = ("supervisor", "consumer_protection")


@dataclass
class Desk:
    """Where units stand and which rule packs are chosen; who answers complaints on a day is asked by the day."""

    head_office: UUID
    paths: Mapping[UUID, str]
    packs: Callable[[Mapping[str, object], datetime, str], tuple[str, ...]]
    days: dict[date, Mapping[str, Mapping[str, Sequence[UUID]]]] = field(default_factory=dict)  # who was here

    def tiers(self, unit: UUID, at: datetime) -> Iterator[tuple[str, Sequence[UUID]]]:
        """From the unit upwards: who is on duty there, else a supervisor there. Heads of units do not handle
        complaints; they are the last before the duty desk."""
        on = localdate(at)
        if on not in self.days:  # a batch of history has many matters of one day
            self.days[on] = staff.here_on(on, (*ON_DUTY, *ANSWERING, *staff.HEAD_POSTS))
        here = self.days[on]
        above = routing.chain(self.paths.get(unit, ""))
        for level, path in enumerate(above):
            how = "duty" if level == 0 or self._nobody_below(here, above[:level]) else "level_up"
            for posts in (ON_DUTY, ANSWERING):
                people = [person for post in posts for person in here.get(path, {}).get(post, ())]
                yield how, routing.rota(people, on)
        for path in above:
            yield "level_up", [person for post in staff.HEAD_POSTS for person in here.get(path, {}).get(post, ())]
        desk = staff.duty_desk(at)
        yield "level_up", [desk] if desk else []

    def _nobody_below(self, here: Mapping[str, Mapping[str, Sequence[UUID]]], paths: Sequence[str]) -> bool:
        """The branch's handlers are on duty for outlets that have none of their own."""
        return not any(here.get(path, {}).get(post) for path in paths for post in (*ON_DUTY, *ANSWERING))


def open_case(*, heard: VoiceHeard, by: Actor, at: datetime) -> Case:
    """Open the case of one voice."""
    (case,) = open_case_many(heard=[Heard(heard, by, at)])
    return case


@transaction.atomic(savepoint=False)
def open_case_many(*, heard: Sequence[Heard]) -> list[Case]:
    """Accuse the named, classify, choose the owner, open, arm the clocks, acknowledge."""
    if not heard:
        return []
    now = max(item.at for item in heard)
    desk = desk_at(now)
    for item in heard:
        if item.fact.about_staff:
            _accuse(item)
    words = voices.words_many([item.fact.voice for item in heard])
    guesses = _triage(heard, words)
    away = staff.recused_many([item.fact.voice for item in heard], now)
    cases = [_case(item, desk, guesses[item.fact.voice], away.get(item.fact.voice, frozenset())) for item in heard]
    whole = [case for case, item in zip(cases, heard, strict=True) if item.fact.split_from is None]
    _link_repeats([case for case in whole if case.customer])
    tables.insert(cases)
    record_many(happenings=[_opened(case, item) for case, item in zip(cases, heard, strict=True)], recorded_at=now)
    armed = _arm(cases, heard, now)
    turns = {case.id: ground.turn_of(armed[case.id], ground.needs_care(case.flag_codes)) for case in cases}
    ground.retime_many({id: turn for id, turn in turns.items() if turn.due_at}, turns)
    both = list(zip(cases, heard, strict=True))
    _acknowledge(both, turns, words, now)
    _tell_owners(both)
    return cases


def desk_at(at: datetime) -> Desk:
    head = units.head_office()
    if head is None:
        raise RuntimeError("a bank without a head office cannot take complaints: run `huiyin init` first")
    return Desk(head.id, units.paths(localdate(at)), standards.chooser())


def _accuse(item: Heard) -> None:
    """The complained-about person keeps away from the first moment, before an owner is chosen (SoD1)."""
    for _, person in voices.mentions(item.fact.voice):
        if person is not None:
            staff_actions.accuse(subject=item.fact.voice, staff=person, by=item.by, at=item.at)


def _triage(fresh: Sequence[Heard], words: Mapping[UUID, voices.Words]) -> dict[UUID, Suggestion]:
    lines = [
        triage.Unsorted(
            voice=item.fact.voice,
            text=f"{words[item.fact.voice].title} {words[item.fact.voice].text} {words[item.fact.voice].want}",
            product=item.fact.product or "",
            at=item.at,
            by=item.by,
        )
        for item in fresh
    ]
    found = triage.suggest_many(items=lines)
    return {line.voice: guess for line, guess in zip(lines, found, strict=True)}


def _case(item: Heard, desk: Desk, guess: Suggestion, away: frozenset[UUID]) -> Case:
    fact = item.fact
    unit = fact.unit or desk.head_office
    owner = routing.first_owner(contact=fact.taken_by, tiers=desk.tiers(unit, item.at), recused=away)
    flags = list(guess.flags)
    flags += [name for name, on in (("represented", fact.represented), ("about_staff", fact.about_staff)) if on]
    case = tables.new(
        Case,
        id=fact.voice,
        number=fact.number,
        kind=fact.kind,
        channel=fact.channel,
        product=fact.product or "",
        language=fact.language,
        unit_id=unit,
        unit_path=desk.paths.get(unit, ""),
        customer=fact.customer,
        received_at=fact.received_at,
        opened_at=item.at,
        owner_id=owner.staff,
        owner_how=owner.how,
        category=guess.category,
        cause=guess.cause,
        complexity=guess.complexity,
        severity=guess.severity,
        confidence=guess.confidence,
        to_classify=not guess.sure,
        flags=" ".join(flags),
        state="new",
    )
    case.packs = " ".join(desk.packs(attrs_of(case), case.received_at, "case"))
    return case


def choose_owner(*, unit: UUID, at: datetime, recused: Iterable[UUID]) -> routing.Chosen:
    """The rule of decision 20 again, when an owner has to be replaced."""
    return routing.first_owner(contact=None, tiers=desk_at(at).tiers(unit, at), recused=recused)


def _link_repeats(cases: Sequence[Case]) -> None:
    """Same person, same cause, within 90 days: this case repeats the latest such one before it."""
    if not cases:
        return
    earlier: dict[tuple[UUID, str], list[tuple[datetime, UUID]]] = {}
    customers = {case.customer for case in cases if case.customer}
    since = limits.repeat_since(min(case.received_at for case in cases))
    for id, customer, cause, received_at in queries.matters_of(customers, since):
        earlier.setdefault((customer, cause), []).append((received_at, id))
    for case in sorted(cases, key=lambda c: (c.received_at, c.id)):
        if case.customer is None or not case.cause:
            continue
        known = earlier.setdefault((case.customer, case.cause), [])
        since = limits.repeat_since(case.received_at)
        near = [(at, id) for at, id in known if since <= at <= case.received_at and id != case.id]
        if near:
            case.repeat_of = max(near)[1]
            case.flags = f"{case.flags} repeat".strip()
        known.append((case.received_at, case.id))


def link_again(case: Case) -> dict[str, object]:
    """What linking says now that a person has decided the cause: the matter it repeats, and the flag."""
    probe = Case(id=case.id, customer=case.customer, cause=case.cause, received_at=case.received_at)
    probe.flags = " ".join(code for code in case.flag_codes if code != "repeat")
    _link_repeats([probe] if case.customer else [])
    return {"repeat_of": probe.repeat_of, "flags": probe.flags}


def _opened(case: Case, item: Heard) -> Happening:
    fact = CaseOpened(
        case=case.id,
        number=case.number,
        owner=case.owner_id,
        how=case.owner_how,
        unit=case.unit_id,
        repeat_of=case.repeat_of,
        packs=case.pack_refs or None,
    )
    return Happening(fact, case.stream, item.by, item.at)


def attrs_of(case: Case, response: str = "") -> dict[str, object]:
    """What the rule packs select their limits by. `response`: what a letter of law has just said, if one has."""
    said = {"response": response} if response else {}
    return said | {
        "kind": case.kind,
        "complexity": case.complexity,
        "severity": case.severity,
        "channel": case.channel,
        "source": case.source,
        "topic": case.topic,
        "vulnerable": bool(VULNERABLE & set(case.flag_codes)),
    }


def _arm(cases: Sequence[Case], heard: Sequence[Heard], now: datetime) -> dict[UUID, list[ClockView]]:
    arming, apart = [], {}
    for case, item in zip(cases, heard, strict=True):
        if item.fact.split_from is not None:
            apart[case.id] = clocks.split(
                subject=item.fact.split_from, into=case.id, by=item.by, at=item.at, stream=case.stream
            )
            continue
        attrs = attrs_of(case)
        anchors = {"received_at": case.received_at}
        arming.append(
            clocks.Arming(
                subject=case.id,
                kind="case",
                stream=case.stream,
                event="complaint.received",
                attrs=attrs,
                anchors=anchors,
                packs=case.pack_refs,
                at=item.at,
            )
        )
    return apart | (clocks.arm_many(items=arming, by=heard[0].by, at=now, fresh=True) if arming else {})


def _acknowledge(
    fresh: Sequence[tuple[Case, Heard]],
    turns: Mapping[UUID, limits.Turn],
    words: Mapping[UUID, voices.Words],
    now: datetime,
) -> None:
    """Say that it has arrived, its number, who answers for it and until when. Delivered, it satisfies ACK."""
    if not fresh:
        return
    people = staff.people(case.owner_id for case, _ in fresh)
    drafts = [
        letters.draft(
            case,
            "acknowledgement",
            at=item.at,
            by=item.by,
            key=f"ack:{case.id}",
            words=words[case.id],
            owner=letters.owner_name(case, people),
            due_at=turns[case.id].promised_at,
        )
        for case, item in fresh
    ]
    messages.send_many(drafts=drafts, by=fresh[0][1].by, recorded_at=now)


@dataclass(frozen=True)
class Arrived:
    """A message reached its customer; `item` is the reply, or the case for an acknowledgement."""

    item: UUID
    by: Actor
    at: datetime


def acknowledged_many(*, items: Sequence[Arrived]) -> None:
    """The acknowledgement is delivered: that is all ACK asks for."""
    if items:
        clocks.happened_many(
            items=[clocks.Happened(i.item, "complaint.acknowledged", i.at) for i in items],
            by=items[0].by,
            at=max(i.at for i in items),
        )


def _tell_owners(fresh: Sequence[tuple[Case, Heard]]) -> None:
    """The owner learns of it; with nobody eligible the duty desk gets an incident (SoD17)."""
    ground.notify_many(
        [(case.owner_id, "case_opened", case, item.by, item.at, f"opened:{case.id}") for case, item in fresh]
    )
    for case, item in fresh:
        if case.owner_id is None:
            incident(case, "no_owner", item.by, item.at)


def incident(case: Case, code: str, by: Actor, at: datetime) -> None:
    """Nobody could be reached by the rule: the duty desk hears of it, whoever is recused does not."""
    for person in staff.last_resort(at, staff.recused(case.id, at)):
        messages.notify(
            staff=person,
            kind="incident",
            matter=case.id,
            params={"number": case.number, "code": code},
            link=f"/desk/cases/{case.id}/",
            by=by,
            at=at,
            key=f"incident:{code}:{case.id}:{at:%Y%m%d}",
        )
