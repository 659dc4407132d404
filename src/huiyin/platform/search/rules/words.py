"""What a text is found by: overlapping pairs of Chinese characters, single ones, and whole Latin words.

Pairs, because a Chinese text has no blanks and any cutter misses words that it does not know; single characters, so
that one character finds something too. A run with six or more digits (telephone, card, identity number) is never a
term: people are found by the vault's blind index alone.
"""

import re
from dataclasses import dataclass

from huiyin.platform.search.rules.folding import fold

_HAN = "\u2e80-\u2fdf\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"(?P<han>[{_HAN}]+)|(?P<word>(?:(?![{_HAN}])[^\\W_])+)")
_DIGITS_OF_A_PERSON = 6
LONGEST_WORD = 40
MOST_WORDS = 12
MOST_TERMS = 4_000
LONGEST_QUERY = 200


@dataclass(frozen=True)
class Word:
    """One word of a query, folded. `terms` must all stand in a text that has the word."""

    text: str
    han: bool
    terms: tuple[str, ...]


def terms_of(*texts: str) -> set[str]:
    """Every term of a matter's texts."""
    found: set[str] = set()
    for text in texts:
        for run in _RUNS.finditer(fold(text).text):
            han = run["han"]
            if han:
                found.update(han)
                found.update(han[i : i + 2] for i in range(len(han) - 1))
            elif not _names_a_person(run["word"]):
                found.add(stem(run["word"]))
            if len(found) >= MOST_TERMS:
                return found
    return found


def words_of(query: str) -> list[Word]:
    """The words of a query, each once, in its order; at most twelve."""
    found: dict[str, Word] = {}
    for run in _RUNS.finditer(fold(query[:LONGEST_QUERY]).text):
        han = run["han"]
        if han:
            pairs = tuple(dict.fromkeys(han[i : i + 2] for i in range(len(han) - 1))) or (han,)
            found.setdefault(han, Word(han, True, pairs))
        elif not _names_a_person(run["word"]):
            root = stem(run["word"])
            found.setdefault(root, Word(root, False, (root,)))
        if len(found) >= MOST_WORDS:
            break
    return list(found.values())


def stem(word: str) -> str:
    """English plurals as their singular (the S-stemmer of Harman 1991, and -ches, -sses)."""
    word = word[:LONGEST_WORD]
    if len(word) > 3 and word.isascii():
        if word.endswith("ies") and not word.endswith(("eies", "aies")):
            return word[:-3] + "y"
        if word.endswith(("ches", "shes", "sses", "xes", "zzes")):
            return word[:-2]
        if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
            return word[:-1]
        if word.endswith("s") and not word.endswith(("us", "ss")):
            return word[:-1]
    return word


def places(text: str, words: list[Word]) -> list[tuple[int, int, str]]:
    """Where in the original text each word stands: (from, until, word), in order."""
    folded, origin = fold(text)
    found: list[tuple[int, int, str]] = []
    latin = {word.text for word in words if not word.han}
    for word in words:
        start = folded.find(word.text) if word.han else -1
        while start >= 0:
            end = start + len(word.text)
            found.append((origin[start], origin[end - 1] + 1, word.text))
            start = folded.find(word.text, end)
    if latin:
        for run in _RUNS.finditer(folded):
            if run["word"] and stem(run["word"]) in latin:
                found.append((origin[run.start()], origin[run.end() - 1] + 1, stem(run["word"])))
    return sorted(found)


def _names_a_person(word: str) -> bool:
    return sum(letter.isdigit() for letter in word) >= _DIGITS_OF_A_PERSON
