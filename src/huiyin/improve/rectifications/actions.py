"""Open a rectification, carry it through, and prove that it worked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks.facts import ClockRung
from huiyin.bank.staff import queries as staff
from huiyin.bank.units import queries as units
from huiyin.improve.rectifications import queries
from huiyin.improve.rectifications.facts import RectificationEscalated, RectificationOpened, RectificationStepped
from huiyin.improve.rectifications.models import Link, Rectification, Step
from huiyin.improve.rectifications.rules import effect
from huiyin.improve.rectifications.rules.opening import rule_for
from huiyin.improve.rectifications.rules.steps import AFTER, OPEN, VERIFYING, WORK, Roles, allowed, clash, first_fit
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import can
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import record
from huiyin.measure.alerts import actions as alert_actions
from huiyin.measure.alerts import queries as alerts
from huiyin.platform.files import actions as files
from huiyin.platform.messages import actions as messages
from huiyin.protect.access import actions as access
from huiyin.protect.access import queries as grants
from huiyin.resolve.cases import actions as cases

PACK = "house-rectification"
DAYS = 30
LONGEST = 365


class NotAllowed(Refusal):
    status = 403
    message = _("You may not do this with the rectification.")


class NotThere(Refusal):
    status = 404
    message = _("There is no such rectification.")


class NotNow(Refusal):
    message = _("The rectification is not at this step.")


class Missing(Refusal):
    status = 400
    message = _("Something is missing.")


class SamePerson(Refusal):
    status = 403
    message = _("Finding, carrying out, verifying and closing are the work of four different people.")


class NotProven(Refusal):
    message = _("The effect is not shown yet: a rectification closes only when the indicator has stayed at target.")


class BadDate(Refusal):
    status = 400
    message = _("The date must lie between tomorrow and a year from now.")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """All that a new rectification needs. `opened_at` is for bulk paths."""

    problem: str
    owner: UUID
    indicator: str
    origin: str = "alert"
    how: str = "hand"
    unit: UUID | None = None
    alert: UUID | None = None
    verifier: UUID | None = None
    inspector: UUID | None = None
    due_date: date | None = None
    target: float | None = None
    cause_code: str = ""
    cause: str = ""
    matters: tuple[UUID, ...] = field(default=())
    id: UUID | None = None
    opened_at: datetime | None = None


def open_rectification(*, opening: Opening, by: Actor, at: datetime) -> Rectification:
    """One problem, one rectification. From an alert it takes the cell, the indicator and the value before."""
    problem = opening.problem.strip()
    if not problem:
        raise Missing(_("Say what the problem is."))
    _apart(Roles(opening.owner, opening.inspector, opening.verifier), "rectification.open", by, at, opening.alert)
    with transaction.atomic():
        alert = alerts.alert(opening.alert) if opening.alert else None
        unit = opening.unit or (alert.unit_id if alert else None)
        path = units.path_of(unit, timezone.localtime(at).date()) if unit else _root()
        if by.kind != "machine" and not (verdict := can(by, "rectification.open", _Place(path))):
            raise NotAllowed(verdict.reason)
        today = timezone.localtime(at).date()
        due = opening.due_date or today + timedelta(days=DAYS)
        if not today < due <= today + timedelta(days=LONGEST):
            raise BadDate()
        row = Rectification(
            id=opening.id or new_id(),
            number=_number(at),
            how=opening.how,
            origin="alert" if alert else opening.origin,
            problem=problem,
            cause_code=opening.cause_code,
            cause=opening.cause.strip(),
            unit_id=unit,
            unit_path=path,
            owner_id=opening.owner,
            verifier_id=opening.verifier,
            inspector_id=opening.inspector,
            opener_id=by.staff,
            alert_id=alert.pk if alert else None,
            indicator=alert.indicator if alert else opening.indicator,
            cell=alert.cell if alert else (cell := _cell(unit, path)),
            cell_key=alert.cell_key if alert else alerts.cell_key(cell),
            family=alert.family if alert else "bank",
            counts=bool(alert and alert.rule == "surge"),
            due_date=due,
            opened_at=at,
        )
        _measure(row, alert, opening.target, at)
        row.save(force_insert=True)
        raised = [*opening.matters, *(alerts.matters_of(alert) if alert else ())]
        Link.objects.bulk_create(Link(rectification=row, matter=m) for m in dict.fromkeys(raised))
        Step.objects.create(rectification=row, what="opened", by_id=by.staff, at=at, words=problem, on=due)
        record(
            fact=RectificationOpened(
                rectification=row.pk,
                number=row.number,
                how=row.how,
                owner=row.owner_id,
                verifier=row.verifier_id,
                unit=row.unit_id,
                alert=row.alert_id,
                indicator=row.indicator,
                value_before=None if row.before.get("value") is None else f"{row.before['value']:.6g}",
                due_date=due,
            ),
            stream=f"rectification:{row.pk}",
            by=by,
            at=at,
        )
        clocks.arm(
            subject=row.pk, kind="rectification", stream=f"rectification:{row.pk}", event="rectification.opened",
            attrs={"kind": "rectification", "due_date": due}, anchors={"opened_at": at}, packs=[PACK], by=by, at=at,
        )  # fmt: skip
        _tell(row, row.owner_id, "rectification_opened", by, at, "opened")
        if alert and alert.state in ("open", "dismissing") and by.kind != "machine":
            alert_actions.accept(alert=alert.pk, by=by, at=at)
    return row


def open_many(*, openings: Sequence[Opening], by: Actor, at: datetime) -> list[Rectification]:
    """A batch, each at its own time."""
    return [open_rectification(opening=one, by=by, at=one.opened_at or at) for one in openings]


@dataclass(frozen=True)
class _Place:
    unit_path: str


def _root() -> str:
    head = units.head_office()
    return f"{head.code}/" if head else ""


def _cell(unit: UUID | None, path: str) -> dict[str, str]:
    codes = [code for code in path.split("/") if code]
    return dict(zip(("branch", "outlet"), codes[1:3], strict=False)) if unit else {}


def _measure(row: Rectification, alert: Any, target: float | None, at: datetime) -> None:
    """The value before, and the value to reach: the indicator's own target, or for a surge what used to be ordinary."""
    found = [r for r in queries.measured(row, at, months=6) if r.value is not None]
    last = found[-1] if found else None
    row.before = {"value": last.value, "n": last.n, "month": last.start.isoformat()} if last else {}
    if row.counts:
        row.lower_is_better = True
        row.target = target if target is not None else effect.ordinary_month(alert.expected / max(alert.weeks, 1))
        return
    goal, lower = alerts.goal(row.indicator)
    row.lower_is_better = lower
    row.target = target if target is not None else goal if goal is not None else alert.expected if alert else None
    if row.target is None:
        raise Missing(_("This indicator has no target of its own: say which value is to be reached."))


