"""Positive, neutral or negative: logistic regression over pieces of words, learnt from the seed corpus. Pure.

Pieces are one to three characters of Chinese, words and pairs of words of English, and how many words of praise, of complaint
and of asking a text holds. Every class weighs the same however many examples it has, so the many complaints of the corpus do
not colour what is said of others. `STIFFNESS` and `SHARPNESS` were chosen by cross-validation on the corpus.
"""

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from huiyin.kernel.label import Label

SENTIMENTS = (
    Label("positive", "正面", "Positive"),
    Label("neutral", "中性", "Neutral"),
    Label("negative", "负面", "Negative"),
)
SENTIMENT = {label.code: label for label in SENTIMENTS}
SURE = 700  # thousandths: below it a person decides before the post counts
SEEN = 3  # pieces seen once teach nothing
STIFFNESS = 0.0005
SHARPNESS = 2.4
ENOUGH = 20  # pieces
LONGEST = 2000

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_WORD = re.compile(r"[a-z']+")
_SPOKEN = {
    "+": re.compile(
        "谢谢|感谢|多谢|点赞|好评|表扬|夸|满意|耐心|热心|细心|贴心|暖心|靠谱|方便|省心|放心|专业|周到|真好|很好|不错|给力|舒服|"
        "惊喜|喜欢|漂亮|好用|赞|巴适|良心|推荐大家|服务好|效率高|秒到|第一次就|感动|"
        r"\b(?:thank|thanks|great|lovely|kind|patient|helpful|excellent|love|wonderful|bless|impressed|smooth|easy|polite|friendly|"
        r"well done|good job|quick|happy|amazing|perfect|best)\b"
    ),
    "-": re.compile(
        "投诉|差评|恶心|气死|垃圾|坑|骗|忽悠|凭什么|凭啥|无语|失望|离谱|不耐烦|态度差|推诿|踢皮球|乱扣|崩|闪退|打不开|卡死|"
        "被盗|盗刷|没人管|不给|不让|不退|举报|曝光|避雷|抵制|太慢|白跑|霸王|黑心|过分|烦死|"
        r"\b(?:rude|worst|terrible|awful|scam|fraud|never|refus\w+|complain\w*|angry|broken|crash\w*|stolen|disgust\w*|"
        r"useless|avoid|ignored|nobody|horrible|waste|ridiculous|overcharged|harass\w*)\b"
    ),
    "?": re.compile(
        r"请问|想问|想了解|请教|打听|咨询|有没有|能不能|吗|可以.{0,6}吗|\b(?:how|what|which|where|when|could|may i|do you|is it|can i)\b"
    ),
}
_SIGN = re.compile(r"[!?！？😡😍👍😂❤🙏👎💔😭]")


@dataclass(frozen=True)
class Model:
    """What each piece says for each sentiment, in the order of SENTIMENTS. Nothing stands for all texts: silence says nothing."""

    weights: Mapping[str, tuple[float, ...]]

    def read(self, text: str) -> tuple[str, int]:
        """The sentiment and its confidence in thousandths; of a text without a known piece nothing is said (neutral, 333)."""
        there = pieces(text)
        found = [weight for piece in there if (weight := self.weights.get(piece))]
        if not found:
            return "neutral", 333
        scale = _share(len(there))
        sums = [SHARPNESS * scale * sum(one[n] for one in found) for n in range(len(SENTIMENTS))]
        top = max(sums)
        shares = [math.exp(one - top) for one in sums]
        best = sums.index(top)
        return SENTIMENTS[best].code, round(1000 * shares[best] / sum(shares))


def learn(examples: Iterable[tuple[str, str]]) -> Model:
    """From (text, sentiment). About a second for the seed corpus."""
    import numpy  # with scipy only where something is learnt
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    told = [(sorted(pieces(text)), code) for text, code in examples]
    often = Counter(piece for found, _code in told for piece in found)
    known = {piece: n for n, piece in enumerate(sorted(piece for piece, n in often.items() if n >= SEEN))}
    rows, columns, values = [], [], []
    for n, (found, _code) in enumerate(told):
        for piece in found:
            if piece in known:
                rows.append(n)
                columns.append(known[piece])
                values.append(_share(len(found)))
    size, width = len(told), len(known)
    x = csr_matrix((values, (rows, columns)), shape=(size, width))
    codes = [label.code for label in SENTIMENTS]
    y = numpy.zeros((size, len(codes)))
    for n, (_found, code) in enumerate(told):
        y[n, codes.index(code)] = 1
    weigh = (y / y.sum(axis=0).clip(1)).sum(axis=1) / len(codes)

    def loss(flat: Any) -> tuple[float, Any]:
        w = flat.reshape(width, len(codes))
        z = x @ w
        z -= z.max(axis=1, keepdims=True)
        p = numpy.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        off = (p - y) * weigh[:, None]
        cost = -(weigh * numpy.log((p * y).sum(axis=1).clip(1e-12))).sum() + STIFFNESS / 2 * (w**2).sum()
        return float(cost), (x.T @ off + STIFFNESS * w).ravel()

    start = numpy.zeros(width * len(codes))
    w = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 60}).x.reshape(width, len(codes))
    return Model({piece: tuple(float(one) for one in w[n]) for piece, n in known.items()})


def _share(count: int) -> float:
    """What one piece weighs among so many: a text of a few words says little, however strong the words."""
    return 1 / math.sqrt(max(count, ENOUGH))


def written(model: Model) -> str:
    """A model as the file that ships: one piece a line with its three weights in thousandths."""
    return "".join(
        "\t".join([piece, *(str(round(1000 * one)) for one in weight)]) + "\n"
        for piece, weight in sorted(model.weights.items())
    )


def kept(text: str) -> Model:
    """The model of such a file."""
    lines = (line.split("\t") for line in text.removesuffix("\n").split("\n"))
    return Model({piece: tuple(int(one) / 1000 for one in weight) for piece, *weight in lines})


def pieces(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    found = set(_SIGN.findall(text[:LONGEST]))
    for run in _CHINESE.findall(plain):
        found.update(run[i : i + n] for n in (1, 2, 3) for i in range(len(run) - n + 1))
    for mark, spoken in _SPOKEN.items():
        count = len(spoken.findall(plain))
        found.update(f"{mark}{n}" for n in range(1, min(count, 3) + 1))
    words = _WORD.findall(plain)
    found.update(words)
    found.update(f"{one} {two}" for one, two in itertools.pairwise(words))
    return found
