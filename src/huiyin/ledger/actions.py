"""Append to the ledger: the one door through which a fact becomes history."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from huiyin.kernel.actor import Actor
from huiyin.kernel.fact import Fact
from huiyin.kernel.refusal import Refusal
from huiyin.ledger import news, sealer, tables
from huiyin.ledger.rules import entries

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Conflict(Refusal):
    """Two transactions wrote to one stream at the same moment; one of them won."""

    status = 409
    message = _("Somebody else changed this at the same moment. Nothing of yours was saved twice: please try again.")


class Happening(NamedTuple):
    """One line of a batch: the fact, its stream, who and when it occurred."""

    fact: Fact
    stream: str
    by: Actor
    at: datetime


def record(*, fact: Fact, stream: str, by: Actor, at: datetime, recorded_at: datetime | None = None) -> news.News:
    """Write one fact at the end of its stream and announce it. Must run inside the business transaction."""
    told = _append([Happening(fact, stream, by, at)], recorded_at or at, fresh=False)
    news.announce(told)
    return told[0]


def record_many(*, happenings: Iterable[Happening], recorded_at: datetime, fresh: bool = False) -> list[news.News]:
    """Write a batch of facts, chained per stream in the order given, and announce it as a batch.

    `fresh` promises that no stream of the batch has an entry yet, which saves looking up the ends of the streams.
    A broken promise is a Conflict; nothing is written.
    """
    batch = list(happenings)
    if not batch:
        return []
    with transaction.atomic(savepoint=False):
        told = _append(batch, recorded_at, fresh=fresh)
        news.announce(told)
    return told


def seal(*, at: datetime, limit: int = 10_000) -> int:
    """Put waiting entries into the Merkle log, then sign a checkpoint if the last one is a minute old.

    One sealer at a time; another one finds the lock taken and returns 0. Returns the number of entries sealed.
    """
    with transaction.atomic():
        if not sealer.alone():
            return 0
        sealed = sealer.seal_waiting(limit)
        sealer.sign(at, not_before=timedelta(seconds=60))
    return sealed


def seal_all(*, at: datetime) -> None:
    """Put everything that waits into the Merkle log, piece by piece: after an import, whether or not a tick runs."""
    while seal(at=at):
        pass


def checkpoint(*, at: datetime) -> str:
    """Seal everything that waits and sign the log as it stands now; returns the signed note."""
    with transaction.atomic():
        sealer.wait_alone()
        while sealer.seal_waiting(10_000):
            pass
        return sealer.sign(at, not_before=timedelta(0))


_TILES = 10_000  # leaves at once when tiles are filled


def take_over(*, base: str, after: int) -> int:
    """Take in, as it was recorded, what another process of this house recorded in a copy of this SQLite database, attached
    as `base`: its entries behind `after`, the last one when the copy was made. Nobody is told.

    It wrote to streams of its own. A stream that has grown here meanwhile is a Conflict: nothing is written. Returns the
    number of entries. What stands in them is looked at by `huiyin verify --ledger`, as with all others.
    """
    with transaction.atomic():
        try:
            before, last = tables.copy_entries(base, after)
        except IntegrityError as error:
            raise Conflict(base=base) from error
        start, end = tables.copy_leaves(base, after, before)
        for place in range(start, end, _TILES):
            sealer.fill_tiles(place, tables.leaf_hashes(place, min(place + _TILES, end)))
    return last - before


_RECORDED: ContextVar[datetime | None] = ContextVar("when all of it is recorded", default=None)


@contextmanager
def recording(at: datetime) -> Iterator[None]:
    """Inside, everything is recorded at this instant, whenever it occurred, with all that follows from it: history that is
    told today was not on record before."""
    token = _RECORDED.set(at)
    try:
        yield
    finally:
        _RECORDED.reset(token)


@dataclass
class Gathered:
    """Entries that were hashed and chained but not written; `rows` are the columns of one without its id."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    heads: dict[str, tables.Head] = field(default_factory=dict)


_GATHERED: ContextVar[Gathered | None] = ContextVar("gathered entries", default=None)


@contextmanager
def gathering() -> Iterator[Gathered]:
    """Inside, entries are chained, announced and gathered for `write_gathered` of another process; ids are not known."""
    found = Gathered()
    token = _GATHERED.set(found)
    try:
        yield found
    finally:
        _GATHERED.reset(token)


def write_gathered(*, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write what a process started by this one gathered a moment ago; it was announced there.

    Entries are only ever appended, so a stream in which the version is free still ends with the entry that was chained
    to. A stream that has grown since is a Conflict: nothing is written.
    """
    if not rows:
        return
    with transaction.atomic(savepoint=False):
        _write([(id, *row) for id, row in zip(tables.new_ids(len(rows)), rows, strict=True)])


_ENDS: ContextVar[dict[str, tables.Head] | None] = ContextVar("remembered ends of streams", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, where a stream ends is looked up once: for a process that writes alone, in a transaction of which no part is
    taken back."""
    token = _ENDS.set({})
    try:
        yield
    finally:
        _ENDS.reset(token)


def microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _append(batch: Sequence[Happening], recorded_at: datetime, *, fresh: bool) -> list[news.News]:
    """Hash, chain and write the batch."""
    recorded_us = microseconds(_RECORDED.get() or recorded_at)
    ids: Sequence[int]
    gathered = _GATHERED.get()
    known = gathered.heads if gathered is not None else _ENDS.get()
    if known is not None:
        heads, ids = known, tables.new_ids(len(batch)) if gathered is None else [0] * len(batch)
        if not fresh:
            heads.update(tables.heads({h.stream for h in batch} - heads.keys()))
    elif len(batch) == 1 and not fresh:
        heads, ids = tables.end_and_id(batch[0].stream)
    else:
        heads = {} if fresh else tables.heads({h.stream for h in batch})
        ids = tables.new_ids(len(batch))
    rows = []
    told = []
    actors: set[str] = set()
    for id, h in zip(ids, batch, strict=True):
        stream, fact, actor = h.stream, h.fact, h.by.ref
        head = heads.get(stream)
        if head is None:
            version, prev = 1, entries.FIRST
            if entries.STREAM.match(stream) is None:
                raise ValueError(f"{stream!r} is not the name of a stream")
        else:
            version, prev = head[0] + 1, head[1]
        if actor not in actors:
            if entries.ACTOR.match(actor) is None:
                raise ValueError("an actor is known to the ledger by a pseudonym, never by a name")
            actors.add(actor)
        payload = fact.canonical()
        occurred_us = (h.at - _EPOCH) // _MICROSECOND
        text = entries.body(actor, occurred_us, payload, prev, recorded_us, fact.schema, stream, fact.type, version)
        digest = entries.entry_hash(text)
        rows.append(
            (id, stream, version, fact.type, fact.schema, actor, occurred_us, recorded_us, payload, prev, digest)
        )
        heads[stream] = (version, digest)
        told.append(news.News(fact, stream, version, h.by, h.at, id, digest))
    if gathered is not None:
        gathered.rows += [row[1:] for row in rows]
    else:
        _write(rows)
    return told


def _write(rows: Sequence[tuple[Any, ...]]) -> None:
    """On SQLite the leaves of the Merkle log too."""
    try:
        tables.insert_entries(rows)
    except IntegrityError as error:
        raise Conflict(stream=rows[0][1]) from error
    if tables.on_sqlite():
        sealer.add_leaves([(row[0], row[10]) for row in rows])