def _number(at: datetime) -> str:
    year = timezone.localtime(at).year
    known = Rectification.objects.filter(number__startswith=f"ZG{year}-").order_by("-number")
    last = known.values_list("number", flat=True).first()
    return f"ZG{year}-{int(last.split('-')[1]) + 1 if last else 1:05}"


def plan(
    *,
    rectification: UUID,
    cause_code: str,
    cause: str,
    plan: str,
    by: Actor,
    at: datetime,
    verifier: UUID | None = None,
) -> Rectification:
    """One problem, one plan: why it happened and what will be done."""
    if not (cause_code and cause.strip() and plan.strip()):
        raise Missing(_("A plan names the cause and what will be done about it."))
    row = _seen(rectification)
    if verifier:
        _apart(Roles(row.owner_id, row.inspector_id, verifier), "rectification.work", by, at, row.pk)
    with transaction.atomic():
        row = _at(rectification, "plan", "rectification.work", by)
        row.cause_code, row.cause, row.plan = cause_code, cause.strip(), plan.strip()
        row.verifier_id = verifier or row.verifier_id
        return _step(row, "planned", by, at, words=row.plan)


def add_evidence(
    *, rectification: UUID, by: Actor, at: datetime, text: str = "", name: str = "", content: Any = None
) -> Rectification:
    """A note, a file, or both, that shows what was done."""
    if not text.strip() and content is None:
        raise Missing(_("Add a note or a file."))
    with transaction.atomic():
        row = _at(rectification, "evidence", "rectification.work", by)
        if content is not None:
            files.keep_file(matter=row.pk, subject=row.pk, name=name, content=content, by=by, at=at)
        Step.objects.create(
            rectification=row, round=row.round, what="evidence", words=text.strip(), by_id=by.staff, at=at
        )
        return row


