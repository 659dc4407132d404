"""Where a document stands in time, and how results are ordered."""

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from huiyin.platform.search.rules.words import Word, places

_SPREAD = 31
_HALF_LIFE_DAYS = 180


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


def quarter_of(at: datetime) -> str:
    at = max(at.astimezone(UTC), datetime(1970, 1, 1, tzinfo=UTC))
    return f"{at.year}Q{(at.month + 2) // 3}"


def quarters(low: int, high: int) -> Iterator[tuple[str, int, int]]:
    """The quarters from the newest document to the oldest: name, first key, first key of the next quarter."""
    first, last = time_of(low), time_of(high)
    year, quarter = last.year, (last.month + 2) // 3
    while (year, quarter) >= (first.year, (first.month + 2) // 3):
        begins = datetime(year, quarter * 3 - 2, 1, tzinfo=UTC)
        ends = datetime(year + quarter // 4, quarter * 3 % 12 + 1, 1, tzinfo=UTC)
        yield f"{year}Q{quarter}", max(low, first_number(begins)), first_number(ends)
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)


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
