"""What every verb stands on: the case under a lock, the permission, the step, the version, the due times."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from huiyin.bank.clocks import queries as clocks
from huiyin.bank.clocks.queries import ClockView
from huiyin.bank.staff import queries as staff
from huiyin.kernel import permit
from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import Fact
from huiyin.ledger.actions import record
from huiyin.platform.messages import actions as messages
from huiyin.platform.tables import actions as tables
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions.refusals import Gone, NotAllowed, Refused, Stale
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.queries import Sight
from huiyin.resolve.cases.rules import limits, steps
from huiyin.resolve.cases.rules.words import VULNERABLE

LONGEST = 5000
CHUNK = 500


def held(id: UUID, verb: str, version: int | None = None) -> Case:
    """The case under a lock, at a step where the verb may be done, and unchanged since the form was shown."""
    found = Case.objects.select_for_update().filter(pk=id).first()
    if found is None:
        raise Gone
    if version is not None and version != found.version:
        raise Stale(found.version)
    no = steps.refusal(verb, found.state)
    if no:
        raise Refused(no)
    return found


def allow(by: Actor, action: str, case: Case, at: datetime, sight: Sight | None = None) -> None:
    """The matrix decides for staff; machines act for the product; customers only through their own verbs."""
    if by.kind == "machine":
        return
    verdict = permit.can(by, action, sight or queries.sight(case, at))
    if not verdict:
        raise NotAllowed(verdict.reason, verdict.rule)


def only_staff(by: Actor) -> UUID:
    """The verbs of colleagues need a colleague; the id of the person goes on record."""
    if by.staff is None:
        raise NotAllowed(permit.can(by, "case.reply").reason)
    return by.staff


def write(case: Case, **changes: object) -> Case:
    """One conditional update: the row must still be at the version that was read (many clicks, one winner)."""
    changed = Case.objects.filter(pk=case.pk, version=case.version).update(version=case.version + 1, **changes)
    if not changed:
        now = Case.objects.filter(pk=case.pk).values_list("version", flat=True).first()
        raise Stale(now or 0)
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    return case


def write_many(found: Sequence[tuple[Case, Mapping[str, object]]], *, writes: int = 1) -> None:
    """`write` for a batch: every mapping names the same fields. `writes`: what a page would do in several steps."""
    if not found:
        return
    names = list(found[0][1])
    rows = [[*(changes[name] for name in names), case.pk, case.version] for case, changes in found]
    fields = [name.removesuffix("_id") for name in names]
    if tables.update(Case, fields, rows, extra=f"version = version + {writes:d}", where=["version"]) != len(rows):
        raise Stale(0)
    for case, changes in found:
        for name, value in changes.items():
            setattr(case, name, value)
        case.version += writes


def tell_history(case: Case, fact: Fact, by: Actor, at: datetime) -> None:
    record(fact=fact, stream=case.stream, by=by, at=at)


def text_of(text: str) -> str:
    """Words fit to be kept: something, not too much, no NUL."""
    kept = text.replace("\x00", "").strip()
    if not kept:
        raise Refused("empty_text")
    if len(kept) > LONGEST:
        raise Refused("text_too_long")
    return kept


def fit(person: UUID, case: Case, at: datetime) -> None:
    """May this person be given the case? At the bank, and not recused (domain §4.5: the engine refuses)."""
    if person in staff.recused(case.id, at):
        raise Refused("recused")
    found, today = staff.person(person), localdate(at)
    if found is None or found.active_from > today or (found.active_until and found.active_until <= today):
        raise Refused("not_here")


def turns(ids: Sequence[UUID]) -> dict[UUID, limits.Turn]:
    """Where each case stands in the queue, from its running clocks."""
    views, care = clocks.clock_views(ids), _with_needs(ids)
    return {id: turn_of(views.get(id, ()), id in care) for id in ids}


def _with_needs(ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for start in range(0, len(ids), CHUNK):
        rows = Case.objects.filter(id__in=ids[start : start + CHUNK]).exclude(flags="").values_list("id", "flags")
        found |= {id for id, flags in rows if needs_care(flags.split())}
    return found


def needs_care(flags: Iterable[str]) -> bool:
    """Are particular needs of the customer known?"""
    return not VULNERABLE.isdisjoint(flags)


def turn_of(views: Iterable[ClockView], care: bool = False) -> limits.Turn:
    return limits.turn(
        [
            limits.Due(view.family, view.anchor_at, due_at)
            for view in views
            if view.open and (due_at := view.due_at) is not None
        ],
        care,
    )


def retime(case: Case) -> Case:
    """Take the due times over from the clocks. They are projections: never edited, only read again."""
    return write(case, **_due(turns([case.id])[case.id]))


def retime_many(ids: Iterable[UUID], known: Mapping[UUID, limits.Turn] | None = None) -> None:
    """The same for a batch, without a version: due times belong to no form."""
    wanted = list(ids)
    if known is None:
        known = turns(wanted)
    rows = [
        (turn.legal_due_at, turn.house_due_at, turn.risk_at, turn.rank_at, id)
        for id in wanted
        if (turn := known.get(id)) is not None
    ]
    Case.objects.retime(rows)
    for legal, house, risk, rank, id in rows:
        case = queries.remembered(id)
        if case is not None:
            case.legal_due_at, case.house_due_at, case.risk_at, case.rank_at = legal, house, risk, rank


def _due(turn: limits.Turn) -> dict[str, object]:
    return {
        "legal_due_at": turn.legal_due_at,
        "house_due_at": turn.house_due_at,
        "risk_at": turn.risk_at,
        "rank_at": turn.rank_at,
    }


def notify_many(lines: Sequence[tuple[UUID | None, str, Case, Actor, datetime, str]]) -> None:
    """`notify` for a batch: (person, kind, case, by, at, key)."""
    if not lines:
        return
    recused = staff.recused_many({case.id for _, _, case, _, _, _ in lines}, max(line[4] for line in lines))
    messages.notify_many(
        notes=[
            messages.Note(
                staff=person, kind=kind, matter=case.id, params={"number": case.number},
                link=f"/desk/cases/{case.id}/", at=at, key=key,
            )
            for person, kind, case, by, at, key in lines
            if person is not None and person != by.staff and person not in recused.get(case.id, frozenset())
        ]
    )  # fmt: skip


def notify(
    person: UUID | None, kind: str, case: Case, by: Actor, at: datetime, key: str, *, channels: Sequence[str] = (),
    **params: object,
) -> None:  # fmt: skip
    """A line in a colleague's inbox with a link to the case; never to a recused person."""
    if person is None or person == by.staff or person in staff.recused(case.id, at):
        return
    messages.notify(
        staff=person,
        kind=kind,
        matter=case.id,
        params={"number": case.number, **params},
        link=f"/desk/cases/{case.id}/",
        by=by,
        at=at,
        key=key,
        channels=channels,
    )
