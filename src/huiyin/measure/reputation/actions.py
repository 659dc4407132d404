"""Judge public posts, open or find the complaint one belongs to, and tell of bursts."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from huiyin.bank.standards.queries import facet
from huiyin.kernel.actor import Actor, machine
from huiyin.kernel.permit import must
from huiyin.kernel.refusal import Refusal
from huiyin.ledger.actions import Happening, record, record_many
from huiyin.listen.social import queries as social
from huiyin.listen.voices import actions as voices
from huiyin.measure.alerts import actions as alerts
from huiyin.measure.alerts.queries import Found, Part
from huiyin.measure.reputation import queries
from huiyin.measure.reputation.facts import PostJudged, PostLinked
from huiyin.measure.reputation.models import Judgement
from huiyin.measure.reputation.rules import bursts, sentiment
from huiyin.platform.vault import actions as vault
from huiyin.resolve.cases import queries as cases

BY = machine("reputation")
VOLUME = "M08B"
FAMILY = "social"
LOOKED_AT = 3  # days back that a look covers: files come late


class Gone(Refusal):
    status = 404
    message = _("This post is not there.")


class Changed(Refusal):
    status = 409
    message = _("Somebody else has just decided about this post. Look at it again.")


class Linked(Refusal):
    status = 409
    message = _("The post belongs to a complaint already.")


class NoCase(Refusal):
    status = 404
    message = _("There is no such complaint, or you may not see it.")


class UnknownLabel(Refusal):
    status = 400
    message = _("This is not one of the sentiments, categories or causes.")


def judge(*, posts: Sequence[tuple[UUID, UUID | None]], at: datetime) -> None:
    """Read posts (with the first post of each repost). A repost is judged as the first was, by whomever. Once per post."""
    there = set(Judgement.objects.filter(pk__in=[post for post, _first in posts]).values_list("pk", flat=True))
    fresh = [(post, first) for post, first in posts if post not in there]
    said = social.words_many([post for post, _first in fresh])
    made = {row.pk: row for row in Judgement.objects.filter(pk__in=[first for _post, first in fresh if first])}
    own = [post for post, _first in fresh]
    found = dict(zip(own, queries.readings([said.get(post, social.Words()).text for post in own]), strict=True))
    rows = []
    for post, first in fresh:
        like = made.get(first) if first else None
        reading = found[post]
        row = Judgement(
            post_id=post, sentiment=reading.sentiment, category=reading.category, cause=reading.cause,
            confidence=reading.confidence, topic_confidence=reading.topic_confidence, sure=reading.sure, judged_at=at,
        )  # fmt: skip
        if like is not None:
            for name in ("sentiment", "category", "cause", "confidence", "topic_confidence", "sure"):
                setattr(row, name, getattr(like, name))
        made[post] = row
        rows.append(row)
    Judgement.objects.bulk_create(rows, batch_size=400)
    if rows:
        record_many(happenings=[_happening(row, BY, at) for row in rows], recorded_at=at)


def decide(
    *, post: UUID, mood: str, category: str, cause: str, version: int, by: Actor, at: datetime
) -> Judgement:  # fmt: skip
    """A person says what a post is; its reposts follow. Raises Changed when somebody else was quicker."""
    known = {name: {label.code for label in facet(name)} | {""} for name in ("category", "cause")}
    if mood not in sentiment.SENTIMENT or category not in known["category"] or cause not in known["cause"]:
        raise UnknownLabel
    with transaction.atomic():
        row = _held(post, by)
        if row.version != version:
            raise Changed
        told = []
        for one in [row, *Judgement.objects.select_for_update().filter(post__repost_of=post, decided=False)]:
            one.sentiment, one.category, one.cause, one.sure = mood, category, cause, True
            one.decided, one.decided_by_id, one.judged_at = one is row, by.staff if one is row else None, at
            one.version += 1
            one.save()
            told.append(_happening(one, by, at))
        record_many(happenings=told, recorded_at=at)
    return row


def open_case(*, post: UUID, by: Actor, at: datetime) -> UUID:
    """A complaint is opened from a post: its words and its author go with it. Returns the case."""
    with transaction.atomic():
        row = _held(post, by)
        if row.case is not None:
            raise Linked
        must(by, "case.create", row.post)
        said = social.words(post)
        where = said.url[:200]
        voice = voices.hear(
            item=voices.Heard(
                kind="praise" if row.sentiment == "positive" else "complaint", channel="social",
                received_at=row.post.heard_at, language=row.post.language, unit=row.post.unit_id, taken_by=by.staff,
                words=voices.Words(text=said.text, name=said.author[:100], where=where), secret=False,
            ),
            by=by, at=at,
        )  # fmt: skip
        _join(row, voice.id, True, by, at)
    return voice.id


def link(*, post: UUID, number: str, by: Actor, at: datetime) -> UUID:
    """The post is about a complaint that is here already. Returns the case."""
    with transaction.atomic():
        row = _held(post, by)
        if row.case is not None:
            raise Linked
        case = cases.visible_to(by, at).filter(number=number.strip().upper()).first()
        if case is None:
            raise NoCase
        _join(row, case.pk, False, by, at)
    return case.pk


def look(*, by: Actor, at: datetime) -> int:
    """Raise an alert for every burst of negative posts of the last days: in all, by source, by business category.

    Called by the tick every hour; a burst already raised is not raised again (the alerts room knows its episodes).
    """
    today = localdate(at)
    first = today - timedelta(days=bursts.BACK + bursts.GAP + LOOKED_AT)
    told = queries.daily(first, today)
    days = (today - first).days + 1
    cells: dict[tuple[tuple[str, str], ...], Counter[int]] = {(): Counter()}
    for day, source, category in told:
        n = (day - first).days
        cells[()][n] += 1
        for name, value in (("source", source), ("category", category)):
            if value:
                cells.setdefault(((name, value),), Counter())[n] += 1
    found = []
    for n in range(days - LOOKED_AT, days):
        hits = {}
        for cell, counts in cells.items():
            one = bursts.burst([counts[i] for i in range(days)], n, len(cells))
            if one:
                hits[cell] = one
        if hits:  # one event, one alert: the whole bank's, explained by its parts; else each part's own
            tops = [()] if () in hits else sorted(hits)
            found += [_found(cell, hits, first, cells[cell]) for cell in tops]
    return len(alerts.raise_many(found=found, by=by, at=at))


def _found(
    cell: tuple[tuple[str, str], ...], hits: dict[tuple[tuple[str, str], ...], bursts.Burst], first: date,
    counts: Counter[int],
) -> Found:  # fmt: skip
    one = hits[cell]
    day = first + timedelta(days=one.day)
    extra = max(one.observed - one.expected, 1e-9)
    parts = [
        Part(
            dict(part), hit.observed, round(hit.expected, 2), round(min(1.0, (hit.observed - hit.expected) / extra), 3)
        )
        for part, hit in hits.items()
        if part != cell
    ]
    parts.sort(key=lambda part: (-part.share, sorted(part.cell.items())))
    return Found(
        indicator=VOLUME, rule="surge", family=FAMILY, cell=dict(cell), since=day, seen=day, weeks=0,
        observed=one.observed, expected=round(one.expected, 3), upper=one.upper, p=one.p,
        explained_by=tuple(parts[:5]) or (Part(dict(cell), one.observed, round(one.expected, 2), 1.0),),
        series=tuple(
            ((first + timedelta(days=n)).isoformat(), counts[n], round(one.expected, 2), one.upper)
            for n in range(one.day + 1)
        ),
    )  # fmt: skip


def _held(post: UUID, by: Actor) -> Judgement:
    """The post's judgement, locked, if this actor may work on it."""
    row = Judgement.objects.select_for_update(of=("self",)).select_related("post").filter(pk=post).first()
    if row is None or not social.visible_to(by).filter(pk=post).exists():
        raise Gone
    must(by, "post.work", row.post)
    return row


def _join(row: Judgement, case: UUID, opened: bool, by: Actor, at: datetime) -> None:
    row.case = case
    row.version += 1
    row.save(update_fields=["case", "version"])
    record(fact=PostLinked(post=row.pk, matter=case, opened=opened), stream=f"post:{row.pk}", by=by, at=at)


def _happening(row: Judgement, by: Actor, at: datetime) -> Happening:
    fact = PostJudged(
        post=row.pk, sentiment=row.sentiment, category=row.category or None, cause=row.cause or None,
        confidence=row.confidence, sure=row.sure, decided=row.decided,
    )  # fmt: skip
    return Happening(fact, f"post:{row.pk}", by, at)


def forget(*, matter: UUID, by: Actor, at: datetime) -> None:
    """The person of a matter was erased: the words and the author of the posts that belong to it go with them."""
    for post in list(Judgement.objects.filter(case=matter).values_list("pk", flat=True)):
        vault.erase(subject=post, by=by, at=at)
