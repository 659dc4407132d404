"""Plans, and the samples that are drawn by them."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import get_default_timezone, localdate

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.bank.units import queries as units
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.measure.reviews import queries
from huiyin.measure.reviews.actions.ground import Gone, Refused, after_days, assign, least_loaded, tell
from huiyin.measure.reviews.facts import QualityDrawn
from huiyin.measure.reviews.models import Draw, Plan, Sample
from huiyin.measure.reviews.rules import periods, sampling, words
from huiyin.measure.reviews.rules.sources import Found
from huiyin.protect.access import queries as access

FIELDS = ("minimum", "capacity", "double", "margin", "days", "high_redress", "new_days", "active")


@transaction.atomic
def make_plan(*, code: str, sort: str, scorecard: str, unit: UUID, period: str, quotas: dict[str, tuple[int, int]],
              by: Actor, at: datetime, **settings: Any) -> Plan:  # fmt: skip
    """A new plan. `quotas`: stratum -> (percent, at least). `settings`: see FIELDS."""
    permit.must(by, "quality.plan", units.Place(units.path_of(unit, localdate(at))))
    _check(sort, scorecard, period, quotas)
    try:
        with transaction.atomic():
            return Plan.objects.create(
                code=code, sort=sort, scorecard=scorecard, unit_id=unit, period=period, quotas=_kept(quotas),
                changed_by=by.ref, changed_at=at, **_known(settings),
            )  # fmt: skip
    except IntegrityError as taken:
        raise Refused("in_use") from taken


@transaction.atomic
def change_plan(
    *, code: str, version: int, quotas: dict[str, tuple[int, int]], by: Actor, at: datetime, **settings: Any
) -> Plan:
    """From the next draw on. `version`: the one that was on the screen."""
    row = Plan.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise Gone
    permit.must(by, "quality.plan", units.Place(units.path_of(row.unit_id, localdate(at))))
    if row.version != version:
        raise Refused("changed")
    _check(row.sort, row.scorecard, row.period, quotas)
    for name, value in {**_known(settings), "quotas": _kept(quotas), "version": version + 1}.items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = by.ref, at
    row.save()
    return row


def _check(sort: str, scorecard: str, period: str, quotas: dict[str, tuple[int, int]]) -> None:
    card = standards.scorecard(scorecard)
    known = sort in words.SORTS and period in words.PERIODS and set(quotas) <= {*words.RISKS, "base"}
    if not known or any(not (0 <= rate <= 100 and 0 <= least <= 10_000) for rate, least in quotas.values()):
        raise Refused("unknown")
    if card is None or sort not in card.kinds:
        raise Refused("no_scorecard")


def _kept(quotas: dict[str, tuple[int, int]]) -> dict[str, list[int]]:
    return {stratum: [rate, least] for stratum, (rate, least) in sorted(quotas.items()) if rate or least}


def _known(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name in FIELDS}


def draw_due(*, by: Actor, at: datetime) -> int:
    """The tick: draw every plan whose period is over and has not been drawn. Returns how many were."""
    done = 0
    for row in Plan.objects.filter(active=True):
        since, until = periods.last_whole(row.period, localdate(at))
        stood = row.version > 1 or row.changed_at < _midnight(until)  # a new plan begins with its first whole period
        if stood and not Draw.objects.filter(plan=row, from_date=since).exists():
            try:
                draw(plan=row.code, by=by, at=at)
                done += 1
            except Refused:  # drawn by hand in this moment, or nothing to draw
                continue
    return done


@transaction.atomic
def draw(*, plan: str, by: Actor, at: datetime, seed: str = "") -> Draw:
    """Draw the last period that is over. The same period is drawn once; seed and frame are on record.

    `seed`: for generated institutions and replays only; otherwise it is chance.
    """
    row = Plan.objects.select_for_update().filter(code=plan).first()
    if row is None:
        raise Gone
    path = units.path_of(row.unit_id, localdate(at))
    if by.kind != "machine":
        permit.must(by, "quality.plan", units.Place(path))
    since, until = periods.last_whole(row.period, localdate(at))
    if Draw.objects.filter(plan=row, from_date=since).exists():
        raise Refused("drawn_already")
    card = standards.scorecard(row.scorecard)
    if card is None:
        raise Refused("no_scorecard")
    found = _frame(row, path, since, until)
    if not found:
        raise Refused("nothing_to_draw")
    frame = [sampling.Candidate(one.subject, one.person, one.strata) for one in found.values()]
    pool = next((group for role in queries.JUDGES if (group := access.holders(role, at, path))), [])
    most = row.capacity * len(pool) if row.capacity else None
    settings = {"quotas": row.quotas, "minimum": row.minimum, "double": row.double, "most": most}
    seed = seed or secrets.token_hex(16)
    chosen = sampling.draw(
        frame, {name: sampling.Quota(*quota) for name, quota in row.quotas.items()}, minimum=row.minimum,
        double=row.double, most=most, seed=seed,
    )  # fmt: skip
    made = Draw.objects.create(
        plan=row, plan_version=row.version, settings=settings, from_date=since, until_date=until, seed=seed,
        frame=[[str(one.subject), str(one.person), sorted(one.strata)] for one in frame],
        frame_sha256=sampling.fingerprint(frame), chosen=len(chosen.chosen), left_out=chosen.left_out, drawn_by=by.ref,
        drawn_at=at,
    )  # fmt: skip
    fact = QualityDrawn(
        draw=made.pk, plan=row.code, plan_version=row.version, sort=row.sort, from_date=since, until_date=until, seed=seed,
        frame=made.frame_sha256, population=len(frame), chosen=made.chosen, left_out=made.left_out,
    )  # fmt: skip
    record(fact=fact, stream=f"draw:{made.pk}", by=by, at=at)
    _give_out(row, made, [(found[one.subject], one) for one in chosen.chosen], card, by, at)
    return made


def _frame(row: Plan, path: str, since: date, until: date) -> dict[UUID, Found]:
    """All that could be drawn: done in the period by somebody of the plan's units, and not reviewed by this card yet."""
    source = queries.source(row.sort)
    happened = source.found(_midnight(since), _midnight(until), path, row.high_redress)
    done = set(
        Sample.objects.filter(sort=row.sort, scorecard=row.scorecard, calibration=False).values_list(
            "subject", flat=True
        )
    )
    people = staff.people(one.person for one in happened)
    fresh = {id for id, one in people.items() if (until - one.active_from) < timedelta(days=row.new_days)}
    fresh |= staff.posted_since(people, until - timedelta(days=row.new_days))
    return {
        one.subject: Found(
            one.subject, one.number, one.person, one.happened_at,
            one.strata | ({"new_staff"} if one.person in fresh else frozenset()),
        )
        for one in happened
        if one.subject not in done and one.person in people
    }  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=get_default_timezone())


