"""What makes a limit stricter than the usual: a regulator that forwarded the complaint, a customer with particular needs."""

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from huiyin.bank.clocks import actions as clocks
from huiyin.bank.standards import queries as standards
from huiyin.kernel.actor import Actor
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries
from huiyin.resolve.cases.actions import ground, opening
from huiyin.resolve.cases.actions.refusals import Refused
from huiyin.resolve.cases.facts import NeedsMarked, ToldInPerson
from huiyin.resolve.cases.models import Case
from huiyin.resolve.cases.rules import sources
from huiyin.resolve.cases.rules.words import NEED_SOURCES, REACHED, VULNERABLE

NEEDS_TABLE = "cases_needs"


@transaction.atomic
def limit_by_regulator(
    *, case: UUID, body: str, received_on: date, due_on: date | None, by: Actor, at: datetime
) -> Case:
    """Run the forwarding body's limit beside the others: the earliest due time leads, and is promised."""
    found = ground.held(case, "refer")
    ground.allow(by, "case.note", found, at)
    attrs = opening.attrs_of(found) | {"source": body} | ({"forwarded_due": due_on} if due_on else {})
    ways = [("complaint.forwarded", (sources.REFERRAL,)), ("complaint.received", sources.PACKS_OF_BODY.get(body, ()))]
    for event, packs in ways:
        if packs:
            clocks.arm(
                subject=case, kind="case", stream=found.stream, event=event, attrs=attrs, packs=packs, by=by, at=at,
                anchors=dict.fromkeys(("forwarded_at", "received_at", "sent_at"), _began(received_on, packs)),
            )  # fmt: skip
    if "regulator" not in found.flag_codes:
        ground.write(found, flags=f"{found.flags} regulator".strip())
    return ground.retime(found)


def _began(on: date, packs: tuple[str, ...]) -> datetime:
    """The beginning of a day where the law of these packs counts: the CFPB's day is not the day in Shanghai."""
    limits = [limit for code in packs if (pack := standards.pack(code)) for limit in pack.limits]
    zone = standards.book().calendar(limits[0].calendar).zone if limits else standards.HOME_ZONE.key
    return datetime.combine(on, time(), ZoneInfo(zone))


@transaction.atomic
def mark_needs(
    *, case: UUID, needs: Iterable[str], source: str, text: str, by: Actor, at: datetime, version: int | None = None
) -> Case:
    """Elderly, disabled, ill, a minor …: known for this case only, with how we know it; what to observe is sealed.

    Packs that have other limits for vulnerable customers are applied at once.
    """
    found = ground.held(case, "needs", version)
    ground.allow(by, "case.note", found, at)
    wanted = [code for code in dict.fromkeys(needs) if code in VULNERABLE]
    if source not in NEED_SOURCES:
        raise Refused("reason_missing")
    others = [code for code in found.flag_codes if code not in VULNERABLE]
    ground.write(found, flags=" ".join([*wanted, *others]))
    vault.keep(subject=case, table=NEEDS_TABLE, row=case, values={"needs_note": text.strip()[:500]})
    ground.tell_history(found, NeedsMarked(case=case, needs=len(wanted), source=source), by, at)
    if found.state in ("new", "working", "approving"):
        clocks.supersede(subject=case, attrs=opening.attrs_of(found), by=by, at=at)
    return ground.retime(found)


@transaction.atomic
def told_in_person(*, case: UUID, how: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """The answer was read to the customer, or posted on paper: those whom a link does not reach are reached (row R11).

    It does not count as delivery, which is proved by itself; it is a must before the case may rest."""
    found = ground.held(case, "tell_in_person", version)
    ground.allow(by, "case.note", found, at)
    if how not in queries.reach(found).way.hows(REACHED):
        raise Refused("reason_missing")
    ground.write(found)
    ground.tell_history(found, ToldInPerson(case=case, cycle=found.cycle, how=how), by, at)
    return found
