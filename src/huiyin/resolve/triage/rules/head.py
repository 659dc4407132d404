"""The head: scores, a probability calibrated by one temperature, and a prediction set with stated coverage.

A set holds every label whose probability reaches the level that, on texts the model had not learnt from, kept the right
label in the set as often as was asked (split conformal prediction). One label in the set: the model answers. None (unlike
anything known) or several (undecided): it abstains, and a person decides. Pure; only numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from huiyin.resolve.triage.rules import ridge
from huiyin.resolve.triage.rules.features import Floats, Vocabulary

COVERAGE = 0.90
SENSE = (
    1.5  # length of a sentence's vector beside its words' length of one, chosen by cross-validation (docs/triage.md)
)
MOST_IN_A_SET = 5


@dataclass(frozen=True)
class Answer:
    """What a model makes of one text; `set` from the most likely label down."""

    label: str
    confidence: float
    set: tuple[str, ...]

    @property
    def abstained(self) -> bool:
        return len(self.set) != 1


@dataclass
class Head:
    """A learnt facet. `words` holds a row of weights per known piece, `sense` one per place of the encoders' vector,
    `products` one per pair of the directions in `turn` (empty where the head is linear)."""

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    words: Floats
    sense: Floats
    middle: Floats  # the mean vector of the texts learnt from, taken off before use
    bias: Floats
    sharpness: float
    levels: dict[float, float]  # asked coverage: the least probability of a label in the set
    encoders: tuple[str, ...] = ()
    outside: str = ""  # the label of texts that belong to none of the others
    turn: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    products: Floats = field(default_factory=lambda: np.zeros((0, 0), np.float32))

    def one(self, text: str, vector: Floats | None = None, hints: Sequence[str] = ()) -> Floats:
        """Scores of one text, without building tables."""
        columns, values = self.vocabulary.row(text, hints)
        scores = values @ self.words[columns] + self.bias
        return scores if vector is None else scores + self.meant(vector[None, :])[0]

    def meant(self, vectors: Floats) -> Floats:
        """What the sentence vectors add to the scores, one row a text."""
        sense = leaned(vectors, self.middle)
        scores = sense @ self.sense
        if self.turn.size:
            for start in range(0, len(sense), ridge.AT_ONCE):
                rows = slice(start, start + ridge.AT_ONCE)
                scores[rows] += ridge.products(sense[rows] @ self.turn) @ self.products
        return scores

    def probabilities(self, scores: Floats) -> Floats:
        return softmax(scores * np.float32(self.sharpness))

    def answer(self, shares: Floats, coverage: float = COVERAGE) -> Answer:
        """From the probabilities of one text."""
        best = int(shares.argmax())
        level = self.levels.get(coverage, 0.5)
        order = np.argsort(-shares)[:MOST_IN_A_SET]
        inside = tuple(self.labels[i] for i in order if shares[i] >= level and self.labels[i] != self.outside)
        return Answer(self.labels[best], round(float(shares[best]), 4), inside)


def leaned(vectors: Floats, middle: Floats) -> Floats:
    """Sentence vectors off their common middle, all equally long: raw ones all point nearly the same way."""
    moved = vectors - middle
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    out: Floats = (SENSE * moved / np.maximum(lengths, 1e-9)).astype(np.float32)
    return out


def softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    out: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return out


def sharpness_of(scores: Floats, right: NDArray[np.intp]) -> float:
    """The factor (one over the temperature) under which unseen texts' probabilities are as good as they say.

    One text more, of which nothing is known, is counted with them: few texts without a mistake do not make certainty.
    """
    doubt = 1 / (len(right) + 1)
    tried = np.geomspace(0.25, 40, 90)
    rows = np.arange(len(right))
    losses = []
    for factor in tried:
        told = np.log(np.maximum(softmax(scores * factor), 1e-12))
        losses.append(-(1 - doubt) * told[rows, right].mean() - doubt * told.mean())
    return float(tried[int(np.argmin(losses))])


def level_of(shares: Floats, right: NDArray[np.intp], coverage: float) -> float:
    """The least probability of a label in the set, so that the right one is inside for `coverage` of unseen texts.

    With n held-out texts it is the k-th smallest probability of a right label, k = ⌊(n + 1)(1 - coverage)⌋; with too
    few texts to promise anything, every label belongs to the set.
    """
    k = int((len(right) + 1) * (1 - coverage))
    if k < 1:
        return 0.0
    return float(np.partition(shares[np.arange(len(right)), right], k - 1)[k - 1])
