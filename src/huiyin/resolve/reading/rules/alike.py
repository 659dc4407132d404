"""Whether two texts are the same text: shingles, their likeness, and fingerprints by which alike ones meet. Pure.

A fingerprint is six bands of three minima each (MinHash, Broder 1997) over keyed 32-bit marks of shingles; two texts of
likeness 0.8 share a band in 99 of 100 cases, of 0.3 in 15. What shares a band is then compared word for word.
"""

import re
import unicodedata
import zlib
from collections.abc import Sequence
from random import Random

SAME, ALIKE = 0.9, 0.6  # likeness from which a text is the same one, or a variation of it
SHINGLE = 4  # characters
FEWEST = 12  # shingles: shorter texts ("please call me") are alike by nature
LONGEST = 4000
BANDS, ROWS = 6, 3
PRIME = (1 << 61) - 1
_rng = Random("huiyin fingerprints")
_TURNS = [(_rng.randrange(1, PRIME), _rng.randrange(PRIME)) for _ in range(BANDS * ROWS)]
_GAPS = re.compile(r"[\W_\d]+")  # figures differ between copies of one letter: amounts, dates, numbers of cases


def shingles(text: str) -> frozenset[str]:
    """Overlapping pieces of four characters, without marks, blanks and figures, in one width and case."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", text[:LONGEST]).casefold())
    return frozenset(plain[n : n + SHINGLE] for n in range(len(plain) - SHINGLE + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared shingles over all of them (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0


def bands(marks: Sequence[int]) -> list[int]:
    """The bands of a text from the keyed marks of its shingles, each a signed 32-bit number; none of a short text."""
    if len(marks) < FEWEST:
        return []
    minima = [min((a * mark + b) % PRIME for mark in marks) for a, b in _TURNS]
    found = []
    for start in range(0, BANDS * ROWS, ROWS):
        whole = zlib.crc32(b"".join(value.to_bytes(8, "big") for value in minima[start : start + ROWS]))
        found.append(whole - (1 << 32) if whole >> 31 else whole)
    return found
