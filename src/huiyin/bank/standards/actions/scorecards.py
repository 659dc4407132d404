"""A scorecard changes as every standard does: one person drafts a version, another publishes it. A version never changes."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards import queries, rules
from huiyin.bank.standards.actions.adopting import Refused
from huiyin.bank.standards.facts import ScorecardStepped
from huiyin.bank.standards.models import ScorecardVersion
from huiyin.bank.units.queries import whole_bank
from huiyin.kernel.actor import Actor
from huiyin.kernel.permit import must
from huiyin.ledger.actions import record

LONGEST = 60_000


@transaction.atomic
def draft_scorecard(*, body: str, by: Actor, at: datetime) -> ScorecardVersion:
    """A new scorecard, or the next version of one. Raises Refused with what is wrong in the text."""
    must(by, "scorecard.draft", whole_bank())
    body = body.replace("\r\n", "\n").replace("\x00", "")
    if len(body) > LONGEST:
        raise Refused(_("The text is too long."))
    try:
        card = queries.read_scorecard(body)
    except rules.StandardRejected as wrong:
        raise Refused(_("The text cannot be read: %(why)s") % {"why": wrong}) from wrong
    expected = queries.next_version(card.code)
    if card.version != expected:
        raise Refused(_("The next version of this scorecard is %(version)s.") % {"version": expected})
    try:
        with transaction.atomic():
            made = ScorecardVersion.objects.create(
                code=card.code, version=card.version, body=body, sha256=hashlib.sha256(body.encode()).hexdigest(),
                drafted_by=by.ref, drafter=by.staff, drafted_at=at,
            )  # fmt: skip
    except IntegrityError as double:
        raise Refused(_("A draft of this scorecard is already waiting.")) from double
    _step(made, "drafted", by, at)
    return made


@transaction.atomic
def publish_scorecard(*, code: str, version: int, by: Actor, at: datetime) -> ScorecardVersion:
    """A second person puts it into use; what was judged by an older version stays judged by it."""
    found = _draft(code, version)
    must(by, "scorecard.publish", _Place(found))
    ScorecardVersion.objects.filter(code=code, state="published").update(state="replaced")
    return _settle(found, "published", by, at)


@transaction.atomic
def drop_scorecard(*, code: str, version: int, by: Actor, at: datetime) -> ScorecardVersion:
    """A draft that nobody wants any more."""
    found = _draft(code, version)
    must(by, "scorecard.draft", whole_bank())
    return _settle(found, "dropped", by, at)


class _Place:
    """A draft as `permit.can` sees it: it concerns the whole bank, and its author keeps away from publishing."""

    def __init__(self, row: ScorecardVersion) -> None:
        self.unit_path = whole_bank().unit_path
        self.requester = row.drafter
        self.proposed_by = row.drafted_by


def _draft(code: str, version: int) -> ScorecardVersion:
    found = ScorecardVersion.objects.select_for_update().filter(code=code, version=version, state="draft").first()
    if found is None:
        raise Refused(_("There is no such draft."))
    return found


def _settle(row: ScorecardVersion, state: str, by: Actor, at: datetime) -> ScorecardVersion:
    row.state, row.settled_by, row.settled_at = state, by.ref, at
    row.save(update_fields=["state", "settled_by", "settled_at"])
    _step(row, state, by, at)
    return row


def _step(row: ScorecardVersion, step: str, by: Actor, at: datetime) -> None:
    fact = ScorecardStepped(code=row.code, version=row.version, step=step, sha256=row.sha256)
    record(fact=fact, stream=f"scorecard:{row.code}", by=by, at=at)