def _give_out(
    plan: Plan,
    made: Draw,
    chosen: list[tuple[Found, sampling.Drawn]],
    card: standards.Scorecard,
    by: Actor,
    at: datetime,
) -> None:
    """A form for each, and a second one for those who get it; the load is spread evenly."""
    due_at = after_days(plan.days, at)
    people = staff.people(found.person for found, _one in chosen)
    where = units.paths(localdate(at))
    load: dict[UUID, int] = {}
    for found, one in chosen:
        person = people[found.person]
        row = Sample.objects.create(
            draw=made, sort=plan.sort, subject=found.subject, number=found.number, person=person, unit_id=person.unit_id,
            unit_path=where.get(person.unit_id, ""), happened_at=found.happened_at, reasons=" ".join(one.reasons),
            scorecard=card.code, scorecard_version=card.version, double=one.double, margin=plan.margin, days=plan.days,
            due_at=due_at, drawn_at=at,
        )  # fmt: skip
        groups = queries.fit(plan.sort, found.subject, found.person, row.unit_path, at, set())
        first = least_loaded(groups, load)
        assign(row, "first", first, by, at)
        if first is not None:
            load[first] = load.get(first, 0) + 1
        if one.double:
            others = [[who for who in group if who != first] for group in groups]
            second = least_loaded([group for group in others if group], load)
            assign(row, "second", second, by, at)
            if second is not None:
                load[second] = load.get(second, 0) + 1
    _announce(made, load, by, at)


def _announce(made: Draw, load: dict[UUID, int], by: Actor, at: datetime) -> None:
    """One line for each reviewer, however many forms."""
    row = Sample.objects.filter(draw=made).first()
    if row is not None:
        for person, n in load.items():
            tell(
                row, [person], f"quality-drawn:{made.pk}", f"新的质检任务 {n} 件", f"{n} new reviews to give", by, at,
                "/desk/reviews/todo/",
            )  # fmt: skip
