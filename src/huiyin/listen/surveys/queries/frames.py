"""Who can be asked: the people of a campaign's frame, and what keeps some of them from being asked."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import pstdev
from typing import Any
from uuid import UUID

from django.utils.timezone import make_aware

from huiyin.bank.units import queries as units
from huiyin.customers.profiles import queries as profiles
from huiyin.listen.surveys.models import Answer, Campaign, Contact, Invitation, OptOut
from huiyin.listen.surveys.rules.sampling import kept_from
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Person:
    """One customer of a frame, as of their last matter in it."""

    customer: UUID
    unit: UUID | None
    product: str
    channel: str
    segment: str
    language: str

    def stratum(self, by: Iterable[str]) -> tuple[str, ...]:
        return tuple(str(getattr(self, name) or "") for name in by)


def frame_of(campaign: Campaign) -> list[Person]:
    """Everybody of the frame, once, in the order of their ids. Only customers of the campaign's unit and below."""
    found: dict[UUID, Person] = {}
    for person in _people(campaign):
        found[person.customer] = person
    return [found[id] for id in sorted(found, key=lambda id: id.bytes)]


def _people(campaign: Campaign) -> Iterator[Person]:
    if campaign.frame == "list":
        for row in Contact.objects.filter(campaign=campaign).order_by("id").iterator(_CHUNK):
            yield Person(row.customer_id, row.unit_id, row.product, "", row.segment, row.language)
        return
    assert campaign.from_day is not None and campaign.until_day is not None
    start = make_aware(datetime.combine(campaign.from_day, time()))
    end = make_aware(datetime.combine(campaign.until_day + timedelta(days=1), time()))
    reach = set(units.under(units.path_of(campaign.unit_id, campaign.until_day), campaign.until_day))
    if campaign.frame == "closed":
        ended = dict(
            Invitation.objects.filter(campaign=None, kind="after_service", invited_at__gte=start, invited_at__lt=end)
            .exclude(matter=None).order_by("invited_at", "id").values_list("matter", "unit")
        )  # fmt: skip
        told = {id: voice for part in _parts([id for id in ended if id]) for id, voice in voices.voices(part).items()}
        matters: Iterable[Any] = [told[id] for id in ended if id in told]
    else:
        ended, matters = {}, voices.heard_between(start, end)
    for voice in matters:
        unit = ended.get(voice.id) or voice.unit
        if voice.customer and voice.kind != "low_score" and (unit in reach or unit is None):
            yield Person(voice.customer, unit, voice.product or "", voice.channel, "", voice.language)


@dataclass(frozen=True)
class Address:
    """One way to reach somebody, and its blind index: one address may be known of two customers."""

    email: str = ""
    phone: str = ""
    blind: str = ""


@dataclass(frozen=True)
class Reach:
    """Where each is reached, and why some are not asked: opted_out | fatigue | no_address."""

    places: Mapping[UUID, Address]
    why_not: Mapping[UUID, str]


def reach(campaign: Campaign, customers: Collection[UUID], at: datetime, *, sending: bool = False) -> Reach:
    """Who of these may be asked on the campaign's channel. A customer and an address rest alike, over all campaigns.

    A rating after one's own matter does not count. `sending`: the campaign's own invitations do not tire.
    """
    places = addresses(customers, campaign.channel)
    since = at - timedelta(days=campaign.rest_days)
    why: dict[UUID, str] = {}
    for part in _parts(customers):
        blinds = {places[id].blind for id in part if id in places}
        refused = OptOut.objects.values("customer")
        barred = set(OptOut.objects.filter(customer__in=part).values_list("customer", flat=True))
        barred_at = set(
            Invitation.objects.filter(target__in=blinds, customer__in=refused).values_list("target", flat=True)
        )
        asked = Invitation.objects.filter(passage__in=("sent", "failed"), invited_at__gt=since).exclude(campaign=None)
        if sending:
            asked = asked.exclude(campaign=campaign)
        tired = set(asked.filter(customer__in=part).values_list("customer", flat=True))
        tired_at = set(asked.filter(target__in=blinds).values_list("target", flat=True))
        for id in part:
            place = places.get(id)
            why[id] = kept_from(
                barred=id in barred or (place is not None and place.blind in barred_at),
                tired=id in tired or (place is not None and place.blind in tired_at),
                reachable=place is not None,
            )
    return Reach(places, why)


def addresses(customers: Collection[UUID], channel: str) -> dict[UUID, Address]:
    """Where each is reached on a campaign's channel: one address, none if there is none or the person was erased."""
    found = {}
    for part in _parts(customers):
        for id, known in profiles.profiles(part).items():
            if channel in ("email", "either") and known.email:
                found[id] = Address(email=known.email, blind=vault.blind("email", known.email))
            elif channel in ("sms", "either") and known.phone:
                found[id] = Address(phone=known.phone, blind=vault.blind("phone", known.phone))
    return found


def spreads(keys: Iterable[tuple[str, ...]], by: list[str], at: datetime) -> Mapping[tuple[str, ...], float]:
    """The standard deviation of the past year's ratings per stratum, where at least five were given, else of all."""
    known = [name for name in by if name in ("unit", "product", "channel")]
    rows = Answer.objects.filter(answered_at__gt=at - timedelta(days=365)).order_by()
    scores: dict[tuple[str, ...], list[int]] = {}
    everything: list[int] = []
    for score, *place in rows.values_list("score", *known).iterator(_CHUNK):
        scores.setdefault(tuple(str(part or "") for part in place), []).append(score)
        everything.append(score)
    whole = pstdev(everything) if len(everything) >= 5 else 1.0
    found = {}
    for key in keys:
        part = tuple(code for name, code in zip(by, key, strict=True) if name in known)
        given = scores.get(part, [])
        found[key] = pstdev(given) if len(given) >= 5 else whole
    return found


def _parts(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    rows = list(ids)
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]
