"""Suggest what a voice is about, and decide it. A decision of a person always stands above a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from huiyin.bank.standards.queries import facet
from huiyin.kernel.actor import Actor
from huiyin.kernel.ids import new_id
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.platform.tables.actions import insert, new
from huiyin.platform.vault import actions as vault
from huiyin.resolve.triage import queries
from huiyin.resolve.triage.facts import TriageRolledBack, VoiceClassified
from huiyin.resolve.triage.models import Classification, Run, Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import Suggestion, decided, learnt
from huiyin.resolve.triage.rules.replacing import is_due
from huiyin.resolve.triage.tasks import INTAKE, appointing, learn_from_people, learn_seed
from huiyin.resolve.triage.tasks.running import LOST_AFTER, give_up_lost

COMPLEXITIES = ("simple", "complex", "exceptional")
SEVERITIES = ("ordinary", "serious", "major")


class UnknownLabel(Refusal):
    status = 400
    message = _("This is not one of the categories, causes or grades.")


class UnknownVersion(Refusal):
    status = 404
    message = _("There is no such version.")


class NoReason(Refusal):
    status = 400
    message = _("Say why you go back.")


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
            new(
                Classification,
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


def prepare(*, at: datetime) -> bool:
    """Have the words-only heads of intake learnt, by a job, unless they are on the shelf; once they are, have them learnt
    again when people have decided enough since. What a killed process left half-done is finished first. True where a
    job was asked for."""
    names = [facet + learnt.WORDS_ONLY for facet in INTAKE]
    give_up_lost(at)
    for name in names:
        appointing.settle(name)
    wanted = names + [facet + learnt.WORDS_ONLY for facet in learnt.OUTPUTS]
    if not all(learnt.is_there(name) for name in wanted):
        return _ask_for_seed(at)
    many = decided.count()
    return any(is_due(many, decided.last_attempt(name)) for name in names) and _ask(None, at)


def learn_again(*, by: Actor, at: datetime) -> bool:
    """Ask for a version from people's decisions now. False where such a run waits or runs already."""
    must(by, "triage.manage")
    give_up_lost(at)
    return _ask(by.staff, at)


def stop_learning(*, run: UUID, by: Actor, at: datetime) -> None:
    """Call a run off. What has not begun ends at once, what is at work at its next step; what has ended stays as it is."""
    must(by, "triage.manage")
    open_runs = Run.objects.filter(pk=run, is_open=True)
    ended = open_runs.filter(started_at=None).update(stop=True, ended_at=at, outcome="stopped", is_open=None)
    if not ended:
        open_runs.update(stop=True)


@transaction.atomic
def roll_back(*, facet: str, version: str, before: str, reason: str, by: Actor, at: datetime) -> None:
    """Let an earlier version answer again; `before` is the one the person saw in use, `reason` goes to the vault.
    Doing it again changes nothing."""
    must(by, "triage.manage")
    name = facet + learnt.WORDS_ONLY
    used = Q(version=version, replaced=True) | Q(before=version)
    if facet not in INTAKE or not Version.objects.filter(used, facet=name).exists():
        raise UnknownVersion
    if not reason.strip():
        raise NoReason
    now = learnt.in_use(name)
    if now == version:
        return
    if now != before:
        raise Moved
    shelf.load(learnt.root(), name, version)  # raises BrokenModel where the file is gone or was changed
    try:
        row = appointing.appoint(name, version, now, by=by, at=at)
    except appointing.Overtaken as overtaken:
        raise Moved from overtaken
    vault.keep(subject=row.pk, table=learnt.REASONS, row=row.pk, values={"reason": reason.strip()[:500]})
    fact = TriageRolledBack(appointment=row.pk, facet=name, version=version, before=now)
    record(fact=fact, stream=f"triage:{name}", by=by, at=at)


def _ask(staff: UUID | None, at: datetime) -> bool:
    """One run is open at a time; the database keeps that promise."""
    try:
        with transaction.atomic():
            run = Run.objects.create(asked_by_id=staff, asked_at=at)
            learn_from_people.enqueue(str(run.pk))
    except IntegrityError:
        return False
    return True


def _ask_for_seed(at: datetime) -> bool:
    asked = DBTaskResult.objects.filter(task_path=learn_seed.module_path, status__in=("READY", "RUNNING"))
    if asked.exclude(status="RUNNING", started_at__lt=at - LOST_AFTER).exists():
        return False
    learn_seed.enqueue()
    return True


def decide(
    *, voice: UUID, category: str, cause: str, complexity: str, severity: str, by: Actor, at: datetime
) -> Classification:
    """A person says what it is. Where it differs from the suggestion, it is the correction that teaches."""
    (row,) = decide_many(items=[Decision(voice, category, cause, complexity, severity, at, by)])
    return row


def accept_many(*, items: Sequence[Decision]) -> list[Classification]:
    """A person ended the matter as it stood: of these, what nobody had decided yet and the machine had suggested is
    decided now. Unchanged it is a confirmation, which counts as a decision like any other."""
    waiting = queries.undecided(item.voice for item in items)
    known = {name: {label.code for label in facet(name)} for name in ("category", "cause")}
    return decide_many(
        items=[
            item
            for item in items
            if item.voice in waiting and item.category in known["category"] and item.cause in known["cause"]
        ]
    )


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
