"""Making good: proposed within a limit or approved above it, offered, accepted, carried out with evidence.

Nothing above the proposer's own limit reaches the customer before a second person with a higher limit agreed.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed
from huiyin.protect.access import queries as access
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters
from huiyin.resolve.cases.actions.refusals import Gone, NotAllowed, Refused
from huiyin.resolve.cases.facts import RedressStepped
from huiyin.resolve.cases.models import Case, Redress
from huiyin.resolve.cases.queries.redress import REDRESS_TABLE, limits
from huiyin.resolve.cases.rules import redress as rule


@transaction.atomic
def propose_redress(
    *, case: UUID, kind: str, amount: int, text: str, by: Actor, at: datetime, currency: str = "CNY",
    version: int | None = None, id: UUID | None = None,
) -> Redress:  # fmt: skip
    """Propose to make good. Within one's own limit it is ready to be offered, above it waits for a second person."""
    if kind not in {label.code for label in standards.facet("redress_kind")}:
        raise Refused("reason_missing")
    if currency not in rule.CURRENCIES:
        raise Refused("currency_wrong")
    if amount > rule.LARGEST or not rule.fits(kind, amount):
        raise Refused("amount_wrong")
    found = ground.held(case, "redress", version)
    ground.allow(by, "case.redress", found, at)
    proposer = ground.only_staff(by)
    known = limits(currency)
    needs = rule.needs_second(amount, _roles_over(by, found), known)
    if needs and amount > max(known.values(), default=0):
        raise Refused("above_every_limit")
    row = Redress.objects.create(
        id=id or new_id(), case=found, cycle=found.cycle, kind=kind, amount=amount, currency=currency,
        state="waiting" if needs else "ready", proposer_id=proposer, needs_approval=needs, proposed_at=at,
    )  # fmt: skip
    vault.keep(subject=case, table=REDRESS_TABLE, row=row.id, values={"text": ground.text_of(text)})
    ground.write(found)
    _record(row, "proposed", found, by, at)
    if needs:
        for person in _who_may_approve(row, found, at):
            ground.notify(
                person, "redress_to_approve", found, by, at, f"redress:{row.id}",
                zh="工单 {number} 的补偿方案待您审批", en="Redress in case {number} waits for your approval",
            )  # fmt: skip
    return row


def _roles_over(by: Actor, case: Case) -> set[str]:
    """The roles that this person holds over the case's unit; a role over another branch grants nothing here."""
    return {scope.role for scope in by.scopes if case.unit_path.startswith(scope.path)}


def _who_may_approve(row: Redress, case: Case, at: datetime) -> list[UUID]:
    """Holders of the lowest role whose limit covers it and that has somebody free."""
    known = limits(row.currency)
    barred = {row.proposer_id, case.handler_id} | set(staff.recused(case.id, at))
    for role in sorted((role for role in known if known[role] >= row.amount), key=lambda role: known[role]):
        found = [person for person in access.holders(role, at, case.unit_path) if person not in barred]
        if found:
            return found
    return []


@transaction.atomic
def approve_redress(*, redress: UUID, by: Actor, at: datetime) -> Redress:
    """The second person agrees: not the proposer, not the handler, and with a limit that covers it."""
    row, case = _at(redress, "waiting")
    _may_approve(row, case, by, at)
    _move(row, "waiting", "ready", approver_id=ground.only_staff(by), approved_at=at)
    ground.write(case)
    _record(row, "approved", case, by, at)
    ground.notify(
        row.proposer_id, "redress_approved", case, by, at, f"redress-yes:{redress}",
        zh="工单 {number} 的补偿方案已获批准", en="The redress in case {number} was approved",
    )  # fmt: skip
    return row


@transaction.atomic
def return_redress(*, redress: UUID, text: str, by: Actor, at: datetime) -> Redress:
    row, case = _at(redress, "waiting")
    _may_approve(row, case, by, at)
    vault.keep(subject=case.id, table=REDRESS_TABLE, row=redress, values={"returned": ground.text_of(text)})
    _move(row, "waiting", "returned")
    ground.write(case)
    _record(row, "returned", case, by, at)
    ground.notify(
        row.proposer_id, "redress_returned", case, by, at, f"redress-no:{redress}",
        zh="工单 {number} 的补偿方案被退回", en="The redress in case {number} was sent back",
    )  # fmt: skip
    return row


