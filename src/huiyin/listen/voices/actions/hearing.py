"""Hear a matter: the customer, the voice, its sealed words, who is complained about, and the fact. One transaction."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from huiyin.bank.staff import actions as staff
from huiyin.customers.profiles import actions as profiles
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.secret import secret_hash
from huiyin.ledger import actions as ledger
from huiyin.listen.voices.facts import VoiceHeard
from huiyin.listen.voices.models import Counter, Mention, Voice
from huiyin.listen.voices.queries import TABLE, VoiceView, derived_secret
from huiyin.listen.voices.rules.heard import Heard
from huiyin.listen.voices.rules.numbers import number
from huiyin.platform.tables import actions as tables
from huiyin.platform.tables.queries import rows
from huiyin.platform.vault import actions as vault

_CHUNK = 400
_SAME = [
    f.name for f in fields(VoiceHeard) if f.name not in ("voice", "represented", "about_staff", "customer", "number")
]


def hear(*, item: Heard, by: Actor, at: datetime, sealed: bool = False) -> VoiceView:
    """Hear one matter. What follows from it (the case, its clocks, the message) happens in the same transaction.

    `sealed` says that the inbox has sealed the words already, under the id of the voice.
    """
    (voice,) = hear_many(items=[item], by=by, at=at, sealed=sealed)
    return voice


def hear_many(
    *, items: Sequence[Heard], by: Actor, at: datetime, recorded_at: datetime | None = None, sealed: bool = False
) -> list[VoiceView]:
    """Hear a batch: the same rules and the same rows, written together.

    `at` is the instant of a single hearing. With `recorded_at` the batch is history: each voice occurred when it was
    received (or passed on to us by whoever received it), and was recorded now.
    """
    recorded = recorded_at or at
    times = [max(item.received_at, item.sent_at or item.received_at) if recorded_at else at for item in items]
    with ledger.recording(recorded), transaction.atomic(savepoint=False):
        ids = [item.id or new_id() for item in items]
        numbers = _numbers(items)
        customers = _customers(items, by, times)
        views = [
            _view(item, id, numbered, customer)
            for item, id, numbered, customer in zip(items, ids, numbers, customers, strict=True)
        ]
        _insert(items, views)
        _mention(items, ids)
        if not sealed:
            values = [(id, TABLE, id, item.words.sealed()) for item, id in zip(items, ids, strict=True)]
            vault.keep_many([value for value in values if value[3]])
        for item, id, when in zip(items, ids, times, strict=True):
            for person in item.staff:
                staff.accuse(subject=id, staff=person, by=by, at=when)
        raised = zip(ids, items, times, strict=True)
        staff.keep_from_their_own(raised=((id, i.words.phone, i.words.email, at) for id, i, at in raised), by=by)
        told = [
            ledger.Happening(_fact(item, view), f"matter:{view.id}", by, when)
            for item, view, when in zip(items, views, times, strict=True)
        ]
        if told:
            ledger.record_many(happenings=told, recorded_at=recorded)
    return views


def next_numbers(received: Sequence[datetime]) -> list[str]:
    """A fresh number for each, by the day in the bank's time zone."""
    zone = ZoneInfo(settings.TIME_ZONE)
    days = [at.astimezone(zone).date() for at in received]
    last = {day: _advance(day, count) for day, count in sorted(Tally(days).items())}
    given = {day: top - count for (day, count), top in zip(sorted(Tally(days).items()), last.values(), strict=True)}
    found = []
    for day in days:
        given[day] += 1
        found.append(number(day, given[day]))
    return found


def _advance(day: date, count: int) -> int:
    """Move a day's counter in one statement, so that two writers never get the same number."""
    table = Counter._meta.db_table
    ((given,),) = rows(
        f"INSERT INTO {table} (day, given) VALUES (%s, %s)"
        f" ON CONFLICT (day) DO UPDATE SET given = {table}.given + excluded.given RETURNING given",
        [day, count],
    )
    return int(given)


def _numbers(items: Sequence[Heard]) -> list[str]:
    missing = [item.received_at for item in items if item.number is None]
    fresh = iter(next_numbers(missing))
    return [item.number if item.number is not None else next(fresh) for item in items]


def _customers(items: Sequence[Heard], by: Actor, times: Sequence[datetime]) -> list[UUID | None]:
    """Whose matter each is. Somebody who left no contact stays unknown to us."""
    found = [item.customer for item in items]
    new = [
        n for n, item in enumerate(items)
        if not item.customer and (item.words.phone or item.words.email or item.words.id_number)
    ]  # fmt: skip
    if new:
        people = [
            profiles.Person(name=w.name, phone=w.phone, email=w.email, id_number=w.id_number)
            for w in (items[n].words for n in new)
        ]
        met = profiles.meet_many(people=people, by=by, at=[times[n] for n in new])
        for n, customer in zip(new, met, strict=True):
            found[n] = customer
    return found


def _insert(items: Sequence[Heard], views: Sequence[VoiceView]) -> None:
    key = settings.SECRET_KEY
    tables.insert_values(
        Voice,
        [
            {
                "id": v.id, "number": v.number, "kind": v.kind, "channel": v.channel, "language": v.language,
                "secret_hash": secret_hash(derived_secret(v.id, key)) if item.secret else None,
                "received_at": v.received_at, "occurred_on": v.occurred_on, "customer_id": v.customer,
                "unit_id": v.unit, "product": v.product, "represented": v.represented, "about_staff": v.about_staff,
                "taken_by_id": v.taken_by, "raised_by": v.raised_by, "source": v.source, "source_ref": v.source_ref,
                "sent_at": item.sent_at, "company": v.company, "region": v.region, "sub_product": v.sub_product,
                "issue": v.issue, "sub_issue": v.sub_issue, "outcome": v.outcome, "timely": item.timely,
            }
            for item, v in zip(items, views, strict=True)
        ],
    )  # fmt: skip


def _view(item: Heard, id: UUID, numbered: str, customer: UUID | None) -> VoiceView:
    return VoiceView(
        id=id, number=numbered, kind=item.kind, channel=item.channel, language=item.language,
        received_at=item.received_at, occurred_on=item.occurred_on, customer=customer, unit=item.unit,
        product=item.product, represented=bool(item.words.representative),
        about_staff=bool(item.words.about or item.staff), taken_by=item.taken_by, raised_by=item.raised_by,
        source=item.source, source_ref=item.source_ref, withdrawn_at=None, company=item.company, region=item.region,
        sub_product=item.sub_product, issue=item.issue, sub_issue=item.sub_issue, outcome=item.outcome,
    )  # fmt: skip


def _mention(items: Sequence[Heard], ids: Sequence[UUID]) -> None:
    """Named people stand first among the mentions, in the order of `staff`; the rest are words only."""
    rows = [
        Mention(voice_id=id, position=n, staff_id=item.staff[n] if n < len(item.staff) else None)
        for item, id in zip(items, ids, strict=True)
        for n in range(max(len(item.words.about), len(item.staff)))
    ]
    if rows:
        Mention.objects.bulk_create(rows, batch_size=_CHUNK)


def _fact(item: Heard, view: VoiceView) -> VoiceHeard:
    same = {name: getattr(item, name) for name in _SAME}
    return VoiceHeard(
        voice=view.id, number=view.number, customer=view.customer, represented=view.represented or None,
        about_staff=view.about_staff or None, **same,
    )  # fmt: skip
