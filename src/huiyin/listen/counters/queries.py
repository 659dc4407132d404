"""Reads of ratings at the counter: the place behind a code, and what an outlet's customers say."""

import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import segno
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.timezone import localdate

from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.kernel.secret import derived, secret_hash, sent
from huiyin.listen.counters import rules
from huiyin.listen.counters.models import Press, Spot, Turned
from huiyin.listen.voices import queries as voices
from huiyin.platform.vault import queries as vault

TABLE = "counters_press"
PURPOSE = b"huiyin.spot"
PERIOD = timedelta(days=28)


def by_token(token: str) -> Spot | None:
    """The open place of a code, looked up by hash; a code that was replaced opens nothing."""
    return Spot.objects.filter(token_hash=secret_hash(token), is_open=True).select_related("unit").first()


def token(spot: Spot) -> str:
    """The code's secret, over the place and the number of the code."""
    of = _signed(spot.pk, spot.version)
    return sent(PURPOSE, of, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, lambda: spot.token_hash)


def fresh_token_hash(spot: UUID, version: int) -> str:
    return secret_hash(derived(PURPOSE, _signed(spot, version), settings.SECRET_KEY))


def _signed(spot: UUID, version: int) -> bytes:
    return spot.bytes + str(version).encode()


def address(spot: Spot) -> str:
    return f"{settings.HUIYIN_BASE_URL.rstrip('/')}/rate-us/{token(spot)}/"


def qr(spot: Spot) -> str:
    """The code as inline SVG: the address and nothing else."""
    drawn = io.BytesIO()
    code = segno.make(address(spot), error="m")
    code.save(drawn, kind="svg", scale=8, border=4, xmldecl=False, svgns=True, omitsize=True, light="#fff")
    return drawn.getvalue().decode().replace("<svg", '<svg role="img" aria-hidden="true" focusable="false"', 1)


def visible_to(actor: Actor, at: datetime) -> QuerySet[Spot]:
    """The places of the units whose ratings this actor may read."""
    return Spot.objects.filter(unit__in=_units(actor, "counter.read", at)).select_related("unit")


def managed_by(actor: Actor, at: datetime) -> QuerySet[Spot]:
    return Spot.objects.filter(unit__in=_units(actor, "counter.manage", at)).select_related("unit")


def places(actor: Actor, at: datetime) -> list[units.UnitView]:
    """The outlets for which this actor may make codes."""
    allowed = permit.paths(actor, "counter.manage")
    return [
        unit
        for unit in units.all_units(localdate(at))
        if unit.kind in ("outlet", "branch") and allowed and unit.path.startswith(allowed)
    ]


def counted(device: str, spot: Spot, at: datetime) -> tuple[int, int]:
    """Ratings of this browser for the outlet since midnight, and of this code in the last hour."""
    midnight = datetime.combine(localdate(at), datetime.min.time(), tzinfo=at.tzinfo)
    midnight = max(midnight, at - timedelta(days=1))
    mine = Press.objects.filter(device=device, unit=spot.unit_id, at__gte=midnight).count() if device else 0
    return mine, Press.objects.filter(spot=spot, at__gt=at - timedelta(hours=1)).count()


@dataclass(frozen=True)
class Result:
    """What customers of one outlet (or one place of it) pressed in the last four weeks, and the four before."""

    unit: object
    label: str
    now: rules.Share
    before: rules.Share
    trend: str
    turned: int


def results(actor: Actor, at: datetime) -> list[Result]:
    """Each outlet and each of its places the actor may read."""
    spots = list(visible_to(actor, at))
    found: list[Result] = []
    for unit in dict.fromkeys(spot.unit for spot in spots):
        here = [spot for spot in spots if spot.unit_id == unit.pk]
        found.append(_result(unit, "", Q(unit=unit.pk), [spot.pk for spot in here], at))
        if len(here) > 1:
            found += [_result(unit, spot.label, Q(spot=spot.pk), [spot.pk], at) for spot in here if spot.label]
    return found


def _result(unit: object, label: str, which: Q, spots: list[UUID], at: datetime) -> Result:
    now, before = _share(which, at - PERIOD, at), _share(which, at - 2 * PERIOD, at - PERIOD)
    away = Turned.objects.filter(spot__in=spots, day__gt=localdate(at - PERIOD)).aggregate(n=Sum("count"))["n"]
    return Result(unit, label, now, before, rules.trend(before, now), away or 0)


def _share(which: Q, since: datetime, until: datetime) -> rules.Share:
    rows = Press.objects.filter(which, at__gt=since, at__lte=until)
    told = rows.aggregate(n=Count("id"), hits=Count("id", filter=Q(score__gte=4)))
    return rules.share(told["hits"], told["n"])


def weeks(actor: Actor, at: datetime) -> list[tuple[datetime, rules.Share]]:
    """The share over everything the actor may read, week by week, the oldest of eight first."""
    which = Q(unit__in=_units(actor, "counter.read", at))
    ends = [at - timedelta(weeks=n) for n in range(7, -1, -1)]
    return [(end - timedelta(weeks=1), _share(which, end - timedelta(weeks=1), end)) for end in ends]


def reasons(actor: Actor, at: datetime) -> list[tuple[Label, int]]:
    """What was named most often in the last four weeks."""
    rows = Press.objects.filter(unit__in=_units(actor, "counter.read", at), at__gt=at - PERIOD).exclude(reasons="")
    tally = Counter(code for said in rows.values_list("reasons", flat=True) for code in said.split(","))
    return [(rules.REASON[code], n) for code, n in tally.most_common() if code in rules.REASON]


@dataclass(frozen=True)
class Low:
    """A low rating to do something about. `number` is the case's, if a call was asked for: its words stand there. `words`
    is the address where this reader may see what was written, for a reason that goes on record; "" if nothing was."""

    press: Press
    reasons: list[Label]
    words: str
    number: str


def low(actor: Actor, at: datetime) -> list[Low]:
    """Low ratings of the last four weeks, those nobody has dealt with first. The telephone is not shown here: whoever
    handles the case sees it there."""
    which = Q(unit__in=_units(actor, "counter.read", at), score__lte=2, at__gt=at - PERIOD)
    rows = list(Press.objects.filter(which).select_related("spot", "unit").order_by("settled", "-at", "-id")[:100])
    heard = voices.voices([row.pk for row in rows if row.called])
    return [
        Low(
            row, [rules.REASON[code] for code in row.reasons.split(",") if code in rules.REASON],
            vault.unmask_link(row.pk, row.pk, actor) if row.has_words and not row.called else "", heard[row.pk].number if row.pk in heard else "",
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """`called`: ratings that asked for a call, `heard`: those of which there is a voice."""

    ratings: int
    called: int
    heard: int
    turned: int


def tally(since: datetime) -> Tally:
    """Everything pressed since an instant, whole bank."""
    rows = Press.objects.filter(at__gte=since).order_by()
    called = rows.filter(called=True)
    heard = called.filter(Exists(voices.voice_rows().filter(id=OuterRef("id"))))
    away = Turned.objects.filter(day__gte=localdate(since)).aggregate(n=Sum("count"))["n"]
    return Tally(rows.count(), called.count(), heard.count(), away or 0)


def _units(actor: Actor, action: str, at: datetime) -> list[UUID]:
    today = localdate(at)
    return sorted({unit for path in permit.paths(actor, action) for unit in units.under(path, today)})
