"""Every voice becomes a case with somebody answerable, running clocks and an acknowledgement.

One path for one and for many: a single voice is a batch of one, so both give equal tables and payloads.
Imported history (a voice with a source) gets clocks but no owner, no notices and no messages (decision 31).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
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
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.facts import CaseAnswered, CaseClosed, CaseOpened
from huiyin.resolve.cases.models import Case, Closure
from huiyin.resolve.cases.rules import limits, routing
from huiyin.resolve.cases.rules.words import VULNERABLE
from huiyin.resolve.triage import actions as triage
from huiyin.resolve.triage.queries import Suggestion

PACKS = ("iso-house", "cn-nfra-complaint")
PACKS_OF_SOURCE = {"cfpb": ("us-cfpb",)}
STILL_OPEN = ("in progress", "in_progress", "untimely response in progress")


@dataclass(frozen=True)
class Heard:
    """One voice on its way to become a case."""

    fact: VoiceHeard
    by: Actor
    at: datetime


@dataclass
class _Desk:
    """What a batch looks up once: where units stand, who is on duty."""

    head_office: UUID
    paths: dict[UUID, str]
    duty: dict[tuple[UUID, datetime], UUID | None] = field(default_factory=dict)

    def on_duty(self, unit: UUID, at: datetime) -> UUID | None:
        hour = at.replace(minute=0, second=0, microsecond=0)
        if (unit, hour) not in self.duty:
            self.duty[unit, hour] = staff.on_duty(unit, hour)
        return self.duty[unit, hour]


def open_case(*, heard: VoiceHeard, by: Actor, at: datetime) -> Case:
    """Open the case of one voice."""
    (case,) = open_case_many(heard=[Heard(heard, by, at)])
    return case


@transaction.atomic
def open_case_many(*, heard: Sequence[Heard]) -> list[Case]:
    """Accuse the named, classify, choose the owner, open, arm the clocks, acknowledge."""
    if not heard:
        return []
    now = max(item.at for item in heard)
    desk = _desk(now)
    fresh = [item for item in heard if not item.fact.source]
    for item in fresh:
        if item.fact.about_staff:
            _accuse(item)
    guesses = _triage(fresh)
    cases = [_case(item, desk, guesses.get(item.fact.voice)) for item in heard]
    _link_repeats([case for case in cases if case.customer])
    Case.objects.bulk_create(cases, batch_size=1000)
    record_many(happenings=[_opened(case, item) for case, item in zip(cases, heard, strict=True)], recorded_at=now)
    armed = _arm(cases, heard, now)
    turns = {case.id: ground.turn_of(armed[case.id]) for case in cases}
    ground.retime_many({id: turn for id, turn in turns.items() if turn.due_at}, turns)
    _acknowledge([(c, item) for c, item in zip(cases, heard, strict=True) if not item.fact.source], turns, now)
    _settle_history([(case, item) for case, item in zip(cases, heard, strict=True) if item.fact.source], now)
    for case, item in zip(cases, heard, strict=True):
        if not item.fact.source:
            _tell_owner(case, item)
    return cases


def _desk(at: datetime) -> _Desk:
    head = units.head_office()
    if head is None:
        raise RuntimeError("a bank without a head office cannot take complaints: run `huiyin init` first")
    return _Desk(head.id, units.paths(localdate(at)))


def _accuse(item: Heard) -> None:
    """The complained-about person keeps away from the first moment, before an owner is chosen (SoD1)."""
    for _, person in voices.mentions(item.fact.voice):
        if person is not None:
            staff_actions.accuse(subject=item.fact.voice, staff=person, by=item.by, at=item.at)


def _triage(fresh: Sequence[Heard]) -> dict[UUID, Suggestion]:
    words = voices.words_many([item.fact.voice for item in fresh])
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


def _case(item: Heard, desk: _Desk, guess: Suggestion | None) -> Case:
    fact = item.fact
    unit = fact.unit or desk.head_office
    owner = routing.Chosen(None, "import") if fact.source else _owner(item, unit, desk)
    flags = list(guess.flags if guess else ())
    flags += [name for name, on in (("represented", fact.represented), ("about_staff", fact.about_staff)) if on]
    closed = bool(fact.source) and (fact.outcome or "").lower() not in STILL_OPEN
    return Case(
        id=fact.voice,
        number=fact.number,
        kind=fact.kind,
        channel=fact.channel,
        product=fact.product or "",
        language=fact.language,
        unit_id=unit,
        unit_path=desk.paths.get(unit, ""),
        customer=fact.customer,
        source=fact.source or "",
        received_at=fact.received_at,
        opened_at=item.at,
        owner_id=owner.staff,
        owner_how=owner.how,
        category=guess.category if guess else "",
        cause=guess.cause if guess else "",
        complexity=guess.complexity if guess else "simple",
        severity=guess.severity if guess else "ordinary",
        confidence=guess.confidence if guess else None,
        to_classify=guess is not None and not guess.sure,
        flags=" ".join(flags),
        state="closed" if closed else "new",
        closed_at=item.at if closed else None,
        outcome="imported" if closed else "",
    )


def _owner(item: Heard, unit: UUID, desk: _Desk) -> routing.Chosen:
    recused = staff.recused(item.fact.voice, item.at) if item.fact.about_staff else {}
    return choose_owner(
        subject=item.fact.voice,
        unit=unit,
        at=item.at,
        recused=frozenset(recused),
        contact=item.fact.taken_by,
        on_duty=desk.on_duty(unit, item.at),
    )


def choose_owner(
    *,
    subject: UUID,
    unit: UUID,
    at: datetime,
    recused: frozenset[UUID],
    contact: UUID | None = None,
    on_duty: UUID | None = None,
) -> routing.Chosen:
    """The rule of decision 20 with real people; looks one level up only when nobody here is eligible."""
    chosen = routing.first_owner(contact=contact, on_duty=[on_duty], level_up=(), recused=recused)
    if chosen.staff is not None:
        return chosen
    fit = [person.id for person in staff.fit_handlers(subject, unit, at)]
    above = staff.next_up(subject, unit, at)
    up = [person.id for person in staff.fit_handlers(subject, above, at)] if above else []
    desk = staff.duty_desk(at, recused)
    return routing.first_owner(contact=None, on_duty=fit, level_up=[*up, desk], recused=recused)


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
        if case.customer is None or not case.cause or case.source:
            continue
        known = earlier.setdefault((case.customer, case.cause), [])
        near = [(at, id) for at, id in known if limits.repeat_since(case.received_at) <= at <= case.received_at]
        if near:
            case.repeat_of = max(near)[1]
            case.flags = f"{case.flags} repeat".strip()
        known.append((case.received_at, case.id))


def _opened(case: Case, item: Heard) -> Happening:
    fact = CaseOpened(
        case=case.id,
        number=case.number,
        owner=case.owner_id,
        how=case.owner_how,
        unit=case.unit_id,
        repeat_of=case.repeat_of,
    )
    return Happening(fact, case.stream, item.by, item.at)


def attrs_of(case: Case) -> dict[str, object]:
    """What the rule packs select their limits by."""
    return {
        "kind": case.kind,
        "complexity": case.complexity,
        "severity": case.severity,
        "channel": case.channel,
        "source": case.source,
        "vulnerable": bool(VULNERABLE & set(case.flag_codes)),
    }


def _arm(cases: Sequence[Case], heard: Sequence[Heard], now: datetime) -> dict[UUID, list[ClockView]]:
    arming = []
    for case, item in zip(cases, heard, strict=True):
        attrs = attrs_of(case)
        anchors = {"received_at": case.received_at}
        if item.fact.source:
            attrs["response"] = "in_progress" if case.state != "closed" else "final"
            anchors["sent_at"] = item.fact.sent_at or case.received_at
        arming.append(
            clocks.Arming(
                subject=case.id,
                kind="case",
                stream=case.stream,
                event="complaint.received",
                attrs=attrs,
                anchors=anchors,
                packs=PACKS_OF_SOURCE.get(case.source, PACKS),
                at=item.at,
                evidence="source" if case.source else "",
            )
        )
    return clocks.arm_many(items=arming, by=heard[0].by, at=now, fresh=True)


def _acknowledge(fresh: Sequence[tuple[Case, Heard]], turns: Mapping[UUID, limits.Turn], now: datetime) -> None:
    """Say that it has arrived, its number, who answers for it and until when. Delivered, it satisfies ACK."""
    if not fresh:
        return
    words = voices.words_many([case.id for case, _ in fresh])
    owners = staff.people(case.owner_id for case, _ in fresh)
    drafts = []
    for case, item in fresh:
        owner = owners.get(case.owner_id) if case.owner_id else None
        name = owner.name if owner and case.language.startswith("zh") else owner and (owner.name_en or owner.name)
        title, body = standards.worded("acknowledgement", case.language, **_values(case, turns[case.id].due_at, name))
        drafts.append(
            messages.Draft(
                matter=case.id,
                subject=case.id,
                purpose="acknowledgement",
                language=case.language,
                title=title,
                body=body,
                key=f"ack:{case.id}",
                at=item.at,
                by=item.by,
                phone=words[case.id].phone,
                email=words[case.id].email,
                number=case.number,
                link=voices.link(case.id),
            )
        )
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


def _settle_history(imported: Sequence[tuple[Case, Heard]], now: datetime) -> None:
    """What the source attests is taken over as attested: timeliness without a time, and the closed state."""
    done = [(case, item) for case, item in imported if case.state == "closed"]
    if not done:
        return
    answered = [
        Happening(CaseAnswered(case=case.id, reply=None, cycle=1, evidence="source"), case.stream, item.by, item.at)
        for case, item in done
    ]
    record_many(happenings=answered, recorded_at=now)
    clocks.happened_many(
        items=[
            clocks.Happened(case.id, "complaint.decision_notified", item.at, "source", item.fact.timely)
            for case, item in done
        ],
        by=done[0][1].by,
        at=now,
    )
    Closure.objects.bulk_create(
        [
            Closure(case_id=case.id, cycle=1, outcome="imported", closed_by=item.by.ref, closed_at=item.at)
            for case, item in done
        ],
        batch_size=1000,
    )
    closed = [
        Happening(CaseClosed(case=case.id, cycle=1, outcome="imported"), case.stream, item.by, item.at)
        for case, item in done
    ]
    record_many(happenings=closed, recorded_at=now)


def _tell_owner(case: Case, item: Heard) -> None:
    """The owner learns of it; with nobody eligible the duty desk gets an incident (SoD17)."""
    if case.owner_id is not None:
        ground.notify(case.owner_id, "case_opened", case, item.by, item.at, f"opened:{case.id}")
        return
    incident(case, "no_owner", item.by, item.at)


def incident(case: Case, code: str, by: Actor, at: datetime) -> None:
    """Nobody could be reached by the rule: the duty desk hears of it, whoever is recused does not."""
    desk = staff.duty_desk(at, staff.recused(case.id, at))
    if desk is not None:
        messages.notify(
            staff=desk,
            kind="incident",
            matter=case.id,
            params={"number": case.number, "code": code},
            link=f"/desk/cases/{case.id}/",
            by=by,
            at=at,
            key=f"incident:{code}:{case.id}:{at:%Y%m%d}",
        )


def letter(code: str, case: Case, **values: object) -> tuple[str, str]:
    """Title and body of an approved text about this case, in the customer's language."""
    return standards.worded(code, case.language, **_values(case, None, None), **values)


def _values(case: Case, due_at: datetime | None, owner: str | None) -> dict[str, object]:
    zh = case.language.startswith("zh")
    until = due_at or case.due_at
    return {
        "number": case.number,
        "due": day_in_words(until, zh) if until else ("尽快" if zh else "as soon as possible"),
        "owner": owner or ("本行消费者权益保护岗" if zh else "our complaints desk"),
        "bank": settings.HUIYIN_BANK_NAME or ("本行" if zh else "the bank"),
        "hotline": settings.HUIYIN_HOTLINE,
        "link": voices.link(case.id),
    }


def day_in_words(at: datetime, zh: bool) -> str:
    day = localdate(at - timedelta(microseconds=1))
    return f"{day.year}年{day.month}月{day.day}日" if zh else f"{day.day} {day:%B %Y}"
