"""How good triage is in use: suggestions beside what people decided about the same voice. Counts only, no words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from huiyin.bank.staff import queries as staff
from huiyin.platform.vault import queries as vault
from huiyin.resolve.triage.models import Appointment, Classification, Run, Version
from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.queries import decided, learnt
from huiyin.resolve.triage.rules import THRESHOLD, quality
from huiyin.resolve.triage.rules.quality import Pair, Share
from huiyin.resolve.triage.rules.replacing import ENOUGH

DAYS = 180
MOST = 5000  # the newest decisions that are looked at
AT_ONCE = 500


@dataclass(frozen=True)
class Used:
    """A version that can answer, as the page lists it."""

    version: str
    origin: str  # seed | people | file | "" where it cannot be read any more
    texts: int | None
    held_out: dict[str, float]
    now: bool
    row: Version | None  # what it was compared with, if it was learnt from people


def pairs(facet: str, at: datetime) -> list[Pair]:
    """The last decision of a person on each voice of the last 180 days, with the suggestion it stands beside."""
    rows = Classification.objects.filter(decided=True, classified_at__gt=at - timedelta(days=DAYS))
    rows = rows.exclude(**{facet: ""}).order_by("-classified_at", "-id")
    last: dict[UUID, tuple[str, str, UUID | None]] = {}
    for row in rows.defer("reasons")[:MOST]:
        last.setdefault(row.voice, (row.category, row.cause, row.decided_by_id))
    told, voices = [], list(last)
    for start in range(0, len(voices), AT_ONCE):
        guesses = Classification.objects.filter(decided=False, voice__in=voices[start : start + AT_ONCE])
        latest = {row.voice: row for row in guesses.order_by("classified_at", "id").defer("reasons")}
        for row in latest.values():
            category, cause, person = last[row.voice]
            whole = row.category == category and (not cause or row.cause == cause)
            said, right = (row.category, category) if facet == "category" else (row.cause, cause)
            told.append(Pair(said, right, row.confidence or 0, whole, person))
    return told


def abstained(at: datetime) -> Share:
    """Of all suggestions of the last 180 days, those the machine left to a person."""
    rows = Classification.objects.filter(decided=False, classified_at__gt=at - timedelta(days=DAYS))
    return Share(rows.filter(confidence__lt=THRESHOLD).count(), rows.count())


def posts(found: list[Pair]) -> list[tuple[Any, Share]]:
    people = staff.people(pair.person for pair in found)
    lines = quality.by_post(found, {id: person.post for id, person in people.items()})
    return [(staff.POST.get(line.post), line.changed) for line in lines]


def versions(facet: str) -> list[Used]:
    """What has answered or was tried for a facet, the newest first; the one in use first of all."""
    name = facet + learnt.WORDS_ONLY
    now = learnt.in_use(name)
    rows = {row.version: row for row in Version.objects.filter(facet=name)}
    order = [row.version for row in sorted(rows.values(), key=lambda row: (row.learnt_at, row.pk), reverse=True)]
    older = [row.before for row in rows.values() if row.before] + list(
        Appointment.objects.filter(facet=name).values_list("version", flat=True)
    )
    names = list(dict.fromkeys([now, *order, *reversed(older)]))
    return [_used(name, version, now, rows.get(version)) for version in names if version]


def _used(name: str, version: str, now: str, row: Version | None) -> Used:
    try:
        _head, card = shelf.load(learnt.root(), name, version)
    except shelf.BrokenModel:
        return Used(version, "", None, {}, version == now, row)
    about = card.about
    return Used(version, about["origin"], about["texts"], about["held_out"], version == now, row)


def changes(facet: str) -> list[tuple[Appointment, str]]:
    """The last ten times another version was put to work, the newest first, with the reason where a person went back."""
    rows = Appointment.objects.filter(facet=facet + learnt.WORDS_ONLY).select_related("by").order_by("-number")[:10]
    said = vault.reveal_many(learnt.REASONS, [row.pk for row in rows])
    return [(row, said.get(row.pk, {}).get("reason", "")) for row in rows]


def last_run() -> Run | None:
    return Run.objects.select_related("asked_by").order_by("asked_at", "id").last()


def waiting(facet: str) -> tuple[int, int]:
    """Decisions since the last attempt, and how many start one by themselves."""
    return max(0, decided.count() - (decided.last_attempt(facet + learnt.WORDS_ONLY) or 0)), ENOUGH
