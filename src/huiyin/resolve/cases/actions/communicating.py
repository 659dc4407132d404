"""Letters that a law names: a holding response or a notice of delay meets the limit it stands for, a summary resolution
decides the matter. What each says, and which event its delivery is, stands in the rule pack."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.limits import Communication as Letter
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed
from huiyin.protect.access import queries as access
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters, opening, replying
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.facts import CommunicationStepped
from huiyin.resolve.cases.models import Case, Communication, Reply
from huiyin.resolve.cases.queries import paper
from huiyin.resolve.cases.queries.communicating import COMMUNICATION_TABLE, Sendable, letter_of, sendable
from huiyin.resolve.cases.queries.records import REPLY_TABLE
from huiyin.resolve.cases.rules import sources


@transaction.atomic
def request_communication(
    *, case: UUID, code: str, text: str, expected_on: date, by: Actor, at: datetime, version: int | None = None
) -> Communication:
    """Ask for a letter that puts the decision off: its reasons, and the day by which the customer may expect it."""
    found = ground.held(case, "law_letter", version)
    ground.allow(by, "case.request_extension", found, at)
    requester = ground.only_staff(by)
    chosen = _sendable(found, code, at, answers=False)
    reasons = ground.text_of(text)
    if expected_on <= localdate(at):
        raise Refused("expected_day_is_past")
    if queries.open_communication(case):
        raise Refused("law_letter_waiting")
    row = Communication.objects.create(
        id=new_id(), case=found, cycle=found.cycle, code=code, event=chosen.letter.event, expected_on=expected_on,
        requester_id=requester, requested_at=at,
    )  # fmt: skip
    vault.keep(subject=case, table=COMMUNICATION_TABLE, row=row.id, values={"reason": reasons})
    ground.write(found)
    _record(row, found, "asked", by, at)
    for person in access.holders("supervisor", at, found.unit_path):
        ground.notify(
            person, "law_letter_to_approve", found, by, at, f"law:{row.id}",
            zh="工单 {number} 申请发出法定告知，请审批", en="A letter that puts off case {number} waits for your decision",
        )  # fmt: skip
    return row


@transaction.atomic
def decide_communication(*, communication: UUID, grant: bool, by: Actor, at: datetime) -> Communication:
    """Another person lets it leave, or does not (as with an extension, SoD4). Only its delivery counts."""
    row = Communication.objects.select_for_update().filter(pk=communication).first()
    if row is None:
        raise Gone
    if row.state != "waiting":
        raise Refused("already_settled")
    case = ground.held(row.case_id, "law_letter")
    if by.staff == row.requester_id:
        raise Refused("own_law_letter")
    ground.allow(by, "case.extend", case, at, queries.sight(case, at, requester=row.requester_id))
    letter = _sendable(case, row.code, at, answers=False).letter if grant else None
    row.state, row.approver_id, row.decided_at = "sending" if grant else "refused", ground.only_staff(by), at
    row.save(update_fields=["state", "approver", "decided_at"])
    ground.write(case)
    _record(row, case, "granted" if grant else "refused", by, at)
    if letter is None:
        ground.notify(
            row.requester_id, "law_letter_refused", case, by, at, f"law refused:{row.id}",
            zh="工单 {number} 的法定告知未获批准", en="The letter for case {number} was refused",
        )  # fmt: skip
        return row
    reason = sealed.reveal(COMMUNICATION_TABLE, row.pk).get("reason", "")
    title, body = _worded(case, letter, reason=reason, expected=_day(row.expected_on, case))
    draft = letters.draft(case, "law", at=at, key=f"law:{row.pk}", item=row.pk, title=title, text=body)
    letters.send(draft, by, at)
    row.refresh_from_db()
    return row


@transaction.atomic
def communication_arrived(*, communication: UUID, by: Actor, at: datetime) -> None:
    """It reached the customer: the limits that wait for it are met, and those that follow from it begin."""
    row = Communication.objects.select_related("case").filter(pk=communication, state="sending").first()
    if row is None:
        return
    Communication.objects.filter(pk=row.pk).update(state="delivered", delivered_at=at)
    case, letter = row.case, letter_of(row.code)
    _record(row, case, "delivered", by, at)
    if row.cycle != case.cycle or case.state == "closed":
        return
    clocks.happened(subject=case.pk, event=row.event, by=by, at=at)
    if letter is not None and letter.response:
        _begin_what_follows(case, row, letter.response, by, at)
    ground.retime_many([case.pk])


def _begin_what_follows(case: Case, row: Communication, response: str, by: Actor, at: datetime) -> None:
    """The limits that the pack has for a matter with this response, counted from where the limit now met began."""
    ref = row.code.rpartition("/")[0]
    pack = ref.partition("/")[0]
    met = [view for view in clock_queries.clocks_of(case.pk) if view.pack == pack and view.stopped_by == row.event]
    anchor = met[0].anchor_at if met else case.received_at
    body = next((body for body, packs in sources.PACKS_OF_BODY.items() if pack in packs), "")
    clocks.add_packs(
        subject=case.pk, kind="case", stream=case.stream, event="complaint.received", packs=[ref], by=by, at=at,
        attrs=opening.attrs_of(case, response) | ({"source": body} if body else {}),
        anchors=dict.fromkeys(("received_at", "sent_at", "forwarded_at"), anchor),
    )  # fmt: skip


@transaction.atomic
def communication_lost(*, communication: UUID, why: str, by: Actor, at: datetime) -> None:
    """It did not reach the customer after all: the limits run as if it had never been sent."""
    row = Communication.objects.select_related("case").filter(pk=communication).first()
    if row is None or row.state not in ("sending", "delivered"):
        return
    was_there, case = row.state == "delivered", row.case
    Communication.objects.filter(pk=row.pk).update(state="failed", delivered_at=None)
    _record(row, case, "failed", by, at)
    if was_there and row.cycle == case.cycle and case.state != "closed":
        clocks.unhappened(subject=case.pk, event=row.event, by=by, at=at)
        ground.retime_many([case.pk])
    for person in {row.requester_id, case.handler_id or case.owner_id}:
        ground.notify(person, "delivery_failed", case, by, at, f"law lost:{row.pk}", why=why)


@transaction.atomic
def resolve_summarily(
    *, case: UUID, code: str, text: str, accepted: str, by: Actor, at: datetime, version: int | None = None
) -> Reply:
    """The customer has said that they accept: the answer is the short letter that the law allows for this.

    `accepted`: how they said so, kept with the reply. It is sent and approved like any reply.
    """
    found = ground.held(case, "reply", version)
    chosen = _sendable(found, code, at, answers=True)
    how = ground.text_of(accepted)
    title, body = _worded(found, chosen.letter, outcome=ground.text_of(text))
    reply = replying.draft_reply(case=case, text=body, title=title, by=by, at=at, version=version, law=code)
    vault.keep(subject=case, table=REPLY_TABLE, row=reply.pk, values={"accepted": how})
    return reply


def _sendable(case: Case, code: str, at: datetime, *, answers: bool) -> Sendable:
    found = next((one for one in sendable(case, at, answers=answers) if one.code == code), None)
    if found is None:
        raise Refused("no_such_law_letter")
    return found


def _worded(case: Case, letter: Letter, **asked: str) -> tuple[str, str]:
    """Title and body in the customer's language, as the pack words them."""
    zh = case.language.startswith("zh")
    values = paper.values(case, None, paper.owner_name(case))
    values |= {"received": paper.written_day(case.received_at, zh)} | asked
    return (
        standards.filled_places(letter.title.word(case.language), values),
        standards.filled_places(letter.body.word(case.language), values),
    )


def _day(on: date | None, case: Case) -> str:
    assert on is not None
    return paper.written_day(datetime.combine(on, time(12), standards.HOME_ZONE), case.language.startswith("zh"))


def _record(row: Communication, case: Case, step: str, by: Actor, at: datetime) -> None:
    fact = CommunicationStepped(case=case.pk, communication=row.pk, code=row.code, step=step)
    ground.tell_history(case, fact, by, at)
