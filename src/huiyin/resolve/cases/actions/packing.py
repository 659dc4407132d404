"""Which rule packs a case stands under, when that turns out later; and moving running cases to approved versions."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.clocks import queries as clock_queries
from huiyin.bank.standards import actions as standards_actions
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.resolve.cases.actions import ground, opening
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.facts import CasePacked
from huiyin.resolve.cases.models import Case

OPEN = ("new", "working", "approving")


@transaction.atomic
def set_law(*, case: UUID, topic: str, by: Actor, at: datetime, source: str = "", version: int | None = None) -> Case:
    """A person decides which law the matter falls under and which body forwarded it. The packs for it start their
    clocks from the receipt; the clocks of packs that no longer apply are called off. Packs it keeps stay in the
    version they began with."""
    found = ground.held(case, "classify", version)
    ground.allow(by, "case.note", found, at)
    if not (_known("topic", topic) and (source in ("", found.source) or _known("source", source))):
        raise Refused("no_such_law")
    if (found.topic, found.source) == (topic, source):
        return found
    before = _stamped(found)
    found.topic, found.source = topic, source
    attrs = opening.attrs_of(found)
    now = {ref.partition("/")[0]: ref for ref in standards.packs_for(attrs, found.received_at)}
    kept = {code: before.get(code, ref) for code, ref in now.items()}
    refs = tuple(kept[code] for code in sorted(kept))
    ground.write(found, topic=topic, source=source, packs=" ".join(refs))
    ground.tell_history(found, CasePacked(case=case, topic=topic, source=source or None, packs=refs), by, at)
    if found.state in OPEN:
        gone = frozenset(before) - frozenset(now)
        if gone:
            clocks.cancel(subject=case, reason="other_law", by=by, at=at, packs=gone)
        added = [ref for code, ref in kept.items() if code not in before]
        if added:
            clocks.add_packs(
                subject=case, kind="case", stream=found.stream, event="complaint.received", attrs=attrs,
                anchors={"received_at": found.received_at}, packs=added, by=by, at=at,
            )  # fmt: skip
        clocks.supersede(subject=case, attrs=attrs, by=by, at=at, why="topic")
    return ground.retime(found)


def _known(facet: str, code: str) -> bool:
    return code in {label.code for label in standards.facet(facet)}


def _stamped(case: Case) -> dict[str, str]:
    """The packs a case stands under: its stamp, or what its clocks say where it is older than the stamp."""
    refs = case.pack_refs or clock_queries.pinned(clock_queries.clocks_of(case.id))
    return {ref.partition("/")[0]: ref for ref in refs}


def carry_out(*, by: Actor, at: datetime) -> int:
    """Move running time limits for every approved proposal that asks for it. Each proposal is one transaction with the
    note that it is done, so a run that was killed has done nothing and is simply done again."""
    return sum(_carry_out(found.id, by, at) for found in standards.unfinished())


@transaction.atomic
def _carry_out(id: UUID, by: Actor, at: datetime) -> int:
    found = standards.claimed(id)
    if found is None:
        return 0
    pack = standards.in_force(found.code, at)
    if pack is None:
        subjects = clock_queries.behind_calendar(found.code)
        moved = clocks.reproject(calendar=found.code, by=by, at=at)
    else:
        subjects = clock_queries.behind_pack(pack)
        moved = clocks.redefine(pack=found.code, by=by, at=at)
    cases = Case.objects.filter(id__in=subjects) if len(subjects) < 500 else Case.objects.filter(closed_at=None)
    wanted = set(subjects)
    mine = [case for case in cases if case.id in wanted]
    for case in mine:
        if pack is not None:
            clocks.supersede(subject=case.id, attrs=opening.attrs_of(case), by=by, at=at, why="version")
            refs = " ".join(clock_queries.pinned(clock_queries.clocks_of(case.id)))
            Case.objects.filter(id=case.id).update(packs=refs)
    ground.retime_many([case.id for case in mine])
    standards_actions.note_moved(proposal=id, clocks=moved, done=True, by=by, at=at)
    return moved
