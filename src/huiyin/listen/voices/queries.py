"""Reads of voices: plain values, words in clear for whoever may see the matter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import get_language

from huiyin.customers.profiles import queries as profiles
from huiyin.kernel.secret import derived, secret_hash, sent
from huiyin.listen.voices.models import Addition, Draft, Intake, Mention, Trial, Voice
from huiyin.listen.voices.rules.codes import CHANNEL, CHANNELS, KIND, KINDS
from huiyin.listen.voices.rules.heard import Words
from huiyin.listen.voices.rules.intake import ABOUT, LINE, NAME, TEXT, TITLE, check, ignored
from huiyin.listen.voices.rules.limits import FAILED_LOOKUPS_PER_MINUTE, likeness
from huiyin.listen.voices.rules.limits import address as _address
from huiyin.listen.voices.rules.problems import words as _problem_words
from huiyin.listen.voices.rules.strict_json import DEPTH as JSON_DEPTH
from huiyin.listen.voices.rules.strict_json import BadJson, loads
from huiyin.listen.voices.rules.text import Problem
from huiyin.listen.voices.rules.text import clean as _clean
from huiyin.listen.voices.rules.text import digits as _digits
from huiyin.platform.vault import queries as vault

__all__ = [
    "ABOUT", "CHANNEL", "CHANNELS", "JSON_DEPTH", "KIND", "KINDS", "LINE", "NAME", "TEXT", "TITLE", "BadJson",
    "Problem", "Words", "check", "ignored", "loads",
]  # fmt: skip

TABLE = "voices_voice"
PURPOSE = b"huiyin.track"
ADDITIONS = "voices_addition"
DRAFTS = "voices_draft"


class VoiceView(NamedTuple):
    """One matter without its words. `subject` is the vault's subject of everything said in it."""

    id: UUID
    number: str
    kind: str
    channel: str
    language: str
    received_at: datetime
    occurred_on: date | None
    customer: UUID | None
    unit: UUID | None
    product: str | None
    represented: bool
    about_staff: bool
    taken_by: UUID | None
    raised_by: UUID | None
    source: str | None
    source_ref: str | None
    withdrawn_at: datetime | None
    company: str | None = None
    region: str | None = None
    sub_product: str | None = None
    issue: str | None = None
    sub_issue: str | None = None
    outcome: str | None = None

    @property
    def subject(self) -> UUID:
        return self.id


@dataclass(frozen=True)
class Added:
    """Words or a file that came after the first telling. `text` is empty for a file."""

    id: UUID
    what: str
    text: str
    by: str
    at: datetime


def voice(id: UUID) -> VoiceView | None:
    return voices([id]).get(id)


def voices(ids: Iterable[UUID]) -> dict[UUID, VoiceView]:
    return {row.id: _view(row) for row in Voice.objects.filter(id__in=list(ids))}


def by_number(number: str) -> VoiceView | None:
    row = Voice.objects.filter(number=number).first()
    return _view(row) if row else None


def by_secret(secret: str) -> VoiceView | None:
    """The matter that a tracking link opens. Looked up by hash: a database reader learns no link."""
    row = Voice.objects.filter(secret_hash=secret_hash(secret)).first()
    return _view(row) if row else None


def heard_between(start: datetime, end: datetime) -> Iterator[VoiceView]:
    """What was received from `start` until before `end`, oldest first."""
    for row in (
        Voice.objects.filter(received_at__gte=start, received_at__lt=end).order_by("received_at", "id").iterator()
    ):
        yield _view(row)


def of_customer(customer: UUID) -> list[VoiceView]:
    """All matters of one customer, newest first."""
    return [
        _view(row)
        for row in Voice.objects.filter(customer_id__in=profiles.identities(customer)).order_by("-received_at", "-id")
    ]


