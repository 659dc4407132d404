"""Quality reviews: plans, two months' samples of cases, calls and chats, blind seconds, an objection, a calibration."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.refusal import Refusal
from huiyin.measure.reviews import actions as reviews
from huiyin.measure.reviews import queries
from huiyin.site.demo.rooms.stage import Stage

# What reviewers find: (how often in a hundred, item, which of its marks from the best on, the ground).
FINDINGS = {
    "case-handling": (
        (34, "kept_informed", 1, "办理超过五日，期间未见主动告知进展的记录。"),
        (26, "listened", 1, "来电记录只写了诉求，未问清损失金额。"),
        (22, "root_cause", 1, "根因选“人员”，实为流程缺失，依据不足。"),
        (16, "evidence_taken", 2, "未调取当日录像，结论仅凭口头说明。"),
        (9, "manner", 1, "首次联系先核对业务，未先致歉。"),
    ),
    "conversation": (
        (30, "one_stop", 2, "告知客户再打另一个电话，可以当场转办。"),
        (24, "plain", 1, "使用“贷记”“冲正”等术语，未解释。"),
        (18, "empathy", 2, "客户两次提到着急，未作回应。"),
        (14, "next_step", 1, "结束前未说明后续时限。"),
    ),
}  # fmt: skip
QUOTAS = {"base": (1, 4), "late": (0, 3), "dissatisfied": (0, 3), "vulnerable": (0, 2)}


def review(stage: Stage) -> None:
    """The month before last is scored and settled; of the last month part is still to do."""
    by = stage.protection[2]
    now = localdate(stage.end - timedelta(days=7)).replace(day=1)
    before = (now - timedelta(days=1)).replace(day=1)
    begun = stage.days.at_work(_morning(stage, (before - timedelta(days=40)).replace(day=1)), stage.rng)
    b01 = stage.founded.unit["B01"]
    cards = (
        ("LJ-CASE", "case", "case-handling"),
        ("LJ-CALL", "phone", "conversation"),
        ("LJ-CHAT", "chat", "conversation"),
    )
    for code, sort, card in cards:
        reviews.make_plan(
            code=code, sort="call" if sort == "phone" else sort, scorecard=card,
            unit=b01 if sort == "case" else stage.founded.unit["HO"], period="month",
            quotas=QUOTAS if sort == "case" else {"base": (0, 4)}, by=by, at=begun, minimum=1 if sort == "case" else 0,
            double=40, margin=8, days=5, new_days=90,
        )  # fmt: skip
    for month, done in ((before, 1.0), (now, 0.6)):
        at = stage.days.at_work(_morning(stage, month), stage.rng)
        for n, (code, _sort, _card) in enumerate(cards):
            _draw(stage, code, by, at + timedelta(minutes=10 * n))
        _score(stage, at, done)
    _calibrate(stage, by)


def _morning(stage: Stage, day: Any) -> datetime:
    return stage.end - timedelta(days=(localdate(stage.end) - day).days) + timedelta(hours=9)


def _draw(stage: Stage, code: str, by: Actor, at: datetime) -> None:
    try:
        reviews.draw(plan=code, by=by, at=at, seed=f"{stage.seed:x}{code}{at:%Y%m}")
    except reviews.Refused:
        return  # nothing of this sort in that month


def _score(stage: Stage, at: datetime, share: float) -> None:
    """Every reviewer works through the forms that wait; where two differ, the third does as well. Some object."""
    people = [stage.signed_in["analyst"], *stage.protection, stage.signed_in["supervisor"]]
    when = at + timedelta(hours=5)
    for _round in range(2):
        for by in dict.fromkeys(people):
            for score in queries.tasks(by, stage.end):
                if stage.rng.random() > share or score.sample.calibration:
                    continue
                when = stage.days.at_work(when + timedelta(minutes=9), stage.rng)
                if when < stage.end:
                    _hand_in(stage, score, by, when)
    _read(stage, when)


def _hand_in(stage: Stage, score: Any, by: Actor, at: datetime) -> None:
    """A form with the best mark but for what was found; what is found in a sample both reviewers mostly see."""
    card = queries.card_of(score.sample)
    marks = {item.code: item.marks[0] for item in card.items}
    grounds = {item.code: "" for item in card.items}
    for k, (often, code, left, ground) in enumerate(FINDINGS[card.code]):
        seen = (score.sample.subject.int >> (8 * k)) % 100 < often
        if (seen and stage.rng.random() < 0.85) or stage.rng.random() < 0.04:
            marks[code] = next(item for item in card.items if item.code == code).marks[left]
            grounds[code] = ground
    for item in card.items:
        if standards.gaps(card, marks, {code for code, said in grounds.items() if said}) and item.evidence == "always":
            grounds[item.code] = grounds[item.code] or "见工单与录音记录。"
    try:
        reviews.hand_in(score=score.pk, version=score.version, marks=marks, grounds=grounds, by=by, at=at)
    except Refusal:
        return


def _read(stage: Stage, at: datetime) -> None:
    """People read what was found in their work: most let it stand, one objects and is heard, one objection waits."""
    objected = 0
    for by in [*stage.handlers("B01"), *stage.agents, stage.signed_in["teller"]]:
        for sample in queries.mine(by).filter(state="scored"):
            when = stage.days.at_work(at + timedelta(hours=stage.rng.uniform(1, 9)), stage.rng)
            if when >= stage.end or sample.object_until is None or when > sample.object_until:
                continue
            if sample.points is not None and sample.points < 9300 and objected < 2:
                objected += 1
                _object(stage, sample, by, when, decide=objected == 1)
            elif stage.rng.random() < 0.7:
                reviews.acknowledge(sample=sample.pk, version=sample.version, by=by, at=when)


def _object(stage: Stage, sample: Any, by: Actor, at: datetime, *, decide: bool) -> None:
    text = "当日已两次致电客户说明进展，通话记录在附件第二页，请复核。"
    row = reviews.object_to(sample=sample.pk, version=sample.version, reason=text, by=by, at=at)
    decider = stage.actors.get(row.decider_id) if row.decider_id else None
    later = stage.days.at_work(at + timedelta(hours=20), stage.rng)
    if not decide or decider is None or later >= stage.end:
        return
    card = queries.card_of(sample)
    fresh = queries.sample(sample.pk)
    assert fresh is not None
    reviews.decide_objection(
        sample=sample.pk, version=fresh.version, outcome="changed", reason="通话记录属实，该项恢复得分。",
        marks={item.code: item.marks[0] for item in card.items},
        grounds={item.code: "见工单与录音记录。" for item in card.items if item.evidence == "always"}, by=decider, at=later,
    )  # fmt: skip


def _calibrate(stage: Stage, by: Actor) -> None:
    """One case, four reviewers, the reference opened: how far do they agree?"""
    settled = queries.visible_to(by, stage.end).filter(sort="case", state="final").first()
    others = stage.protection[3:6]
    if settled is None:
        return
    at = stage.at_work(5, 14)
    try:
        row = reviews.open_session(
            sort="case", number=settled.number, scorecard="case-handling",
            reviewers=[one.staff for one in others if one.staff], by=by, at=at,
        )  # fmt: skip
    except Refusal:
        return
    for n, who in enumerate((by, *others)):
        for score in queries.tasks(who, stage.end):
            if score.sample_id == row.pk:
                _hand_in(stage, score, who, at + timedelta(hours=2, minutes=11 * n))
    fresh = queries.sample(row.pk)
    assert fresh is not None
    reviews.close_session(sample=row.pk, version=fresh.version, by=by, at=at + timedelta(hours=6))