def finish(*, rectification: UUID, text: str, by: Actor, at: datetime) -> Rectification:
    """The owner reports the work as done. Only with evidence, and only with somebody to verify it."""
    if not text.strip():
        raise Missing(_("Say what was done."))
    with transaction.atomic():
        row = _at(rectification, "finish", "rectification.work", by)
        if not Step.objects.filter(rectification=row, round=row.round, what="evidence").exists():
            raise Missing(_("Add evidence before you report the work as done."))
        if row.verifier_id is None:
            row.verifier_id = _verifier(row, at)
            if row.verifier_id is None:
                raise Missing(_("Nobody can verify this yet: ask consumer protection to name a verifier."))
        row.done_at = at
        _step(row, "done", by, at, words=text)
        _tell(row, row.verifier_id, "rectification_verify", by, at, f"verify:{row.round}:{at.isoformat()}")
        return row


def _verifier(row: Rectification, at: datetime) -> UUID | None:
    """Somebody who neither found nor carries it out, nearest first."""
    for role in VERIFYING:
        found = first_fit(grants.holders(role, at, row.unit_path), row.owner_id, row.inspector_id, row.opener_id)
        if found:
            return found
    return None


def verify(*, rectification: UUID, agree: bool, text: str, by: Actor, at: datetime) -> Rectification:
    """Somebody independent looks at the work itself. Then the number has to show it."""
    if not text.strip():
        raise Missing(_("Say what you checked."))
    row = _seen(rectification)
    _apart(Roles(row.owner_id, row.inspector_id, by.staff), "rectification.verify", by, at, row.pk)
    with transaction.atomic():
        row = _at(rectification, "verify", "rectification.verify", by)
        row.verifier_id = by.staff or row.verifier_id
        if not agree:
            row.done_at = None
            _step(row, "returned", by, at, words=text)
            _tell(row, row.owner_id, "rectification_opened", by, at, f"returned:{at.isoformat()}")
            return row
        row.verified_at = at
        _step(row, "verified", by, at, words=text)
        clocks.happened(subject=row.pk, event="rectification.verified", by=by, at=at)
        return row


def check_effects(*, by: Actor, at: datetime) -> int:
    """Read the indicator of everything verified: effect shown, none, or not to be told yet. Returns how many moved."""
    moved = 0
    for id in Rectification.objects.filter(state="verified").order_by("opened_at", "id").values_list("pk", flat=True):
        with transaction.atomic():
            row = Rectification.objects.select_for_update().get(pk=id)
            if row.state == "verified":
                moved += _check(row, by, at)
    return moved


def _check(row: Rectification, by: Actor, at: datetime) -> bool:
    code, found = queries.effect_of(row, at)
    row.verdict = code
    if code in effect.UNDECIDED:
        row.save(update_fields=["verdict"])
        return False
    last = found[-1] if found else None
    what = "effective" if code == "shown" else "not_effective"
    _step(row, what, by, at, value=last.value if last else None, n=last.n if last else None, verdict=code)
    if what == "effective":
        for person in grants.holders("consumer_protection", at, row.unit_path):
            if person not in (row.owner_id, row.verifier_id, row.inspector_id):
                _tell(row, person, "rectification_verify", by, at, f"close:{row.round}:{person}")
    else:
        _again(row, by, at)
    return True


