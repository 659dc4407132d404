"""Raise alerts, and end them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.measure.alerts import queries
from huiyin.measure.alerts.facts import AlertRaised, AlertSettled
from huiyin.measure.alerts.models import Alert, Look, Settlement
from huiyin.measure.alerts.queries import Found
from huiyin.measure.alerts.rules import words
from huiyin.measure.alerts.rules.families import term
from huiyin.measure.history import queries as history
from huiyin.platform.messages import actions as messages
from huiyin.protect.access import actions as access
from huiyin.protect.access import queries as grants

BACK = timedelta(days=56)  # the first look goes back this far; later ones overlap, so that late entries count
FRESH = timedelta(days=62)  # a finding older than this is history, not an alert
MUCH = 2000  # new entries after which the day is looked at again (an import)


class NotAllowed(Refusal):
    status = 403
    message = _("You may not do this with the alert.")


class Settled(Refusal):
    message = _("This alert has already been settled.")


class ReasonNeeded(Refusal):
    status = 400
    message = _("Say why the alert is dismissed.")


class OwnUnit(Refusal):
    status = 403
    message = _("Nobody dismisses an alert about their own unit, or one they own. Ask a colleague elsewhere.")


class SamePerson(Refusal):
    status = 403
    message = _("A serious alert is dismissed by two people.")


class NotThere(Refusal):
    status = 404
    message = _("There is no such alert.")


def look(*, by: Actor, at: datetime, force: bool = False) -> int:
    """Run the detectors over what is new and raise each episode once. Returns how many were raised.

    Called by the tick: once a day, and again when much has been added to the columns, unless `force`.
    """
    today = timezone.localtime(at).date()
    cursor = history.freshness().cursor
    last = Look.objects.order_by("-at", "-id").first()
    if not force and last is not None and last.day == today and cursor - last.cursor < MUCH:
        return 0
    since = today - BACK if last is None else min(last.day, today) - timedelta(days=21)
    raised = raise_many(found=list(queries.findings(since, today)), by=by, at=at)
    Look.objects.create(day=today, cursor=cursor, at=at, raised=len(raised))
    return len(raised)


def raise_many(*, found: Sequence[Found], by: Actor, at: datetime, whenever: bool = False) -> list[Alert]:
    """Raise what is news; what belongs to a known episode only moves its chart on.

    `whenever`: each alert is raised at the end of the week in which it could be known (bulk paths of the past).
    """
    today = timezone.localtime(at).date()
    raised = []
    for one in found:
        if not whenever and today - one.seen > FRESH:
            continue
        moment = min(at, _morning_after(one.seen)) if whenever else at
        with transaction.atomic():
            made = _raise(one, by, moment)
        if made:
            raised.append(made)
    return raised


def _morning_after(day: date) -> datetime:
    zone = timezone.get_default_timezone()
    return datetime(day.year, day.month, day.day, 6, tzinfo=zone) + timedelta(days=1)


def _raise(one: Found, by: Actor, at: datetime) -> Alert | None:
    same = list(
        Alert.objects.filter(indicator=one.indicator, family=one.family, cell_key=one.key, rule=one.rule).order_by(
            "since", "id"
        )
    )
    known = [words.Known(a.since, a.last_seen, a.state in words.LIVE) for a in same]
    if not words.is_news(one.since, one.seen, known):
        latest = same[-1]
        if latest.seen <= one.seen and (latest.last_seen < one.seen or not latest.series):
            latest.last_seen, latest.series = one.seen, list(one.series)
            latest.save(update_fields=["last_seen", "series"])
        return None
    unit = units.by_code(one.unit) if one.unit else units.head_office()
    path = units.path_of(unit.pk, timezone.localtime(at).date()) if unit else ""
    made = Alert.objects.create(
        id=new_id(),
        number=_number(at),
        rule=one.rule,
        indicator=one.indicator,
        family=one.family,
        cell=one.cell,
        cell_key=one.key,
        unit=unit,
        unit_path=path,
        since=one.since,
        seen=one.seen,
        weeks=one.weeks,
        observed=one.observed,
        expected=one.expected,
        upper=one.upper,
        p=one.p,
        explained_by=[asdict(part) for part in one.explained_by],
        series=list(one.series),
        last_seen=one.seen,
        gravity=words.gravity(one.rule, one.observed, one.expected, one.p),
        owner_id=_owner(path, at),
        raised_at=at,
    )
    record(
        fact=AlertRaised(
            alert=made.pk,
            indicator=made.indicator,
            rule=made.rule,
            cell=term(made.cell_key),
            since=made.since,
            observed=f"{made.observed:g}",
            expected=f"{made.expected:.6g}",
            p=f"{made.p:.3g}",
            unit=made.unit_id,
        ),
        stream=f"alert:{made.pk}",
        by=by,
        at=at,
    )
    if made.owner_id:
        messages.notify(
            staff=made.owner_id, kind="alert_raised", matter=made.pk, params={"number": made.number},
            link=f"/desk/alerts/{made.pk}/", by=by, at=at, key=f"alert:{made.pk}:raised",
        )  # fmt: skip
    return made


def _number(at: datetime) -> str:
    year = timezone.localtime(at).year
    last = (
        Alert.objects.filter(number__startswith=f"YJ{year}-")
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"YJ{year}-{int(last.split('-')[1]) + 1 if last else 1:05}"


def _owner(path: str, at: datetime) -> UUID | None:
    """The supervisor whose scope is nearest, else consumer protection, else whoever is on duty; stand-ins count."""
    for role in ("supervisor", "consumer_protection"):
        for person in grants.holders(role, at, path):
            here = staff.stand_in(person, at)
            if here:
                return here
    return staff.duty_desk(at)


def accept(*, alert: UUID, by: Actor, at: datetime) -> Alert:
    """Take the alert: from now on this person answers for it, and a rectification follows."""
    with transaction.atomic():
        row = _live(alert)
        _may(by, "alert.accept", row, at)
        row.owner_id = by.staff or row.owner_id
        return _settle(row, "accepted", by, at)


def merge(*, alert: UUID, into: UUID, by: Actor, at: datetime) -> Alert:
    """The same event seen twice: this one ends in the other."""
    with transaction.atomic():
        row = _live(alert)
        _may(by, "alert.accept", row, at)
        target = Alert.objects.filter(pk=into).first()
        if target is None or target.pk == row.pk or target.state == "merged":
            raise NotThere(_("Choose the alert that this one belongs to."))
        if not queries.visible_to(by, at).filter(pk=target.pk).exists():
            raise NotThere()
        return _settle(row, "merged", by, at, into=target)


def dismiss(*, alert: UUID, reason: str, text: str, by: Actor, at: datetime) -> Alert:
    """Say that nothing needs to be done, and why. From severity serious a second person has to agree."""
    if reason not in words.REASONS or not text.strip():
        raise ReasonNeeded()
    _apart(alert, by, at)
    with transaction.atomic():
        row = _live(alert)
        _may(by, "alert.dismiss", row, at)
        if row.state == "dismissing":
            raise Settled(_("Somebody has already proposed to dismiss this alert."))
        if not words.needs_second(row.gravity):
            return _settle(row, "dismissed", by, at, reason=reason, text=text)
        row.state = "dismissing"
        row.save(update_fields=["state"])
        Settlement.objects.create(
            alert=row, outcome="dismissing", reason=reason, words=text.strip(), by_id=by.staff, at=at
        )
        for person in grants.holders("consumer_protection", at, row.unit_path):
            if person != by.staff:
                messages.notify(
                    staff=person, kind="alert_raised", matter=row.pk,
                    params={"zh": "预警 {number} 的驳回待您复核", "en": "The dismissal of alert {number} waits for you",
                            "number": row.number},
                    link=f"/desk/alerts/{row.pk}/", by=by, at=at, key=f"alert:{row.pk}:second:{person}:{at.isoformat()}",
                )  # fmt: skip
        return row


def second(*, alert: UUID, agree: bool, by: Actor, at: datetime) -> Alert:
    """The second person's word on a proposed dismissal."""
    _apart(alert, by, at)
    with transaction.atomic():
        row = _live(alert)
        _may(by, "alert.dismiss", row, at)
        proposed = (
            Settlement.objects.filter(alert=row, outcome="dismissing", second=None).order_by("-at", "-id").first()
        )
        if row.state != "dismissing" or proposed is None:
            raise Settled()
        if proposed.by_id == by.staff:
            raise SamePerson()
        proposed.second_id, proposed.second_at, proposed.refused = by.staff, at, not agree
        if agree:
            proposed.outcome = "dismissed"
            proposed.save()
            return _end(row, "dismissed", proposed.reason, by, at)
        proposed.save()
        row.state = "open"
        row.save(update_fields=["state"])
        return row