def taken_between(channel: str, since: datetime, until: datetime) -> list[VoiceView]:
    """What colleagues took on a channel (calls, chats) in a span of time, in order of receipt."""
    rows = Voice.objects.filter(channel=channel, received_at__gte=since, received_at__lt=until, taken_by__isnull=False)
    return [_view(row) for row in rows.order_by("received_at", "id")]


def words(id: UUID) -> Words:
    return Words.opened(vault.reveal(TABLE, id))


def words_many(ids: Sequence[UUID]) -> dict[UUID, Words]:
    found = vault.reveal_many(TABLE, list(ids))
    return {id: Words.opened(found.get(id, {})) for id in ids}


def mentions(id: UUID) -> list[tuple[str, UUID | None]]:
    """Who is complained about: the customer's words for them, and the member of staff where known."""
    rows = dict(Mention.objects.filter(voice_id=id).order_by("position").values_list("position", "staff_id"))
    said = words(id).about
    size = max([len(said), *(position + 1 for position in rows)], default=0)
    return [(said[n] if n < len(said) else "", rows.get(n)) for n in range(size)]


def additions(id: UUID) -> list[Added]:
    rows = list(Addition.objects.filter(voice_id=id).order_by("at", "id"))
    texts = vault.reveal_many(ADDITIONS, [row.id for row in rows if row.what == "message"])
    return [Added(row.id, row.what, texts.get(row.id, {}).get("text", ""), row.by, row.at) for row in rows]


def additions_many(ids: Sequence[UUID]) -> dict[UUID, list[Added]]:
    """What came later to each of these matters; those to which nothing came are missing."""
    kept = list(Addition.objects.filter(voice_id__in=ids).order_by("at", "id"))
    texts = vault.reveal_many(ADDITIONS, [row.id for row in kept if row.what == "message"])
    found: dict[UUID, list[Added]] = {}
    for row in kept:
        added = Added(row.id, row.what, texts.get(row.id, {}).get("text", ""), row.by, row.at)
        found.setdefault(row.voice_id, []).append(added)
    return found


def known_refs(source: str, refs: Iterable[str]) -> dict[str, UUID]:
    """Which records of a source are here already."""
    wanted = list(refs)
    found: dict[str, UUID] = {}
    for start in range(0, len(wanted), 500):
        rows = Voice.objects.filter(source=source, source_ref__in=wanted[start : start + 500])
        found.update((ref, id) for ref, id in rows.order_by().values_list("source_ref", "id") if ref)
    return found


def tracking_code(id: UUID) -> str:
    """The secret of a matter's tracking link."""

    def stored() -> str | None:
        return Voice.objects.filter(id=id).values_list("secret_hash", flat=True).first()

    return sent(PURPOSE, id.bytes, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, stored)


def derived_secret(id: UUID, key: str) -> str:
    return derived(PURPOSE, id.bytes, key)


def link(id: UUID) -> str:
    """The address of a matter's tracking page, as told to its customer."""
    return f"{settings.HUIYIN_BASE_URL}/track/{tracking_code(id)}/"


def problem_words(problem: Problem) -> str:
    """Why a value cannot be taken, in the language of the request."""
    return _problem_words(problem, get_language() or "zh-hans")


def clean_text(text: str) -> tuple[str, str]:
    """Words that come later, through the same check: the text as it is kept, or why it cannot be (else "")."""
    found = _clean("text", text, TEXT)
    return ("", problem_words(found)) if isinstance(found, Problem) else (found, "")


def missing() -> str:
    return problem_words(Problem("text", "required"))


def plain_digits(text: str) -> str:
    """Full-width figures as ordinary ones, without what cannot be stored."""
    return _digits(text.replace("\0", ""))


def sender(remote: str, forwarded: str, trusted: list[str]) -> str:
    """The address a request came from, behind our own proxies."""
    return _address(remote, forwarded, trusted)


def too_many_trials(origin: str, at: datetime) -> bool:
    """Whether this sender has guessed wrong too often in this minute."""
    minute = at.replace(second=0, microsecond=0)
    row = Trial.objects.filter(origin=origin, minute_at=minute).values_list("failures", flat=True).first()
    return (row or 0) >= FAILED_LOOKUPS_PER_MINUTE