def close(*, rectification: UUID, text: str, by: Actor, at: datetime) -> Rectification:
    """A fourth person closes it, and everybody who raised the matter gets an answer (件件有回音)."""
    if not text.strip():
        raise Missing(_("Say what has changed, in words for those who raised the matter."))
    row = _seen(rectification)
    _apart(Roles(row.owner_id, row.inspector_id, row.verifier_id, by.staff), "rectification.close", by, at, row.pk)
    with transaction.atomic():
        row = _at(rectification, "close", "rectification.close", by, refusal=NotProven)
        row.closer_id, row.closed_at = by.staff, at
        last = queries.after(row, at)
        value = last[-1].value if last else None
        _step(row, "closed", by, at, words=text, value=value, n=last[-1].n if last else None)
        _answer(row, text, by, at)
        return row


def _answer(row: Rectification, text: str, by: Actor, at: datetime) -> None:
    raisers: set[UUID | None] = {row.opener_id, alerts.owner_of(row.alert_id) if row.alert_id else None}
    for person in sorted(str(p) for p in raisers if p and p != by.staff):
        messages.notify(
            staff=UUID(person), kind="rectification_closed", matter=row.pk,
            params={"number": row.number, "zh": "整改 {number} 已关闭，成效已显现",
                    "en": "Rectification {number} is closed: the effect is shown"},
            link=f"/desk/rectifications/{row.pk}/", by=by, at=at, key=f"rectification:{row.pk}:closed:{row.round}:{person}",
        )  # fmt: skip
    for matter in queries.linked(row.pk):
        cases.tell(case=matter, about=row.pk, text=text, by=by, at=at)


def reopen(*, rectification: UUID, text: str, by: Actor, at: datetime, since: date | None = None) -> Rectification:
    """The problem is back, or was never gone: another round with another plan. The old closing stays on record."""
    with transaction.atomic():
        row = Rectification.objects.select_for_update().filter(pk=rectification).first()
        if row is None:
            raise NotThere()
        if row.state != "closed":
            raise NotNow()
        if by.kind != "machine" and not (verdict := can(by, "rectification.open", row)):
            raise NotAllowed(verdict.reason)
        if not text.strip() and by.kind != "machine":
            raise Missing(_("Say why."))
        _step(row, "reopened", by, at, words=text, on=since)
        _again(row, by, at)
        return row