def _may_approve(row: Redress, case: Case, by: Actor, at: datetime) -> None:
    try:
        ground.allow(by, "case.approve_redress", case, at, queries.sight(case, at, author=row.proposer_id))
    except NotAllowed as no:
        if no.rule == "SoD3":
            raise Refused("own_redress") from no
        raise
    if rule.needs_second(row.amount, _roles_over(by, case), limits(row.currency)):
        raise Refused("above_your_limit")


@transaction.atomic
def offer_redress(*, redress: UUID, by: Actor, at: datetime) -> Redress:
    """Tell the customer what the bank offers."""
    row, case = _at(redress, "ready")
    ground.allow(by, "case.redress", case, at)
    _move(row, "ready", "offered", offered_at=at)
    ground.write(case)
    _record(row, "offered", case, by, at)
    what = standards.label("redress_kind", row.kind).word(case.language)
    amount = rule.written(row.amount, row.currency) if row.amount else ("无" if case.language[:2] == "zh" else "none")
    text = sealed.reveal(REDRESS_TABLE, row.pk).get("text", "")
    letter = letters.draft(
        case, "redress", at=at, key=f"redress:{row.pk}", item=row.pk, what=what, amount=amount, text=text
    )
    letters.send(letter, by, at)
    return row


@transaction.atomic
def answer_redress(*, redress: UUID, accepted: bool, by: Actor, at: datetime) -> Redress:
    """The customer takes the offer or does not, on their page or told to a colleague."""
    row, case = _at(redress, "offered")
    if by.kind == "staff":
        ground.allow(by, "case.note", case, at)
    step = "accepted" if accepted else "declined"
    _move(row, "offered", step, answered_at=at)
    ground.write(case)
    _record(row, step, case, by, at)
    ground.notify(
        case.handler_id or case.owner_id, "redress_answered", case, by, at, f"redress-answer:{redress}",
        zh="客户已答复工单 {number} 的补偿方案", en="The customer answered the redress of case {number}",
    )  # fmt: skip
    return row


@transaction.atomic
def pay_redress(*, redress: UUID, evidence: str, by: Actor, at: datetime) -> Redress:
    """Paid or done, with the reference that proves it."""
    row, case = _at(redress, "accepted")
    ground.allow(by, "case.redress", case, at)
    if not evidence.strip():
        raise Refused("evidence_missing")
    vault.keep(subject=case.id, table=REDRESS_TABLE, row=redress, values={"evidence": ground.text_of(evidence)})
    _move(row, "accepted", "paid", paid_at=at, payer_id=by.staff)
    ground.write(case)
    _record(row, "paid", case, by, at)
    return row


@transaction.atomic
def drop_redress(*, redress: UUID, by: Actor, at: datetime) -> Redress:
    """Not pursued: before the customer has accepted it."""
    row, case = _at(redress, "waiting", "ready", "returned", "offered")
    ground.allow(by, "case.redress", case, at)
    _move(row, row.state, "dropped")
    ground.write(case)
    _record(row, "dropped", case, by, at)
    return row


def drop_redress_of(case: Case, barred: frozenset[UUID], by: Actor, at: datetime) -> None:
    """What a recused person proposed or approved and the customer has not seen is dropped (SoD1)."""
    for row in Redress.objects.filter(case=case, state__in=("waiting", "ready", "returned")):
        if {row.proposer_id, row.approver_id} & barred:
            _move(row, row.state, "dropped")
            _record(row, "dropped", case, by, at)


def _at(redress: UUID, *states: str) -> tuple[Redress, Case]:
    row = Redress.objects.select_for_update().filter(pk=redress).first()
    if row is None:
        raise Gone
    if row.state not in states:
        raise Refused("already_settled" if row.state in ("paid", "dropped", "declined") else "wrong_state")
    return row, ground.held(row.case_id, "redress_on")


def _move(row: Redress, old: str, new: str, **changes: object) -> None:
    if not Redress.objects.filter(pk=row.pk, state=old).update(state=new, **changes):
        raise Refused("already_settled")
    row.state = new
    for name, value in changes.items():
        setattr(row, name, value)


def _record(row: Redress, step: str, case: Case, by: Actor, at: datetime) -> None:
    fact = RedressStepped(
        case=case.id, redress=row.pk, step=step, kind=row.kind, amount=row.amount, currency=row.currency
    )
    ground.tell_history(case, fact, by, at)