def _live(alert: UUID) -> Alert:
    row = Alert.objects.select_for_update().filter(pk=alert).first()
    if row is None:
        raise NotThere()
    if row.state not in words.LIVE:
        raise Settled()
    return row


def _may(by: Actor, action: str, row: Alert, at: datetime) -> None:
    if by.kind == "machine":
        return
    if row.pk in set(staff.recused_subjects(by.staff, at).values_list("subject", flat=True)):
        raise NotThere()
    verdict = can(by, action, row)
    if not verdict:
        raise NotAllowed(verdict.reason)


def _apart(alert: UUID, by: Actor, at: datetime) -> None:
    """SoD5. Outside the transaction, so that the refused attempt stays in the log."""
    row = Alert.objects.filter(pk=alert).first()
    if row is None:
        raise NotThere()
    person = staff.person(by.staff)
    broken = words.may_dismiss(by.staff, person.unit_id if person else None, row.owner_id, row.unit_id)
    if broken:
        access.refuse(action="alert.dismiss", rule="SoD5", by=by, at=at, subject=alert)
        raise OwnUnit()


def _settle(
    row: Alert, outcome: str, by: Actor, at: datetime, reason: str = "", text: str = "", into: Alert | None = None
) -> Alert:
    Settlement.objects.create(
        alert=row, outcome=outcome, reason=reason, words=text.strip(), into=into, by_id=by.staff, at=at
    )
    return _end(row, outcome, reason, by, at)


def _end(row: Alert, outcome: str, reason: str, by: Actor, at: datetime) -> Alert:
    row.state = outcome
    row.save(update_fields=["state", "owner"])
    record(
        fact=AlertSettled(alert=row.pk, outcome=outcome, reason=reason or None), stream=f"alert:{row.pk}", by=by, at=at
    )
    return row
