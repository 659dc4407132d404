"""Baseline triage: a weighted lexicon in Chinese and English. Pure and quick; every label says which words spoke for it.

Chinese has no spaces, so words are found by their first character; English by word stems and pairs.
Scores become a confidence with a softmax in which "none of these" takes part, so a text without
known words has a low confidence and a person decides.
"""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

THRESHOLD = 550  # thousandths: below it the case waits in "to classify"
NONE_SCORE = 1.0  # what "none of these" scores
PRIOR = 1.6  # what the product adds to its business category
SHARPNESS = 1.25
LONGEST = 6000  # characters read

Hit = tuple[str, str, float]  # label, word, weight


@dataclass(frozen=True)
class Lexicon:
    """All facets in one scan: Chinese words by first character (longest first), English ones by stems."""

    chinese: Mapping[str, tuple[tuple[str, tuple[tuple[str, Hit], ...]], ...]]
    english: Mapping[str, tuple[tuple[str, Hit], ...]]


@dataclass(frozen=True)
class Suggestion:
    category: str
    cause: str
    complexity: str
    severity: str
    demand: str
    confidence: int
    flags: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str, int], ...] = field(default=())

    @property
    def sure(self) -> bool:
        return self.confidence >= THRESHOLD


def lexicon(tables: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """From `{facet: {label: {"zh": {word: weight}, "en": {word: weight}}}}`."""
    chinese: dict[str, dict[str, list[tuple[str, Hit]]]] = {}
    english: dict[str, list[tuple[str, Hit]]] = {}
    for facet, labels in tables.items():
        for label, words in labels.items():
            for word, weight in words.get("zh", {}).items():
                word = word.lower()
                chinese.setdefault(word[0], {}).setdefault(word, []).append((facet, (label, word, float(weight))))
            for word, weight in words.get("en", {}).items():
                key = " ".join(stem(part) for part in _LETTERS.findall(word.lower()))
                english.setdefault(key, []).append((facet, (label, word, float(weight))))
    return Lexicon(
        chinese={
            first: tuple((word, tuple(hits)) for word, hits in sorted(words.items(), key=lambda w: (-len(w[0]), w[0])))
            for first, words in chinese.items()
        },
        english={word: tuple(hits) for word, hits in english.items()},
    )


_LETTERS = re.compile(r"[a-z]+")
_AGE = re.compile(r"(?<!\d)([6-9]\d|10\d)\s{0,2}(?:多)?\s{0,2}(?:周?岁|years? old|year-old)")
_MONEY = re.compile(
    r"(?<![\d,.])(\d[\d,]{0,18}(?:\.\d{1,4})?)\s{0,2}(万|亿|thousand|million)?\s{0,2}(?:元|块|rmb|yuan|dollars)"
    r"|\$\s{0,2}(\d[\d,]{0,18})"
)
_ENDINGS = ("ings", "ing", "ies", "ied", "ers", "ed", "es", "s")


def stem(word: str) -> str:
    """A light stem: enough to meet "charged" and "charges" at "charg"."""
    for ending in _ENDINGS:
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word[-1] in "ey" else word


def classify(text: str, product: str, words: Lexicon) -> Suggestion:
    """Business category and cause with a confidence, complexity, severity, demand and flags.

    `product` is the business category of the product named by the customer, "" if none.
    """
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = text.lower()
    found = _scan(text, words)
    scores: dict[str, dict[str, float]] = {}
    for facet, label, _, weight in found:
        table = scores.setdefault(facet, {})
        table[label] = table.get(label, 0.0) + weight
    categories = scores.setdefault("category", {})
    if product:
        categories[product] = categories.get(product, 0.0) + PRIOR
    category, sure_category = _best(categories)
    cause, sure_cause = _best(scores.get("cause", {}))
    flags = set(scores.get("flag", ()))
    if _AGE.search(text):
        flags.add("elderly")
    amount = _largest_amount(text)
    severity = _graded(scores.get("severity", {}), ("major", "serious"), "ordinary")
    if severity == "ordinary" and (amount >= 200_000 or {"regulator", "legal", "media"} & flags):
        severity = "serious"
    if amount >= 2_000_000:
        severity = "major"
    complexity = _graded(scores.get("complexity", {}), ("exceptional", "complex"), "simple")
    if complexity == "simple" and (severity == "major" or amount >= 50_000):
        complexity = "complex"
    demand, _ = _best(scores.get("demand", {}))
    chosen = {category, cause, severity, complexity, demand, *flags}
    reasons = sorted(
        {(facet, word, round(weight * 1000)) for facet, label, word, weight in found if label in chosen},
        key=lambda r: (-r[2], r[0], r[1]),
    )
    return Suggestion(
        category=category,
        cause=cause,
        complexity=complexity,
        severity=severity,
        demand=demand,
        confidence=round(1000 * min(sure_category, sure_cause)),
        flags=tuple(sorted(flags)),
        reasons=tuple(reasons[:12]),
    )


def hits(text: str, words: Lexicon) -> list[str]:
    """The facets and labels that words of a text speak for, as pieces that a learnt model may weigh."""
    text = text[:LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return [f"§{facet}:{label}" for facet, label, _, _ in _scan(text.lower(), words)]


def _scan(text: str, words: Lexicon) -> list[tuple[str, str, str, float]]:
    """Every lexicon word in the text once; a longer Chinese word hides the shorter one inside it."""
    seen: set[str] = set()
    found: list[tuple[str, str, str, float]] = []
    chinese = words.chinese
    covered = 0
    if not text.isascii():
        for position, character in enumerate(text):
            if character in chinese:
                for word, hits in chinese[character]:
                    if text.startswith(word, position):
                        end = position + len(word)
                        if end > covered:
                            covered = end
                            if word not in seen:
                                seen.add(word)
                                found.extend((facet, *hit) for facet, hit in hits)
                        break
    english = words.english
    before = second = ""
    for token in _LETTERS.findall(text):
        here = _STEMS.get(token) or _remember(token)
        for key in (here, f"{before} {here}", f"{second} {before} {here}"):
            if key in english and key not in seen:
                seen.add(key)
                found.extend((facet, *hit) for facet, hit in english[key])
        second, before = before, here
    return found


_STEMS: dict[str, str] = {}


def _remember(token: str) -> str:
    """Stems are kept, up to a bound, because a few thousand words make up most of any text."""
    if len(_STEMS) < 50_000:
        _STEMS[token] = stem(token)
        return _STEMS[token]
    return stem(token)


def _best(scores: Mapping[str, float]) -> tuple[str, float]:
    """The strongest label and its share against the others and against "none of these"."""
    if not scores:
        return "", 0.0
    label, top = max(scores.items(), key=lambda item: (item[1], item[0]))
    total = sum(math.exp(SHARPNESS * (score - top)) for score in scores.values())
    total += math.exp(SHARPNESS * (NONE_SCORE - top))
    return label, 1 / total


def _graded(scores: Mapping[str, float], grades: tuple[str, str], otherwise: str) -> str:
    """The highest grade with enough weight of words; weights add up, so several hints count as one strong one."""
    highest, middle = grades
    if scores.get(highest, 0.0) >= 1.0:
        return highest
    if scores.get(highest, 0.0) + scores.get(middle, 0.0) >= 1.0:
        return middle
    return otherwise


def _largest_amount(text: str) -> float:
    largest = 0.0
    for figure, scale, dollars in _MONEY.findall(text):
        raw = (figure or dollars).replace(",", "")
        if len(raw) <= 15:
            value = float(raw) * {"万": 1e4, "亿": 1e8, "thousand": 1e3, "million": 1e6}.get(scale, 1)
            largest = max(largest, value)
    return largest
