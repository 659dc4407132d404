"""Changing the standards takes two people: one proposes, another approves, and then new matters follow the new rule.

Running time limits stay under the version they began with, unless the proposal asks for them too. What then moves them
is the room that knows the matters; here it is only noted (`note_moved`).
"""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries, rules
from huiyin.bank.standards.actions.adopting import Refused, adopt, read
from huiyin.bank.standards.facts import PacksChosen, StandardApplied, StandardDecided, StandardProposed
from huiyin.bank.standards.models import Choice, Proposal
from huiyin.bank.units.queries import whole_bank
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import must
from huiyin.ledger.actions import record

LONGEST = 200_000  # characters of a standard


@transaction.atomic
def propose(*, sort: str, body: str = "", code: str = "", running: bool = False, by: Actor, at: datetime) -> Proposal:
    """Propose a new version of a pack or calendar (its text), another choice of packs (code → calendar, as text), or to
    move the running time limits to the version in use. Nothing changes yet. Raises Refused."""
    must(by, "standards.propose", whole_bank())
    if len(body) > LONGEST:
        raise Refused(_("The text is too long."))
    if sort in ("pack", "calendar"):
        code, version = _text(sort, body, at)
    elif sort == "choice":
        code, version, body = "packs", f"{at:%Y%m%dT%H%M%S}", _choice(body)
    elif sort == "running":
        version, running, body = _in_use(code, at), True, ""
    else:
        raise Refused(_("“%(value)s” is not a known value.") % {"value": sort})
    base = queries.current(_sort_of(sort, code), code, at)
    digest = hashlib.sha256(body.encode()).hexdigest()
    try:
        with transaction.atomic():
            made = Proposal.objects.create(
                sort=sort, code=code, version=version, base=base, body=body, sha256=digest, running=running,
                requester=by.staff, proposed_by=by.ref, proposed_at=at,
            )  # fmt: skip
    except IntegrityError as double:
        raise Refused(_("A change of this standard is already waiting for a decision.")) from double
    fact = StandardProposed(
        proposal=made.id, sort=sort, code=code, version=version, base=base or "-", sha256=digest, running=running
    )
    record(fact=fact, stream=f"standard:{code}", by=by, at=at)
    return made


@transaction.atomic
def decide(*, proposal: UUID, approve: bool, by: Actor, at: datetime) -> Proposal:
    """A second person approves or rejects. Approved, the new version is in use for what comes in from now on."""
    found = _locked(proposal)
    must(by, "standards.approve", _Place(found))
    if approve:
        if queries.current(_sort_of(found.sort, found.code), found.code, at) != found.base:
            raise Refused(_("The standard has changed since this was proposed. Propose it again."))
        if found.sort in ("pack", "calendar"):
            _text(found.sort, found.body, at)  # the world may have moved on: it must still hold
            adopt(code=found.code, by=by, at=at, body=found.body)
        elif found.sort == "choice":
            Choice.objects.create(packs=_choice(found.body), since_at=at, chosen_by=by.ref)
            record(fact=PacksChosen(packs=tuple(found.body.split("\n"))), stream="standard:packs", by=by, at=at)
    return _settle(found, "approved" if approve else "rejected", by, at)


@transaction.atomic
def withdraw(*, proposal: UUID, by: Actor, at: datetime) -> Proposal:
    """The proposer takes it back."""
    found = _locked(proposal)
    must(by, "standards.propose", whole_bank())
    if found.proposed_by != by.ref:
        raise Refused(_("Only the one who proposed it can take it back."))
    return _settle(found, "withdrawn", by, at)


@transaction.atomic
def note_moved(*, proposal: UUID, clocks: int, done: bool, by: Actor, at: datetime) -> None:
    """So many running time limits were moved by a batch; `done` when none is left. Doing the last one twice is once."""
    found = Proposal.objects.select_for_update().get(id=proposal)
    if found.done_at is not None:
        return
    found.moved += clocks
    if done:
        found.done_at = at
        fact = StandardApplied(proposal=found.id, code=found.code, version=found.version, clocks=found.moved)
        record(fact=fact, stream=f"standard:{found.code}", by=by, at=at)
    found.save(update_fields=["moved", "done_at"])


class _Place:
    """A proposal as `permit.can` sees it: it concerns the whole bank, and its proposer keeps away from approving."""

    def __init__(self, proposal: Proposal) -> None:
        self.unit_path = whole_bank().unit_path
        self.requester = proposal.requester
        self.proposed_by = proposal.proposed_by


def _settle(found: Proposal, outcome: str, by: Actor, at: datetime) -> Proposal:
    found.state, found.decided_by, found.decided_at = outcome, by.ref, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    fact = StandardDecided(proposal=found.id, code=found.code, version=found.version, outcome=outcome)
    record(fact=fact, stream=f"standard:{found.code}", by=by, at=at)
    return found


def _locked(id: UUID) -> Proposal:
    found = Proposal.objects.select_for_update().filter(id=id).first()
    if found is None or found.state != "open":
        raise Refused(_("This proposal has been decided already."))
    return found


def _sort_of(sort: str, code: str) -> str:
    if sort != "running":
        return sort
    return "pack" if queries.pack(code) else "calendar"


def _in_use(code: str, at: datetime) -> str:
    found = queries.current(_sort_of("running", code), code, at)
    if not found:
        raise Refused(_("No standard is called “%(code)s”.") % {"code": code})
    return found


def _text(sort: str, body: str, at: datetime) -> tuple[str, str]:
    """Code and version of a text that may be taken into use."""
    code, version, kind, _sha = read(body)
    if kind != sort:
        raise Refused(_("The text is of another standard."))
    known = queries.book()
    if sort == "calendar":
        if f"{code}/{version}" in known.calendars:
            raise Refused(_("Version %(version)s exists already; a change needs another one.") % {"version": version})
        return code, version
    pack = queries.read_pack(body)
    if any(other.ref == pack.ref for other in known.packs):
        raise Refused(_("Version %(version)s exists already; a change needs another one.") % {"version": version})
    today = at.astimezone(queries.HOME_ZONE).date()
    if any(other.code == code for other in known.packs) and pack.effective_from < today:
        raise Refused(_("A new version of a pack in use can take effect today at the earliest."))
    return code, version


def _choice(body: str) -> str:
    """The chosen packs, checked: known ones, each on a calendar it may have."""
    chosen = rules.parse_choice(body)
    if not chosen:
        raise Refused(_("Choose at least one rule pack."))
    for code, calendar in chosen.items():
        pack = queries.pack(code)
        if pack is None or "case" not in pack.kinds:
            raise Refused(_("No standard is called “%(code)s”.") % {"code": code})
        if calendar and calendar not in queries.calendar_choices(pack):
            raise Refused(_("“%(value)s” is not a known value.") % {"value": calendar})
    return rules.write_choice(chosen)
