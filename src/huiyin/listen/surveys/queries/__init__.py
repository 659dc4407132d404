"""Reads of surveys: ratings, surveys and their versions, campaigns, answers and what they say."""

from huiyin.listen.surveys.queries.rating import (
    DIMENSIONS,
    KIND,
    LOW,
    SCORES,
    TABLE,
    Asked,
    Given,
    Surveyed,
    answers_of,
    answers_of_many,
    asked_of,
    by_secret,
    lowest_of,
    newest,
    secret,
)
from huiyin.listen.surveys.rules.questions import ASPECTS, content_from

__all__ = [
    "ASPECTS",
    "DIMENSIONS",
    "KIND",
    "LOW",
    "SCORES",
    "TABLE",
    "Asked",
    "Given",
    "Surveyed",
    "answers_of",
    "answers_of_many",
    "asked_of",
    "by_secret",
    "content_from",
    "lowest_of",
    "newest",
    "secret",
]
