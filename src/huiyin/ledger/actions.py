"""Append to the ledger: the one door through which a fact becomes history."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import Fact
from huiyin.ledger import news
from huiyin.ledger.models import Entry


@dataclass(frozen=True)
class Happening:
    """One line of a batch: the fact, its stream, who and when it occurred."""

    fact: Fact
    stream: str
    by: Actor
    at: datetime


def record(*, fact: Fact, stream: str, by: Actor, at: datetime, recorded_at: datetime | None = None) -> news.News:
    """Write one fact at the end of its stream and announce it. Must run inside the business transaction."""
    (told,) = record_many(happenings=[Happening(fact, stream, by, at)], recorded_at=recorded_at or at)
    return told


def record_many(*, happenings: Iterable[Happening], recorded_at: datetime) -> list[news.News]:
    """Write a batch of facts, chained per stream in the order given, and announce it as a batch."""
    with transaction.atomic():
        heads: dict[str, tuple[int, bytes]] = {}
        told = []
        for h in happenings:
            if h.stream not in heads:
                last = Entry.objects.filter(stream=h.stream).order_by("-version").values_list("version", "hash").first()
                heads[h.stream] = (last[0], bytes(last[1])) if last else (0, b"\0" * 32)
            version, prev = heads[h.stream]
            payload = json.dumps(h.fact.payload(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            digest = hashlib.sha256(prev + payload.encode()).digest()
            entry = Entry.objects.create(
                stream=h.stream,
                version=version + 1,
                type=h.fact.type,
                schema=h.fact.schema,
                actor=h.by.ref,
                occurred_us=int(h.at.timestamp() * 1_000_000),
                recorded_us=int(recorded_at.timestamp() * 1_000_000),
                payload=payload,
                prev_hash=prev,
                hash=digest,
            )
            heads[h.stream] = (version + 1, digest)
            told.append(news.News(h.fact, h.stream, version + 1, h.by, h.at, entry.pk, digest))
        news.announce(told)
        return told
