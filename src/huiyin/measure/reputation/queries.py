"""Reads of what public posts say of the bank."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate

from huiyin.bank.standards.queries import facet
from huiyin.kernel.actor import Actor
from huiyin.kernel.label import Label
from huiyin.listen.social import queries as social
from huiyin.measure.reputation.models import Judgement
from huiyin.measure.reputation.rules import sentiment
from huiyin.measure.reputation.rules.weeks import Week
from huiyin.resolve.triage import queries as triage

WEEKS = 26


@cache
def model() -> sentiment.Model:
    """The weights that ship; `scripts/sentiment.py` learns them from the seed corpus of triage."""
    return sentiment.kept((Path(__file__).parent / "rules" / "sentiment.tsv").read_text("utf-8"))


@dataclass(frozen=True)
class Reading:
    """Confidences in thousandths."""

    sentiment: str
    confidence: int
    category: str
    cause: str
    topic_confidence: int

    @property
    def sure(self) -> bool:
        return self.confidence >= sentiment.SURE


def readings(texts: Sequence[str]) -> list[Reading]:
    """What the machine makes of texts."""
    topics = triage.suggestions([(text, "") for text in texts])
    found = []
    for text, topic in zip(texts, topics, strict=True):
        mood, confidence = model().read(text)
        found.append(Reading(mood, confidence, topic.category, topic.cause, topic.confidence))
    return found


def visible_to(actor: Actor) -> QuerySet[Judgement]:
    return Judgement.objects.filter(post__in=social.visible_to(actor).order_by().values("pk")).select_related(
        "post", "post__unit", "decided_by"
    )


def judgement(post: UUID, actor: Actor) -> Judgement | None:
    return visible_to(actor).filter(pk=post).first()


def chosen(actor: Actor, wanted: dict[str, Any]) -> QuerySet[Judgement]:
    """The list as filtered: source, sentiment, category, state (open | unsure | linked | removed), from_day, until_day.

    First posts only; a repost stands with the first. Newest first.
    """
    rows = visible_to(actor).filter(post__repost_of=None)
    for name, path in (("source", "post__source"), ("sentiment", "sentiment"), ("category", "category")):
        if wanted.get(name):
            rows = rows.filter(**{path: wanted[name]})
    if wanted.get("from_day"):
        rows = rows.filter(post__posted_at__date__gte=wanted["from_day"])
    if wanted.get("until_day"):
        rows = rows.filter(post__posted_at__date__lte=wanted["until_day"])
    state = wanted.get("state")
    if state == "open":
        rows = rows.filter(sentiment="negative", case=None, post__removed_at=None)
    elif state == "unsure":
        rows = rows.filter(sure=False)
    elif state == "linked":
        rows = rows.exclude(case=None)
    elif state == "removed":
        rows = rows.exclude(post__removed_at=None)
    return rows.order_by("-post__posted_at", "-pk")


@dataclass(frozen=True)
class Line:
    """A post of the list. `author` is masked."""

    row: Judgement
    text: str
    author: str
    reposts: int
    source: Label
    mood: Label
    category: Label | None
    cause: Label | None

    @property
    def confidence(self) -> float:
        return self.row.confidence / 1000


def lines(rows: Iterable[Judgement]) -> list[Line]:
    rows = list(rows)
    words = social.words_many([row.pk for row in rows])
    reposts = Counter(
        Judgement.objects.filter(post__repost_of__in=[row.pk for row in rows]).values_list("post__repost_of", flat=True)
    )
    categories, causes = ({label.code: label for label in facet(name)} for name in ("category", "cause"))
    return [
        Line(
            row, words.get(row.pk, social.Words()).text, words.get(row.pk, social.Words()).masked, reposts[row.pk],
            social.SOURCE[row.post.source], sentiment.SENTIMENT[row.sentiment], categories.get(row.category),
            causes.get(row.cause),
        )
        for row in rows
    ]  # fmt: skip


def posts_of(matters: Iterable[UUID]) -> list[Line]:
    """The posts that belong to these matters, for whoever may see the matters; the newest first."""
    rows = Judgement.objects.filter(case__in=list(matters)).select_related("post")
    return lines(rows.order_by("-post__posted_at", "-post_id"))


def weeks(rows: QuerySet[Judgement], at: datetime, count: int = WEEKS) -> list[Week]:
    """The last weeks up to the present one, also the empty ones. `rows` may hold reposts: they are volume only."""
    today = localdate(at)
    first = today - timedelta(days=today.weekday(), weeks=count - 1)
    told = rows.filter(post__posted_at__date__gte=first).values_list(
        "post__posted_at", "sentiment", "sure", "post__repost_of"
    )
    found: dict[date, Counter[str]] = {first + timedelta(weeks=n): Counter() for n in range(count)}
    for posted, mood, sure, repost in told.order_by():
        day = localdate(posted)
        week = found.get(day - timedelta(days=day.weekday()))
        if week is None:
            continue
        week["volume"] += 1
        if sure and repost is None:
            week[mood] += 1
    return [Week(monday, week["positive"], week["negative"], week["volume"]) for monday, week in found.items()]


def days(rows: QuerySet[Judgement], at: datetime, count: int = 28) -> list[Week]:
    """The last days up to today in the same shape, each standing for itself."""
    first = localdate(at) - timedelta(days=count - 1)
    told = rows.filter(post__posted_at__date__gte=first).values_list(
        "post__posted_at", "sentiment", "sure", "post__repost_of"
    )
    found: dict[date, Counter[str]] = {first + timedelta(days=n): Counter() for n in range(count)}
    for posted, mood, sure, repost in told.order_by():
        day = found.get(localdate(posted))
        if day is not None:
            day["volume"] += 1
            day[mood] += sure and repost is None
    return [Week(on, day["positive"], day["negative"], day["volume"]) for on, day in found.items()]


def daily(from_day: date, until_day: date) -> list[tuple[date, str, str]]:
    """(day, source, category) of every negative post between two days, the machine's readings included."""
    told = Judgement.objects.filter(
        sentiment="negative", post__posted_at__date__gte=from_day, post__posted_at__date__lte=until_day
    ).values_list("post__posted_at", "post__source", "category")
    return [(localdate(posted), source, category) for posted, source, category in told]
