"""Asking the index. It knows who may look only by what it is told: `scopes` narrow early, `keep` has the last word."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from huiyin.platform.search.models import Progress
from huiyin.platform.search.rules import ranking
from huiyin.platform.search.rules.ranking import matches, score, time_of
from huiyin.platform.search.rules.snippets import Part, snippet
from huiyin.platform.search.rules.words import LONGEST_QUERY, Word, terms_of, words_of
from huiyin.platform.tables.queries import as_id, marks, rows
from huiyin.platform.vault import queries as vault

__all__ = ["LONGEST_QUERY", "Part", "Word", "matches", "score", "snippet", "terms_of", "time_of", "words_of"]

WINDOW = 200  # the newest matches that are read and ranked
STEP = 1_000  # candidates looked at in one question
MOST_LOOKED_AT = 20_000


@dataclass(frozen=True)
class Hit:
    """A text that has all the terms."""

    kind: str
    row: UUID
    matter: UUID
    at: datetime


@dataclass
class Found:
    """The newest matches. `more`: there are, or may be, others that are older."""

    hits: list[Hit] = field(default_factory=list)
    more: bool = False


Keep = Callable[[Collection[UUID]], Collection[UUID]]


def find(
    *,
    terms: Sequence[str],
    scopes: Sequence[str] | None,
    keep: Keep,
    kinds: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = WINDOW,
) -> Found:
    """The newest texts with all the terms, quarter by quarter from the newest, as far as `keep` lets them through.

    `scopes`: the text carries at least one of them (None: any). `keep` is told matters and answers those that the
    reader may see now; only these are counted.
    """
    found = Found()
    span = _span(since, until)
    if not terms or span is None or (scopes is not None and not scopes):
        return found
    looked = 0
    for quarter, low, high in ranking.quarters(*span):
        high = min(high, span[1] + 1)
        wanted = hashes(terms, quarter)
        any_of = hashes([label(scope) for scope in scopes], quarter) if scopes is not None else []
        while True:
            part = _candidates(wanted, any_of, low, high, kinds)
            looked += len(part)
            seen = keep({hit.matter for _id, hit in part}) if part else ()
            for _id, hit in part:
                if hit.matter in seen:
                    if len(found.hits) == limit:
                        found.more = True
                        return found
                    found.hits.append(hit)
            if len(part) < STEP:
                break
            if looked >= MOST_LOOKED_AT:
                found.more = True
                return found
            high = part[-1][0]
    return found


def label(text: str) -> str:
    """The term of a label: no word of a text is like it."""
    return f"={text}"


def hashes(terms: Collection[str], quarter: str) -> list[int]:
    """The terms as the index keeps them. The same word has another hash in every quarter."""
    return vault.marks_of(f"search/1/{quarter}", terms)


def progress(name: str) -> Progress:
    """How far the upkeep of this name has come."""
    return Progress.objects.filter(name=name).first() or Progress(name=name)


def size() -> int:
    ((count,),) = rows("SELECT COUNT(*) FROM search_document")
    return int(count)


def matters_of(row_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Which matter each indexed text belongs to."""
    if not row_ids:
        return {}
    known = rows(f'SELECT "row", matter FROM search_document WHERE "row" IN ({marks(row_ids)})', row_ids)
    return {as_id(row): as_id(matter) for row, matter in known}


def _span(since: datetime | None, until: datetime | None) -> tuple[int, int] | None:
    ((low, high),) = rows("SELECT MIN(id), MAX(id) FROM search_document")
    if low is None:
        return None
    low = max(low, ranking.first_number(since)) if since else low
    high = min(high, ranking.first_number(until) - 1) if until else high
    return (low, high) if low <= high else None


def _candidates(
    wanted: Sequence[int], any_of: Sequence[int], low: int, high: int, kinds: Sequence[str]
) -> list[tuple[int, Hit]]:
    extra = f" AND d.kind IN ({marks(kinds)})" if kinds else ""
    if connection.vendor == "postgresql":
        scoped = " AND d.terms && %s::integer[]" if any_of else ""
        lists = [list(wanted), *([list(any_of)] if any_of else [])]
        # The set is made first, by the GIN index alone: left to itself the planner may walk the primary key instead.
        statement = (
            'WITH d AS MATERIALIZED (SELECT id, kind, "row", matter FROM search_document d'
            f" WHERE d.terms @> %s::integer[]{scoped}{extra}) SELECT * FROM d WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT {STEP}"
        )
        found = rows(statement, [*lists, *kinds, low, high])
    else:
        asked = " AND ".join(hexed(wanted))
        if any_of:
            asked += f" AND ({' OR '.join(hexed(any_of))})"
        statement = (
            'SELECT d.id, d.kind, d."row", d.matter FROM search_terms JOIN search_document d ON d.id = search_terms.rowid'
            f" WHERE search_terms MATCH %s AND search_terms.rowid >= %s AND search_terms.rowid < %s{extra}"
            f" ORDER BY search_terms.rowid DESC LIMIT {STEP}"
        )
        found = rows(statement, [asked, low, high, *kinds])
    return [(id, Hit(kind, as_id(row), as_id(matter), time_of(id))) for id, kind, row, matter in found]


def hexed(terms: Collection[int]) -> list[str]:
    """Terms as SQLite's words."""
    return [f"x{term & 0xFFFFFFFF:08x}" for term in terms]