def _again(row: Rectification, by: Actor, at: datetime) -> None:
    """The next round: a new plan by the same owner, half the time."""
    row.round += 1
    row.done_at = row.verified_at = row.closer_id = row.closed_at = None
    row.verdict = ""
    row.planned_date = None
    again = clocks.reopen(subject=row.pk, by=by, at=at, attrs={"kind": "rectification"})
    dates = [timezone.localtime(c.due_at).date() for c in again if c.due_at]
    row.due_date = dates[0] if dates else timezone.localtime(at).date() + timedelta(days=DAYS // 2)
    row.save()
    _tell(row, row.owner_id, "rectification_opened", by, at, f"again:{row.round}")


def redate(*, rectification: UUID, to: date, reason: str, by: Actor, at: datetime) -> Rectification:
    """Plan another day. The deadline stays what it was: a re-dated rectification counts as late (indicator M71)."""
    if not reason.strip():
        raise Missing(_("Say why the date has to change."))
    today = timezone.localtime(at).date()
    with transaction.atomic():
        row = _at(rectification, "redate", "rectification.work", by)
        if not today < to <= today + timedelta(days=LONGEST):
            raise BadDate()
        row.planned_date = to
        return _step(row, "redated", by, at, words=reason, on=to)


def cancel(*, rectification: UUID, reason: str, by: Actor, at: datetime) -> Rectification:
    """Nothing to rectify after all: only before the work has begun, and never in silence."""
    if not reason.strip():
        raise Missing(_("Say why."))
    with transaction.atomic():
        row = _at(rectification, "cancel", "rectification.close", by)
        _step(row, "cancelled", by, at, words=reason)
        clocks.cancel(subject=row.pk, reason="cancelled", by=by, at=at)
        _tell(
            row,
            row.owner_id,
            "rectification_cancelled",
            by,
            at,
            "cancelled",
            zh="整改 {number} 已撤销",
            en="Rectification {number} is cancelled",
        )
        return row


def heard_alert(*, alert: UUID, by: Actor, at: datetime) -> Rectification | None:
    """What an alert means for rectifications: join the open one, reopen the one that relapsed, or open one by rule."""
    raised = alerts.alert(alert)
    if raised is None:
        return None
    there = queries.open_about(raised.indicator, raised.family, raised.cell_key)
    if there is not None:
        Step.objects.create(rectification=there, round=there.round, what="linked", words=raised.number, at=at)
        return there
    former = queries.last_closed(raised.indicator, raised.family, raised.cell_key)
    closed_on = timezone.localtime(former.closed_at).date() if former and former.closed_at else None
    if former and effect.relapsed(closed_on, max(raised.since, closed_on) if closed_on else raised.since):
        return reopen(rectification=former.pk, text=raised.number, by=by, at=at, since=raised.since)
    rule = rule_for(queries.table(), raised.indicator, raised.rule, raised.gravity)
    owner = _owner(raised, at) if rule else None
    if rule is None or owner is None:
        return None
    title = alerts.title(raised)
    return open_rectification(
        opening=Opening(
            problem=f"{raised.number} {title.zh}",
            owner=owner,
            indicator=raised.indicator,
            how="rule",
            alert=raised.pk,
            due_date=timezone.localtime(at).date() + timedelta(days=rule.days),
        ),
        by=by,
        at=at,
    )


def _owner(raised: Any, at: datetime) -> UUID | None:
    """The head of the unit, or who stands in; for the whole bank the alert's owner."""
    head = staff.head_of(raised.unit_id, at) if raised.unit_id and raised.cell.get("branch") else None
    chosen = head or raised.owner_id
    return (staff.stand_in(chosen, at) or chosen) if chosen else staff.duty_desk(at)


def alert_dismissed(*, alert: UUID, by: Actor, at: datetime) -> None:
    """An alert that was nothing takes its rectification with it, as long as nobody has begun."""
    row = Rectification.objects.filter(alert=alert, how="rule", state="opened").first()
    if row is None:
        return
    with transaction.atomic():
        row = Rectification.objects.select_for_update().get(pk=row.pk)
        _step(row, "cancelled", by, at)
        clocks.cancel(subject=row.pk, reason="cancelled", by=by, at=at)


def escalate(*, rung: ClockRung, by: Actor, at: datetime) -> UUID | None:
    """A rung of the deadline: holder, then substitute, unit head, duty desk; nobody who is recused."""
    row = Rectification.objects.filter(pk=rung.subject).select_related("owner").first()
    if row is None or row.state not in WORK:
        return None
    holder = row.verifier_id if row.state == "done" else row.owner_id
    late = rung.rung == "due" or rung.rung.startswith("after")
    away = set(staff.recused(row.pk, at))
    chain: list[tuple[str, UUID | None]] = [
        ("owner", holder),
        ("substitute", staff.stand_in(holder, at) if holder else None),
    ]
    if late:
        boss = staff.manager_of(holder, at) if holder else None
        chain = [("head", boss), ("desk", staff.duty_desk(at, avoid=away))]
        if rung.rung == "after 7":
            chain = chain[1:]
    level, to = next(((name, who) for name, who in chain if who and who not in away), ("nobody", None))
    Step.objects.create(rectification=row, round=row.round, what="escalated", to_id=to, at=at, on=row.due_date)
    record(
        fact=RectificationEscalated(rectification=row.pk, clock=rung.clock, rung=rung.rung, to=to, level=level),
        stream=f"rectification:{row.pk}",
        by=by,
        at=at,
    )
    for person in {to, holder} - {None}:
        _tell(row, person, "rectification_due", by, at, f"rung:{rung.clock}:{rung.rung}:{person}")
    return to


@dataclass(frozen=True, kw_only=True)
class Done:
    """One step of a batch: `what` is plan | evidence | finish | verify | return | close | reopen."""

    rectification: UUID
    what: str
    by: Actor
    at: datetime
    text: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def step_many(*, steps: Iterable[Done]) -> int:
    """Steps of many rectifications, each by its own person at its own time (bulk paths)."""
    count = 0
    for one in steps:
        known: dict[str, Any] = {"rectification": one.rectification, "by": one.by, "at": one.at}
        if one.what == "plan":
            plan(**known, plan=one.text, **one.more)
        elif one.what == "evidence":
            add_evidence(**known, text=one.text, **one.more)
        elif one.what == "finish":
            finish(**known, text=one.text)
        elif one.what in ("verify", "return"):
            verify(**known, agree=one.what == "verify", text=one.text)
        elif one.what == "close":
            close(**known, text=one.text)
        else:
            reopen(**known, text=one.text)
        count += 1
    return count


def _seen(rectification: UUID) -> Rectification:
    row = Rectification.objects.filter(pk=rectification).first()
    if row is None:
        raise NotThere()
    return row


def _at(
    rectification: UUID, verb: str, action: str, by: Actor, refusal: type[Refusal] = NotNow
) -> Rectification:  # fmt: skip
    """The row, locked, at a step where the verb is possible, for somebody who may."""
    row = Rectification.objects.select_for_update().filter(pk=rectification).first()
    if row is None:
        raise NotThere()
    if by.kind != "machine" and not (verdict := can(by, action, row)):
        raise NotAllowed(verdict.reason)
    if not allowed(verb, row.state):
        raise refusal()
    return row


def _apart(roles: Roles, action: str, by: Actor, at: datetime, subject: UUID | None) -> None:
    """SoD5. Outside the transaction, so that the refused attempt stays in the log."""
    if clash(roles):
        if by.kind == "staff":
            access.refuse(action=action, rule="SoD5", by=by, at=at, subject=subject)
        raise SamePerson()


def _step(
    row: Rectification,
    what: str,
    by: Actor,
    at: datetime,
    words: str = "",
    value: float | None = None,
    n: int | None = None,
    verdict: str = "",
    on: date | None = None,
) -> Rectification:
    row.state = AFTER.get(what, row.state)
    row.save()
    Step.objects.create(
        rectification=row, round=row.round, what=what, words=words.strip(), value=value, n=n, verdict=verdict,
        by_id=by.staff, at=at, on=on,
    )  # fmt: skip
    record(
        fact=RectificationStepped(
            rectification=row.pk,
            step=what,
            value=None if value is None else f"{value:.6g}",
            n=n,
            round=row.round,
            verdict=verdict or None,
        ),
        stream=f"rectification:{row.pk}",
        by=by,
        at=at,
    )
    return row


def _tell(
    row: Rectification, person: UUID | None, kind: str, by: Actor, at: datetime, key: str, **words: str
) -> None:  # fmt: skip
    if person is None:
        return
    messages.notify(
        staff=person, kind=kind, matter=row.pk, params={"number": row.number, **words},
        link=f"/desk/rectifications/{row.pk}/", by=by, at=at, key=f"rectification:{row.pk}:{key}",
    )  # fmt: skip


__all__ = [
    "OPEN", "Done", "Opening", "add_evidence", "alert_dismissed", "cancel", "check_effects", "close", "escalate", "finish",
    "heard_alert", "open_many", "open_rectification", "plan", "redate", "reopen", "step_many", "verify",
]  # fmt: skip
