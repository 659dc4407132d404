"""Suggest what a voice is about, and decide it. A decision of a person always stands above a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record_many
from huiyin.platform.tables.actions import insert
from huiyin.resolve.triage import queries
from huiyin.resolve.triage.facts import VoiceClassified
from huiyin.resolve.triage.models import Classification
from huiyin.resolve.triage.queries import Suggestion

COMPLEXITIES = ("simple", "complex", "exceptional")
SEVERITIES = ("ordinary", "serious", "major")


class UnknownLabel(Refusal):
    status = 400
    message = _("This is not one of the categories, causes or grades.")


@dataclass(frozen=True)
class Unsorted:
    """One line of `suggest_many`."""

    voice: UUID
    text: str
    product: str
    at: datetime
    by: Actor


@dataclass(frozen=True)
class Decision:
    """One line of `decide_many`."""

    voice: UUID
    category: str
    cause: str
    complexity: str
    severity: str
    at: datetime
    by: Actor


def suggest(*, voice: UUID, text: str, product: str = "", by: Actor, at: datetime) -> Suggestion:
    """Classify one text and keep the suggestion with its confidence and reasons."""
    (found,) = suggest_many(items=[Unsorted(voice, text, product, at, by)])
    return found


@transaction.atomic(savepoint=False)
def suggest_many(*, items: Sequence[Unsorted]) -> list[Suggestion]:
    """The same for a batch: one insert, one batch of facts."""
    found = queries.suggestions((item.text, item.product) for item in items)
    rows, told = [], []
    for item, guess in zip(items, found, strict=True):
        rows.append(
            Classification(
                id=new_id(),
                voice=item.voice,
                category=guess.category,
                cause=guess.cause,
                complexity=guess.complexity,
                severity=guess.severity,
                demand=guess.demand,
                flags=" ".join(guess.flags),
                confidence=guess.confidence,
                reasons=guess.reasons,
                classified_at=item.at,
            )
        )
        fact = VoiceClassified(
            voice=item.voice,
            category=guess.category or None,
            cause=guess.cause or None,
            complexity=guess.complexity,
            severity=guess.severity,
            confidence=guess.confidence,
        )
        told.append(Happening(fact, f"matter:{item.voice}", item.by, item.at))
    insert(rows)
    if told:
        record_many(happenings=told, recorded_at=max(item.at for item in items))
    return found


def decide(
    *, voice: UUID, category: str, cause: str, complexity: str, severity: str, by: Actor, at: datetime
) -> Classification:
    """A person says what it is. Where it differs from the suggestion, it is the correction that teaches."""
    (row,) = decide_many(items=[Decision(voice, category, cause, complexity, severity, at, by)])
    return row


@transaction.atomic
def decide_many(*, items: Sequence[Decision]) -> list[Classification]:
    categories = {label.code for label in facet("category")}
    causes = {label.code for label in facet("cause")} | {""}
    rows, told = [], []
    for item in items:
        known = (item.category in categories, item.cause in causes)
        if not all(known) or item.complexity not in COMPLEXITIES or item.severity not in SEVERITIES:
            raise UnknownLabel(category=item.category, cause=item.cause)
        rows.append(
            Classification(
                id=new_id(),
                voice=item.voice,
                category=item.category,
                cause=item.cause,
                complexity=item.complexity,
                severity=item.severity,
                decided=True,
                decided_by_id=item.by.staff,
                classified_at=item.at,
            )
        )
        fact = VoiceClassified(
            voice=item.voice,
            category=item.category,
            cause=item.cause or None,
            complexity=item.complexity,
            severity=item.severity,
            decided=True,
        )
        told.append(Happening(fact, f"matter:{item.voice}", item.by, item.at))
    insert(rows)
    if told:
        record_many(happenings=told, recorded_at=max(item.at for item in items))
    return rows
