"""Suggest what a voice is about, and decide it. A decision of a person always stands above a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from huiyin.bank.standards.queries import facet
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.platform.tables.actions import insert
from huiyin.resolve.triage import queries
from huiyin.resolve.triage.facts import TriageRolledBack, VoiceClassified
from huiyin.resolve.triage.models import Classification, Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import Suggestion, decided, learnt
from huiyin.resolve.triage.rules.replacing import is_due
from huiyin.resolve.triage.tasks import INTAKE, learn_from_people, learn_seed

COMPLEXITIES = ("simple", "complex", "exceptional")
SEVERITIES = ("ordinary", "serious", "major")


class UnknownLabel(Refusal):
    status = 400
    message = _("This is not one of the categories, causes or grades.")


class UnknownVersion(Refusal):
    status = 404
    message = _("There is no such version.")


class Moved(Refusal):
    status = 409
    message = _("Another version is in use by now. Look again.")


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


def prepare() -> bool:
    """Have the words-only heads of intake learnt, by a job, unless they are on the shelf; once they are, have them learnt
    again when people have decided enough since. True where a job was asked for."""
    if not all(shelf.current(learnt.root(), facet + learnt.WORDS_ONLY) for facet in INTAKE):
        return _ask(learn_seed)
    many = decided.count()
    due = any(is_due(many, decided.last_attempt(facet + learnt.WORDS_ONLY)) for facet in INTAKE)
    return due and _ask(learn_from_people)


def learn_again(*, by: Actor, at: datetime) -> bool:
    """Ask for a version from people's decisions now. False where such a job waits or runs already."""
    must(by, "triage.manage")
    return _ask(learn_from_people)


@transaction.atomic
def roll_back(*, facet: str, version: str, before: str, by: Actor, at: datetime) -> None:
    """Let an earlier version answer again; `before` is the one the person saw in use. Doing it again changes nothing."""
    must(by, "triage.manage")
    name = facet + learnt.WORDS_ONLY
    if facet not in INTAKE or not Version.objects.filter(Q(version=version) | Q(before=version), facet=name).exists():
        raise UnknownVersion
    now = shelf.current(learnt.root(), name)
    if now == version:
        return
    if now != before:
        raise Moved
    shelf.load(learnt.root(), name, version)  # raises BrokenModel where the file is gone or was changed
    record(fact=TriageRolledBack(facet=name, version=version, before=now), stream=f"triage:{name}", by=by, at=at)
    shelf.appoint(learnt.root(), name, version)


def _ask(job: Any) -> bool:
    if DBTaskResult.objects.filter(task_path=job.module_path, status__in=("READY", "RUNNING")).exists():
        return False
    job.enqueue()
    return True


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
