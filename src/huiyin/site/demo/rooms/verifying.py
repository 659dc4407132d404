"""Customers asked by message for papers and facts: some answered, some still have time, some became a person's task."""

from datetime import timedelta
from random import Random

from huiyin.bank.standards import actions as standard_actions
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import customer
from huiyin.kernel.refusal import Refusal
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.precontacts import actions, queries
from huiyin.site.demo.rooms.stage import Stage

CODE = "ask-papers-and-facts"
# (choice per paper, is the day right, what else was said); None: nobody answered
ANSWERS = (
    ("held", True, ""), None, ("later", True, "合同在老家，周末回去拍照补上。"), ("none", False, "日子记错了，是前一天办的。"), None,
    ("none", True, ""), None,
)  # fmt: skip


def verify(stage: Stage) -> None:
    """One proposes the text, head office approves it; then handlers ask about what they have in hand."""
    text, at = standards.shipped_templates()[CODE], stage.at_work(60, 10)
    made = standard_actions.propose_template(
        code=CODE, text=text, audience=standards.shipped_audience(CODE), by=stage.supervisor("B01"), at=at
    )
    standard_actions.decide_template(
        code=CODE, version=made.version, approve=True, by=stage.protection[0], at=at + timedelta(hours=5)
    )
    dice, most = Random(f"verifying {stage.seed}"), 14 if stage.plenty else 4
    found = cases.visible_to(stage.machine, stage.end).filter(
        state="working", kind="complaint", received_at__gte=stage.at(20, 0), received_at__lt=stage.at(5, 0)
    )
    for n, case in enumerate(found.order_by("received_at", "id")[:most]):
        _ask(stage, case, n, dice)
    actions.keep_up(by=stage.machine, at=stage.at(1, 16.5))


def _ask(stage: Stage, case: cases.Case, n: int, dice: Random) -> None:
    by, at = stage.actors.get(case.handler_id) if case.handler_id else None, case.received_at + timedelta(days=3)
    at = stage.days.at_work(at, dice)
    if by is None or at >= stage.at(1, 12):
        return
    known, papers = queries.on_record(case), queries.usual(case)[:1] or ("receipt",)
    facts = {"occurred_on": known.get("occurred_on") or case.received_at.date().isoformat()}
    facts |= {kind: known[kind] for kind in ("product", "unit") if n % 2 and kind in known}
    try:
        row = actions.ask(case=case.pk, template=CODE, papers=papers, facts=facts, by=by, at=at)
    except Refusal:
        return
    said, answered = ANSWERS[n % len(ANSWERS)], at + timedelta(hours=dice.uniform(3, 40))
    if said is None or answered >= stage.end:
        return
    paper, right, words = said
    choices = {item: paper if item.startswith("paper:") else "right" for item in row.items}
    values = {}
    if not right:
        choices["fact:occurred_on"] = "wrong"
        values["fact:occurred_on"] = (case.received_at - timedelta(days=1)).date().isoformat()
    actions.answer(precontact=row.pk, choices=choices, values=values, text=words, by=customer(case.pk), at=answered)
