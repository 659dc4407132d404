"""How good answers are: accuracy, macro F1, calibration error, accuracy among the surest, out-of-scope recall. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15


@dataclass(frozen=True)
class Bin:
    """Texts whose confidence lies in one band."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def accuracy(right: Sequence[str], said: Sequence[str]) -> float:
    return float(np.mean([a == b for a, b in zip(right, said, strict=True)])) if right else 0.0


def by_class(right: Sequence[str], said: Sequence[str]) -> dict[str, tuple[int, float, float]]:
    """Per label: how many there are, precision, recall."""
    found = {}
    for label in sorted(set(right) | set(said)):
        hit = sum(a == b == label for a, b in zip(right, said, strict=True))
        there, told = right.count(label), said.count(label)
        found[label] = (there, hit / told if told else 0.0, hit / there if there else 0.0)
    return found


def macro_f1(right: Sequence[str], said: Sequence[str]) -> float:
    """The mean of the labels' F1; labels that occur in neither list do not count."""
    each = [2 * p * r / (p + r) if p + r else 0.0 for _, p, r in by_class(list(right), list(said)).values()]
    return float(np.mean(each)) if each else 0.0


def bins(confidences: Sequence[float], hits: Sequence[bool], count: int = 10) -> list[Bin]:
    """Confidence against truth in equal bands, empty ones left out: the reliability chart."""
    shares, true = np.asarray(confidences, float), np.asarray(hits, float)
    place = np.minimum((shares * count).astype(int), count - 1)
    return [
        Bin(b / count, (b + 1) / count, int((place == b).sum()), float(shares[place == b].mean()), float(true[place == b].mean()))
        for b in range(count)
        if (place == b).any()
    ]  # fmt: skip


def ece(confidences: Sequence[float], hits: Sequence[bool]) -> float:
    """Expected calibration error over 15 equal bands."""
    total = max(len(hits), 1)
    return sum(b.count * abs(b.confidence - b.accuracy) for b in bins(confidences, hits, BINS)) / total


def selective(confidences: Sequence[float], hits: Sequence[bool], coverage: float = 0.9) -> float:
    """Accuracy among the surest `coverage` of the texts."""
    order = np.argsort(-np.asarray(confidences, float), kind="stable")[: max(1, round(coverage * len(hits)))]
    return float(np.asarray(hits, float)[order].mean()) if len(hits) else 0.0


def recall_outside(inside: NDArray[np.float64], outside: NDArray[np.float64], kept: float = 0.95) -> float:
    """Share of out-of-scope texts below the confidence that keeps `kept` of the in-scope ones."""
    if not len(inside) or not len(outside):
        return 0.0
    return float((outside < np.quantile(inside, 1 - kept)).mean())
