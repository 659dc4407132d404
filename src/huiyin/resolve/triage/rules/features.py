"""What a learnt model sees of a text: words, pairs of words, and pieces of words; Chinese by characters.

Known pieces are kept per word, because the same few thousand words make up most of any text. Pure; only numpy.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 4000  # characters read of one text
SHORTEST_PIECE, LONGEST_PIECE = 2, 5  # of a word in letters, its ends marked
LONGEST_CHINESE = 4  # characters of a piece
KEPT_WORDS = 100_000
MOST_PIECES = 2_000_000  # counted at once while learning; beyond it those seen once are let go

Floats = NDArray[np.float32]
_TOKENS = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[\u3400-\u9fff]+|[^\sa-z\d\u3400-\u9fff]")


def normal(text: str) -> str:
    """Folded: width, case and length."""
    text = text[:LONGEST]
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()


def tokens(text: str) -> list[str]:
    """Words, runs of Chinese, digits as their number of places, and marks."""
    return ["0" * min(len(t), 4) if t[0].isdigit() else t for t in _TOKENS.findall(text)]


def pieces(token: str) -> list[str]:
    """The pieces of one token: a Chinese run gives its one to four characters, a word itself and its inner pieces."""
    if token[0] >= "\u3400" and token[0] <= "\u9fff":
        last = min(LONGEST_CHINESE, len(token))
        return [token[i : i + n] for n in range(1, last + 1) for i in range(len(token) - n + 1)]
    found, marked = [" " + token], f"<{token}>"
    for n in range(SHORTEST_PIECE, LONGEST_PIECE + 1):
        if n > len(marked):
            break
        found.extend([marked[i : i + n] for i in range(len(marked) - n + 1)])
    return found


def pairs(words: Sequence[str]) -> list[str]:
    return [f"{a}_{b}" for a, b in zip(words, words[1:], strict=False)]


@dataclass
class Vocabulary:
    """The pieces a model knows, in the order of their columns, with their weights by rarity."""

    words: list[str]
    rarity: Floats
    _place: dict[str, int] = field(init=False, repr=False)
    _known: dict[str, list[int]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._place = {word: column for column, word in enumerate(self.words)}

    def columns(self, text: str, hints: Iterable[str] = ()) -> list[int]:
        """The columns of a text's known pieces, each as often as it occurs."""
        found: list[int] = []
        place, known = self._place, self._known
        words = tokens(normal(text))
        for word in words:
            here = known.get(word)
            if here is None:
                here = [c for c in map(place.get, pieces(word)) if c is not None]
                if len(known) < KEPT_WORDS and len(word) <= 24:
                    known[word] = here
            found += here
        found += [c for c in map(place.get, pairs(words)) if c is not None]
        found += [c for c in map(place.get, hints) if c is not None]
        return found

    def row(self, text: str, hints: Iterable[str] = ()) -> tuple[NDArray[np.intp], Floats]:
        """One text as columns and values of length one; both empty when nothing in it is known."""
        columns, counts = np.unique(np.array(self.columns(text, hints), dtype=np.intp), return_counts=True)
        values = ((1 + np.log(counts)) * self.rarity[columns]).astype(np.float32)
        length = float(np.sqrt(values @ values))
        return columns, values / length if length else values

    def matrix(self, texts: Sequence[str], hints: Callable[[str], Iterable[str]] | None = None) -> Any:
        """Many texts as a sparse matrix (scipy.sparse.csr_matrix, one row a text, each of length one)."""
        from scipy.sparse import csr_matrix

        found: list[int] = []
        ends = [0]
        for text in texts:
            found += self.columns(text, hints(text) if hints else ())
            ends.append(len(found))
        shape = (len(texts), len(self.words))
        table = csr_matrix((np.ones(len(found), np.float32), np.array(found, np.int32), np.array(ends)), shape=shape)
        table.sum_duplicates()
        table.data = (1 + np.log(table.data)) * self.rarity[table.indices]
        lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
        table.data = (table.data / np.repeat(np.maximum(lengths, 1e-9), np.diff(table.indptr))).astype(np.float32)
        return table


def vocabulary(
    texts: Iterable[str], *, least: int = 2, most: int = 60_000, hints: Callable[[str], Iterable[str]] | None = None
) -> Vocabulary:
    """Learn which pieces to know: those in at least `least` texts, the `most` frequent."""
    seen: Counter[str] = Counter()
    known: dict[str, list[str]] = {}
    count = 0
    for count, text in enumerate(texts, start=1):
        words = tokens(normal(text))
        here: set[str] = set(pairs(words))
        for word in words:
            parts = known.get(word)
            if parts is None:
                parts = pieces(word)
                if len(known) < KEPT_WORDS and len(word) <= 24:
                    known[word] = parts
            here.update(parts)
        here.update(hints(text) if hints else ())
        seen.update(here)
        if len(seen) > MOST_PIECES:
            seen = Counter({word: n for word, n in seen.items() if n > 1})
    kept = sorted(((n, word) for word, n in seen.items() if n >= least), key=lambda pair: (-pair[0], pair[1]))[:most]
    rarity = np.array([np.log((1 + count) / (1 + n)) + 1 for n, _ in kept], dtype=np.float32)
    return Vocabulary([word for _, word in kept], rarity)

