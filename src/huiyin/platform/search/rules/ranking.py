"""Where a document stands in time, and how results are ordered."""

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from huiyin.platform.search.rules.words import Word, places

_SPREAD = 31
_HALF_LIFE_DAYS = 180
_MOST_MONTHS = 12


def number_of(at: datetime, row: UUID) -> int:
    """The key of a document: its second, then a hash. So the order of keys is the order of time."""
    seconds = max(0, int(at.timestamp()))
    spread = int.from_bytes(hashlib.blake2b(row.bytes, digest_size=4).digest(), "big") >> 1
    return seconds << _SPREAD | spread


def first_number(at: datetime) -> int:
    """The lowest key that a document of this instant or later can have."""
    return max(0, int(at.timestamp())) << _SPREAD


def time_of(number: int) -> datetime:
    return datetime.fromtimestamp(number >> _SPREAD, UTC)


def month_of(at: datetime) -> str:
    return f"{max(at.astimezone(UTC), datetime(1970, 1, 1, tzinfo=UTC)):%Y-%m}"


class Month(NamedTuple):
    """A month of the index: its name, its first key, and the first key of the next."""

    name: str
    low: int
    high: int


def strides(low: int, high: int) -> Iterator[list[Month]]:
    """The months from the newest document to the oldest: one, one, two, four, eight, twelve, twelve at a time.

    What everybody writes about is found in the newest month; for what is rare few questions must reach far back.
    """
    size, taken = 1, 0
    months = _months(low, high)
    while part := list(islice(months, size)):
        yield part
        taken += len(part)
        size = min(taken, _MOST_MONTHS)


def _months(low: int, high: int) -> Iterator[Month]:
    first, last = time_of(low), time_of(high)
    year, month = last.year, last.month
    while (year, month) >= (first.year, first.month):
        begins = datetime(year, month, 1, tzinfo=UTC)
        ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        yield Month(month_of(begins), max(low, first_number(begins)), min(high + 1, first_number(ends)))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def matches(texts: tuple[str, ...], words: list[Word]) -> dict[str, int]:
    """How often each word really stands in the texts: the index knows pairs, this reads."""
    found: dict[str, int] = {}
    for text in texts:
        for _first, _last, word in places(text, words):
            found[word] = found.get(word, 0) + 1
    return found


def score(found: dict[str, int], at: datetime, now: datetime) -> float:
    """Matches × recency: every word counts, the same word again less, and half a year halves it."""
    days = max(0.0, (now - at).total_seconds() / 86_400)
    return sum(1 + math.log(count) for count in found.values()) * 0.5 ** (days / _HALF_LIFE_DAYS)
