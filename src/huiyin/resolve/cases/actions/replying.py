"""Draft → (a second person) → send → delivered: only delivery answers the customer (clock.md §8.10, T27, T43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.staff import actions as staff_actions
from huiyin.bank.staff import queries as staff
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import Happening, record_many
from huiyin.listen.voices import queries as voices
from huiyin.platform.messages import actions as messages
from huiyin.platform.tables import actions as tables
from huiyin.platform.tables.queries import load
from huiyin.platform.vault import actions as vault
from huiyin.platform.vault import queries as sealed
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, letters
from huiyin.resolve.cases.actions.ending import reopen_unreached
from huiyin.resolve.cases.actions.opening import Arrived, incident
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.facts import (
    CaseAnswered,
    CaseUnanswered,
    ReplyApproved,
    ReplyDrafted,
    ReplyReturned,
)
from huiyin.resolve.cases.models import Case, Reply
from huiyin.resolve.cases.queries.communicating import summary_event
from huiyin.resolve.cases.queries.legs import unanswered_legs
from huiyin.resolve.cases.queries.records import REPLY_TABLE
from huiyin.resolve.cases.rules import steps


@transaction.atomic
def draft_reply(
    *,
    case: UUID,
    text: str,
    by: Actor,
    at: datetime,
    title: str = "",
    verified: bool = True,
    version: int | None = None,
    id: UUID | None = None,
    law: str = "",
) -> Reply:
    """Write the answer. In a serious or major case it waits for a second person, else it is ready to send.

    `verified`: the author states that the facts were verified and the reasons are given (art. 19). `law`: it is the
    letter of a rule pack that decides a matter (`communicating.resolve_summarily`).
    """
    found = ground.held(case, "reply", version)
    ground.allow(by, "case.reply", found, at)
    author = ground.only_staff(by)
    kept = ground.text_of(text)
    if found.kind == "complaint" and not verified:
        raise Refused("facts_unverified")
    if standards.unfilled(kept):
        raise Refused("gap_left")
    if unanswered_legs([case]):
        raise Refused("legs_open")
    needs = steps.needs_approval(found.severity)
    Reply.objects.filter(case=case, cycle=found.cycle, state__in=("ready", "returned", "failed")).update(
        state="replaced"
    )
    reply = Reply.objects.create(
        id=id or new_id(), case=found, cycle=found.cycle, state="waiting" if needs else "ready", author_id=author,
        needs_approval=needs, drafted_at=at, law=law,
    )  # fmt: skip
    vault.keep(
        subject=case,
        table=REPLY_TABLE,
        row=reply.id,
        values={"title": title.strip() or letters.title_of(found, "reply", text=""), "text": kept},
    )
    ground.write(found, state="approving" if needs else "working")
    fact = ReplyDrafted(case=case, reply=reply.id, author=author, needs_approval=needs)
    ground.tell_history(found, fact, by, at)
    if needs:
        _ask_approvers(found, author, by, at, f"approve:{reply.id}")
    return reply


def _ask_approvers(case: Case, author: UUID | None, by: Actor, at: datetime, key: str) -> None:
    """Everybody who may approve it hears of it; with nobody left the duty desk does, and the rule stands (SoD17)."""
    people = queries.approvers(case, author, at)
    for person in people:
        ground.notify(person, "reply_to_approve", case, by, at, key)
    if not people:
        incident(case, "no_approver", by, at)


@transaction.atomic
def approve_reply(*, reply: UUID, by: Actor, at: datetime, version: int | None = None, send: bool = False) -> Reply:
    """The second person agrees (SoD3). With `send` it leaves at once."""
    found, case = _waiting(reply, version)
    _may_approve(found, case, by, at)
    approver = ground.only_staff(by)
    changed = Reply.objects.filter(pk=reply, state="waiting").update(
        state="ready", approver_id=approver, approved_at=at
    )
    if not changed:
        raise Refused("already_settled")
    found.state, found.approver_id, found.approved_at = "ready", approver, at
    ground.write(case, state="working")
    ground.tell_history(case, ReplyApproved(case=case.id, reply=reply, approver=approver), by, at)
    ground.notify(found.author_id, "reply_approved", case, by, at, f"approved:{reply}")
    if send:
        _send(found, case, by, at)
    return found


@transaction.atomic
def return_reply(*, reply: UUID, text: str, by: Actor, at: datetime, version: int | None = None) -> Reply:
    """The second person sends it back with a reason; the author writes again."""
    found, case = _waiting(reply, version)
    _may_approve(found, case, by, at)
    approver = ground.only_staff(by)
    vault.keep(subject=case.id, table=REPLY_TABLE, row=reply, values={"returned": ground.text_of(text)})
    if not Reply.objects.filter(pk=reply, state="waiting").update(state="returned", approver_id=approver):
        raise Refused("already_settled")
    found.state = "returned"
    ground.write(case, state="working")
    ground.tell_history(case, ReplyReturned(case=case.id, reply=reply, approver=approver), by, at)
    ground.notify(found.author_id, "reply_returned", case, by, at, f"returned:{reply}:{case.version}")
    return found


def _waiting(reply: UUID, version: int | None) -> tuple[Reply, Case]:
    found = Reply.objects.select_for_update().filter(pk=reply).first()
    if found is None:
        raise Gone
    return found, ground.held(found.case_id, "approve", version)


def _may_approve(reply: Reply, case: Case, by: Actor, at: datetime) -> None:
    ground.allow(by, "case.approve_reply", case, at, queries.sight(case, at, author=reply.author_id))
    if by.staff == reply.author_id:
        raise Refused("own_reply")
    if case.severity == "major" and by.kind == "staff" and not steps.may_approve_major(by.roles):
        raise Refused("major_needs_cp")


@transaction.atomic
def send_reply(*, reply: UUID, by: Actor, at: datetime, version: int | None = None) -> Reply:
    """Send an approved (or harmless) reply. The case is answered when it is delivered, not before."""
    found = Reply.objects.select_for_update().filter(pk=reply).first()
    if found is None:
        raise Gone
    case = ground.held(found.case_id, "send", version)
    ground.allow(by, "case.reply", case, at, queries.sight(case, at, author=found.author_id))
    if found.state not in ("ready", "failed"):
        raise Refused("waiting_for_approval" if found.state == "waiting" else "no_ready_reply")
    if found.cycle != case.cycle or (steps.needs_approval(case.severity) and found.approver_id is None):
        raise Refused("waiting_for_approval" if found.cycle == case.cycle else "no_ready_reply")
    _send(found, case, by, at)
    return found


def _send(reply: Reply, case: Case, by: Actor, at: datetime) -> None:
    """Mark it as leaving first: the portal delivers within the call, and the reaction finds it on its way."""
    again = reply.state == "failed"
    Reply.objects.filter(pk=reply.pk).update(state="sending", sent_at=at)
    ground.write(case, state="sending")
    kept = sealed.reveal(REPLY_TABLE, reply.pk)
    key = f"reply:{reply.pk}:{case.version}" if again else f"reply:{reply.pk}"
    letter = letters.draft(
        case, "reply", at=at, key=key, item=reply.pk, title=kept.get("title", ""), text=kept.get("text", ""),
        wording="law" if reply.law else "",
    )  # fmt: skip
    letters.send(letter, by, at)
    for member in queries.merged_into(case.pk):
        letters.send(letters.copy(member, reply.pk, kept, case.version, at=at), by, at)
    reply.refresh_from_db()


@transaction.atomic
def answered_many(*, items: Sequence[Arrived]) -> None:
    """Delivery answers: the clocks stop, the managers of the accused may read on, masked (decision 4)."""
    replies = {reply.pk: reply for reply in load(Reply, "id", {item.item for item in items})}
    due = [(item, replies[item.item]) for item in items if item.item in replies]
    due = [(item, reply) for item, reply in due if reply.state in ("sending", "failed")]
    if not due:
        return
    cases = queries.cases(reply.case_id for _, reply in due)
    told, answered = [], []
    tables.update(Reply, ("state", "delivered_at"), [("delivered", item.at, reply.pk) for item, reply in due])
    for item, reply in due:
        case = cases[reply.case_id]
        if reply.cycle == case.cycle and case.state != "closed":
            answered.append((case, {"state": "answered", "answered_at": item.at}))
            fact = CaseAnswered(case=case.id, reply=reply.pk, cycle=reply.cycle, answered_at=item.at)
            told.append((case, reply, Happening(fact, case.stream, item.by, item.at)))
    if not told:
        return
    ground.write_many(answered)
    now = max(item.at for item, _ in due)
    record_many(happenings=[line for _, _, line in told], recorded_at=now)
    clocks.happened_many(
        items=[
            clocks.Happened(case.id, event, line.at)
            for case, reply, line in told
            for event in (*summary_event(reply.law), "complaint.responded", "complaint.decision_notified")
        ],
        by=told[0][2].by,
        at=now,
    )
    ground.retime_many(case.id for case, _, _ in told)
    for case, reply, line in told:
        if "about_staff" in case.flag_codes:
            keep = [reply.approver_id] if reply.approver_id else []
            staff_actions.release_managers(subject=case.id, by=line.by, at=line.at, keep=keep)


def take_back_drafts(case: Case, barred: frozenset[UUID], by: Actor, at: datetime) -> None:
    """What a recused person wrote is not sent; what one approved waits for another approver (SoD1, SoD3)."""
    at_hand = Reply.objects.filter(case=case, cycle=case.cycle, state__in=("waiting", "ready", "returned", "failed"))
    if at_hand.filter(author__in=barred).update(state="replaced") and case.state == "approving":
        ground.write(case, state="working")
    approved = at_hand.filter(state="ready", approver__in=barred).first()
    if approved is None:
        return
    Reply.objects.filter(pk=approved.pk).update(state="waiting", approver=None, approved_at=None)
    ground.write(case, state="approving")
    _ask_approvers(case, approved.author_id, by, at, f"approve-again:{approved.pk}:{case.version}")


def approve_anew(case: Case, by: Actor, at: datetime) -> None:
    """The case has become graver: a reply that was about to leave waits for whoever approves such ones."""
    ready = Reply.objects.filter(case=case, cycle=case.cycle, state__in=("ready", "failed")).first()
    if ready is None or case.state != "working":
        return
    Reply.objects.filter(pk=ready.pk).update(state="waiting", needs_approval=True, approver=None, approved_at=None)
    ground.write(case, state="approving")
    _ask_approvers(case, ready.author_id, by, at, f"approve-anew:{ready.pk}:{case.version}")


@transaction.atomic
def unanswered(*, reply: UUID, why: str, by: Actor, at: datetime) -> None:
    """The delivery failed after all: the clocks run as if nothing had happened and the case is work again (T43)."""
    found = Reply.objects.select_related("case").filter(pk=reply).first()
    if found is None or found.state not in ("sending", "delivered"):
        return
    case = found.case
    Reply.objects.filter(pk=reply).update(state="failed", delivered_at=None)
    if found.cycle == case.cycle and case.state == "closed" and case.outcome in ("explained", "no_answer"):
        reopen_unreached(case=case, by=by, at=at)
    elif found.cycle != case.cycle or case.state not in ("sending", "answered"):
        return
    was_answered = case.state == "answered"
    if case.state in ("sending", "answered"):
        ground.write(case, state="working", answered_at=None, confirmed_at=None)
    if was_answered:
        ground.tell_history(case, CaseUnanswered(case=case.id, reply=reply, cycle=found.cycle), by, at)
        for event in ("complaint.decision_notified", "complaint.responded", *summary_event(found.law)):
            clocks.unhappened(subject=case.id, event=event, by=by, at=at)
        ground.retime(case)
    for person in {case.owner_id, case.handler_id}:
        ground.notify(person, "delivery_failed", case, by, at, f"failed:{reply}:{case.version}", why=why)


@dataclass(frozen=True)
class Answering:
    """One line of `answer_many`: a reply drafted, perhaps approved, and sent."""

    case: UUID
    author: Actor
    text: str
    drafted_at: datetime
    sent_at: datetime
    approver: Actor | None = None
    approved_at: datetime | None = None
    reply: UUID | None = None
    message: UUID | None = None


@transaction.atomic
def answer_many(*, items: Sequence[Answering]) -> None:
    """Answer a batch, for the generator: the same rules, tables and facts as draft, approve, send; no inbox lines."""
    if not items:
        return
    cases = queries.cases(item.case for item in items)
    if unanswered_legs(list(cases)):
        raise Refused("legs_open")
    people = staff.people(case.owner_id for case in cases.values())
    rows, texts, drafted, approved, drafts = [], [], [], [], []
    for item in items:
        case = cases[item.case]
        no = steps.refusal("reply", case.state)
        needs = steps.needs_approval(case.severity)
        if no:
            raise Refused(no)
        if needs and (item.approver is None or item.approver.staff == item.author.staff):
            raise Refused("own_reply" if item.approver else "waiting_for_approval")
        author = ground.only_staff(item.author)
        approver = item.approver.staff if needs and item.approver else None
        reply = tables.new(
            Reply, id=item.reply or new_id(), case_id=case.id, cycle=case.cycle, state="sending", author_id=author,
            approver_id=approver, needs_approval=needs, drafted_at=item.drafted_at,
            approved_at=item.approved_at if needs else None, sent_at=item.sent_at,
        )  # fmt: skip
        rows.append(reply)
        letter = letters.draft(
            case, "reply", at=item.sent_at, by=item.author, key=f"reply:{reply.id}", item=reply.id, text=item.text,
            owner=letters.owner_name(case, people), words=voices.Words(), id=item.message,
        )  # fmt: skip
        drafts.append(letter)
        texts.append((case.id, REPLY_TABLE, reply.id, {"title": letter.title, "text": item.text}))
        fact = ReplyDrafted(case=case.id, reply=reply.id, author=author, needs_approval=needs)
        drafted.append(Happening(fact, case.stream, item.author, item.drafted_at))
        if needs and item.approver and approver and item.approved_at:
            yes = ReplyApproved(case=case.id, reply=reply.id, approver=approver)
            approved.append(Happening(yes, case.stream, item.approver, item.approved_at))
    tables.insert(rows)
    vault.keep_many(texts)
    now = max(item.sent_at for item in items)
    record_many(happenings=drafted, recorded_at=now)
    if approved:
        record_many(happenings=approved, recorded_at=now)
    for approved_first, writes in ((True, 3), (False, 2)):
        ground.write_many(
            [(cases[r.case_id], {"state": "sending"}) for r in rows if r.needs_approval is approved_first],
            writes=writes,
        )
    messages.send_many(drafts=drafts, by=items[0].author, recorded_at=now)
