"""Recorded decisions about figures."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.measure.indicators.facts import FiguresPublished, LimitsRebased
from huiyin.measure.indicators.models import Published, Rebase
from huiyin.measure.indicators.queries import breakdown, catalogue, indicator, period_of, reading, span

# Published figures are complete: they are computed as nobody in particular, who is recused from nothing.
COMPLETE = machine("publish")


class AlreadyRebased(Refusal):
    status = 409
    message = _("The limits already begin anew on that day.")


class NeedsAReason(Refusal):
    status = 422
    message = _("Say why the limits begin anew: what was changed on purpose?")


class MonthNotOver(Refusal):
    status = 422
    message = _("Only a month that is over, and wholly copied, can be published.")


@transaction.atomic
def rebase(*, code: str, from_day: date, reason: str, by: Actor, at: datetime) -> Rebase:
    """Draw the limits anew from a day on. Earlier points keep the limits they were judged by."""
    definition = indicator(code)
    if not reason.strip():
        raise NeedsAReason()
    made, new = Rebase.objects.get_or_create(
        indicator=definition.code, from_day=from_day, defaults={"reason": reason.strip()[:200], "by": by.ref, "at": at}
    )
    if not new:
        raise AlreadyRebased()
    fact = LimitsRebased(indicator=definition.code, from_date=from_day)
    record(fact=fact, stream=f"indicator:{definition.code}", by=by, at=at)
    return made


@transaction.atomic
def publish(*, month: date, by: Actor, at: datetime) -> int:
    """Freeze every indicator's figure of a month, for the institution and each unit below it. Again changes nothing."""
    period = period_of(month, "month")
    known = span()
    if known.as_of_day is None or period.until > known.as_of_day:
        raise MonthNotOver()
    made = 0
    days: dict[str, Any] = {"from_day": period.start, "until_day": period.until}
    for definition in catalogue():
        if Published.objects.filter(indicator=definition.code, version=definition.version, month=period.start).exists():
            continue
        found = {"": reading(code=definition.code, actor=COMPLETE, at=at, **days).point}
        shares = breakdown(code=definition.code, actor=COMPLETE, at=at, by="unit", **days)
        found |= {share.key: share.point for share in shares}
        Published.objects.bulk_create(
            Published(
                indicator=definition.code, version=definition.version, month=period.start, unit_path=path,
                num=point.num, den=point.den, value=None if point.value is None else round(point.value, 6),
                state=point.state, at=at,
            )
            for path, point in found.items()
        )  # fmt: skip
        whole = found[""]
        fact = FiguresPublished(
            indicator=definition.code, version=definition.version, month=period.start, num=whole.num, den=whole.den
        )
        record(fact=fact, stream=f"indicator:{definition.code}", by=by, at=at)
        made += 1
    return made
