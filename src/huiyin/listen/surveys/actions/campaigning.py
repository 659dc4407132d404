"""Ask people by a plan: whom, drawn how, sent when; each step on record, none of it chosen by staff."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.customers.profiles import actions as profiles
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.kernel.secret import secret_hash
from huiyin.ledger.actions import record
from huiyin.listen.surveys import tasks
from huiyin.listen.surveys.actions.building import NotYours
from huiyin.listen.surveys.facts import SurveyDrawn, SurveyStepped
from huiyin.listen.surveys.models import Campaign, Contact, Edition, Invitation, Stratum
from huiyin.listen.surveys.queries import desk, frames, rating
from huiyin.listen.surveys.rules import sampling
from huiyin.listen.surveys.rules.states import after
from huiyin.platform.imports import actions as imports
from huiyin.platform.imports import queries as sheets
from huiyin.platform.imports.actions import NEW, UNCHANGED, Fault, Outcome
from huiyin.platform.messages import queries as messages
from huiyin.platform.tables import actions as tables

CONTACTS = Path(__file__).parents[1] / "mappings" / "contacts.toml"
SEEDS = 2**52


class NotNow(Refusal):
    message = _("This step is not possible now. Somebody may have taken it already.")


class NoGateway(Refusal):
    message = _(
        "The bank has not set up this channel. Ask the administrator for a mail server or a text-message gateway."
    )


class NobodyToAsk(Refusal):
    status = 422
    message = _("The plan finds nobody to ask. Look at the period, the list and the channel.")


class TooManyStrata(Refusal):
    status = 422
    message = _("The plan has more than 2,000 strata. Divide the frame by less.")


class NotPublished(Refusal):
    message = _("Publish the survey first.")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A sampling plan. Shares are fractions (0.05 is ±5 points); days are whole and inclusive."""

    edition: UUID
    unit: UUID
    title: str
    frame: str
    from_day: date | None
    until_day: date | None
    strata: tuple[str, ...]
    margin: Decimal
    confidence: int
    allocation: str
    expected_rate: Decimal
    channel: str
    rest_days: int
    remind_after_days: int | None
    ends_at: datetime


def plan(*, planned: Planned, by: Actor, at: datetime) -> Campaign:
    must(by, "survey.manage", desk.sight(planned.unit, localdate(at)))
    edition = Edition.objects.filter(pk=planned.edition).exclude(published_at=None).select_related("survey").first()
    if edition is None or not desk.visible_to(by, localdate(at)).filter(pk=edition.survey_id).exists():
        raise NotPublished
    values = {name: value for name, value in vars(planned).items() if name not in ("edition", "unit", "strata")}
    return Campaign.objects.create(
        edition=edition, unit_id=planned.unit, strata=list(planned.strata), made_at=at, **values
    )


def list_contacts(
    *, campaign: UUID, source: BinaryIO | Path, name: str, by: Actor, at: datetime, limits: sheets.Limits
) -> imports.Report:
    """Take a list row by row: bad rows are reported, the same person twice is listed once."""
    row = _managed(campaign, by, at)
    if row.state != "planned" or row.frame != "list":
        raise NotNow
    return imports.run(
        mapping=sheets.mapping(CONTACTS), source=source, sink=partial(_take, row.pk), by=by, at=at, limits=limits,
        name=name,
    )  # fmt: skip


