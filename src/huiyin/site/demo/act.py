"""What the people of the demo bank do about what they see: alerts, rectifications, a refused conflict of interest."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from huiyin.improve.rectifications import actions as rectifications
from huiyin.improve.rectifications import queries as rectification_queries
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.refusal import Refusal
from huiyin.measure.alerts import actions as alerts
from huiyin.measure.alerts import queries as alert_queries
from huiyin.measure.indicators import actions as indicators
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries as case_queries
from huiyin.site.demo.found import Founded
from huiyin.site.demo.plan import PAYDAY_OUTLET

WATCHED = timedelta(days=190)  # how far back the demo looks for alerts
FRESH = timedelta(days=16)  # younger alerts wait for the reader


class Officers:
    """Who settles and repairs, as actors; never the same person twice in one matter."""

    def __init__(self, founded: Founded, actors: dict[UUID, Actor]) -> None:
        self.actors = actors
        self.protection = [actors[p] for p in founded.holding("D-CP", "consumer_protection") if p in actors]
        self.analysts = {b: actors[founded.holding(b, "analyst")[0]] for b in ("B01", "B02", "B03")}


def settle_alerts(
    *, founded: Founded, actors: dict[UUID, Actor], end: datetime, end_day: date, step: Callable[[], object]
) -> None:
    """Look back over half a year as the bank would have, week by week, and deal with what is older than a fortnight."""
    officers = Officers(founded, actors)
    by = machine("tick")
    found = list(alert_queries.findings(end_day - WATCHED, end_day))
    step()
    raised = alerts.raise_many(found=found, by=by, at=end, whenever=True)
    step()
    for alert in raised:
        if alert.raised_at > end - FRESH:
            continue
        outlet = alert.cell.get("outlet", "")
        later = alert.raised_at + timedelta(hours=30)
        person = officers.protection[len(alert.number) % 3]
        if alert.gravity == "ordinary" and (outlet == PAYDAY_OUTLET or alert.observed < 12):
            _attempt(
                alerts.dismiss,
                alert=alert.pk,
                reason="chance",
                text="当周恰逢发放日与调休，客流集中，未发现服务问题。",
                by=person,
                at=later,
            )
            continue
        if alert.state == "open":
            _attempt(alerts.accept, alert=alert.pk, by=person, at=later)
            if alert.rule == "surge" and rectification_queries.for_alert(alert.pk) is None:
                _open_by_hand(alert, founded, person, later)
    step()
    seen = officers.protection[0]
    for row in (
        rectification_queries.visible_to(seen, end)
        .exclude(state__in=("closed", "cancelled"))
        .order_by("opened_at", "id")
    ):
        _repair(row, officers, end)
    closed = end - timedelta(hours=5)
    rectifications.check_effects(by=by, at=closed - timedelta(hours=1))
    for row in rectification_queries.visible_to(seen, end).filter(state="effective").order_by("opened_at", "id"):
        closer = next(
            o
            for o in officers.protection
            if o.staff not in (row.owner_id, row.verifier_id, row.inspector_id, row.opener_id)
        )
        _attempt(
            rectifications.close,
            rectification=row.pk,
            text="问题已经修复，连续三个月未再集中发生，感谢您的反映。",
            by=closer,
            at=closed,
        )
    step()


def _open_by_hand(alert: Any, founded: Founded, by: Actor, at: datetime) -> None:
    """What no rule opens, the person who accepted the alert may."""
    branch = alert.cell.get("branch", "B01")
    opening = rectifications.Opening(
        problem=f"{alert_queries.title(alert).zh}投诉集中，需查明原因并修复",
        owner=founded.holding(branch, "supervisor")[0],
        indicator=alert.indicator,
        alert=alert.pk,
    )
    _attempt(rectifications.open_rectification, opening=opening, by=by, at=at + timedelta(hours=1))


def _repair(row: object, officers: Officers, end: datetime) -> None:
    """Plan, evidence, done, verified: each by whom the rule allows, at a plausible pace."""
    id, opened, owner = row.pk, row.opened_at, officers.actors.get(row.owner_id)  # type: ignore[attr-defined]
    if owner is None or opened > end - FRESH:
        return
    verifier = next(o for o in officers.protection if o.staff not in (row.owner_id, row.inspector_id, row.opener_id))  # type: ignore[attr-defined]
    days = timedelta(days=1)
    _attempt(
        rectifications.plan, rectification=id, cause_code="facility", cause="经复盘，问题集中在同一环节，日常检查未能提前发现。",
        plan="一、立即修复并逐一回访受影响客户；二、补齐上线前验证清单；三、由分行每周抽查一次，连续十二周。",
        verifier=verifier.staff, by=owner, at=opened + 2 * days,
    )  # fmt: skip
    if opened + 9 * days < end:
        _attempt(
            rectifications.add_evidence,
            rectification=id,
            text="修复记录、回访清单与抽查表已归档。",
            by=owner,
            at=opened + 9 * days,
        )
        _attempt(
            rectifications.finish,
            rectification=id,
            text="修复已上线，受影响客户已全部回访。",
            by=owner,
            at=opened + 10 * days,
        )
    if opened + 13 * days < end:
        _attempt(
            rectifications.verify,
            rectification=id,
            agree=True,
            text="现场核对记录与系统日志，措施已落实。",
            by=verifier,
            at=opened + 13 * days,
        )


def refuse_conflict(*, founded: Founded, actors: dict[UUID, Actor], end: datetime) -> None:
    """A complaint about a colleague, and the attempt to hand it to that colleague: refused, and on record."""
    supervisor = actors[founded.holding("B01", "supervisor")[0]]
    accused = founded.holding("B01", "handler")[2]
    at = end - timedelta(hours=9)
    case = (
        case_queries.visible_to(supervisor, end)
        .filter(state__in=("new", "working"))
        .exclude(handler=accused)
        .order_by("received_at")
        .last()
    )
    if case is None:
        return
    _attempt(cases.accuse, case=case.pk, person=accused, by=supervisor, at=at)
    _attempt(cases.assign, case=case.pk, handler=accused, by=supervisor, at=at + timedelta(minutes=4))


def leave_work_on_the_desk(*, founded: Founded, actors: dict[UUID, Actor], end: datetime, seed: int) -> None:
    """Replies that wait for a second person, a hand-over that waits to be accepted, notes of the last days."""
    rng = Random(f"desk {seed}")
    for branch in ("B01", "B02", "B03"):
        handlers = [p for p in founded.holding(branch, "handler") if p in actors]
        supervisor_id = founded.holding(branch, "supervisor")[0]
        supervisor = actors[supervisor_id]
        working = list(
            case_queries.visible_to(supervisor, end)
            .filter(state="working", handler__in=handlers)
            .order_by("received_at")[:60]
        )
        for case in [c for c in working if c.severity != "ordinary"][:6]:
            text = "经核实，您反映的情况属实，我行拟按规定先行赔付，并为您更换新卡，具体安排由专人与您联系。"
            _attempt(
                cases.draft_reply,
                case=case.pk,
                text=text,
                by=actors[case.handler_id or supervisor_id],
                at=end - timedelta(hours=rng.uniform(2, 60)),
            )
        for case in [c for c in working if c.severity == "ordinary"][:5]:
            note = rng.choice(
                ["已电话联系客户，约定三日内答复。", "调阅录像，两个窗口在岗。", "与运营管理部核对系统日志，等待回传。"]
            )
            _attempt(
                cases.note,
                case=case.pk,
                text=note,
                by=actors[case.handler_id or supervisor_id],
                at=end - timedelta(hours=rng.uniform(1, 30)),
            )
        for case in [c for c in working if c.severity == "ordinary"][5:8]:
            receiver = rng.choice([p for p in handlers if p != case.handler_id])
            _attempt(
                cases.offer_handover, case=case.pk, kind="handler", receiver=receiver, reason="absence", text="本周参加培训，请代为办理",
                by=actors[case.handler_id or supervisor_id], at=end - timedelta(hours=rng.uniform(1, 20)),
            )  # fmt: skip


def catch_up(*, end: datetime, end_day: date, months: int) -> None:
    """Closed months are published. What clocks have to ring, the first tick rings, as after any night."""
    by = machine("tick")
    month = end_day.replace(day=1)
    for _ in range(min(months, 6)):
        month = (month - timedelta(days=1)).replace(day=1)
        indicators.publish(month=month, by=by, at=end)


def _attempt(verb: Callable[..., object], **given: object) -> None:
    """Do what the rules allow; a refusal is part of the story and is recorded by the verb itself where it must be."""
    try:
        verb(**given)
    except Refusal:
        return
