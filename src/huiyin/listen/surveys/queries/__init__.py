"""Reads of surveys: ratings, surveys and their versions, campaigns, answers and what they say."""

from huiyin.listen.surveys.queries.rating import (
    DIMENSIONS,
    KIND,
    SCORES,
    TABLE,
    Asked,
    Given,
    answers_of,
    answers_of_many,
    by_secret,
    link,
    lowest_of,
    newest,
    secret,
    secret_hash,
)

__all__ = [
    "DIMENSIONS",
    "KIND",
    "SCORES",
    "TABLE",
    "Asked",
    "Given",
    "answers_of",
    "answers_of_many",
    "by_secret",
    "link",
    "lowest_of",
    "newest",
    "secret",
    "secret_hash",
]
