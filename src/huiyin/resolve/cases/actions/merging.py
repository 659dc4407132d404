"""One customer, several cases about one thing: worked on as one, taken apart again, or one case made two (§8.12, T36)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.ledger.actions import record
from huiyin.listen.voices import actions as voices
from huiyin.listen.voices import queries as heard
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground
from huiyin.resolve.cases.actions.refusals import Gone, Refused
from huiyin.resolve.cases.facts import CaseMerged, CaseUnmerged
from huiyin.resolve.cases.models import Case, Handover, Merge
from huiyin.resolve.cases.queries.joined import direct_members, same_person
from huiyin.resolve.cases.rules import limits, steps


@transaction.atomic
def merge(*, member: UUID, survivor: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Work on `member` goes on in `survivor`, which takes the earliest receipt and, per family, the earliest limit.

    The member still counts as a complaint and keeps its verdicts; later words and files sent to it reach the survivor,
    and the answer stands on both pages. `version` is the survivor's. Returns the survivor.
    """
    if member == survivor:
        raise Refused("merge_with_itself")
    rows = {row.pk: row for row in Case.objects.select_for_update().filter(pk__in=[member, survivor]).order_by("id")}
    if len(rows) < 2:
        raise Gone
    for row in rows.values():
        ground.allow(by, "case.note", row, at)
        if row.outcome == "merged":
            raise Refused("merged_already")
        no = steps.refusal("merge", row.state)
        if no:
            raise Refused(no)
    kept, gone = ground.held(survivor, "merge", version), rows[member]
    if not same_person(kept, gone):
        raise Refused("other_person")
    Merge.objects.create(id=new_id(), member=gone, survivor=kept, was_state=gone.state, merged_at=at)
    Handover.objects.filter(case=gone, settled_at=None).update(settled_at=at, outcome="cancelled")
    ground.write(
        gone, state="closed", outcome="merged", closed_at=at, rank_at=limits.LAST, legal_due_at=None,
        house_due_at=None, risk_at=None,
    )  # fmt: skip
    clocks.merge(survivor=survivor, members=[member], by=by, at=at)
    ground.write(kept, received_at=_received(kept))
    record(fact=CaseMerged(case=member, into=survivor), stream=gone.stream, by=by, at=at)
    for person in {gone.owner_id, gone.handler_id} - {kept.owner_id, kept.handler_id}:
        ground.notify(person, "case_merged", gone, by, at, f"merged:{member}:{survivor}:{at.timestamp()}",
                      zh="工单 {number} 已并案办理", en="Case {number} was merged into another one")  # fmt: skip
    return ground.retime(kept)


@transaction.atomic
def unmerge(*, member: UUID, by: Actor, at: datetime) -> Case:
    """Take a merged case apart again: it stands where it stood, and its limits run as if they had never stopped."""
    found = Case.objects.select_for_update().filter(pk=member).first()
    if found is None:
        raise Gone
    ground.allow(by, "case.note", found, at)
    row = Merge.objects.select_for_update().filter(member=member, unmerged_at=None).first()
    if row is None or found.outcome != "merged":
        raise Refused("not_merged")
    kept = Case.objects.select_for_update().get(pk=row.survivor_id)
    ground.allow(by, "case.note", kept, at)
    if kept.outcome == "merged":
        raise Refused("outer_first")
    if kept.state in ("answered", "closed"):
        raise Refused("already_answered")
    row.unmerged_at = at
    row.save(update_fields=["unmerged_at"])
    ground.write(found, state=row.was_state, outcome="", closed_at=None)
    clocks.unmerge(survivor=kept.pk, member=member, by=by, at=at)
    ground.write(kept, received_at=_received(kept))
    ground.retime(kept)
    record(fact=CaseUnmerged(case=member, into=kept.pk), stream=found.stream, by=by, at=at)
    ground.notify(found.handler_id or found.owner_id, "case_unmerged", found, by, at,
                  f"unmerged:{member}:{at.timestamp()}", zh="工单 {number} 已撤销并案",
                  en="Case {number} is on its own again")  # fmt: skip
    return ground.retime(found)


def _received(survivor: Case) -> datetime:
    """The earliest receipt of everything that is worked on here; the survivor's own is kept by its voice."""
    earlier = [row.member.received_at for row in direct_members(survivor.pk)]
    own = heard.voice(survivor.pk)
    return min([own.received_at if own else survivor.received_at, *earlier])


@transaction.atomic
def split(
    *, case: UUID, text: str, by: Actor, at: datetime, version: int | None = None, id: UUID | None = None
) -> Case:
    """Part of a matter becomes a case of its own: the same customer, the same day of receipt, the same limits counted
    from the same moment. `text` is what the new case is about, in the customer's words as the colleague takes them."""
    found = ground.held(case, "split", version)
    ground.allow(by, "case.note", found, at)
    said = heard.words(case)
    part = voices.Heard(
        kind=found.kind, channel=found.channel, received_at=found.received_at, language=found.language,
        words=voices.Words(
            text=ground.text_of(text), name=said.name, phone=said.phone, email=said.email, id_number=said.id_number,
            representative=said.representative, mandate=said.mandate,
        ),
        id=id, customer=found.customer, unit=found.unit_id, product=found.product or None, taken_by=found.owner_id,
        split_from=case,
    )  # fmt: skip
    voice = voices.hear(item=part, by=by, at=at)
    made = queries.case(voice.id)
    assert made is not None
    if found.flags:
        ground.write(made, flags=" ".join(dict.fromkeys([*made.flag_codes, *found.flag_codes])))
    return made


@transaction.atomic
def copy_arrived(*, case: UUID, by: Actor, at: datetime) -> None:
    """The answer of the survivor reached the page of a merged case: its own limits are judged by its own due times."""
    if Case.objects.filter(pk=case, outcome="merged").exists():
        for event in ("complaint.responded", "complaint.decision_notified"):
            clocks.happened(subject=case, event=event, by=by, at=at)
