"""The seed corpus that ships with the product: what a fresh house classifies by before it has learnt from its own people."""

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from huiyin.resolve.triage.queries import ROOM

CORPUS = ROOM / "corpus"
FACETS = ("category", "cause", "severity", "urgency", "sentiment", "demand")
NO_DEMAND = "none"


@dataclass(frozen=True)
class Seed:
    """Texts with the code of each facet; `mark` names this state of the corpus."""

    texts: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    mark: str


@cache
def seed(folder: Path = CORPUS) -> Seed:
    """All `zh-*.tsv` and `en-*.tsv`: text, category, cause, severity, urgency, sentiment, demand."""
    texts: list[str] = []
    labels: dict[str, list[str]] = {facet: [] for facet in FACETS}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.tsv")):
        raw = path.read_bytes()
        digest.update(raw)
        for row in csv.DictReader(raw.decode("utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["text"] and row["category"] and row["cause"]:
                texts.append(row["text"])
                for facet in FACETS:
                    labels[facet].append(row[facet] or NO_DEMAND)
    return Seed(tuple(texts), {facet: tuple(codes) for facet, codes in labels.items()}, digest.hexdigest()[:12])
