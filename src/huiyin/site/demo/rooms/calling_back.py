"""Call-back lists: two that were called, one that waits; with tries, outcomes, a case taken up again and a refusal."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.callbacks import actions as callbacks
from huiyin.site.demo.rooms.stage import Stage

# (outcome, solved, satisfied, what else was said, wants no more calls)
ENDINGS = (
    ("reached", "yes", 5, "", False), ("reached", "yes", 4, "回访很及时，谢谢。", False), ("no_answer", "", 0, "", False),
    ("reached", "partly", 3, "款项到账了，但是没有说明原因。", False), ("reached", "yes", 5, "", False),
    ("later", "", 0, "", False), ("reached", "no", 2, "答复说已修好，昨天去还是老样子。", False),
    ("reached", "yes", 4, "", False), ("refused", "", 0, "", True), ("wrong_number", "", 0, "", False),
    ("reached", "yes", 5, "客户经理专门上门道歉了，满意。", False), ("no_answer", "", 0, "", False),
)  # fmt: skip

HOURS = (9.4, 10.2, 11.0, 14.3, 15.2, 16.1)  # in which calls are made; nobody is called at noon


def call(stage: Stage) -> None:
    """临江 draws and calls; each list of its own rule."""
    plan = ((20, 14, "dissatisfied", 100, 14), (10, 7, "share", 6, 10), (2, 8, "serious", 100, 0))
    if not stage.plenty:
        plan = ((20, 60, "share", 40, 12), (9, 90, "dissatisfied", 100, 3), (2, 60, "serious", 100, 0))
    made = 0
    callers = stage.handlers("B01")
    for days, back, rule, percent, calls in plan:
        at = stage.at_work(days, 9.3)
        by = stage.supervisor("B01")
        day = localdate(at)
        callbacks.draw(
            id=new_id(), rule=rule, unit=stage.founded.unit["B01"], closed_from=day - timedelta(days=back), closed_to=day,
            percent=percent, stratum="unit", seed=f"{stage.seed}-{days}", by=by, at=at,
        )  # fmt: skip
        for n in range(calls):
            when = stage.at_work(days - 1 - n // len(HOURS), HOURS[n % len(HOURS)])
            _call(stage, callers[n % len(callers)], made, when)
            made += 1


def _call(stage: Stage, by: Actor, n: int, at: datetime) -> None:
    """One call by whoever is free and had no part in the matter; a refusal of the rules leaves the call in the list."""
    if at >= stage.end:
        return
    outcome, solved, satisfied, more, never = ENDINGS[n % len(ENDINGS)]
    try:
        held = callbacks.take_next(by=by, at=at)
        callbacks.reveal(call=held.pk, by=by, at=at + timedelta(minutes=1))
        callbacks.conclude(
            call=held.pk, outcome=outcome, by=by, at=at + timedelta(minutes=6), solved=solved,
            satisfied=satisfied or None, more=more, never_again=never,
            agreed_at=at + timedelta(days=2) if outcome == "later" else None,
        )  # fmt: skip
    except Refusal:
        return
