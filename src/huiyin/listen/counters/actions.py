"""Make and replace codes, take a rating, and say what was done about a low one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import actions as ledger
from huiyin.listen.counters import rules
from huiyin.listen.counters.facts import SpotOpened, SpotRated, SpotRatingSettled, SpotRenewed
from huiyin.listen.counters.models import Press, Spot, Turned
from huiyin.listen.counters.queries import TABLE, counted, fresh_token_hash, visible_to
from huiyin.listen.surveys import actions as surveys
from huiyin.listen.surveys import queries as surveyed
from huiyin.listen.voices import actions as voices
from huiyin.platform.vault import actions as vault


class AlreadyThere(Refusal):
    message = _("This place has a code already.")


class NoSuchPlace(Refusal):
    status = 404
    message = _("There is no such place, or its code was replaced.")


class RatedEnough(Refusal):
    status = 429
    message = _("You have rated this branch several times today. Thank you; please tell us more another day.")


class TooManyRatings(Refusal):
    status = 429
    message = _("Many ratings came in here within the hour. Please try again later, or tell us on the complaint page.")


def open_spot(*, unit: UUID, label: str, by: Actor, at: datetime) -> Spot:
    """A code for an outlet, or for one counter of it."""
    must(by, "counter.manage", units.Place(units.path_of(unit, localdate(at))))
    id = new_id()
    try:
        with transaction.atomic():
            made = Spot.objects.create(id=id, unit_id=unit, label=label, token_hash=fresh_token_hash(id, 1), made_at=at)
            ledger.record(fact=SpotOpened(spot=id, unit=unit), stream=f"spot:{id}", by=by, at=at)
    except IntegrityError as there:
        raise AlreadyThere from there
    return made


def renew_spot(*, spot: UUID, is_open: bool, by: Actor, at: datetime) -> Spot:
    """Make every printed code of a place worthless at once; a place that stays open gets another code."""
    with transaction.atomic():
        row = _locked(spot)
        must(by, "counter.manage", units.Place(units.path_of(row.unit_id, localdate(at))))
        row.version += 1
        row.token_hash, row.is_open = fresh_token_hash(spot, row.version), is_open
        row.save(update_fields=["version", "token_hash", "is_open"])
        fact = SpotRenewed(spot=spot, version=row.version, on=is_open)
        ledger.record(fact=fact, stream=f"spot:{spot}", by=by, at=at)
    return row


def rate(
    *, id: UUID, spot: UUID, score: object, reasons: Sequence[str], by: Actor, at: datetime, text: str = "",
    name: str = "", phone: str = "", device: str = "", tablet: bool = False, language: str = "zh-hans",
) -> Press:  # fmt: skip
    """One rating, once per `id` however often it is sent. A low one with a telephone number is heard as a matter of
    its own (kind low_score), all in one transaction.
    """
    with transaction.atomic():
        row = _locked(spot)
        before = Press.objects.filter(pk=id).first()
        if before is not None:
            return before
        if not row.is_open:
            raise NoSuchPlace
        why = rules.over_limit(*counted(device, row, at), tablet=tablet)
        if not why:
            return _pressed(id, row, score, reasons, text, name, phone, device, tablet, language, by, at)
        away, _made = Turned.objects.get_or_create(spot=row, day=localdate(at))
        Turned.objects.filter(pk=away.pk).update(count=F("count") + 1)
    raise RatedEnough if why == "device" else TooManyRatings


def settle(*, press: UUID, what: str, by: Actor, at: datetime) -> None:
    """Whoever answers for the outlet did something about a low rating."""
    if what not in rules.SETTLEMENT:
        raise NoSuchPlace
    with transaction.atomic():
        row = Press.objects.select_for_update().filter(pk=press, score__lte=surveyed.LOW).first()
        if row is None or not visible_to(by, at).filter(pk=row.spot_id).exists():
            raise NoSuchPlace
        row.settled, row.settled_by_id = what, by.staff
        row.save(update_fields=["settled", "settled_by"])
        fact = SpotRatingSettled(spot=row.spot_id, answer=press, what=what)
        ledger.record(fact=fact, stream=f"spot:{row.spot_id}", by=by, at=at)


def _pressed(
    id: UUID, spot: Spot, score: object, reasons: Sequence[str], text: str, name: str, phone: str, device: str,
    tablet: bool, language: str, by: Actor, at: datetime,
) -> Press:  # fmt: skip
    rating = surveys.Rating(id=id, score=score, at=at, kind="counter", channel="counter", unit=spot.unit_id)  # type: ignore[arg-type]
    surveys.answer_many(ratings=[rating], by=by, recorded_at=at)
    number = int(str(score))
    called = number <= surveyed.LOW and bool(phone)
    codes = tuple(label.code for label in rules.reasons_for(number) if label.code in reasons)
    made = Press.objects.create(
        id=id, spot=spot, unit_id=spot.unit_id, score=number, reasons=",".join(codes), device=device, tablet=tablet,
        has_words=bool(text), called=called, at=at,
    )  # fmt: skip
    if text:
        vault.keep(subject=id, table=TABLE, row=id, values={"text": text})
    fact = SpotRated(
        spot=spot.pk, unit=spot.unit_id, answer=id, score=number, reasons=codes, called=called, tablet=tablet
    )
    ledger.record(fact=fact, stream=f"spot:{spot.pk}", by=by, at=at)
    if called:
        said = [text, "；".join(rules.REASON[code].word(language) for code in codes), spot.label]
        words = voices.Words(text="\n".join(filter(None, said)), name=name, phone=phone)
        item = voices.Heard(
            id=id, kind="low_score", channel="counter", received_at=at, language=language, words=words,
            unit=spot.unit_id,
        )  # fmt: skip
        voices.hear(item=item, by=by, at=at)
    return made


def _locked(spot: UUID) -> Spot:
    row = Spot.objects.select_for_update().filter(pk=spot).first()
    if row is None:
        raise NoSuchPlace
    return row
