"""Decisions of this room: scores and their statistics, questions and branches, samples, weights, drivers."""

from huiyin.listen.surveys.rules.scores import (
    DIMENSIONS,
    KIND,
    KINDS,
    LOW,
    OPEN_FOR,
    SCORES,
    BadScore,
    opens_recovery,
    score,
)

__all__ = ["DIMENSIONS", "KIND", "KINDS", "LOW", "OPEN_FOR", "SCORES", "BadScore", "opens_recovery", "score"]
