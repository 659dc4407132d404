"""A few words around what was found, for a line of results."""

from typing import NamedTuple

from huiyin.platform.search.rules.words import Word, places

AROUND = 24
LONGEST = 120


class Part(NamedTuple):
    """A piece of a snippet; `hit` is what was looked for."""

    text: str
    hit: bool


def snippet(text: str, words: list[Word]) -> list[Part]:
    """The surroundings of the first hit with the hits marked; the beginning of the text where there is none."""
    flat = " ".join(text.split())
    hits = places(flat, words)
    start = max(0, hits[0][0] - AROUND) if hits else 0
    end = min(len(flat), start + LONGEST)
    parts: list[Part] = [Part("…", False)] if start else []
    at = start
    for first, last, _word in hits:
        if first < at or last > end:
            continue
        if first > at:
            parts.append(Part(flat[at:first], False))
        parts.append(Part(flat[first:last], True))
        at = last
    if at < end:
        parts.append(Part(flat[at:end], False))
    return [*parts, Part("…", False)] if end < len(flat) else parts
