"""The common answer going out: an entry point like a view, that may be run twice, late, or die half-way."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django_tasks import task

from huiyin.kernel.actor import Actor
from huiyin.ledger.actions import record
from huiyin.platform.present.queries import now
from huiyin.protect.access import queries as access
from huiyin.protect.identity import queries as identity
from huiyin.resolve.cases import actions as case_actions
from huiyin.resolve.cases import queries as cases
from huiyin.resolve.groups import queries, rules
from huiyin.resolve.groups.facts import GroupAnswered
from huiyin.resolve.groups.models import Answer, Sending, Sent


@task()
def send_answers(sending: str) -> str:
    """Give each open case its own reply. Every case is a transaction of its own, so that a second run goes on."""
    found = Sending.objects.select_related("answer", "answer__group").filter(pk=UUID(sending), finished_at=None).first()
    if found is None:
        return "sent"
    wording, at = found.answer, now()
    author, approver = _actor(wording.author_id, at), _actor(wording.approver_id, at)
    left_out = []
    rows = cases.cases(row.case for row in queries.members(wording.group_id))
    kept = queries.answer_words(wording.pk)
    for case in sorted(rows.values(), key=lambda case: (case.received_at, case.number)):
        if wording.state != "ready" or author is None or approver is None:
            left_out.append((case.number, "author_left"))
            continue
        why = rules.LEFT_OUT[case.state].code if case.state in rules.LEFT_OUT else ""
        if not why:
            try:
                _send_one(wording, case.pk, kept, author, approver, at)
            except case_actions.NotAllowed as no:
                why = "recused" if no.rule == "SoD1" else "refused"
            except case_actions.Refused as no:
                why = no.code
            except case_actions.Stale:
                why = "changed"
        if why and not Sent.objects.filter(answer=wording, case=case.pk).exists():
            left_out.append((case.number, why))
    Sending.objects.filter(pk=found.pk).update(finished_at=now(), left_out=left_out)
    return "sent"


@transaction.atomic
def _send_one(wording: Answer, case: UUID, kept: dict[str, str], author: Actor, approver: Actor, at: datetime) -> None:
    if Sent.objects.filter(answer=wording, case=case).exists():
        return
    matter = cases.cases([case])[case]
    if matter.state == "new":
        case_actions.assign(case=case, handler=wording.author_id, by=author, at=at)
    title, text = cases.filled_text(matter, kept["title"], kept["text"])
    reply = case_actions.draft_reply(case=case, title=title, text=text, by=author, at=at)
    if reply.needs_approval:
        case_actions.approve_reply(reply=reply.pk, by=approver, at=at, send=True)
    else:
        case_actions.send_reply(reply=reply.pk, by=author, at=at)
    Sent.objects.create(answer=wording, case=case, reply=reply.pk, sent_at=at)
    fact = GroupAnswered(group=wording.group_id, answer=wording.pk, case=case, reply=reply.pk)
    record(fact=fact, stream=f"group:{wording.group_id}", by=author, at=at)


def _actor(staff: UUID | None, at: datetime) -> Actor | None:
    user = identity.user_of(staff) if staff else None
    return access.actor_for(user, at) if user else None