def _take(campaign: UUID, rows: Sequence[Any], *, by: Actor, at: datetime) -> list[Outcome]:
    places = units.by_codes(row.values["unit"] for row in rows if row.values.get("unit"))
    outcomes: list[Outcome] = []
    good = []
    for row in rows:
        unit = row.values.get("unit")
        if not row.values.get("phone") and not row.values.get("email"):
            outcomes.append(Fault("", "no_key"))
        elif unit and unit not in places:
            outcomes.append(Fault("", "unknown_unit", {"code": unit}))
        else:
            outcomes.append(NEW)
            good.append((len(outcomes) - 1, row.values))
    people = [profiles.Person(name=v.get("name") or "", phone=v.get("phone") or "", email=v.get("email") or "") for _i, v in good]  # fmt: skip
    met = profiles.meet_many(people=people, by=by, at=at) if people else []
    listed = set(Contact.objects.filter(campaign=campaign, customer__in=met).values_list("customer", flat=True))
    for (place, v), customer in zip(good, met, strict=True):
        if customer in listed:
            outcomes[place] = UNCHANGED
            continue
        listed.add(customer)
        Contact.objects.create(
            campaign_id=campaign, customer_id=customer, unit_id=places[v["unit"]].pk if v.get("unit") else None,
            product=v.get("product") or "", segment=v.get("segment") or "", language=v.get("language") or "zh-hans",
        )  # fmt: skip
    return outcomes


def draw(*, campaign: UUID, by: Actor, at: datetime, seed: int | None = None) -> Campaign:
    """Count the frame, leave out who may not be asked, and draw each stratum by a seed that goes on record.

    Once only: a sample that does not please cannot be drawn again, only cancelled, and that stays visible.
    """
    row = _managed(campaign, by, at)
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    with transaction.atomic():
        row = Campaign.objects.select_for_update().select_related("edition").get(pk=campaign)
        if row.state != "planned":
            raise NotNow
        people = frames.frame_of(row)
        made = _strata(row, people, at)
        ids = [person.customer for person in people]
        known = frames.reach(row, ids, at)
        left_out: dict[str, int] = {}
        invitations: list[Invitation] = []
        for stratum, members in made:
            free = {}
            for person in members:
                why = known.why_not[person.customer]
                if why:
                    stratum.left_out[why] = stratum.left_out.get(why, 0) + 1
                    left_out[why] = left_out.get(why, 0) + 1
                else:
                    free[person.customer] = person
            wanted = sampling.planned(stratum.frame, stratum.quota, float(row.expected_rate)).invited
            name = "|".join(stratum.key)
            chosen = sampling.drawn(free, wanted, seed, name)
            invitations += [_invitation(row, stratum, free[id], known.places[id].blind, at) for id in chosen]
        if not invitations:
            raise NobodyToAsk
        tables.insert([stratum for stratum, _members in made])
        tables.insert(invitations)
        row.seed, row.drawn_at, row.state = seed, at, "drawn"
        row.save(update_fields=["seed", "drawn_at", "state"])
        fact = SurveyDrawn(
            campaign=row.pk, edition=row.edition_id, seed=seed, frame=len(people), strata=len(made),
            quota=sum(stratum.quota for stratum, _m in made), drawn=len(invitations),
            opted_out=left_out.get("opted_out", 0), fatigue=left_out.get("fatigue", 0),
            no_address=left_out.get("no_address", 0), frame_sha256=sampling.digest(ids),
            sha256=sampling.digest(one.customer_id for one in invitations if one.customer_id),
        )  # fmt: skip
        record(fact=fact, stream=f"campaign:{row.pk}", by=by, at=at)
    return row


def _strata(row: Campaign, people: Sequence[frames.Person], at: datetime) -> list[tuple[Stratum, list[frames.Person]]]:
    parts: dict[tuple[str, ...], list[frames.Person]] = {}
    for person in people:
        parts.setdefault(person.stratum(row.strata), []).append(person)
    if len(parts) > 2000:
        raise TooManyStrata
    keys = sorted(parts)
    spreads = frames.spreads(keys, row.strata, at) if row.allocation == "neyman" else {}
    quotas = sampling.share_out(
        [len(parts[key]) for key in keys], margin=float(row.margin), confidence=row.confidence, how=row.allocation,
        spreads=[spreads[key] for key in keys] if spreads else (),
    )  # fmt: skip
    return [
        (
            Stratum(
                id=new_id(), campaign=row, key=list(key), place=place, frame=len(parts[key]), quota=quota, left_out={}
            ),
            parts[key],
        )
        for place, (key, quota) in enumerate(zip(keys, quotas, strict=True))
    ]


