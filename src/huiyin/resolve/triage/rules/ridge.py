"""A quadratic head: ridge regression on words, on the sentence vector, and on the products of its chief directions.

Support vectors see a text as a sum of its parts; the products also see which parts come together, which with few examples
a label is worth several points (docs/triage.md). It is solved among the texts, where all products cost one square of a
number, and then folded into weights: a head keeps nothing of any single text. Pure; scipy is imported when something is learnt.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from huiyin.resolve.triage.rules.features import Floats

# Chosen by cross-validation on other folds than the measured ones, on a wide plateau (docs/triage.md).
WORDS, CONSTANT, LINEAR, PRODUCTS = 0.5, 0.135, 0.13, 0.12  # shares in the likeness of two texts
SOFTNESS = 0.1  # of the ridge
DIRECTIONS = 256  # of the sentence vector that are multiplied with one another
MOST_TEXTS = (
    16_000  # their table of likeness is held in memory: 1 GB at this number, and as much again while it is solved
)
AT_ONCE = 512


class Weights(NamedTuple):
    words: Floats
    sense: Floats
    products: Floats
    bias: Floats


def chief(vectors: Floats, most: int) -> Floats:
    """The `most` directions along which the vectors differ, as columns."""
    _sizes, found = np.linalg.eigh(vectors.T @ vectors)
    out: Floats = np.ascontiguousarray(found[:, ::-1][:, :most], dtype=np.float32)
    return out


def products(turned: Floats) -> Floats:
    """Every pair of places multiplied, so that two rows' inner product is the square of the inner product before."""
    width = turned.shape[1]
    out = np.empty((len(turned), width * (width + 1) // 2), np.float32)
    twice, at = np.float32(np.sqrt(2)), 0
    for place in range(width):
        end = at + width - place
        np.multiply(turned[:, place:], turned[:, place : place + 1] * twice, out=out[:, at:end])
        out[:, at] /= twice
        at = end
    return out


def likeness(table: Any, sense: Floats, turned: Floats) -> Floats:
    """How alike each two texts are: the inner product of all that the head sees of them."""
    count = len(sense)
    out = np.empty((count, count), np.float32)
    across = table.T.tocsr()
    for start in range(0, count, AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        here = (table[rows] @ across).toarray() * np.float32(WORDS)
        here += LINEAR * (sense[rows] @ sense.T) + PRODUCTS * (turned[rows] @ turned.T) ** 2 + CONSTANT
        out[rows] = here
    return out


def solve(alike: Floats, right: NDArray[np.intp], labels: int) -> Floats:
    """What each text adds to each label's score. `alike` is used up."""
    from scipy.linalg import cho_factor, cho_solve

    target = np.full((len(right), labels), -1, np.float32)
    target[np.arange(len(right)), right] = 1
    alike[np.diag_indices_from(alike)] += np.float32(SOFTNESS)
    factor = cho_factor(alike.T, lower=True, overwrite_a=True, check_finite=False)
    out: Floats = cho_solve(factor, target, overwrite_b=True, check_finite=False).astype(np.float32)
    return out


def fit(
    table: Any, sense: Floats, turn: Floats, right: NDArray[np.intp], labels: int, fold: NDArray[np.intp],
    told: Callable[[float], None],
) -> tuple[Floats, Weights]:  # fmt: skip
    """Scores of every text by a head that has not seen its fold, and the weights learnt from all of them."""
    turned = sense @ turn
    alike = likeness(table, sense, turned)
    folds = int(fold.max()) + 1
    told(1 / (folds + 2))
    scores = np.zeros((len(right), labels), np.float32)
    for held in range(folds):
        inside, out = (fold != held).nonzero()[0], (fold == held).nonzero()[0]
        if len(out) and len(inside):
            part = solve(alike[np.ix_(inside, inside)], right[inside], labels)
            scores[out] = alike[np.ix_(out, inside)] @ part
        told((held + 2) / (folds + 2))
    part = solve(alike, right, labels)
    pairs = np.zeros((turn.shape[1] * (turn.shape[1] + 1) // 2, labels), np.float32)
    for start in range(0, len(right), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        pairs += products(turned[rows]).T @ part[rows]
    weights = Weights(
        np.asarray(table.T @ part, np.float32) * np.float32(WORDS),
        (sense.T @ part) * np.float32(LINEAR),
        pairs * np.float32(PRODUCTS),
        part.sum(axis=0) * np.float32(CONSTANT),
    )
    return scores, weights
