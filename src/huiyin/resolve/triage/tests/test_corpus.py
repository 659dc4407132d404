"""The seed corpus: enough of every label, known codes only, no twins, nobody's number."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from huiyin.resolve.triage.queries import DEMANDS

ROOM = Path(__file__).parents[1]
COLUMNS = ["text", "category", "cause", "severity", "urgency", "sentiment", "demand"]
LEAST = {"zh": 60, "en": 30}  # examples of each category and of each cause


@cache
def rows(language: str) -> list[dict[str, str]]:
    found = []
    for path in sorted((ROOM / "corpus").glob(f"{language}-*.tsv")):
        head, *lines = path.read_text("utf-8").removesuffix("\n").split("\n")
        assert head.split("\t") == COLUMNS
        for line in lines:
            row = dict(zip(COLUMNS, line.split("\t"), strict=True))
            assert row["category"] == path.stem.removeprefix(f"{language}-")
            found.append(row)
    return found


def codes(facet: str) -> set[str]:
    return set(tomllib.loads((ROOM / "lexicon" / f"{facet}.toml").read_text("utf-8")))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("facet", ["category", "cause"])
def test_every_label_has_enough_examples_and_every_label_is_known(language: str, facet: str) -> None:
    count = Counter(row[facet] for row in rows(language))
    assert set(count) == codes(facet)
    assert min(count.values()) >= LEAST[language], count


@pytest.mark.parametrize("language", ["zh", "en"])
def test_praise_and_enquiries_are_there_too(language: str) -> None:
    count = Counter(row["sentiment"] for row in rows(language))
    assert set(count) == {"negative", "neutral", "positive"}
    assert min(count["positive"], count["neutral"]) >= LEAST[language]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_other_columns_hold_known_codes(language: str) -> None:
    for row in rows(language):
        assert row["severity"] in {"ordinary", "serious", "major"}, row
        assert row["urgency"] in {"low", "normal", "high"}, row
        assert set(row["demand"].split()) <= set(DEMANDS), row
        assert row["text"] == row["text"].strip() and 4 <= len(row["text"]) <= 600, row


def shingles(text: str) -> set[str]:
    plain = re.sub(r"\s", "", text.lower())
    return {plain[i : i + 3] for i in range(len(plain) - 2)}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_texts_are_nearly_the_same(language: str) -> None:
    """Shared trigrams over all trigrams of the two: none above 0.8 (so neither may be shorter than 0.8 of the other)."""
    texts = sorted(((shingles(row["text"]), row["text"]) for row in rows(language)), key=lambda pair: len(pair[0]))
    for place, (one, text) in enumerate(texts):
        for other, twin in texts[place + 1 :]:
            if len(one) < 0.8 * len(other):
                break
            assert len(one & other) <= 0.8 * len(one | other), (text, twin)


def test_no_text_holds_a_number_that_could_be_somebodys() -> None:
    """No run of 8 digits, so no telephone, identity or card number; no address either."""
    for row in rows("zh") + rows("en"):
        runs = re.findall(r"\d+[Xx]?", re.sub(r"(?<=\d)[ \-.](?=\d)", "", row["text"]))
        assert not [run for run in runs if len(run) >= 8], row
        assert not re.search(r"[\w.]+@[\w.]+\.\w+|https?://", row["text"]), row
