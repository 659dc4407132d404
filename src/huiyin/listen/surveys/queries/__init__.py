"""Reads of surveys: ratings, surveys and their versions, campaigns, answers and what they say."""

from huiyin.listen.surveys.queries.rating import (
    DIMENSIONS,
    KIND,
    LOW,
    SCORES,
    TABLE,
    Asked,
    Given,
    answers_of,
    by_secret,
    link,
    newest,
    secret,
    secret_hash,
)

__all__ = [
    "DIMENSIONS",
    "KIND",
    "LOW",
    "SCORES",
    "TABLE",
    "Asked",
    "Given",
    "answers_of",
    "by_secret",
    "link",
    "newest",
    "secret",
    "secret_hash",
]