def _invitation(row: Campaign, stratum: Stratum, person: frames.Person, target: str, at: datetime) -> Invitation:
    id = new_id()
    return Invitation(
        id=id, secret_hash=secret_hash(rating.secret(id)), kind="campaign", language=person.language,
        channel=row.channel, unit_id=person.unit, product=person.product, invited_at=at, open_until=row.ends_at,
        campaign=row, stratum=stratum, customer_id=person.customer, passage="waiting",
        target=target,
    )  # fmt: skip


def step(*, campaign: UUID, step: str, by: Actor, at: datetime) -> Campaign:
    """start | pause | resume | cancel | end. What has not left when it is cancelled or ended never will."""
    row = _managed(campaign, by, at)
    if step in ("start", "resume"):
        open_ways = {"smtp": "email", "sms": "sms"}
        ways = {open_ways[way] for way in messages.gateways() if way in open_ways}
        if not (ways if row.channel == "either" else row.channel in ways):
            raise NoGateway
    with transaction.atomic():
        row = Campaign.objects.select_for_update().get(pk=campaign)
        state = after(step, row.state)
        if not state or (state == "sending" and at >= row.ends_at):
            raise NotNow
        _to(row, step, state, by, at)
        if state == "sending":
            row.started_at = row.started_at or at
            row.touched_at = at
            row.save(update_fields=["started_at", "touched_at"])
            tasks.carry_on.enqueue(str(row.pk))
    return row


def pump(*, by: Actor, at: datetime) -> int:
    """Start again what a dead worker left, remind whom it is time to remind, end what is over. Called by the tick."""
    count = 0
    for row in Campaign.objects.filter(state__in=("open", "sending", "paused"), ends_at__lte=at).order_by("id"):
        with transaction.atomic():
            locked = Campaign.objects.select_for_update().get(pk=row.pk)
            state = after("end", locked.state)
            if state:
                _to(locked, "end", state, by, at)
                count += 1
    quiet = Q(touched_at=None) | Q(touched_at__lte=at - timedelta(seconds=60))
    left = Campaign.objects.filter(quiet, state="sending")
    since = at - timedelta(hours=1)
    remind = Campaign.objects.filter(state="open", remind_after_days__isnull=False).filter(
        Q(touched_at=None) | Q(touched_at__lte=since)
    )
    for id in [*left.values_list("pk", flat=True), *remind.values_list("pk", flat=True)]:
        tasks.carry_on.enqueue(str(id))
        count += 1
    return count


def send_now(*, campaign: UUID, by: Actor, at: datetime) -> int:
    """Do here what the worker's job does: for bulk paths, where no worker runs. How many batches were sent."""
    _managed(campaign, by, at)
    return tasks.send_waiting(campaign, at)


def arrived(*, invitation: UUID, by: Actor, at: datetime) -> None:
    """The gateway took it: from now on the response rate counts it."""
    Invitation.objects.filter(pk=invitation, delivered_at=None).update(delivered_at=at)


def lost(*, invitation: UUID, by: Actor, at: datetime) -> None:
    """No way was left to deliver it. Its link would still work, should it have arrived after all."""
    rows = Invitation.objects.filter(pk=invitation, passage="sent", delivered_at=None)
    rows.update(passage="failed", why="undelivered")


def _to(row: Campaign, step: str, state: str, by: Actor, at: datetime) -> None:
    row.state = state
    row.save(update_fields=["state"])
    if state in ("cancelled", "ended"):
        Invitation.objects.filter(campaign=row, passage="waiting").update(passage="withdrawn")
        Invitation.objects.filter(campaign=row, open_until__gt=at).update(open_until=at)
    record(fact=SurveyStepped(campaign=row.pk, step=step), stream=f"campaign:{row.pk}", by=by, at=at)


def _managed(campaign: UUID, by: Actor, at: datetime) -> Campaign:
    row = Campaign.objects.filter(pk=campaign).first()
    if row is None:
        raise NotYours
    must(by, "survey.manage", desk.sight(row.unit_id, localdate(at)))
    return row
