"""Several cases and several levels: a group of one event, forwarded complaints, reviews by the level above, redress."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.timezone import localdate

from huiyin.kernel.refusal import Refusal
from huiyin.resolve.appeals import actions as appeals
from huiyin.resolve.cases import actions as cases
from huiyin.resolve.cases import queries
from huiyin.resolve.groups import actions as groups
from huiyin.resolve.referrals import actions as referrals
from huiyin.site.demo.rooms.stage import Stage

FORWARDED = (
    ("O0107", "反映该行工作人员以存款名义推销年金保险，投保人七十余岁，要求全额退保。"),
    ("B01", "反映信用卡被盗刷后银行拒绝受理争议申请，要求说明理由并暂停计息。"),
)


def gather(stage: Stage) -> None:
    _limits(stage)
    _redress(stage)
    _group(stage)
    _forwarded(stage)
    _examined_again(stage)


def _limits(stage: Stage) -> None:
    """What a role may grant alone: one limit decided by a second person, one proposal waiting."""
    first, second = stage.protection[0], stage.protection[1]
    at = stage.at_work(70, 10)
    for role, amount, decided in (("owner", 50_000, True), ("supervisor", 500_000, False)):
        row = _attempt(cases.propose_redress_limit, role=role, amount=amount, by=first, at=at)
        if row is not None and decided:
            _attempt(cases.decide_redress_limit, limit=row.pk, approve=True, by=second, at=at + timedelta(days=1))


def _redress(stage: Stage) -> None:
    """In open cases of 临江: paid, accepted, offered, waiting for approval, ready."""
    boss = stage.supervisor("B01")
    open_ = queries.visible_to(boss, stage.end).filter(state="working", unit_path__contains="B01").exclude(handler=None)
    steps = (
        ("fee_refund", 3_600, "退还误收的工本费 36 元。", 4), ("money", 150_000, "先行垫付被盗刷款项的一部分。", 0),
        ("money", 12_000, "补偿往返交通费用 120 元。", 2), ("money", 60_000, "补偿因延误产生的逾期利息 600 元。", 3),
        ("apology", 0, "网点负责人登门致歉。", 1),
    )  # fmt: skip
    rows = [case for case in open_.order_by("-received_at", "id")[:30] if case.handler_id in stage.actors]
    for n, (case, (kind, amount, text, far)) in enumerate(zip(rows, steps, strict=False)):
        at = stage.at_work(1, 9.5 + n * 0.4)
        by = stage.actors[case.handler_id or boss.staff or case.pk]
        row = _attempt(cases.propose_redress, case=case.pk, kind=kind, amount=amount, text=text, by=by, at=at)
        if row is None:
            continue
        if row.state == "waiting" and far:
            _attempt(cases.approve_redress, redress=row.pk, by=boss, at=at + timedelta(minutes=30))
        verbs: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
            (cases.offer_redress, {"by": by}), (cases.answer_redress, {"by": by, "accepted": True}),
            (cases.pay_redress, {"by": by, "evidence": "核心系统凭证号 20-118-0042"}),
        )  # fmt: skip
        for k, (verb, given) in enumerate(verbs[: max(0, far - 1)], start=1):
            _attempt(verb, redress=row.pk, at=at + timedelta(hours=k), **given)


def _group(stage: Stage) -> None:
    """The card fraud of the last days is one event: its cases stand together, and twenty people make it a major one."""
    boss = stage.supervisor("B01")
    found = queries.visible_to(boss, stage.end).filter(
        cause="fund_security", received_at__gte=stage.at(20, 0), state__in=("new", "working")
    )
    rows = list(found.order_by("received_at", "id")[: 24 if stage.plenty else 4])
    if not rows:
        return
    at = stage.at_work(2, 9.2)
    group = groups.open_group(
        kind="event", title="临江地区信用卡集中被盗刷", unit=stage.founded.unit["B01"], people=0, by=boss, at=at
    )
    for n, case in enumerate(rows):
        _attempt(
            groups.join, group=group.pk, case=case.pk, representative=False, by=boss, at=at + timedelta(minutes=2 + n)
        )
    text = "您反映的信用卡交易已列入调查，卡片已冻结，争议金额在调查期间不计息、不影响征信。调查结果将逐一书面告知。"
    _attempt(
        groups.draft, group=group.pk, title="关于信用卡异常交易的答复", text=text, by=boss, at=at + timedelta(hours=3)
    )


def _forwarded(stage: Stage) -> None:
    """Complaints that came by a regulator carry its number and its limit; two of them we hear of in this way."""
    by = stage.protection[4]
    for n, (code, text) in enumerate(FORWARDED):
        at = stage.at_work(4 - n * 2, 9.5)
        said = {"text": text, "unit": code, "name": ("谢桂兰", "唐建国")[n], "phone": f"1350000883{n}"}
        _attempt(
            referrals.hear, said=said, received_on=localdate(at), body="nfra", reference=f"金消转〔{localdate(at):%Y}〕{412 + n} 号",
            due_on=localdate(at) + timedelta(days=30), by=by, at=at,
        )  # fmt: skip
    found = queries.visible_to(by, stage.end).filter(channel="regulator", received_at__gte=stage.at(120, 0))
    for n, case in enumerate(found.exclude(state="closed").order_by("-received_at", "id")[:4]):
        received = localdate(case.received_at)
        _attempt(
            referrals.refer, case=case.pk, body="nfra" if n % 3 else "pboc", reference=f"金消转〔{received:%Y}〕{318 + n} 号",
            received_on=received, due_on=received + timedelta(days=30), by=by, at=stage.at_work(1, 10 + n / 5),
        )  # fmt: skip


def _examined_again(stage: Stage) -> None:
    """Two customers ask the level above: one decision is changed in part, the other is being examined."""
    by = stage.signed_in["supervisor"]
    found = queries.visible_to(by, stage.end).filter(
        state="closed", kind="complaint", closed_at__gte=stage.at(18, 0), closed_at__lt=stage.at(8, 0)
    )
    asked = 0
    for case in found.exclude(answered_at=None).order_by("-closed_at", "id")[:12]:
        at = stage.at_work(6 - asked * 3, 10)
        text = "对答复不认可：只说明了规定，没有回答为什么柜面当时没有告知。请上级机构核查。"
        row = _attempt(appeals.request_review, case=case.pk, text=text, how="letter", by=by, at=at)
        if row is None:
            continue
        asked += 1
        who = stage.actors.get(row.reviewer_id) if row.reviewer_id else None
        if asked == 1 and who is not None:
            _attempt(
                appeals.decide_review, review=row.pk, outcome="partly", by=who, at=stage.at_work(2, 16),
                text="经核查，原处理结果适用规定正确，但告知义务未完整履行。责成经办网点书面致歉，并退还相应手续费。",
            )  # fmt: skip
        if asked == 2:
            return


def _attempt(verb: Callable[..., Any], **given: Any) -> Any:
    try:
        return verb(**given)
    except Refusal:
        return None
