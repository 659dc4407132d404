"""What a learnt head sees, how sure it is, and when it says that it does not know."""

from pathlib import Path

import numpy as np
import pytest

from huiyin.resolve.triage.plugs import shelf
from huiyin.resolve.triage.rules import features, ridge, scores, training
from huiyin.resolve.triage.rules.head import leaned, level_of, sharpness_of, softmax

CARD = [
    "card was swallowed by the atm",
    "my card did not arrive",
    "the card is blocked again",
    "信用卡被吞了",
    "我的卡还没收到",
]
LOAN = ["the loan rate went up", "prepay my mortgage loan", "loan was refused", "贷款利率太高", "提前还贷要违约金"]
TEXTS = [f"{text} {n}" for n in range(8) for text in CARD + LOAN]
LABELS = ["card" if text in CARD else "loan" for _ in range(8) for text in CARD + LOAN]


@pytest.mark.parametrize(
    "text, words",
    [
        ("Card, 12345!", ["card", ",", "0000", "!"]),
        ("ＡＴＭ吞卡", ["atm", "吞卡"]),
        ("don't", ["don't"]),
        ("", []),
        ("\0 \n", ["\0"]),
    ],
)
def test_tokens_fold_width_case_and_numbers(text: str, words: list[str]) -> None:
    assert features.tokens(features.normal(text)) == words


def test_pieces_of_chinese_are_runs_and_of_words_their_inside_with_marked_ends() -> None:
    assert features.pieces("吞卡") == ["吞", "卡", "吞卡"]
    assert set(features.pieces("fee")) == {" fee", "<f", "fe", "ee", "e>", "<fe", "fee", "ee>", "<fee", "fee>", "<fee>"}


def test_one_text_alone_has_the_features_it_has_in_a_table() -> None:
    known = features.vocabulary(TEXTS)
    table = known.matrix(TEXTS[:4]).toarray()
    for text, row in zip(TEXTS[:4], table, strict=True):
        columns, values = known.row(text)
        assert np.allclose(row[columns], values, atol=1e-6) and np.isclose(np.linalg.norm(row), 1)
    assert not known.matrix(["ωψ"]).nnz


def learnt() -> training.Learnt:
    return training.learn(training.Examples(TEXTS, LABELS, np.zeros((len(TEXTS), 0), np.float32)))


def test_it_learns_says_how_sure_it_is_and_abstains_where_nothing_is_known() -> None:
    head = learnt().head
    shares = training.probabilities(head, ["my card is blocked", "贷款利率", "weather forecast"], None)
    assert [head.labels[i] for i in shares.argmax(axis=1)][:2] == ["card", "loan"]
    sure, _, lost = (head.answer(row) for row in shares)
    assert sure.label == "card" and lost.confidence < sure.confidence
    assert lost.abstained, "unlike anything known"
    alone = head.probabilities(head.one("my card is blocked"))
    assert np.allclose(alone, shares[0], atol=1e-5)


def test_a_quadratic_head_is_folded_into_weights_and_stays_the_same_on_the_shelf(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(len(TEXTS), 12)).astype(np.float32)
    vectors[:, 0] += 4 * np.array([label == "card" for label in LABELS])
    found = training.learn(training.Examples(TEXTS, LABELS, vectors), encoders=("use",))
    head = found.head
    table = head.vocabulary.matrix(TEXTS)
    sense = leaned(vectors, head.middle)
    alike = ridge.likeness(table, sense, sense @ head.turn)
    right = np.array([head.labels.index(label) for label in LABELS])
    before = alike @ ridge.solve(alike.copy(), right, 2)
    after = np.array([head.one(text, vector) for text, vector in zip(TEXTS, vectors, strict=True)])
    assert np.allclose(before, after, atol=1e-3), "texts by their likeness to all others, or by weights: one answer"
    assert (found.shares.argmax(axis=1) == found.right).all(), "also of texts held out"
    card = shelf.save(tmp_path, "mine", head, {})
    again, _ = shelf.load(tmp_path, "mine", card.version)
    there, back = (training.probabilities(h, TEXTS, vectors) for h in (head, again))
    assert np.allclose(there, back, atol=5e-3)


@pytest.mark.parametrize("width", [1, 2, 7])
def test_the_products_of_two_rows_meet_as_the_square_of_their_likeness(width: int) -> None:
    rows = np.random.default_rng(width).normal(size=(4, width)).astype(np.float32)
    many = ridge.products(rows)
    assert many.shape == (4, width * (width + 1) // 2)
    assert np.allclose(many @ many.T, (rows @ rows.T) ** 2, atol=1e-3)


def test_learning_is_the_same_whatever_the_order_of_the_file() -> None:
    there, back = (training.fold_of(t, y, 5) for t, y in ((TEXTS, LABELS), (TEXTS[::-1], LABELS[::-1])))
    assert (there == back[::-1]).all()
    twins = training.fold_of(["same"] * 6 + TEXTS, ["card"] * 6 + LABELS, 5)
    assert len(set(twins[:6])) == 1, "a text and its twin are never on both sides"


@pytest.mark.parametrize("texts, labels", [(["a"] * 9, ["x", "y", "z"] * 3), (["a"] * 20, ["x"] * 20)])
def test_too_little_to_learn(texts: list[str], labels: list[str]) -> None:
    with pytest.raises(training.TooLittle):
        training.learn(training.Examples(texts, labels, np.zeros((len(texts), 0), np.float32)))


def test_a_set_keeps_its_promise_on_texts_it_has_not_seen() -> None:
    rng = np.random.default_rng(5)
    right = rng.integers(0, 4, 4000)
    raw = rng.normal(size=(4000, 4)).astype(np.float32)
    raw[np.arange(4000), right] += 1.5
    shares = softmax(raw * sharpness_of(raw[:2000], right[:2000]))
    for coverage in (0.8, 0.9, 0.95):
        level = level_of(shares[:2000], right[:2000], coverage)
        kept = (shares[2000:][np.arange(2000), right[2000:]] >= level).mean()
        assert abs(kept - coverage) < 0.025
    assert level_of(shares[:5], right[:5], 0.9) == 0.0, "five texts promise nothing, so every label stays"


def test_figures() -> None:
    right, said = ["a", "a", "b", "c"], ["a", "b", "b", "b"]
    assert scores.accuracy(right, said) == 0.5
    assert scores.macro_f1(right, said) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert scores.ece([1.0, 1.0, 0.5, 0.5], [True, True, True, False]) == pytest.approx(0.0)
    assert scores.ece([0.9, 0.9], [False, False]) == pytest.approx(0.9)
    assert scores.selective([0.9, 0.1, 0.8], [True, False, True], 2 / 3) == 1.0
    assert scores.recall_outside(np.linspace(0.5, 1, 100), np.array([0.1, 0.2, 0.9])) == pytest.approx(2 / 3)
    assert [b.count for b in scores.bins([0.05, 0.95, 1.0], [False, True, True])] == [1, 2]