def similar(customers: Iterable[UUID], text: str, at: datetime) -> VoiceView | None:
    """An open matter of the last 30 days in which one of these customers told much the same."""
    since = at - timedelta(days=30)
    everyone = [id for ids in profiles.clusters(customers).values() for id in ids]
    rows = Voice.objects.filter(customer_id__in=everyone, received_at__gt=since, withdrawn_at=None)
    recent = list(rows.order_by("-received_at", "-id")[:20])
    said = words_many([row.id for row in recent])
    return next((_view(row) for row in recent if likeness(said[row.id].text, text) >= 0.5), None)


def told_as(scope: str, source_ref: str) -> UUID | None:
    """The submission that a sender told under its own id of it."""
    found: UUID | None = Intake.objects.filter(scope=scope, source_ref=source_ref).values_list("id", flat=True).first()
    return found


def intake(id: UUID) -> Intake | None:
    return Intake.objects.filter(id=id).first()


def intake_by_secret(secret: str) -> Intake | None:
    """A submission that is safe but not (yet) heard, by its tracking code."""
    return Intake.objects.filter(secret_hash=secret_hash(secret)).first()


def held() -> QuerySet[Intake]:
    """Submissions over the rate limit that wait for a person to let them through."""
    return Intake.objects.filter(state="held").order_by("received_at", "id")


def pending(at: datetime) -> QuerySet[Intake]:
    """Submissions that are safe in the inbox but not heard yet, and whose next try has come."""
    return Intake.objects.filter(state="waiting", next_try_at__lte=at).order_by("next_try_at", "id")


def recent_from(origin: str, network: str, at: datetime) -> tuple[int, int]:
    """How many submissions an address and its network sent in the last hour."""
    since = at - timedelta(hours=1)
    same = Intake.objects.filter(origin=origin, received_at__gt=since).count() if origin else 0
    near = Intake.objects.filter(network=network, received_at__gt=since).count() if network else 0
    return same, near


def draft(id: UUID) -> tuple[Draft, dict[str, str]] | None:
    """A form being filled in and its answers so far."""
    row = Draft.objects.filter(id=id).first()
    return (row, vault.reveal(DRAFTS, id)) if row else None


def _view(row: Voice) -> VoiceView:
    return VoiceView(
        id=row.id, number=row.number, kind=row.kind, channel=row.channel, language=row.language,
        received_at=row.received_at, occurred_on=row.occurred_on, customer=row.customer_id, unit=row.unit_id,
        product=row.product, represented=row.represented, about_staff=row.about_staff, taken_by=row.taken_by_id,
        raised_by=row.raised_by, source=row.source, source_ref=row.source_ref, withdrawn_at=row.withdrawn_at,
        company=row.company, region=row.region, sub_product=row.sub_product, issue=row.issue,
        sub_issue=row.sub_issue, outcome=row.outcome,
    )  # fmt: skip


def voice_rows() -> QuerySet[Voice]:
    """For rooms that count what became of things by id."""
    return Voice.objects.order_by()


def taken_by_channel(since: datetime) -> dict[str, dict[str, int]]:
    """Submissions of the form, the desk and the interface by channel: `taken` in all, by state, and `voices` that exist.

    What came through a channel with its own store is counted there.
    """
    rows = Intake.objects.filter(received_at__gte=since).exclude(scope__startswith="channel:").order_by()
    found: dict[str, dict[str, int]] = {}
    for channel, state, count in rows.values_list("channel", "state").annotate(n=Count("id")):
        one = found.setdefault(channel, {"taken": 0, "voices": 0})
        one[state] = count
        one["taken"] += count
    there = rows.filter(state="heard").filter(Exists(Voice.objects.filter(id=OuterRef("id"))))
    for channel, count in there.values_list("channel").annotate(n=Count("id")):
        found[channel]["voices"] = count
    return found
