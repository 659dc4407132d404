"""Learning a facet from labelled texts. Pure; scikit-learn is imported only when something is learnt.

Where an encoder takes part, a quadratic head (`ridge`); over words alone, and over more texts than that can hold, linear
support vectors. Probabilities, the sharpness and the levels of the sets come from texts that the scoring model had not seen
(cross-fitting); the head that is kept is then learnt from all of them.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huiyin.resolve.triage.rules import ridge
from huiyin.resolve.triage.rules.features import Floats, Vocabulary, vocabulary
from huiyin.resolve.triage.rules.head import Head, leaned, level_of, sharpness_of, softmax

METHOD = "quadratic1"  # what a head with an encoder is; named in the seed heads' mark, so that a new method learns anew
COVERAGES = (0.8, 0.9, 0.95, 0.99)
STRICTNESS = 0.5  # C of the support vectors, chosen by cross-validation (docs/triage.md)
FEWEST = 10  # texts
FOLDS_OF_FEW, FOLDS_OF_MANY, MANY = 5, 3, 3000
MOST_WEIGHTS = 30_000_000  # of a head, which bounds its memory
BELOW_ALL = -10.0

Progress = Callable[[str, float], None]  # what is being done, share done of the whole


class TooLittle(Exception):
    """Fewer than ten texts, or fewer than two labels."""


class Stopped(Exception):
    """Learning was called off."""


@dataclass(frozen=True)
class Examples:
    """Texts with their label; `vectors` one row a text (or width 0), `keys` what keeps a text in its fold."""

    texts: Sequence[str]
    labels: Sequence[str]
    vectors: Floats


@dataclass(frozen=True)
class Learnt:
    """The head, and what it answered about every text while that text was held out."""

    head: Head
    labels: tuple[str, ...]
    shares: Floats
    right: NDArray[np.intp]


def fold_of(texts: Sequence[str], labels: Sequence[str], folds: int) -> NDArray[np.intp]:
    """A fold for every text: equal texts share one, each label is spread evenly, and the order of the file is nothing."""
    place: dict[tuple[str, str], int] = {}
    seen: Counter[str] = Counter()
    order = sorted(range(len(texts)), key=lambda i: (zlib.crc32(texts[i].encode("utf-8", "replace")), i))
    out = np.zeros(len(texts), dtype=np.intp)
    for i in order:
        key = (labels[i], texts[i])
        if key not in place:
            place[key] = seen[labels[i]] % folds
            seen[labels[i]] += 1
        out[i] = place[key]
    return out


def learn(
    examples: Examples,
    *,
    encoders: tuple[str, ...] = (),
    outside: str = "",
    hints: Callable[[str], Sequence[str]] | None = None,
    progress: Progress = lambda what, share: None,
) -> Learnt:
    """A head with everything it needs to answer. Raises `TooLittle`."""
    names = tuple(sorted(set(examples.labels)))
    if len(examples.texts) < FEWEST or len(names) < 2:
        raise TooLittle
    right = np.searchsorted(np.array(names, dtype=object), np.array(examples.labels, dtype=object)).astype(np.intp)
    few = len(examples.texts) < MANY
    most = min(60_000, MOST_WEIGHTS // len(names))
    known = vocabulary(examples.texts, least=2, most=most, hints=hints)
    table = known.matrix(examples.texts, hints)
    middle = examples.vectors.mean(axis=0) if examples.vectors.shape[1] else np.zeros(0, np.float32)
    sense = leaned(examples.vectors, middle) if middle.size else None
    fold = fold_of(examples.texts, examples.labels, FOLDS_OF_FEW if few else FOLDS_OF_MANY)
    turn, pairs = np.zeros((0, 0), np.float32), np.zeros((0, len(names)), np.float32)
    if sense is not None and len(right) <= ridge.MOST_TEXTS:
        turn = ridge.chief(sense, _directions(len(names)))
        scores, found = ridge.fit(table, sense, turn, right, len(names), fold, lambda done: progress("fit", done))
        weights, bias, pairs = np.vstack([found.words, found.sense]), found.bias, found.products
    else:
        scores, weights, bias = _supported(_joined(table, sense), right, len(names), fold, progress)
    sharpness = sharpness_of(scores, right)
    shares = softmax(scores * np.float32(sharpness))
    known_rows = np.array([names[i] != outside for i in right])
    levels = {c: level_of(shares[known_rows], right[known_rows], c) for c in COVERAGES}
    cut = len(known.words)
    head = Head(
        names,
        known,
        weights[:cut],
        weights[cut:],
        middle.astype(np.float32),
        bias,
        sharpness,
        levels,
        encoders,
        outside,
        turn,
        pairs,
    )
    progress("fit", 1.0)
    return Learnt(head, names, shares, right)


def probabilities(head: Head, texts: Sequence[str], vectors: Any, hints: Any = None) -> Floats:
    """Of many texts at once."""
    scores = head.vocabulary.matrix(texts, hints) @ head.words + head.bias
    if head.sense.size:
        scores = scores + head.meant(vectors)
    return head.probabilities(scores.astype(np.float32))


def _directions(labels: int) -> int:
    """As many as keep a head of this many labels within its bounds."""
    return max(1, min(ridge.DIRECTIONS, int((2 * MOST_WEIGHTS / labels) ** 0.5) - 1))


def _supported(
    whole: Any, right: NDArray[np.intp], labels: int, fold: NDArray[np.intp], progress: Progress
) -> tuple[Floats, Floats, Floats]:
    """By support vectors: scores of every text by a model that has not seen its fold, weights and offsets from all."""
    folds = int(fold.max()) + 1
    scores = np.zeros((len(right), labels), np.float32)
    for held in range(folds):
        progress("fit", held / (folds + 1))
        inside, out = fold != held, fold == held
        if out.any() and len(set(right[inside])) > 1:
            weights, bias = _fit(whole[inside], right[inside], labels)
            scores[out] = whole[out] @ weights + bias
    progress("fit", folds / (folds + 1))
    return scores, *_fit(whole, right, labels)


def _joined(table: Any, vectors: Floats | None) -> Any:
    from scipy.sparse import csr_matrix, hstack

    return table if vectors is None else hstack([table, csr_matrix(vectors)], format="csr")


def _fit(table: Any, right: NDArray[np.intp], labels: int) -> tuple[Floats, Floats]:
    """One set of weights per label against the rest; a label not among these texts never wins."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=STRICTNESS, random_state=0).fit(table, right)
    found, bias = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        found, bias = np.vstack([-found, found]), np.concatenate([-bias, bias])
    weights = np.zeros((table.shape[1], labels), np.float32)
    offsets = np.full(labels, BELOW_ALL, np.float32)
    weights[:, machine.classes_] = found.T
    offsets[machine.classes_] = bias
    return weights, offsets


__all__ = ["Examples", "Learnt", "Stopped", "TooLittle", "Vocabulary", "fold_of", "learn", "probabilities"]
