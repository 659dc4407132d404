"""How good a facet's head is on labelled texts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from huiyin.resolve.triage.actions import learning
from huiyin.resolve.triage.plugs import encoders as plugs
from huiyin.resolve.triage.queries import learnt

if TYPE_CHECKING:
    from huiyin.resolve.triage.rules.features import Floats
    from huiyin.resolve.triage.rules.head import Head

AT_ONCE = 1024


def judged(
    facet: str,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    words_only: bool = False,
    outside: str = "",
    progress: learning.Progress = lambda what, share: None,
) -> dict[str, Any]:
    """The head that answers now, on texts with their right labels."""
    head, card = learning.ready(facet, words_only=words_only, progress=progress)
    told = _Tally(outside or head.outside)
    for start in range(0, len(texts), AT_ONCE):
        batch = texts[start : start + AT_ONCE]
        told.add(head, learnt.shares(head, card.facet, batch), labels[start : start + AT_ONCE])
        progress("encode", min(1.0, (start + AT_ONCE) / len(texts)))
    return {"facet": facet, "version": card.version} | told.figures()


def crossed(
    facet: str,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    folds: int,
    encoders: tuple[str, ...] | None,
    outside: str = "",
    progress: learning.Progress = lambda what, share: None,
) -> dict[str, Any]:
    """Cross-validation: every text is judged by a head that has seen neither it nor its twin, calibration included."""
    from huiyin.resolve.triage.rules import training

    if len(texts) < training.FEWEST or len(set(labels)) < 2:
        raise learning.TooLittleToLearn
    chosen = plugs.available()[:1] if encoders is None else encoders
    hints = learnt.hints if learnt.hinting(facet) else None
    done = 0

    def encoded(count: int) -> None:
        nonlocal done
        done += count
        progress("encode", done / len(texts))

    vectors = plugs.encode(chosen, texts, encoded)
    fold = training.fold_of(texts, labels, folds)
    told = _Tally(outside)
    each = []
    for held in range(folds):
        inside, out = (fold != held).nonzero()[0], (fold == held).nonzero()[0]
        if not len(out):
            continue
        examples = training.Examples([texts[i] for i in inside], [labels[i] for i in inside], vectors[inside])
        try:
            found = training.learn(examples, encoders=chosen, outside=outside, hints=hints)
        except training.TooLittle as too_little:  # what is left beside the held-out part
            raise learning.TooLittleToLearn from too_little
        lines = [texts[i] for i in out]
        part = training.probabilities(found.head, lines, vectors[out] if chosen else None, hints)
        each.append(told.add(found.head, part, [labels[i] for i in out]))
        progress("fit", (held + 1) / folds)
    spread = max(each) - min(each)
    return {"facet": facet, "folds": folds, "spread": round(spread, 4), "encoders": list(chosen)} | told.figures()


class _Tally:
    def __init__(self, outside: str) -> None:
        self.outside = outside
        self.right: list[str] = []
        self.said: list[str] = []
        self.sure: list[float] = []
        self.strange: list[float] = []  # confidence about texts that belong to no label
        self.covered = self.alone = self.size = 0

    def add(self, head: "Head", shares: "Floats", labels: Sequence[str]) -> float:
        """Take in a batch; returns its accuracy in scope."""
        before, hits = len(self.right), 0
        kept = [i for i, name in enumerate(head.labels) if name != self.outside]
        for row, label in zip(shares, labels, strict=True):
            best = max(kept, key=row.__getitem__)
            if self.outside and label == self.outside:
                self.strange.append(float(row[best]))
                continue
            answer = head.answer(row)
            self.right.append(label)
            self.said.append(head.labels[best])
            self.sure.append(float(row[best]))
            hits += head.labels[best] == label
            self.covered += label in answer.set
            self.alone += not answer.abstained
            self.size += len(answer.set)
        return hits / max(1, len(self.right) - before)

    def figures(self) -> dict[str, Any]:
        import numpy as np

        from huiyin.resolve.triage.rules import scores

        hits = [a == b for a, b in zip(self.right, self.said, strict=True)]
        count = max(1, len(hits))
        told: dict[str, Any] = {
            "rows": len(hits),
            "labels": len(set(self.right)),
            "accuracy": round(scores.accuracy(self.right, self.said), 4),
            "macro_f1": round(scores.macro_f1(self.right, self.said), 4),
            "ece": round(scores.ece(self.sure, hits), 4),
            "selective_accuracy_90": round(scores.selective(self.sure, hits), 4),
            "set_coverage": round(self.covered / count, 4),
            "set_size": round(self.size / count, 3),
            "answered": round(self.alone / count, 4),
        }
        if self.strange:
            inside, strange = np.array(self.sure), np.array(self.strange)
            told["outside_rows"] = len(self.strange)
            told["outside_recall_at_95"] = round(scores.recall_outside(inside, strange), 4)
        return told
